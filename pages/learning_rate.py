"""The learning-rate lab: what the step size does to gradient descent on a convex loss."""

import streamlit as st

from gdcore.convex_loss import Loss
from gdcore.descent import descend
from gdcore.samples import car_loss_data
from views.charts.ruler import ruler
from views.charts.slope import slope, slope_frames
from views.charts.step_size import step_size
from views.charts.step_size_frames import step_size_frames
from views.controls import button, choice, slider
from views.drawing import draw
from views.page import lesson, show
from views.problem import FORMULAS, LOSSES, beside, chosen_loss, start_range
from views.settings import MOST_STEPS, another_loss, from_the_start
from views.state import Lab, commit, lab
from views.verdicts.descent import descent_verdict
from views.verdicts.step import slope_verdict, step_formula, walk_table

PARAMETERS = {"quadratic": ("curvature", 0.1, 10.0, 0.1), "softplus": ("p", 0.05, 0.95, 0.05)}


def problem(here: Lab) -> Loss:
    """The controls that choose the loss."""
    choice(here, "loss", list(LOSSES), follow_up=another_loss)
    st.markdown(f"${FORMULAS[str(here.current['loss'])]}$")
    if here.current["loss"] in PARAMETERS:
        slider(here, *PARAMETERS[str(here.current["loss"])])
    return chosen_loss(here.current)


def source(here: Lab) -> None:
    """What the data are and where they come from, if there are any."""
    if here.current["loss"] == "cars":
        cars = car_loss_data()
        st.caption(here.text("note.data_cars", count=len(cars.x), dropped=cars.dropped))


@st.fragment
def which_way_is_down() -> None:
    here = lab()
    text, values = here.text, here.current
    place = lesson("slope")
    with place.controls:
        loss = problem(here)
        places = start_range(loss)
        start, learning_rate, at = float(values["start"]), float(values["alpha"]), int(values["at"])
        scale = ruler(loss, start, learning_rate, int(values["steps"]))
        left, right = st.columns(2)
        with left:
            slider(here, "start", *places, follow_up=from_the_start)
        with right:
            slider(here, "alpha", scale.step, scale.end, scale.step, format="%.4g")
        with st.container(horizontal=True):
            button(here, "back", ":material/arrow_back:", disabled=at == 0, at=at - 1)
            button(here, "forward", ":material/arrow_forward:", disabled=at == MOST_STEPS, at=at + 1)
        with st.container(horizontal=True):
            button(here, "point_p", ":material/south_east:", start=beside(loss, -1), at=0)
            button(here, "point_q", ":material/south_west:", start=beside(loss, +1), at=0)
    run = descend(loss, start, learning_rate, at + 1)
    with place.words:
        st.markdown(step_formula(run, loss, at))
        st.markdown(slope_verdict(text, loss, run, at))
    with place.picture:
        draw(
            slope(text),
            slope_frames(text, loss, run, at, places),
            key="slope",
            alt=text("chart.slope.alt"),
            on_pick=lambda row: commit(start=float(row["theta"]), at=0),
        )
        with st.container(height=200, border=False):
            st.table(walk_table(text, loss, run))
        source(here)


@st.fragment
def how_big_a_step() -> None:
    here = lab()
    text, values = here.text, here.current
    place = lesson("size")
    with place.controls:
        loss = problem(here)
        left, right = st.columns(2)
        with left:
            slider(here, "start", *start_range(loss))
        with right:
            slider(here, "steps", 1, 100, 1)
    start, learning_rate, steps = float(values["start"]), float(values["alpha"]), int(values["steps"])
    run = descend(loss, start, learning_rate, steps)
    scale = ruler(loss, start, learning_rate, steps)
    with place.words:
        st.markdown(step_formula(run, loss, 0))
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
        source(here)


show({"slope": which_way_is_down, "size": how_big_a_step})
