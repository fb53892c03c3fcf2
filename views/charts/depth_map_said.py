"""What the picture of "The map" says of the network that it shows: sentences put together in the browser."""

import json

import altair as alt

from gdcore.depth_map import DEPTHS, SCALES
from views.charts.depth_map_frames import MISSING, ZERO
from views.charts.ink import filled, raised
from views.charts.room import TWO_COLUMNS_FROM
from views.depth_maps import HEALTHY, SIDES
from views.numbers import plain
from views.text import Text

SHOWN = "(hovered < 0 ? data('problem')[0] : data('cells')[hovered])"
DEPTH = f"(hovered < 0 ? data('problem')[0].depth : {list(DEPTHS)}[data('cells')[hovered].row])"


def said(text: Text) -> alt.ExprRef:
    """Depth and scale of the shown network, and its two gradients with a word for each."""
    scales = json.dumps([plain(scale) for scale in SCALES], ensure_ascii=False)
    scale = f"(hovered < 0 ? data('problem')[0].scale : {scales}[data('cells')[hovered].column])"
    headline = filled(text.template("chart.map.headline"), SHOWN, depth=DEPTH, scale=scale)
    without, with_ = (
        filled(text.template(f"chart.map.said_{side}"), SHOWN, gradient=_size(text, side), fate=_fate(text, side))
        for side in SIDES
    )
    between = json.dumps(text.listed(("", "")), ensure_ascii=False)
    lines = (
        f"room >= {TWO_COLUMNS_FROM} ? [{headline}, {without} + {between} + {with_}] : [{headline}, {without}, {with_}]"
    )
    return alt.ExprRef(f"isValid({SHOWN}) ? ({lines}) : ''")


def _size(text: Text, side: str) -> str:
    """The expression for a number given by its log₁₀, as `views.numbers.magnitude` writes it."""
    log10 = f"{SHOWN}.{side}"
    power = f"floor({log10} + 0.002)"  # of the rounded number
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
