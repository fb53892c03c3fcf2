"""What stands around every lesson: its frame, its three places, and notes about the link."""

import json
import runpy
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.elements.lib.mutable_tab_container import TabContainer

from views.controls import mirror, widget_key
from views.guide import guide
from views.header import header
from views.numbers import plain
from views.state import Lab, commit, lab
from views.text import LANGUAGES, load_text

ICON = str(Path(__file__).parent / "icon.svg")
FRAME = Path(__file__).parent.parent / "app.py"

STYLE = Path(__file__).parent / "page.css"
SCRIPT = STYLE.with_name("page.html")
PRINT_SCRIPT = STYLE.with_name("print.html")
PRINT = STYLE.with_name("print.css")
RESTARTED = STYLE.with_name("restarted.html")
PROCESS = secrets.token_hex(4)  # tells this process from the one before a restart
PRESENT = STYLE.with_name("present.css")
HIDEABLE_PARTS = frozenset({"words", "notes", "why"})


def require_frame() -> None:
    """Run `app.py` instead, if this run did not begin there.

    Streamlit takes every file in `pages` for an app of its own until some session of the process has called
    st.navigation: whoever opens a lab's link on a fresh server would get the lab without its frame.
    """
    if not lab().framed:
        runpy.run_path(str(FRAME))
        st.stop()


@contextmanager
def frame(here: Lab) -> Iterator[None]:
    """What stands around a page; `require_frame` knows by it that the page runs inside."""
    style(here)
    header(here)
    refusals(here)
    here.framed = True
    try:
        yield
    finally:
        here.framed = False


def show(lessons: Mapping[str, Callable[[], None]]) -> None:
    """The page's lessons as tabs, below the guide of a taught one; only the open tab runs."""
    require_frame()
    here = lab()
    if not guide(here):
        return
    _take_away(here.hidden)
    if "tabs" in here.hidden:
        lessons[str(here.current["tab"])]()
        return
    for name, tab in _tabs(here, list(lessons)):
        if tab.open:
            with tab:
                lessons[name]()


def _tabs(here: Lab, names: Sequence[str]) -> list[tuple[str, TabContainer]]:
    """The page's tabs by name; only the one whose `.open` is true should compute."""
    widget = widget_key(here, "tab")
    labels = [here.text(f"tab.{name}") for name in names]
    mirror(widget, labels[list(names).index(str(here.current["tab"]))])

    def turn() -> None:
        # a tab that is pressed while the language changes still comes with its label in the other one
        known = {load_text(language)(f"tab.{name}"): name for language in LANGUAGES for name in names}
        commit(tab=known.get(st.session_state[widget], here.current["tab"]))

    return list(zip(names, st.tabs(labels, key=widget, on_change=turn), strict=True))


class Lesson(NamedTuple):
    """The three places of a lesson: on a projector words stand below the controls, on a phone below the picture."""

    controls: DeltaGenerator
    picture: DeltaGenerator
    words: DeltaGenerator


def lesson(name: str) -> Lesson:
    """The places of a lesson; `page.css` arranges them."""
    with st.container(key="lesson"):  # of one name, for the styles: only one lesson is open
        return Lesson(*(st.container(key=f"{part}-{name}") for part in Lesson._fields))


def why(here: Lab, name: str, first: str = "") -> None:
    """The explanation `prose.<name>`, folded away, after words of this very run; both are sent when it is opened."""
    place = st.expander(here.text("note.why"), key=f"why-{name}", on_change="rerun")
    if place.open:
        place.markdown(f"{first}\n\n{here.text(f'prose.{name}')}")


def folded(here: Lab, name: str, contents: Callable[[Lab], None]) -> None:
    """What a tab folds away as "More settings": drawn, and sent, only while it is open."""
    place = st.popover(here.text("note.more"), width="stretch", key=f"more-{name}", on_change="rerun")
    if place.open:
        with place:
            contents(here)


def style(here: Lab) -> None:
    """The few rules that Streamlit's own settings cannot say."""
    st.html(STYLE)  # a path ending in .css becomes a style element
    st.html(PRINT)
    with st.container(key="script", gap=None):
        st.html(SCRIPT, unsafe_allow_javascript=True)
        st.html(PRINT_SCRIPT, unsafe_allow_javascript=True)
        st.html(_restarted(here.text("note.restarted")), unsafe_allow_javascript=True)
    if here.presenting:
        st.html(PRESENT)


@lru_cache(maxsize=8)
def _restarted(words: str) -> str:
    """The script that says `words` when the page is drawn by another process than before."""
    script = RESTARTED.read_text(encoding="utf-8")
    return script.replace("@process", json.dumps(PROCESS)).replace("@words", json.dumps(words))


def _take_away(hidden: frozenset[str]) -> None:
    """Show nothing of hidden parts, and leave the room of a hidden control to its neighbour.

    What is hidden, the link says, or the step of a lesson. A control that is hidden is not drawn; its column is.
    """
    if hidden:
        away = [f'[class*="st-key-{part}-"]' for part in sorted(hidden & HIDEABLE_PARTS)]
        away.append(".stColumn:not(:has(.stElementContainer))")
        st.html(f"<style>{', '.join(away)} {{ display: none; }}</style>")


def refusals(here: Lab) -> None:
    """A small note for every value in the URL that could not be used."""
    if here.stranger:
        st.caption(here.text("note.stranger"))
    for refusal in here.refusals:
        default = (refusal.default or "–") if isinstance(refusal.default, str) else plain(refusal.default)
        st.caption(here.text("note.refused", key=refusal.key, written=_harmless(refusal.written), default=default))


def _harmless(written: str) -> str:
    """What a stranger wrote, safe inside Markdown: letters, digits and a few signs, and not much of it."""
    shown = "".join(sign if sign.isalnum() or sign in "+-. &=" else "·" for sign in written[:24])
    return (shown + ("…" if len(written) > 24 else "")) or "–"
