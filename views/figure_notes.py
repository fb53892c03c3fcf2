"""What can be taken away of a figure: its numbers, its picture, and the program that computes them."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from views.lazily import pd
from views.state import Lab


def figure_notes(here: Lab, name: str, data: Callable[[], pd.DataFrame], code: Callable[[], str] | None = None) -> None:
    """A button below the figure `name` that opens "Data", "SVG", "PNG" and the program; they are sent only then.

    `data` gives exactly the numbers shown. They are written while the buttons are open: what Streamlit makes at a click
    belongs to no session, and in a full class it was gone before the browser came for it. `code` gives a self-contained
    program that prints the same table (`views.scripts`).
    """
    text = here.text
    place = st.popover(
        text("action.take_away"),
        icon=":material/download:",
        type="tertiary",
        key=f"notes-{name}",
        help=text("action.take_away_help"),
        on_change="rerun",
    )
    if not place.open:
        return
    with place:
        with st.container(horizontal=True, gap="small"):
            st.download_button(
                text("action.data"),
                data=data().to_csv(index=False).encode(),
                file_name=f"{name}.csv",
                mime="text/csv",
                on_click="ignore",
                icon=":material/table:",
                key=f"data-{name}",
                help=text("action.data_help"),
            )
            # the page's script (`views/page.html`) saves the picture that the browser has drawn
            for kind in ("svg", "png"):
                st.button(
                    text(f"action.{kind}"),
                    icon=":material/image:",
                    key=f"{kind}-{name}",
                    help=text(f"action.{kind}_help"),
                )
        if code:
            st.caption(text("action.code"))
            st.code(code(), language="python", height=380)
