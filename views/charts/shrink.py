"""The linked view of "Start large, then shrink": excess loss above, α(t) below, and a ranking that leads both.

Moving over a row of the ranking, or over a curve, brings that schedule forward in the browser; a click keeps it.
"""

from __future__ import annotations

from typing import Any

from gdcore.schedule_race import SCHEDULES
from views.charts.ink import (
    BLUE,
    GRAY,
    GREEN,
    ORANGE,
    RED,
    VIOLET,
    YELLOW,
    anchor,
    cell,
    named,
    power_axis,
    raised,
    window,
)
from views.charts.pointer import LEFT, pointed
from views.charts.room import (
    AXIS,
    COLUMNS,
    EDGE,
    FULL,
    GAP,
    TWO_COLUMNS_FROM,
    Spec,
    View,
    fitted,
    headed,
    parts,
    wide_or_narrow,
)
from views.charts.shipped import once
from views.lazily import alt
from views.text import Text

COLOURS = {
    "small": BLUE,
    "large": RED,
    "step": ORANGE,
    "exponential": YELLOW,
    "inverse_time": GREEN,
    "cosine": VIOLET,
    "warmup": VIOLET,
    "best": GRAY,
}
DASHED = {"warmup": [6, 3], "best": [2, 2]}
SAMPLE = 4, 26  # px: where a row shows how its curve is drawn
RANKING = 290  # px: the width of the ranking where there are two columns
LINES = list(range(len(SCHEDULES)))
CURVE_POINTS, ROW_POINTS = "curve_points", "row_points"  # the views that a pointer finds

WIDE = f"room >= {TWO_COLUMNS_FROM} ? room - {RANKING + GAP + AXIS + 2 * EDGE} : {FULL}"
NARROW = f"room >= {TWO_COLUMNS_FROM} ? {RANKING} : {FULL}"


def _colour() -> alt.Color:
    return alt.Color("line:N", scale=alt.Scale(domain=LINES, range=[COLOURS[name] for name in SCHEDULES]), legend=None)


def _dash() -> alt.StrokeDash:
    dashes = [DASHED.get(name, [1, 0]) for name in SCHEDULES]
    return alt.StrokeDash("line:N", scale=alt.Scale(domain=LINES, range=dashes), legend=None)


def _step(title: str | None, *, labels: bool) -> alt.X:
    axis = alt.Axis(tickMinStep=1, tickCount=6, format="d", labels=labels, grid=False)
    return alt.X("step:Q", title=title, scale=window("problem", "step_low", "step_high"), axis=axis)


def _excess(field: str) -> alt.Y:
    scale = window("problem", "excess_low", "excess_high", type="log")
    return alt.Y(f"{field}:Q", title="J − J*", scale=scale, axis=power_axis("J − J*", grid=False))


def _curves(y: alt.Y, **stroke: Any) -> list[alt.Chart]:
    """Every schedule's curve, thin, and over them the one that is shown, thick."""
    curves = named("curves")
    all_of_them = curves.mark_line(clip=True, strokeWidth=1.3, strokeOpacity=0.5, **stroke)
    shown = curves.transform_filter("datum.line == shown").mark_line(clip=True, strokeWidth=3, **stroke)
    return [each.encode(y, _colour(), _dash(), order="step:Q") for each in (all_of_them, shown)]


def _decay(text: Text) -> alt.LayerChart | alt.FacetChart:
    step, mean, gray = _step(None, labels=False), _excess("mean"), alt.value(GRAY)
    floors = named("floors")
    shown = named("curves").transform_filter("datum.line == shown")
    tooltip = [
        alt.Tooltip("step:Q", title=text("chart.step")),
        alt.Tooltip("mean:Q", title=text("chart.shrink.mean"), format=".3~g"),
        alt.Tooltip("low:Q", title=text("chart.shrink.low"), format=".3~g"),
        alt.Tooltip("high:Q", title=text("chart.shrink.high"), format=".3~g"),
        alt.Tooltip("alpha:Q", title=text("chart.shrink.alpha"), format=".3~g"),
    ]
    below, above = (floors.transform_filter(f"datum.side == '{side}'") for side in ("left", "right"))
    labels = (
        below.mark_text(align="left", dy=9, fontSize=12).encode(step, mean, text="label:N", color=gray),
        above.mark_text(align="right", dy=-9, fontSize=12).encode(step, mean, text="label:N", color=gray),
    )
    points = named("curves").transform_filter("datum.near == 1").mark_point(opacity=0, clip=True)
    return alt.layer(
        anchor("problem"),
        floors.mark_rule(strokeDash=[5, 4], strokeWidth=1.5).encode(mean, color=gray),
        shown.mark_area(opacity=0.2, clip=True).encode(step, _excess("low"), _colour(), y2="high:Q"),
        *(curve.encode(step) for curve in _curves(mean)),
        *labels,
        points.encode(step, mean, tooltip=tooltip).properties(name=CURVE_POINTS),
    )


