"""The linked view of "The map": ‖∂L/∂W₁‖ over depth × weight scale, without and with batch norm, on one colour scale.

Moving over a cell shows the gradients of every layer of its network, in the browser; a click commits its depth and its
weight scale.
"""

from __future__ import annotations

import math

from gdcore.depth_map import DEPTHS, SCALES
from views.charts.depth_map_frames import DEEPEST, MISSING
from views.charts.depth_map_profile import colour_scale, profile
from views.charts.depth_map_said import PARAMETERS, PER_DECADE, said
from views.charts.ink import BLUE, GRAY, RED, VIOLET, cased, named, stroke_legend
from views.charts.pointer import HOVERED, LEFT
from views.charts.room import COLUMNS, FULL, GAP, HALF, Spec, View, fitted, headed, parts, wide_or_narrow
from views.charts.shipped import once
from views.depth_maps import SIDES
from views.lazily import alt
from views.text import Text

LINES = {"float16": [4, 2], "float32": [1, 0], "critical": [1, 2]}
INKS = {"float16": GRAY, "float32": GRAY, "critical": VIOLET, "small": BLUE, "large": RED}
PALEST, STRONGEST = 0.05, 0.75  # opacity of a cell: pale enough to read lines over it
TICKS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
BAR = 22  # px: the height of the colour scale
CROSS = "M-0.7,-0.7L0.7,0.7M-0.7,0.7L0.7,-0.7"


def _axes(text: Text) -> tuple[alt.X, alt.Y]:
    """Columns and rows are numbered; the axes write the scales and depths that they stand for."""
    scale_axis = alt.Axis(
        values=[round(PER_DECADE * math.log10(tick / SCALES[0]), 4) for tick in TICKS],
        tickCount=len(TICKS),
        labelExpr=f"format(pow(10, datum.value / {PER_DECADE:g} - 1), '.1~r')",
        grid=False,
        labelOverlap=False,
    )
    depth_axis = alt.Axis(
        values=list(range(len(DEPTHS))),
        tickCount=len(DEPTHS),  # Vega leaves out every other value where there are more than it would choose
        labelExpr=f"{list(DEPTHS)}[datum.value]",
        grid=False,
        labelOverlap=False,
        labelFontSize=11,
    )
    domains = ([-0.5, many - 0.5] for many in (len(SCALES), len(DEPTHS)))
    across, up = (alt.Scale(domain=domain, nice=False) for domain in domains)
    return (
        alt.X("left:Q", title=text("chart.map.scale"), scale=across, axis=scale_axis),
        alt.Y("bottom:Q", title=text("chart.map.depth"), scale=up, axis=depth_axis),
    )


def _legend(text: Text) -> alt.Legend:
    """Of the lines alone: the colours of the cells have a scale of their own."""
    words = {line: text(f"chart.map.{line}") for line in LINES}
    legend = stroke_legend(words, alt.ExprRef(wide_or_narrow("3", "1")))
    legend["values"] = list(LINES)
    return legend


def _colour(legend: alt.Legend | None) -> alt.Color:
    return alt.Color("line:N", scale=alt.Scale(domain=list(INKS), range=list(INKS.values())), legend=legend)


def _painted(cells: alt.Chart, field: str) -> alt.Chart:
    """Blue for small, red for large; the paler, the nearer to 1."""
    share = f"min(1, abs(datum.{field}) / {DEEPEST})"
    painted: alt.Chart = cells.transform_calculate(
        line=f"datum.{field} < 0 ? 'small' : 'large'",
        strength=f"datum.{field} == {MISSING} ? 0 : {PALEST} + {STRONGEST - PALEST} * {share}",
    )
    return painted


def _corners(cells: alt.Chart) -> alt.Chart:
    """Cells by number, with where they stand."""
    placed: alt.Chart = cells.transform_calculate(
        column=f"datum.cell % {len(SCALES)}", row=f"floor(datum.cell / {len(SCALES)})"
    ).transform_calculate(
        left="datum.column - 0.5", right="datum.column + 0.5", bottom="datum.row - 0.5", top="datum.row + 0.5"
    )
    return placed


