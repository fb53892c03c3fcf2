"""The linked view of "Start well": a table of starts, and per layer the signal, the sensitivity and the gradient.

The table is the controller: moving over a cell previews that start in the three views below, a click keeps it.
"""

from __future__ import annotations

import json
from typing import Any

from views.charts.ink import (
    BLUE,
    GRAY,
    GREEN,
    ORANGE,
    RED,
    VIOLET,
    anchor,
    exponent_axis,
    filled,
    lookup,
    named,
    stroke_legend,
    window,
)
from views.charts.pointer import HOVERED, hover, pick
from views.charts.room import AXIS, EDGE, FULL, GAP, TWO_COLUMNS_FROM, Spec, View, fitted, headed, parts, wide_or_narrow
from views.charts.shipped import once
from views.charts.start_frames import KINDS, QUANTITIES, UNIT
from views.lazily import alt
from views.text import Text

WIDE = f"room >= {TWO_COLUMNS_FROM}"
THIRD = f"{WIDE} ? floor((room - {2 * GAP + EDGE}) / 3) - {AXIS} : {FULL}"
THREE_COLUMNS = {"signal": f"{WIDE} ? 3 : 1"}
INK_OF_KIND = dict(zip(KINDS, (BLUE, GREEN, RED, GRAY), strict=True))
INK_OF_LINE = {"median": ORANGE, "expected": GRAY, "good": GREEN, "normalised": VIOLET}
DASHES = {"median": [1, 0], "expected": [5, 4], "good": [2, 2], "normalised": [10, 3]}
SHOWN = {"alone": ("median", "expected"), "rivals": ("median", "expected", "good", "normalised")}
SEEN = "(hovered < 0 ? data('frame')[0] : data('cells')[hovered])"
# the table lies on a phone: activations along the top, initialisers down the side
TABLE_ENDS = {"x": ("-0.1", "7", "-0.75", "4"), "y": ("-0.8", "4", "-0.55", "7")}


def _along(axis: str, field: str) -> Any:
    low, high, narrow_low, narrow_high = TABLE_ENDS[axis]
    ends = [alt.ExprRef(wide_or_narrow(low, narrow_low)), alt.ExprRef(wide_or_narrow(high, narrow_high))]
    scale = alt.Scale(domain=ends, nice=False, zero=False, reverse=axis == "y")
    return (alt.X if axis == "x" else alt.Y)(f"{field}:Q", scale=scale, axis=None)


def _placed(source: alt.Chart) -> alt.Chart:
    """Cells as boxes, with a small gap between them."""
    across, down = f"({WIDE} ? datum.column : datum.level)", f"({WIDE} ? datum.level : datum.column)"
    made: alt.Chart = source.transform_calculate(
        left=f"{across} + 0.03", right=f"{across} + 0.97", top=f"{down} + 0.05", bottom=f"{down} + 0.95",
        across=f"{across} + 0.5", down=f"{down} + 0.5",
    )  # fmt: skip
    return made


def _table(text: Text) -> alt.LayerChart | alt.FacetChart:
    scale = alt.Scale(domain=list(INK_OF_KIND), range=list(INK_OF_KIND.values()))
    colour, gray = alt.Color("regime:N", scale=scale, legend=None), alt.value(GRAY)
    cells = _placed(named("cells"))
    box = {"x": _along("x", "left"), "x2": "right:Q", "y": _along("y", "top"), "y2": "bottom:Q", "color": colour}
    at = {"x": _along("x", "across"), "y": _along("y", "down")}
    size = alt.ExprRef(wide_or_narrow("13", "11"))
    heads = named("heads").transform_calculate(
        # above the columns or beside the rows, and which is which depends on the room
        on_top=f"(datum.row == 'initialiser') == ({WIDE})",
        said="length(datum.number) ? datum.word + ' ' + datum.number : datum.word",
        at="datum.place + 0.5",
    )
    gap, above = alt.value(alt.ExprRef(SIDE_EDGE)), alt.value(alt.ExprRef(TOP_EDGE))
    outline = cells.transform_filter("datum.chosen").mark_rect(filled=False, strokeWidth=2.5, cornerRadius=4)
    lit = alt.condition("datum.cell == hovered", alt.value(0.24), alt.value(0.12))
    number = cells.mark_text(dy=-7, fontSize=size, fontWeight=700).encode(text="backward:N", color=gray)
    word = cells.mark_text(dy=8, fontSize=alt.ExprRef(wide_or_narrow("12", "10"))).encode(text="word:N", color=gray)
    touched = cells.mark_point(opacity=0, size=300).add_params(hover("cell"), pick("way", "line", "was"))
    return alt.layer(
        anchor("frame"),
        alt.layer(cells.mark_rect(cornerRadius=4).encode(opacity=lit), outline).encode(**box),
        alt.layer(number, word, touched).encode(**at),
        heads.transform_filter("datum.on_top").mark_text(align="center", baseline="bottom", fontSize=size)
        .encode(x=_along("x", "at"), y=above, text="said:N", color=gray),
        heads.transform_filter("!datum.on_top").mark_text(align="right", baseline="middle", fontSize=size)
        .encode(y=_along("y", "at"), x=gap, text="said:N", color=gray),
    )  # fmt: skip


def _edge(axis: str, size: str, back: int) -> str:
    """Where the cells begin, in px, and a few px before it."""
    low, high, narrow_low, narrow_high = TABLE_ENDS[axis]
    share = wide_or_narrow(f"{low} / ({low} - {high})", f"{narrow_low} / ({narrow_low} - {narrow_high})")
    return f"table_{size} * ({share}) - {back}"


SIDE_EDGE, TOP_EDGE = _edge("x", "width", 5), _edge("y", "height", 3)


