"""The controls that choose which columns of the table predict which."""

import streamlit as st

from views.controls import dropdown
from views.problem import NO_COLUMN, chosen_columns
from views.settings import another_table
from views.state import Lab
from views.tables import find


def columns_choice(here: Lab) -> None:
    """Drop-down lists for the first and the second input."""
    names = dict(enumerate(find(str(here.current["table"])).names))
    inputs, _ = chosen_columns(here.current)
    left, right = st.columns(2)
    with left:
        dropdown(here, "first", names, _place(names, inputs[0]), follow_up=another_table)
    with right:
        none = {NO_COLUMN: here.text("columns.none")}
        shown = _place(names, inputs[1]) if len(inputs) > 1 else NO_COLUMN
        dropdown(here, "second", none | names, shown, follow_up=another_table)


def target_choice(here: Lab) -> None:
    """A drop-down list for the column that is predicted."""
    names = dict(enumerate(find(str(here.current["table"])).names))
    shown = _place(names, chosen_columns(here.current)[1])
    dropdown(here, "target", names, shown, label="target_column", follow_up=another_table)


def _place(names: dict[int, str], name: str) -> int:
    return next(place for place, each in names.items() if each == name)