def _rates(text: Text) -> alt.LayerChart | alt.FacetChart:
    title = text("chart.shrink.alpha")
    scale = window("problem", "alpha_low", "alpha_high")
    alpha = alt.Y("alpha:Q", title=title, scale=scale, axis=alt.Axis(tickCount=4, format="~g", grid=False))
    limits, gray = named("limits"), alt.value(GRAY)
    return alt.layer(
        limits.mark_rule(strokeDash=[5, 4], strokeWidth=1.5).encode(alpha, color=gray),
        limits.mark_text(align="right", dx=-4, dy=9, fontSize=12).encode(
            alpha, x=alt.value(alt.ExprRef("rates_width")), text="label:N", color=gray
        ),
        alt.layer(*_curves(alpha, interpolate="step-after")).encode(x=_step(text("chart.step"), labels=True)),
    )


def _power_or_number() -> str:
    """Labels of the ranking's axis, at powers of ten only: of an excess loss, or plain numbers of steps."""
    power = "round(log(datum.value) / LN10)"
    said = f"({cell('problem', 'powers').expr}) ? {raised(power)} : format(datum.value, 'd')"
    return f"abs(log(datum.value) / LN10 - {power}) < 1e-9 ? ({said}) : ''"


def _ranking() -> alt.LayerChart | alt.FacetChart:
    """One row a schedule: its name and result, and below them the mean with its band, and theory's mark."""
    title = cell("problem", "title", empty="''")
    value = alt.X(
        "value:Q",
        scale=window("problem", "value_low", "value_high", type="log", clamp=True),
        axis=alt.Axis(title=None, labelExpr=_power_or_number(), tickCount=5, labelOverlap=False, grid=False),
    )
    place = alt.Y("place:Q", axis=None, scale=alt.Scale(domain=[-0.5, len(SCHEDULES) - 0.5], reverse=True, nice=False))
    rows = named("ranking")
    shown, gray = rows.transform_filter("datum.line == shown"), alt.value(GRAY)
    mark = alt.layer(
        rows.mark_rule(strokeWidth=1.5, yOffset=8).encode(alt.X("low:Q"), place, _colour(), x2="high:Q"),
        rows.mark_tick(thickness=2, height=14, yOffset=8).encode(alt.X("theory:Q"), place, color=gray),
        rows.mark_circle(size=70, opacity=1, yOffset=8).encode(value, place, _colour()),
    )
    band = rows.transform_calculate(top="datum.place - 0.48", bottom="datum.place + 0.48")
    words: dict[str, Any] = {"align": "left", "dy": -8, "fontSize": 13}
    name: dict[str, Any] = {"x": alt.value(SAMPLE[1] + 6), "text": "name:N", "color": gray}
    return alt.layer(
        band.transform_filter("datum.line == shown")
        .mark_rect(opacity=0.15)
        .encode(alt.Y("top:Q", axis=None), _colour(), y2="bottom:Q"),
        rows.mark_rule(strokeWidth=3, yOffset=-8).encode(
            place, _colour(), _dash(), x=alt.value(SAMPLE[0]), x2=alt.value(SAMPLE[1])
        ),
        rows.transform_filter("datum.line != shown").mark_text(**words).encode(place, **name),
        shown.mark_text(fontWeight=700, **words).encode(place, **name),
        rows.mark_text(**{**words, "align": "right"}).encode(
            place, x=alt.value(alt.ExprRef("ranking_width - 4")), text="said:N", color=gray
        ),
        mark,
        rows.mark_point(opacity=0)
        .encode(place, x=alt.value(alt.ExprRef("ranking_width / 2")))
        .properties(name=ROW_POINTS),
    ).properties(title=alt.TitleParams(title, fontSize=13, fontWeight=400, offset=6))


def _selection(name: str, fields: list[str], **select: Any) -> Spec:
    """A selection that both the curves and the rows of the ranking feed."""
    chosen = {"type": "point", "fields": fields, "nearest": True, **select}
    return {"name": name, "select": chosen, "views": [CURVE_POINTS, ROW_POINTS]}


def _said() -> alt.ExprRef:
    row = "data('ranking')[shown]"
    return alt.ExprRef(f"isValid({row}) ? [{row}.headline, {row}.result] : ''")


@once
def shrink(text: Text) -> Spec:
    """The chart as a dict. Data sets: problem, curves, ranking, floors, limits (`shrink_frames`)."""
    views = {
        "decay": View(_decay(text), WIDE, wide_or_narrow("290", "210")),
        "rates": View(_rates(text), WIDE, wide_or_narrow("120", "100")),
        "ranking": View(_ranking(), NARROW, wide_or_narrow("404", "330")),
    }
    decay, rates, ranking = parts(views).values()
    arranged = {
        "title": headed(_said()),
        "concat": [{"vconcat": [decay, rates], "spacing": GAP - 8}, ranking],
        "columns": COLUMNS,
        "spacing": GAP,
        "params": [
            {"name": "shown", "expr": pointed(cell("problem", "line").expr)},
            _selection("hover", ["line"], on="pointermove", clear=LEFT),
            _selection("pick", ["line", "was"], on="click"),
        ],
    }
    return fitted(arranged, views)
