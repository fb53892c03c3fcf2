"""A figure of several views that fits the room it is given: two columns on a projector, one on a phone.

Vega-Lite knows only fixed sizes inside a concat, but hands every entry of `params` on to Vega as a signal, handlers
included. So the sizes that it writes down as constants (`<view>_width`, one per view) are followed by a handler each
that recomputes them from the width of the chart's own element. This pass-through is undocumented: Streamlit is pinned,
and a browser test holds the width of the picture against the width of its element.
"""

from collections.abc import Mapping
from typing import Any

Spec = dict[str, Any]

TWO_COLUMNS_FROM = 600  # px of the chart's own element
AXIS = 72  # px: a y axis with its title
EDGE = 6  # px: labels that lean over the right edge
GAP = 22  # px between two views

FULL = f"room - {AXIS + EDGE}"
HALF = f"room >= {TWO_COLUMNS_FROM} ? floor((room - {GAP + EDGE}) / 2) - {AXIS} : {FULL}"


def wide_or_narrow(wide: str, narrow: str) -> str:
    """The expression for a height in px: `wide` where there are two columns, `narrow` where there is one."""
    return f"room >= {TWO_COLUMNS_FROM} ? {wide} : {narrow}"


COLUMNS = {"signal": f"room >= {TWO_COLUMNS_FROM} ? 2 : 1"}


def _follow(signal: str, update: str) -> Spec:
    # A handler does not run in a view's first pulse; "autosize" is touched by the resize() that Streamlit calls next.
    # "push": "outer" means that the signal exists already and gets more handlers, not a second definition.
    events = [{"signal": "room"}, {"signal": "autosize"}]
    return {
        "name": signal,
        "push": "outer",
        "on": [{"events": events, "force": True, "update": f"max(80, {update})"}],
    }


def fitted(chart: Spec, sizes: Mapping[str, tuple[str, str]]) -> Spec:
    """`chart` with the width and height of each named view following the room.

    `sizes` maps a view's name to two Vega expressions over `room`, the element's width in px. Views must differ in
    their written width and height, or Vega-Lite merges them into one signal: `distinct` sees to it.
    """
    room = {
        "name": "room",
        "update": "containerSize()[0]",
        "on": [{"events": "container:resize", "update": "containerSize()[0] || room"}],
    }
    follow = [
        _follow(f"{view}_{side}", expression)
        for view, pair in sizes.items()
        for side, expression in zip(("width", "height"), pair, strict=True)
    ]
    # No "resize" in autosize: it lays out anew on every hover and doubles the time of a preview.
    autosize = {"type": "pad", "contains": "padding"}
    return {**chart, "params": [room, *follow, *chart.get("params", [])], "autosize": autosize}
