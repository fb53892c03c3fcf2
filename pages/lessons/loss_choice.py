"""The controls that choose the loss of one parameter, and what its data are."""

import streamlit as st

from gdcore.convex_loss import Loss
from gdcore.samples import car_loss_data
from views.controls import choice, slider
from views.problem import FORMULAS, LOSSES, chosen_loss
from views.settings import another_loss
from views.state import Lab

PARAMETERS = {"quadratic": ("curvature", 0.1, 10.0, 0.1), "softplus": ("p", 0.05, 0.95, 0.05)}


def loss_choice(here: Lab) -> Loss:
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
