"""Which way is down? The sign of the slope says where to go, and a step goes there."""

import streamlit as st

from gdcore.descent import descend
from pages.tabs.loss_choice import loss_choice, source
from views.charts.ruler import ruler
from views.charts.slope import slope, slope_frames
from views.controls import button, slider
from views.descent_table import descent_program, descent_table
from views.drawing import draw
from views.figure_notes import figure_notes
from views.page import lesson
from views.problem import beside, start_range
from views.settings import MOST_STEPS, from_the_start
from views.state import commit, lab
from views.verdicts.step import slope_verdict, step_formula, walk_table


@st.fragment
def which_way_is_down() -> None:
    here = lab()
    text, values = here.text, here.current
    place = lesson("slope")
    with place.controls:
        loss = loss_choice(here)
        places = start_range(loss)
        start, learning_rate, at = float(values["start"]), float(values["alpha"]), int(values["at"])
        scale = ruler(loss, start, learning_rate, int(values["steps"]))
        left, right = st.columns(2)
        with left:
            slider(here, "start", *places, format="%.4g", follow_up=from_the_start)
        with right:
            slider(here, "alpha", scale.step, scale.end, scale.step, format="%.4g")
        with st.container(horizontal=True):
            button(here, "back", ":material/arrow_back:", disabled=at == 0, at=at - 1)
            button(here, "forward", ":material/arrow_forward:", disabled=at == MOST_STEPS, at=at + 1)
        with st.container(horizontal=True):
            button(here, "point_p", ":material/south_east:", start=beside(loss, -1), at=0)
            button(here, "point_q", ":material/south_west:", start=beside(loss, +1), at=0)
    run = descend(loss, start, learning_rate, at + 1)
    verdict = slope_verdict(text, loss, run, at)
    with place.words:
        st.markdown(step_formula(run, loss, at))
        st.markdown(verdict)
    with place.picture:
        draw(
            slope(text),
            slope_frames(text, loss, run, at, places),
            key="slope",
            alt=text("chart.slope.alt"),
            state=verdict,
            on_pick=lambda row: commit(start=float(row["theta"]), at=0),
        )
        with st.container(height=200, border=False):
            st.table(walk_table(text, loss, run))
        figure_notes(here, "slope", lambda: descent_table(loss, run), lambda: descent_program(values, run))
        source(here)
