"""A figure of several views that fits the room it is given: two columns on a projector, one on a phone.

Vega-Lite knows only fixed sizes inside a concat, but hands every entry of `params` on to Vega as a signal, handlers
included. So the sizes that it writes down as constants (`<view>_width`, one per view) are followed by a handler each
that recomputes them from the width of the chart's own element. This pass-through is undocumented: Streamlit is pinned,
and a browser test holds the width of the picture against the width of its element.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from views.charts.shared import shared
from views.lazily import alt

Spec = dict[str, Any]
DIGITS: Spec = {"name": "digits", "value": "⁰¹²³⁴⁵⁶⁷⁸⁹"}  # of exponents: `ink.raised`

TWO_COLUMNS_FROM = 690  # px of the chart's own element: legends need half of it
AXIS = 64  # px: a y axis with its title
EDGE = 6  # px: labels that lean over the right edge
GAP = 22  # px between two views

FULL = f"room - {AXIS + EDGE}"
HALF = f"room >= {TWO_COLUMNS_FROM} ? floor((room - {GAP + EDGE}) / 2) - {AXIS} : {FULL}"


def wide_or_narrow(wide: str, narrow: str) -> str:
    """The expression for a height in px: `wide` where there are two columns, `narrow` where there is one."""
    return f"room >= {TWO_COLUMNS_FROM} ? {wide} : {narrow}"


CONFIG = {
    # Streamlit's theme gives a tooltip to every mark. A screen reader is told by the figure's text, not point by point.
    "mark": {"tooltip": None, "aria": False},
    "axisX": {"titlePadding": 4, "labelPadding": 6},
    "axisY": {"titlePadding": 4, "labelPadding": 6, "minExtent": 40, "maxExtent": 40},
}
COLUMNS = {"signal": f"room >= {TWO_COLUMNS_FROM} ? 2 : 1"}


def _follow(signal: str, update: str, least: int) -> Spec:
    # A handler does not run in a view's first pulse; "autosize" is touched by the resize() that Streamlit calls next.
    # "push": "outer" means that the signal exists already and gets more handlers, not a second definition.
    events = [{"signal": "room"}, {"signal": "autosize"}]
    return {
        "name": signal,
        "push": "outer",
        "on": [{"events": events, "force": True, "update": f"max({least}, {update})"}],
    }


@dataclass(frozen=True)
class View:
    """One view of a figure, and Vega expressions over `room`, the element's width in px, for its size in px.

    `least` is the smallest size, whatever they give.
    """

    chart: alt.Chart | alt.LayerChart | alt.FacetChart
    width: str
    height: str
    least: int = 80


def headed(said: alt.ExprRef | str, size: int = 15) -> Spec:
    """The title of an arrangement of views: lines that the Vega expression `said` gives, as wide as the room."""
    expression = said if isinstance(said, str) else said.expr
    return {
        "text": {"expr": expression},
        "limit": {"expr": "room - 8"},
        "offset": 8,
        "fontSize": size,
        "fontWeight": 600,
    }


def parts(views: Mapping[str, View]) -> dict[str, Spec]:
    """Each view as a dict under its name, to be arranged in `concat` and `vconcat` dicts.

    Altair would copy every view deeply for every level of a concat: arranging dicts takes a fifth of the time.
    """
    specs = {}
    for number, (name, view) in enumerate(views.items()):
        spec = view.chart.to_dict()
        del spec["$schema"], spec["config"]
        # sizes that are equal would be merged into one signal by Vega-Lite; the browser replaces them anyway
        specs[name] = {**spec, "name": name, "width": 400 + number, "height": 200 + number}
    return specs


def fitted(arranged: Spec, views: Mapping[str, View]) -> Spec:
    """The arranged views as one chart, with the width and height of each following the room."""
    room = {
        "name": "room",
        "update": "containerSize()[0]",
        "on": [{"events": "container:resize", "update": "containerSize()[0] || room"}],
    }
    follow = [
        _follow(f"{name}_{side}", expression, view.least)
        for name, view in views.items()
        for side, expression in (("width", view.width), ("height", view.height))
    ]
    # No "resize" in autosize: it lays out anew on every hover and doubles the time of a preview.
    autosize = {"type": "pad", "contains": "padding"}
    parameters = [room, *follow, *arranged.get("params", [])]
    spec = {"$schema": alt.SCHEMA_URL, **arranged, "params": parameters, "config": CONFIG, "autosize": autosize}
    return lean(spec)


def lean(spec: Spec) -> Spec:
    """The same picture in fewer bytes: a chart is sent again with every change of its data."""
    return _named_once(shared(spec))


_CELL = re.compile(r"(?:^|(?<=\())isValid\(data\('\w+'\)\[0\]\) \? data\('\w+'\)\[0\]\.\w+ : -?[\w.]+(?=$|[),])")
_WORDS = re.compile(r"(\(\{[^{}]*\}\))\[datum\.value\]")


def _named_once(spec: Spec) -> Spec:
    """The chart with a parameter for what it asks for in several places: a cell of a data set, the words of a legend.

    An operator beside the question for a cell might bind its last word, so it is replaced only where it stands alone.
    """

    def replaced(part: Any, names: Mapping[str, str], asked: Counter[str]) -> Any:
        if isinstance(part, str):
            words = _WORDS.fullmatch(part)
            pattern = re.compile(re.escape(words[1])) if words else _CELL
            asked.update(pattern.findall(part))
            return pattern.sub(lambda found: names.get(found[0], found[0]), part)
        if isinstance(part, list):
            return [replaced(each, names, asked) for each in part]
        return {key: replaced(each, names, asked) for key, each in part.items()} if isinstance(part, dict) else part

    asked: Counter[str] = Counter()
    replaced(spec, {}, asked)
    names = {each: f"asked_{number}" for number, (each, count) in enumerate(asked.items()) if count > 1}
    named: Spec = replaced(spec, names, Counter())
    digits = [DIGITS] if f"{DIGITS['name']}[" in json.dumps(named) else []
    found = [{"name": name, "expr": each} for each, name in names.items()]
    parameters = [*digits, *named.get("params", []), *found]
    return {**named, "params": parameters} if parameters else named
