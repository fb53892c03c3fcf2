"""The linked view of "Beyond convex": where a run ends for each learning rate; landscape and track follow.

On the ruler every dot is a run. What theory knows, the two limits 2/J″, stands above it; the rest was found by running.
"""

from __future__ import annotations

from typing import Literal

from gdcore.dip import Fate
from views.charts.dip_frames import ALPHA, ENDS, HIGH, LOW, UNIT
from views.charts.dip_said import said
from views.charts.ink import BLUE, GRAY, GREEN, ORANGE, RED, VIOLET, lookup, named, window
from views.charts.player import STEP
from views.charts.pointer import HOVERED, hover, pick, touched
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

INK_OF_FATE = {
    Fate.TRAPPED: (BLUE, "triangle-down"),
    Fate.RATTLES: (ORANGE, "diamond"),
    Fate.ESCAPED: (GREEN, "circle"),
    Fate.ESCAPED_UNSETTLED: (VIOLET, "square"),
    Fate.DIVERGED: (RED, "cross"),
}
CODES = [fate.name for fate in INK_OF_FATE]
LOSS = (-0.07, 0.84)  # of the landscape's axis
FOUND = 88  # px: the height on the ruler where no run ends
THETA_OF, LOSS_OF = f"datum.part / {UNIT}", "0.05 * pow(datum.theta, 2) - 0.3 * exp(-pow(datum.theta - 3, 2) / 0.18)"


def _share(share: float) -> str:
    """The width of a view that has this share of the row, where there are two columns: the dip is narrow."""
    return f"room >= {TWO_COLUMNS_FROM} ? floor({share} * (room - {GAP + EDGE})) - {AXIS} : {FULL}"


def _legend(text: Text) -> alt.Legend:
    return alt.Legend(
        title=None,
        orient="top",
        labelExpr=lookup({code: text(f"fate.{code}") for code in CODES}, "datum.value"),
        labelLimit=0,
        symbolSize=70,
        labelFontSize=alt.ExprRef(wide_or_narrow("14", "12")),
        columnPadding=10,
        symbolOpacity=1,
        columns=alt.ExprRef(wide_or_narrow("5", "2")),
        offset=36,
    )


def _colour(legend: alt.Legend | None = None) -> alt.Color:
    return alt.Color("fate:N", scale=alt.Scale(domain=CODES, range=[ink for ink, _ in INK_OF_FATE.values()])).legend(
        legend
    )


def _theta(field: str, title: str, ends: tuple[float, float], ticks: list[int], *, grid: bool) -> alt.Y:
    axis = alt.Axis(values=ticks, format="d", grid=grid, labelOverlap=False)
    return alt.Y(f"{field}:Q", title=title, scale=alt.Scale(domain=list(ends), nice=False), axis=axis)


def _lines(y: alt.Y, place: alt.XDatum | None = None) -> list[alt.Chart]:
    """Lines at the two minima and the barrier; words on them where there is a place for words."""
    marks, gray = named("marks"), alt.value(GRAY)
    lines: list[alt.Chart] = [
        marks.transform_filter("datum.line != 'barrier'").mark_rule(strokeDash=[5, 3]).encode(y, color=gray),
        marks.transform_filter("datum.line == 'barrier'").mark_rule(strokeDash=[1, 3]).encode(y, color=gray),
    ]
    if place is not None:
        sides: list[tuple[str, int, Literal["bottom", "top"]]] = [("!=", -2, "bottom"), ("==", 3, "top")]
        for test, dy, baseline in sides:
            lines.append(
                marks.transform_filter(f"datum.line {test} 'barrier'")
                .mark_text(align="left", dy=dy, baseline=baseline, fontSize=11)
                .encode(y, x=place, text="word:N", color=gray)
            )
    return lines


def _ruler(text: Text) -> alt.LayerChart | alt.FacetChart:
    x = alt.X(
        "alpha:Q",
        title=text("chart.dip.alpha"),
        scale=alt.Scale(type="log", domain=list(ALPHA), nice=False),
        axis=alt.Axis(values=[0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 40], format="~g", grid=False),
    )
    title, ticks = text("chart.dip.end"), list(range(-1, 5))
    y = _theta("place", title, ENDS, ticks, grid=False)
    shape = alt.Shape("fate:N", scale=alt.Scale(domain=CODES, range=[shape for _, shape in INK_OF_FATE.values()]))
    zones, final, gray = named("zones"), named("final"), alt.value(GRAY)
    limits, at = zones.transform_filter("datum.row != 'both'"), alt.X("low:Q")
    word = f"room >= {TWO_COLUMNS_FROM} ? datum.word : datum.brief"
    legend = _legend(text)
    dots = final.transform_filter("!datum.fragile").mark_point(filled=True, size=38, opacity=1)
    hollow = final.transform_filter("datum.fragile").mark_point(filled=False, size=38, opacity=1, strokeWidth=1.6)
    chosen = named("problem").transform_filter("hovered < 0")
    hovered = final.transform_filter("datum.run == hovered")
    over_alpha = alt.layer(
        zones.mark_rect(opacity=0.16).encode(
            alt.X("low:Q"), x2="high:Q", y=alt.value(-19), y2=alt.value(-2), color=gray
        ),
        zones.transform_calculate(shown=word)
        .mark_text(baseline="middle", fontSize=alt.ExprRef(wide_or_narrow("12", "10")))
        .encode(alt.X("middle:Q"), y=alt.value(-10), text="shown:N", color=gray),
        limits.mark_rule(strokeDash=[5, 3]).encode(at, y=alt.value(-19), y2=alt.value("height"), color=gray),
        limits.mark_text(baseline="bottom", fontSize=12).encode(at, y=alt.value(-21), text="limit:N", color=gray),
        *[each.encode(y, _colour(legend), shape.legend(legend), key="run:N") for each in (dots, hollow)],
        touched("final", hover("run"), pick("alpha", "was"), key="run").transform_calculate(
            was="data('problem')[0].alpha"
        ),
        *[
            mark
            for source in (chosen, hovered)
            for mark in (
                source.mark_rule(strokeWidth=2.5).encode(_colour(legend)),
                source.mark_point(size=160, filled=False, strokeWidth=2.5, opacity=1).encode(y, _colour(legend)),
            )
        ],
    ).encode(x=x)
    found = named("problem").mark_text(align="left", baseline="bottom", fontSize=12)
    return alt.layer(
        *_lines(_theta("theta", title, ENDS, ticks, grid=False), alt.XDatum(2.6)),
        found.encode(x=alt.value(6), y=alt.value(FOUND), text=alt.TextValue(text("chart.dip.found")), color=gray),
        over_alpha,
    )


