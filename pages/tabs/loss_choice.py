"""The controls that choose the loss of one parameter, and what its data are."""

import streamlit as st

from gdcore.convex_loss import Loss
from gdcore.samples import car_loss_data
from views.controls import choice, slider
from views.problem import FORMULAS, LOSSES, OWN, chosen_columns, chosen_loss, own_loss, own_pairs
from views.settings import another_loss
from views.state import Lab
from views.text import verbatim

PARAMETERS = {"quadratic": ("curvature", 0.1, 10.0, 0.1), "softplus": ("p", 0.05, 0.95, 0.05)}


def loss_choice(here: Lab) -> Loss:
    """The controls that choose the loss."""
    choice(here, "loss", [*LOSSES, OWN], follow_up=another_loss)
    st.markdown(f"${FORMULAS[str(here.current['loss'])]}$")
    if here.current["loss"] in PARAMETERS:
        slider(here, *PARAMETERS[str(here.current["loss"])])
    return chosen_loss(here.current)


def source(here: Lab) -> None:
    """What the data are and where they come from, if there are any."""
    text, values = here.text, here.current
    own = values["loss"] == OWN and own_loss(values)
    if own:
        (name, *_), target = chosen_columns(values)
        kind = "data_own_centred" if values["intercept"] == "with" else "data_own"
        pairs = own_pairs(values)
        names = {"input": verbatim(name), "target": verbatim(target)}
        names["unit"] = text(f"note.unit_{values['scaling']}")
        st.caption(text(f"note.{kind}", count=len(pairs.x), dropped=pairs.dropped, **names))
    elif values["loss"] == OWN:
        st.caption(text("note.data_none"))
    if values["loss"] == "cars" or (values["loss"] == OWN and not own):
        cars = car_loss_data()
        st.caption(text("note.data_cars", count=len(cars.x), dropped=cars.dropped))
