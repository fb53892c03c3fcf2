"""Start well: what an initialiser does to signals and gradients, which scale keeps them, and whether batch norm can."""

import streamlit as st

from gdcore.activations import ACTIVATIONS
from views.charts.start import start
from views.charts.start_frames import start_frames, start_table
from views.controls import button, choice, number, slider, toggle
from views.drawing import Row, draw
from views.figure_notes import figure_notes
from views.page import folded, lesson, why
from views.scripts import script
from views.settings import MOST_GAIN, STARTS, another_gain
from views.starts import FEWEST_LAYERS, MOST_LAYERS, Picture, constants, picture
from views.state import Lab, commit, commit_with, lab
from views.verdicts.start import keeps_already, start_verdict


@st.fragment
def start_well() -> None:
    here = lab()
    text, values = here.text, here.current
    place = lesson("start")
    seen = picture(values)
    with place.controls:
        _controls(here, seen)
    verdict = start_verdict(text, seen)
    with place.words:
        st.markdown(verdict)
    with place.picture:
        draw(
            start(text, str(values["beside"])),
            start_frames(text, seen),
            key="start",
            alt=text("chart.start.alt"),
            state=verdict,
            on_pick=_take,
        )
        st.caption(text("note.start", seeds=seen.start.seeds))
        figure_notes(here, "start", lambda: start_table(seen), lambda: script("start", **constants(seen.start)))
        why(here, "start")
        st.caption(text("note.data_digits"))


def _controls(here: Lab, seen: Picture) -> None:
    text, values = here.text, here.current
    left, right = st.columns(2, gap="small")
    with left:
        choice(here, "initialiser", STARTS, follow_up=another_gain)
    with right:
        choice(here, "activation", list(ACTIVATIONS))
    number(here, "gain", 0.0, MOST_GAIN, 0.05, label=f"gain_{values['initialiser']}")
    reason = "keep_none" if seen.keeping is None else "keep_now" if keeps_already(seen) else None
    button(here, "keep", ":material/balance:", disabled=reason is not None, why=reason, gain=seen.keeping or 0.0)
    slider(here, "depth", FEWEST_LAYERS, MOST_LAYERS, 1, label="net_depth")
    if seen.start.depth != values["depth"]:
        st.caption(text("note.other_depth", depth=values["depth"], shown=seen.start.depth))
    toggle(here, "beside", "alone", "rivals")
    folded(here, "start", _more)


def _more(here: Lab) -> None:
    number(here, "width", 1, 256, 1)
    number(here, "batch", 1, 256, 1)
    number(here, "seeds", 1, 50, 1)
    number(here, "seed", 0, 9999, 1)


def _take(row: Row) -> None:
    """A cell of the table: its initialiser and activation; another initialiser brings its own number."""
    changes = {"initialiser": str(row["way"]), "activation": str(row["line"])}
    if changes["initialiser"] == lab().current["initialiser"]:
        commit(**changes)
    else:
        commit_with(another_gain, **changes)