def _run(tooltip: list[alt.Tooltip]) -> list[alt.Chart]:
    """The previewed run and the committed one, of which one is empty at any time: its line and its steps."""
    preview = (
        named("runs")
        .transform_filter(f"datum.run == hovered && datum.step <= {STEP}")
        .transform_calculate(theta=THETA_OF, fate="data('final')[datum.run].fate")
        .transform_calculate(loss=LOSS_OF)
    )
    committed = (
        named("committed")
        .transform_filter(f"hovered < 0 && datum.step <= {STEP}")
        .transform_calculate(fate="data('problem')[0].fate")
    )
    layers: list[alt.Chart] = []
    for source in (preview, committed):
        layers += [
            source.mark_line(clip=True, strokeWidth=1.5, strokeOpacity=0.75).encode(_colour(), order="step:Q"),
            source.mark_circle(clip=True, size=28, opacity=1).encode(_colour(), tooltip=tooltip, key="step:N"),
        ]
    now = committed.transform_filter(f"datum.step == {STEP}")
    return [*layers, now.mark_circle(clip=True, size=110, opacity=1).encode(_colour(), tooltip=tooltip)]


def _landscape(text: Text, run: list[alt.Chart]) -> alt.LayerChart | alt.FacetChart:
    x = alt.X("theta:Q", title="θ", scale=alt.Scale(domain=[LOW, HIGH], nice=False), axis=alt.Axis(tickCount=8))
    y = alt.Y("loss:Q", title="J(θ)", scale=alt.Scale(domain=list(LOSS), nice=False), axis=alt.Axis(tickCount=5))
    marks, gray = named("marks"), alt.value(GRAY)
    places: list[tuple[str, Literal["center", "right"], int, Literal["bottom", "top"]]] = [
        ("deep", "center", -18, "bottom"),
        ("barrier", "right", -9, "bottom"),
        ("shallow", "center", 10, "top"),
    ]
    words = [
        marks.transform_filter(f"datum.line == '{line}'")
        .mark_text(align=align, dy=dy, baseline=baseline, fontSize=11)
        .encode(text="word:N", color=gray)
        for line, align, dy, baseline in places
    ]
    curve = named("curve").mark_line(clip=True, strokeWidth=2).encode(color=gray)
    return alt.layer(
        curve, marks.mark_tick(thickness=2, size=9, orient="vertical").encode(color=gray), *words, *run
    ).encode(x=x, y=y)


@once
def dip(text: Text) -> Spec:
    """The chart as a dict. Data sets: problem, curve, marks, zones, final, runs, committed (`dip_frames`)."""
    tooltip = [
        alt.Tooltip("step:Q", title=text("chart.step")),
        alt.Tooltip("theta:Q", title="θ", format=".5~g"),
        alt.Tooltip("loss:Q", title="J(θ)", format=".5~g"),
    ]
    run = _run(tooltip)
    step = alt.X(
        "step:Q",
        title=text("chart.step"),
        scale=window("problem", "step_low", "step_high"),
        axis=alt.Axis(tickMinStep=1, tickCount=6, format="d"),
    )
    theta = _theta("theta", "θ", (LOW, HIGH), [-4, -2, 0, 2, 4], grid=True)
    track = alt.layer(*_lines(theta), alt.layer(*run).encode(x=step, y=theta))
    views = {
        "ruler": View(_ruler(text), FULL, wide_or_narrow("150", "150")),
        "landscape": View(_landscape(text, run), _share(0.58), wide_or_narrow("190", "190")),
        "track": View(track, _share(0.42), wide_or_narrow("190", "160")),
    }
    ruler, landscape, path = parts(views).values()
    apart = {kind: {"color": "independent", "shape": "independent"} for kind in ("scale", "legend")}
    lower = {
        "title": headed(said(text)),
        "concat": [landscape, path],
        "columns": COLUMNS,
        "spacing": GAP,
    }
    return fitted({"vconcat": [ruler, lower], "spacing": GAP, "resolve": apart, "params": [HOVERED]}, views)
