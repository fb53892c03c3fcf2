"""How big a step? What a constant learning rate does, for every learning rate at once."""

import streamlit as st

from gdcore.descent import descend
from pages.lessons.loss_choice import loss_choice, source
from views.charts.ruler import ruler
from views.charts.step_size import step_size
from views.charts.step_size_frames import step_size_frames
from views.controls import slider
from views.drawing import draw
from views.page import lesson
from views.problem import start_range
from views.state import commit, lab
from views.verdicts.descent import descent_verdict
from views.verdicts.step import step_formula


@st.fragment
def how_big_a_step() -> None:
    here = lab()
    text, values = here.text, here.current
    place = lesson("size")
    with place.controls:
        loss = loss_choice(here)
        left, right = st.columns(2)
        with left:
            slider(here, "start", *start_range(loss))
        with right:
            slider(here, "steps", 1, 100, 1)
    start, learning_rate, steps = float(values["start"]), float(values["alpha"]), int(values["steps"])
    run = descend(loss, start, learning_rate, steps)
    scale = ruler(loss, start, learning_rate, steps)
    verdict = descent_verdict(text, loss, run)
    with place.words:
        st.markdown(step_formula(run, loss, 0))
        st.markdown(verdict)
    with place.picture:
        slider(here, "alpha", scale.step, scale.end, scale.step, format="%.4g")
        draw(
            step_size(text),
            step_size_frames(text, loss, start, learning_rate, run, scale),
            key="step_size",
            alt=text("chart.step_size.alt"),
            state=verdict,
            on_pick=lambda row: commit(alpha=float(row["alpha"])),
        )
        with st.expander(text("note.why")):
            st.markdown(text("prose.size"))
        source(here)
