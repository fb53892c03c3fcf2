"""What stands under a figure: its numbers as a file, and the program that computes them."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from views.state import Lab


def figure_notes(here: Lab, name: str, data: Callable[[], pd.DataFrame], code: Callable[[], str]) -> None:
    """The buttons "Data", "SVG", "PNG" and "Code" of the figure `name`, which stands above them.

    `data` gives exactly the numbers shown. It is called when the button is clicked, on another thread: it must not ask
    the session. `code` gives a self-contained program that prints the same table (`views.scripts`); it is written when
    the button is pressed.
    """
    text = here.text
    with st.container(horizontal=True, gap="small", key=f"notes-{name}"):
        st.download_button(
            text("action.data"),
            data=lambda: data().to_csv(index=False).encode(),
            file_name=f"{name}.csv",
            mime="text/csv",
            on_click="ignore",
            icon=":material/download:",
            type="tertiary",
            key=f"data-{name}",
            help=text("action.data_help"),
        )
        # the page's script (`views/save_svg.html`) saves the picture that the browser has drawn
        for kind in ("svg", "png"):
            st.button(
                text(f"action.{kind}"),
                icon=":material/image:",
                type="tertiary",
                key=f"{kind}-{name}",
                help=text(f"action.{kind}_help"),
            )
        code_place = st.popover(
            text("action.code"),
            icon=":material/code:",
            type="tertiary",
            key=f"code-{name}",
            help=text("action.code_help"),
            on_change="rerun",
        )
        if code_place.open:
            code_place.code(code(), language="python", height=420)
