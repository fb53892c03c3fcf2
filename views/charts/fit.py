"""The picture of "Your own data": the line of a fit as it moves from step to step, and the loss that it leaves.

Moving over the loss shows the line of any step, in the browser; otherwise the player's step is shown.
"""

from __future__ import annotations

from typing import Any

from views.charts.ink import BLUE, GRAY, GREEN, ORANGE, anchor, cell, named, power_axis, stroke_legend, window
from views.charts.player import STEP
from views.charts.pointer import HOVERED, hover, touched
from views.charts.room import COLUMNS, GAP, HALF, Spec, View, fitted, headed, parts, wide_or_narrow
from views.charts.shipped import once
from views.lazily import alt
from views.text import Text

LINES = {"now": BLUE, "goal": GREEN}
DASHES = {"now": [1, 0], "goal": [7, 4]}
TITLES = {"first_title": "⟨first⟩", "second_title": "⟨second⟩", "y_title": "⟨y⟩"}  # stand in for the columns' names


def _line(frame: str, side: str, code: str, text: Text | None) -> alt.Chart:
    """The lines of a data set in the colour of `code`, with a legend where `text` gives it words."""
    codes = list(LINES)
    legend = stroke_legend({each: text(f"chart.fit.{each}") for each in codes}) if text else None
    colour = alt.Color("line:N", scale=alt.Scale(domain=codes, range=list(LINES.values())), legend=legend)
    dash = alt.StrokeDash(
        "line:N", scale=alt.Scale(domain=codes, range=[DASHES[each] for each in codes]), legend=legend
    )
    lines: alt.Chart = (
        named(frame)
        .transform_filter(f"datum.side == '{side}'" + (" && datum.step == lit" if code == "now" else ""))
        .transform_calculate(line=f"'{code}'")
        .mark_rule(strokeWidth=2.5, clip=True)
        .encode(alt.X("x:Q"), alt.Y("y:Q"), x2="x_end:Q", y2="y_end:Q", color=colour, strokeDash=dash)
    )
    return lines


def _scatter(text: Text, side: str, legend: bool) -> alt.LayerChart | alt.FacetChart:
    x = alt.X(
        f"{side}:Q",
        title=TITLES[f"{side}_title"],
        scale=window("frame", f"{side}_low", f"{side}_high"),
        axis=alt.Axis(tickCount=6, format="~s"),
    )
    y = alt.Y(
        "y:Q",
        title=TITLES["y_title"],
        scale=window("frame", "y_low", "y_high"),
        axis=alt.Axis(tickCount=6, format="~s"),
    )
    tooltip = [
        alt.Tooltip(f"{side}:Q", title=text(f"chart.fit.{side}"), format=".5~g"),
        alt.Tooltip("y:Q", title=text("chart.fit.target"), format=".5~g"),
    ]
    earlier = (
        named("lines")
        .transform_filter(f"datum.side == '{side}' && datum.step < lit")
        .mark_rule(strokeWidth=1.2, opacity=0.22, clip=True)
        .encode(alt.X("x:Q"), alt.Y("y:Q"), x2="x_end:Q", y2="y_end:Q", color=alt.value(BLUE), key="step:N")
    )
    points = named("points").mark_circle(size=26, opacity=0.45, clip=True)
    words = text if legend else None
    return alt.layer(
        points.encode(x, y, color=alt.value(GRAY), tooltip=tooltip),
        earlier,
        _line("goal", side, "goal", words),
        _line("lines", side, "now", words),
    )


def _loss(text: Text) -> alt.LayerChart | alt.FacetChart:
    x = alt.X(
        "step:Q",
        title=text("chart.step"),
        scale=window("frame", "step_low", "step_high"),
        axis=alt.Axis(tickMinStep=1, tickCount=8, format="d"),
    )
    y = alt.Y(
        "excess:Q",
        title="J − J*",
        scale=window("frame", "excess_low", "excess_high", type="log", clamp=True),
        axis=_whole_powers("J − J*"),
    )
    run = named("run")
    blue, orange = alt.value(BLUE), alt.value(ORANGE)
    return alt.layer(
        anchor("frame"),
        run.mark_line(strokeWidth=1.5, clip=True).encode(color=blue, y=y),
        run.mark_circle(size=26, opacity=0.8, clip=True).encode(color=blue, y=y, key="step:N"),
        run.transform_filter("datum.step == lit").mark_rule(strokeWidth=1.5, strokeDash=[3, 3]).encode(color=orange),
        run.transform_filter("datum.step == lit").mark_circle(size=120, opacity=1, clip=True).encode(color=orange, y=y),
        touched("run", hover("step"), key="step"),
    ).encode(x=x)


def _whole_powers(title: str) -> alt.Axis:
    """A log axis that labels powers of ten only: over a few decades Vega draws marks between them."""
    axis = power_axis(title)
    power = "log(datum.value) / LN10"
    axis.labelExpr = f"abs({power} - round({power})) < 1e-6 ? {axis.labelExpr} : ''"
    return axis


@once
def fit_picture(text: Text, inputs: int) -> Spec:
    """The chart as a dict for one input or two. Data sets: frame, points, lines, goal, run (`fit_frames`)."""
    loss = _loss(text)
    views = {"first": View(_scatter(text, "first", True), HALF, wide_or_narrow("350", "240"))}
    if inputs == 2:
        views["second"] = View(_scatter(text, "second", False), HALF, wide_or_narrow("140", "180"))
    views["loss"] = View(loss, HALF, wide_or_narrow("350" if inputs == 1 else "140", "160"))
    left, *right = parts(views).values()
    note = cell("frame", "points_note", empty="''").expr
    headline = "data('run')[lit].headline"
    arranged: dict[str, Any] = {
        "title": headed(f"!isValid(data('run')[lit]) ? '' : ({note}) ? [{headline}, {note}] : [{headline}]"),
        # a column of one view would be flattened by Vega-Lite, and its size with it
        "concat": [left, {"vconcat": right, "spacing": GAP}] if inputs == 2 else [left, *right],
        "columns": COLUMNS,
        "spacing": GAP,
        "resolve": {"scale": {"color": "independent", "strokeDash": "independent"}},
        "params": [
            HOVERED,
            {"name": "lit", "expr": f"hovered < 0 ? {STEP} : hovered"},
        ],
    }
    spec: Spec = _with_names(fitted(arranged, views))
    return spec


def _with_names(node: Any, key: str = "") -> Any:
    """The chart with axis titles that follow the names of the columns: Altair's schema knows no signal there."""
    if isinstance(node, dict):
        return {name: _with_names(value, name) for name, value in node.items()}
    if isinstance(node, list):
        return [_with_names(value) for value in node]
    for field, stand_in in TITLES.items():
        if key == "title" and node == stand_in:
            return {"signal": cell("frame", field, empty="''").expr}
    return node
