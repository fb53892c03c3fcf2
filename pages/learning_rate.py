"""The learning-rate lab: what the step size does to gradient descent on a convex loss."""

import streamlit as st

from gdcore.descent import descend
from gdcore.samples import car_loss_data
from views.charts.ruler import ruler
from views.charts.step_size import step_size
from views.charts.step_size_frames import step_size_frames
from views.controls import choice, slider, tabs
from views.drawing import draw
from views.page import lesson, require_frame
from views.problem import FORMULAS, LOSSES, chosen_loss, start_range
from views.settings import natural_descent
from views.state import commit, lab
from views.verdicts import descent_formula, descent_verdict

PARAMETERS = {"quadratic": ("curvature", 0.1, 10.0, 0.1), "softplus": ("p", 0.05, 0.95, 0.05)}


@st.fragment
def how_big_a_step() -> None:
    here = lab()
    text, values = here.text, here.current
    place = lesson("size")
    with place.controls:
        choice(here, "loss", list(LOSSES), follow_up=natural_descent)
        st.markdown(f"${FORMULAS[str(values['loss'])]}$")
        if values["loss"] in PARAMETERS:
            slider(here, *PARAMETERS[str(values["loss"])])
        loss = chosen_loss(values)
        left, right = st.columns(2)
        with left:
            slider(here, "start", *start_range(loss))
        with right:
            slider(here, "steps", 1, 100, 1)
    start, learning_rate, steps = float(values["start"]), float(values["alpha"]), int(values["steps"])
    run = descend(loss, start, learning_rate, steps)
    scale = ruler(loss, start, learning_rate, steps)
    with place.words:
        st.markdown(descent_formula(run, loss))
        st.markdown(descent_verdict(text, loss, run))
    with place.picture:
        slider(here, "alpha", scale.step, scale.end, scale.step, format="%.4g")
        draw(
            step_size(text),
            step_size_frames(text, loss, start, learning_rate, run, scale),
            key="step_size",
            alt=text("chart.step_size.alt"),
            on_pick=lambda row: commit(alpha=float(row["alpha"])),
        )
        with st.expander(text("note.why")):
            st.markdown(text("prose.size"))
        if values["loss"] == "cars":
            cars = car_loss_data()
            st.caption(text("note.data_cars", count=len(cars.x), dropped=cars.dropped))


require_frame()
for _, tab in tabs(lab(), ["size"]):
    if tab.open:
        with tab:
            how_big_a_step()