def _map(text: Text, number: int) -> alt.LayerChart | alt.FacetChart:
    side, colour = SIDES[number], _colour(_legend(text))
    x, y = _axes(text)
    cells = _corners(
        named("cells").transform_window(number="row_number()").transform_calculate(cell="datum.number - 1")
    )
    hovered = _corners(named("problem").transform_filter("hovered >= 0").transform_calculate(cell="hovered"))
    dash = alt.StrokeDash(
        "line:N", scale=alt.Scale(domain=list(LINES), range=list(LINES.values())), legend=_legend(text)
    )
    opacity, violet = alt.Opacity("strength:Q", scale=None), alt.value(VIOLET)
    problem, borders = named("problem"), named("borders").transform_filter(f"datum.at == {number}")
    crosses = cells.transform_filter(f"datum.{side} == {MISSING}").mark_point(shape=CROSS, size=20, strokeWidth=1)
    corners = {"x": x, "x2": "right:Q", "y": y, "y2": "top:Q"}
    # `was` is another one after every change: a cell that was clicked, and taken back, can be clicked again
    layers: list[alt.Chart] = [
        _painted(cells, side)
        .transform_calculate(was="isValid(data('problem')[0]) ? now() : 0")
        .mark_rect(cursor="pointer")
        .encode(**corners, color=colour, opacity=opacity)
        .properties(name=f"cells_{side}"),
        crosses.encode(alt.X("column:Q"), alt.Y("row:Q"), color=alt.value(GRAY)),
        *cased(borders.mark_rule(strokeWidth=1.8).encode(**corners, color=colour, strokeDash=dash)),
    ]
    if side == "without":
        critical = problem.transform_filter("datum.critical_here").transform_calculate(line="'critical'")
        whole = {"y": alt.value(0), "y2": alt.value("height")}
        rule = critical.mark_rule(strokeWidth=2.6).encode(alt.X("critical:Q"), color=colour, strokeDash=dash, **whole)
        layers += cased(rule)
    layers += [
        *cased(
            problem.mark_point(size=150, strokeWidth=3, opacity=1, clip=True).encode(
                alt.X("across:Q"), alt.Y("up:Q"), color=violet
            )
        ),
        *cased(hovered.mark_rect(filled=False, strokeWidth=2.5).encode(**corners, color=violet)),
    ]
    heading = alt.TitleParams(text(f"chart.map.{side}"), offset=4, fontSize=14)
    return alt.layer(*layers).encode(x=x, y=y).properties(title=heading)


@once
def depth_map(text: Text) -> Spec:
    """The chart as a dict. Data sets: cells, profiles, borders, colours, problem, profile (`depth_map_frames`)."""
    bar = _painted(named("colours"), "from_log10").mark_rect()
    bar = bar.encode(color=_colour(None), opacity=alt.Opacity("strength:Q", scale=None))
    views = {
        "without": View(_map(text, 0), HALF, wide_or_narrow("180", "190")),
        "with": View(_map(text, 1), HALF, wide_or_narrow("180", "190")),
        "scale": View(colour_scale(text, bar, BAR), FULL, str(BAR), BAR),
        "layers": View(profile(text), FULL, wide_or_narrow("106", "150")),
    }
    without, with_, scale, layers = parts(views).values()
    above = {"concat": [without, with_], "columns": COLUMNS, "spacing": GAP}
    lines, words = said(text)
    below = {**layers, "title": {**headed(lines, 14), "anchor": "start"}}
    apart = {kind: {each: "independent" for each in ("color", "shape", "strokeDash")} for kind in ("scale", "legend")}
    over = {"views": [f"cells_{side}" for side in SIDES]}
    hover = {"type": "point", "fields": ["cell"], "on": "pointermove", "clear": LEFT}
    pick = {"type": "point", "fields": ["cell", "was"], "on": "click"}
    selections = [{"name": "hover", "select": hover, **over}, {"name": "pick", "select": pick, **over}]
    arranged = {"vconcat": [above, scale, below], "spacing": 12, "resolve": apart}
    arranged["params"] = [*selections, HOVERED, *PARAMETERS, *words]
    return fitted(arranged, views)
