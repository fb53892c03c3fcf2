"""What the picture of "The map" says of the network that it shows: sentences put together in the browser."""

from __future__ import annotations

import json

from gdcore.depth_map import DEPTHS, SCALES
from views.charts.depth_map_frames import MISSING, ZERO
from views.charts.ink import filled, raised
from views.charts.room import TWO_COLUMNS_FROM, Spec
from views.depth_maps import HEALTHY, SIDES
from views.lazily import alt
from views.text import Text

SHOWN = "shown"  # the row of the network that is shown
DEPTH = "shown_depth"
_COLUMNS = len(SCALES)
PER_DECADE = (_COLUMNS - 1) / 2
PARAMETERS: list[Spec] = [
    {"name": "ready", "expr": "isValid(data('problem')[0]) && isValid(data('cells')[0])"},
    {"name": SHOWN, "expr": "hovered < 0 ? data('problem')[0] : data('cells')[hovered]"},
    {
        "name": DEPTH,
        "expr": f"ready ? (hovered < 0 ? {SHOWN}.depth : {list(DEPTHS)}[floor(hovered / {_COLUMNS})]) : 2",
    },
]


def said(text: Text) -> tuple[alt.ExprRef, list[Spec]]:
    """Depth and scale of the shown network, and its two gradients with a word for each; and the parameters for it."""
    scale = (
        f"(hovered < 0 ? {SHOWN}.scale : format({SCALES[0]} * pow(10, hovered % {_COLUMNS} / {PER_DECADE:g}), '.3~r'))"
    )
    parts = {"said_headline": filled(text.template("chart.map.headline"), SHOWN, depth=DEPTH, scale=scale)}
    for side in SIDES:
        sentence = text.template(f"chart.map.said_{side}")
        parts[f"said_{side}"] = filled(sentence, SHOWN, gradient=_size(text, side), fate=_fate(text, side))
    between = json.dumps(text.listed(("", "")), ensure_ascii=False)
    headline, without, with_ = parts
    lines = f"[{headline}, {without} + {between} + {with_}] : [{headline}, {without}, {with_}]"
    wholes: list[Spec] = [{"name": f"whole_{side}", "expr": f"floor({SHOWN}.{side} + 0.002)"} for side in SIDES]
    parameters = [{"name": name, "expr": f"ready ? {said} : ''"} for name, said in parts.items()]
    return alt.ExprRef(f"room >= {TWO_COLUMNS_FROM} ? {lines}"), [*wholes, *parameters]


def _size(text: Text, side: str) -> str:
    """The expression for a number given by its log₁₀, as `views.numbers.magnitude` writes it."""
    log10 = f"{SHOWN}.{side}"
    power = f"whole_{side}"  # of the rounded number
    ordinary = f"format(pow(10, {log10}), '.3~r')"
    written = f"replace(format(pow(10, {log10} - {power}), '.2f'), '-', '−') + ' × ' + {raised(power)}"
    number = f"({log10} >= -3 && {log10} < 5 ? {ordinary} : {written})"
    return f"({log10} == {ZERO} ? '0' : {log10} == {MISSING} ? '–' : {number})"


def _fate(text: Text, side: str) -> str:
    log10 = f"{SHOWN}.{side}"
    words = {name: json.dumps(word, ensure_ascii=False) for name, word in text.under("fate_of_gradient").items()}
    return (
        f"({log10} == {MISSING} ? {words['missing']} : {log10} == {ZERO} ? {words['silent']} : "
        f"{log10} < {-HEALTHY} ? {words['vanishes']} : {log10} > {HEALTHY} ? {words['explodes']} : "
        f"{words['healthy']})"
    )