def _height(quantity: str) -> alt.Scale:
    """The committed start's window; while another is previewed, wide enough for both."""
    low, high = f"{quantity}_low", f"{quantity}_high"
    both = [
        f"hovered < 0 ? data('frame')[0].{low} : min(data('frame')[0].{low}, data('cells')[hovered].{low})",
        f"hovered < 0 ? data('frame')[0].{high} : max(data('frame')[0].{high}, data('cells')[hovered].{high})",
    ]
    ends = [alt.ExprRef(f"isValid(data('frame')[0]) ? ({end}) : {place}") for place, end in enumerate(both)]
    return alt.Scale(domain=ends, nice=False, zero=False)


def _layers(text: Text, quantity: str, shown: str) -> alt.LayerChart | alt.FacetChart:
    """One quantity layer by layer: the committed start with theory and rivals, or the previewed one over it."""
    lines, hovered = named("lines"), _previewed(quantity)
    idle, median = "hovered < 0", "datum.quantity == 'median'"
    x = alt.X(
        "layer:Q",
        title=text("chart.layer"),
        scale=window("frame", "layer_low", "layer_high"),
        axis=alt.Axis(tickMinStep=1, tickCount=6, format="d", grid=False),
    )
    # the axis is said once: the layers share it, and every repetition is sent again
    first = alt.Y(f"{quantity}_lower:Q", title=None, scale=_height(quantity), axis=exponent_axis(None, tickCount=6))
    y = alt.Y(f"{quantity}:Q", title=None)
    orange = alt.value(ORANGE)
    thick = alt.condition(median, alt.value(3.2), alt.value(1.8))  # theory stays visible where it is right
    tooltip = [
        alt.Tooltip("layer:Q", title=text("chart.layer")),
        alt.Tooltip(f"{quantity}:Q", title=text("chart.start.log10"), format=".3f"),
    ]
    marks: list[alt.Chart] = [
        named("band").transform_filter(idle).mark_area(clip=True, opacity=0.22)
        .encode(first, y2=f"{quantity}_upper:Q", color=orange),
        hovered.mark_area(clip=True, opacity=0.22).encode(alt.Y("lower:Q", title=None), y2="upper:Q", color=orange),
        lines.transform_filter(f"!({idle}) && {median}").mark_line(clip=True, strokeWidth=1.5)
        .encode(y, color=alt.value(GRAY)),
        hovered.mark_line(clip=True, strokeWidth=2.4).encode(alt.Y("middle:Q", title=None), color=orange),
        lines.transform_filter(idle).mark_line(clip=True).encode(y, strokeWidth=thick, **_look(text, shown)),
        lines.transform_filter(f"{idle} && {median}").mark_circle(clip=True, size=12, opacity=1)
        .encode(y, color=orange, tooltip=tooltip),
    ]  # fmt: skip
    title = alt.TitleParams(text(f"chart.start.{quantity}"), fontSize=14, offset=4, anchor="start")
    return alt.layer(*marks).encode(x=x).properties(title=title)


def _previewed(quantity: str) -> alt.Chart:
    """The profile of the cell under the pointer, which travels as whole numbers."""
    parts_of = {"middle": quantity, "lower": f"{quantity}_lower", "upper": f"{quantity}_upper"}
    made: alt.Chart = (
        named("profiles")
        .transform_filter("datum.cell == hovered")
        .transform_calculate(**{name: f"datum.{column} / {UNIT}" for name, column in parts_of.items()})
    )
    return made


def _look(text: Text, shown: str) -> dict[str, Any]:
    """Colour and dash of a line, with one legend for both."""
    codes = list(SHOWN[shown])
    legend = stroke_legend({code: text(f"chart.start.{code}") for code in codes}, alt.ExprRef(wide_or_narrow("4", "1")))
    inks = alt.Scale(domain=codes, range=[INK_OF_LINE[code] for code in codes])
    dashes = alt.Scale(domain=codes, range=[DASHES[code] for code in codes])
    return {
        "color": alt.Color("quantity:N", scale=inks, legend=legend),
        "strokeDash": alt.StrokeDash("quantity:N", scale=dashes, legend=legend),
    }


@once
def start(text: Text, shown: str = "alone") -> Spec:
    """The chart as a dict for `shown`, a key of SHOWN. Data sets: frame, lines, band, cells, heads, profiles."""
    views = {
        "table": View(_table(text), FULL, wide_or_narrow("172", "250")),
        **{
            quantity: View(_layers(text, quantity, shown), THIRD, wide_or_narrow("220", "130"))
            for quantity in QUANTITIES
        },
    }
    table, *layers = parts(views).values()
    said = {
        code: filled(text.template(f"chart.start.said_{code}"), SEEN, "name", "phi", "forward", "backward", "whole",
                     kind=lookup({code: text(f"kind.{code}") for code in KINDS}, f"{SEEN}.regime"))
        for code in ("start", "gains")
    }  # fmt: skip
    heading = wide_or_narrow(
        *(json.dumps(text(f"chart.start.{key}"), ensure_ascii=False) for key in ("table", "brief"))
    )
    lower = {
        "title": headed(f"isValid({SEEN}) ? [{said['start']}, {said['gains']}] : ''"),
        "concat": layers,
        "columns": THREE_COLUMNS,
        "spacing": GAP,
        "resolve": {"scale": {"color": "shared", "strokeDash": "shared"}},
    }
    upper = {**table, "title": headed(heading, 13)}
    apart = {kind: {"color": "independent", "strokeDash": "independent"} for kind in ("scale", "legend")}
    return fitted({"vconcat": [upper, lower], "spacing": 12, "resolve": apart, "params": [HOVERED]}, views)
