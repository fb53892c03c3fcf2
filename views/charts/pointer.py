"""What the pointer is over and what a click picks, in every chart that answers to them; all of it in the browser."""

from __future__ import annotations

from views.charts.ink import named
from views.charts.room import Spec
from views.lazily import alt

# A plain "pointerout" comes with every move from one mark to the next: the committed picture would be drawn in between.
# The marks of one view are children of one element. (A filter of an event knows the event and no signal.)
LEFT = "pointerout[!event.relatedTarget || event.relatedTarget.parentNode != event.target.parentNode]"


def hover(field: str, name: str = "hover") -> alt.Parameter:
    """The value of `field` at the mark nearest to the pointer, until the pointer leaves the view."""
    return alt.selection_point(name=name, fields=[field], on="pointermove", nearest=True, clear=LEFT, empty=False)


def pick(*fields: str) -> alt.Parameter:
    """The row nearest to a click, handed to the server (`drawing.draw`)."""
    return alt.selection_point(name="pick", fields=list(fields), on="click", nearest=True, empty=False)


def pointed(otherwise: str = "-1", name: str = "hover") -> str:
    """The Vega expression for what `hover` holds, or for something else while the pointer is elsewhere."""
    return f"length(data('{name}_store')) ? data('{name}_store')[0].values[0] : {otherwise}"


HOVERED: Spec = {"name": "hovered", "expr": pointed()}  # a number that is −1 while the pointer is elsewhere


def touched(frame: str, *parameters: alt.Parameter, key: str) -> alt.Chart:
    """Invisible points, one a row, that a pointer finds by their place along x alone: all lie at one height.

    `nearest` seeks in both directions, so points on a steep curve would hand over to their neighbours. `key` names a
    column that tells the rows apart: new data move the points, and what lies around them, instead of making new ones.
    """
    points = named(frame).mark_point(opacity=0).encode(y=alt.value(0), key=f"{key}:N")
    chart: alt.Chart = points.add_params(*parameters)
    return chart
