"""The map that joins the two labs: the final loss over learning rate × weight scale, without and with batch norm.

Both maps are panels of one view, so one colour scale, one pointer and one click serve both. Hovering a cell shows its
loss curves beside the map, in the browser; a click commits the cell.
"""

from __future__ import annotations

from gdcore.loss_map import loss_map
from views.charts.ink import BLUE, GRAY, ORANGE, RED, VIOLET, anchor, cased, filled, lookup, named, window
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
from views.charts.train import COLOURS, LOSS_LABEL, LOSS_TICKS, SHAPES, Options
from views.charts.train_frames import GUESSING
from views.charts.train_map_frames import NOWHERE, PARTS, REGIMES, points
from views.lazily import alt
from views.text import Text

INK_OF_REGIME = dict(zip(REGIMES, (BLUE, GRAY, ORANGE, RED), strict=True))
CELL = "shown_cell"  # the cell under the pointer, or else the committed one
MAP = 0.64  # of the width
CROSS = "M-0.7,-0.7L0.7,0.7M-0.7,0.7L0.7,-0.7"
SHAPE_OF_REGIME = {"learned": "square", "guessing": "square", "worse": "triangle-up", "exploded": CROSS}
HALF_CELL = 0.47  # of the way to the next cell
LABELS = 3  # every third row and column is labelled


def _share(share: float) -> str:
    return f"room >= {TWO_COLUMNS_FROM} ? floor({share} * (room - {GAP + EDGE})) - {AXIS} : {FULL}"


def _cells() -> int:
    """How many there are on one side."""
    return len(loss_map().learning_rates) * len(loss_map().weight_scales)


def _numbered() -> alt.Chart:
    """Both sides' cells, counted from 1; a cell has one number on both sides, from 0."""
    rows = named("cells").transform_window(number="row_number()")
    numbered: alt.Chart = rows.transform_calculate(cell=f"(datum.number - 1) % {_cells()}")
    return numbered


def _axes(text: Text) -> Options:
    """Where a cell lies: rows and columns by number, labelled by what they stand for."""
    rows, columns = len(loss_map().learning_rates), len(loss_map().weight_scales)
    label = "data('axes')[{}]"
    scale, rate = label.format(f"datum.value % {columns + 1}"), label.format("datum.value")
    ticks = [panel * (columns + 1) + column for panel in (0, 1) for column in range(0, columns, LABELS)]
    x = alt.X(
        "left:Q",
        title=text("chart.train_map.scale"),
        scale=alt.Scale(domain=[-0.5, 2 * columns + 0.5], nice=False),
        axis=alt.Axis(values=ticks, labelExpr=f"isValid({scale}) ? {scale}.scale : ''", grid=False),
    )
    y = alt.Y(
        "low:Q",
        title=text("chart.train_map.rate"),
        scale=alt.Scale(domain=[-0.5, rows - 0.5], nice=False),
        axis=alt.Axis(values=list(range(0, rows, LABELS)), labelExpr=f"isValid({rate}) ? {rate}.rate : ''", grid=False),
    )
    return {"x": x, "x2": "right:Q", "y": y, "y2": "high:Q"}


def _regime(text: Text) -> tuple[alt.Color, alt.Shape]:
    """A colour for each regime; the bad ones have a shape as well, which is drawn on their cells."""
    codes = list(INK_OF_REGIME)
    legend = alt.Legend(
        title=None,
        orient="top",
        labelExpr=lookup({code: text(f"chart.train_map.{code}") for code in codes}, "datum.value"),
        labelLimit=0,
        symbolOpacity=0.8,
        symbolSize=90,
        columns=alt.ExprRef(wide_or_narrow("4", "2")),
        offset=22,
    )
    colours, shapes = (alt.Scale(domain=codes, range=list(each.values())) for each in (INK_OF_REGIME, SHAPE_OF_REGIME))
    return alt.Color("regime:N", scale=colours, legend=legend), alt.Shape("regime:N", scale=shapes, legend=legend)


def _map(text: Text) -> alt.LayerChart | alt.FacetChart:
    """Two panels of cells; triangles: worse, crosses: exploded, frames: shown and committed."""
    columns = len(loss_map().weight_scales)
    cells = (
        _numbered()
        .transform_calculate(regime=f"{list(REGIMES)}[datum.code]")
        .transform_calculate(
            x=f"datum.cell % {columns} + (datum.number <= {_cells()} ? 0 : {columns + 1})",
            y=f"floor(datum.cell / {columns})",
        )
        .transform_calculate(left=f"datum.x - {HALF_CELL}", right=f"datum.x + {HALF_CELL}")
        .transform_calculate(low=f"datum.y - {HALF_CELL}", high=f"datum.y + {HALF_CELL}")
    )
    place, (colour, shape) = _axes(text), _regime(text)
    strength = alt.Opacity("strength:Q", scale=alt.Scale(domain=[0, 100], range=[0.12, 1]), legend=None)
    bad = cells.transform_filter("datum.regime == 'exploded' || datum.regime == 'worse'")
    signs = bad.mark_point(size=40, strokeWidth=1.6, opacity=1)
    outline = cells.mark_rect(filled=False, strokeWidth=2.5).encode(**place, color=alt.value(VIOLET))
    words = named("panels").mark_text(baseline="bottom", dy=-5, fontSize=13, fontWeight=600)
    hover = alt.selection_point(name="hover", fields=["cell"], on="pointermove", clear=LEFT, empty=False)
    pick = alt.selection_point(name="pick", fields=["cell", "was"], on="click", empty=False)
    # a click counts as new even on a cell that was clicked before
    touched = cells.transform_calculate(was="data('spot')[0].cell").mark_rect(opacity=0)
    return alt.layer(
        anchor("spot"),
        anchor("axes"),
        cells.mark_rect().encode(**place, color=colour, opacity=strength),
        *cased(signs.encode(shape, x=alt.X("x:Q"), y=alt.Y("y:Q"), color=colour)),
        *cased(outline.transform_filter("datum.cell == data('spot')[0].cell")),
        *cased(outline.transform_filter(f"datum.cell == {CELL}")),
        words.encode(x=alt.X("x:Q"), y=alt.value(0), text="word:N", color=alt.value(GRAY)),
        touched.encode(**place).add_params(hover, pick),
    ).encode(x=place["x"], y=place["y"])


def _curves(text: Text) -> alt.LayerChart | alt.FacetChart:
    """The loss curves of the shown cell; a curve that exploded ends there."""
    shown = (
        _numbered()
        .transform_filter(f"datum.cell == {CELL}")
        .transform_calculate(side=f"{list(COLOURS)}[datum.number <= {_cells()} ? 0 : 1]", k=f"sequence({points()})")
        .transform_flatten(["k"])
        .transform_calculate(part=f"data('losses')[(datum.number - 1) * {points()} + datum.k].part")
        .transform_filter(f"datum.part > {NOWHERE}")
        .transform_calculate(loss=f"pow(10, datum.part / {PARTS})", update="data('updates')[datum.k].update")
    )
    loss: Options = {
        "title": text("chart.train.loss"),
        "scale": alt.Scale(type="log", domain=[0.003, 30], nice=False),
        "axis": alt.Axis(labelExpr=LOSS_LABEL, values=LOSS_TICKS, labelOverlap=True),
    }
    x = alt.X(
        "update:Q",
        title=text("chart.train.update"),
        scale=window("spot", "update_low", "update_high"),
        axis=alt.Axis(tickMinStep=1, tickCount=4, format=",d", grid=False),
    )
    sides = alt.Scale(domain=list(COLOURS), range=list(COLOURS.values()))
    colour = alt.Color("side:N", scale=sides, legend=None)
    shape = alt.Shape("side:N", scale=alt.Scale(domain=list(SHAPES), range=list(SHAPES.values())), legend=None)
    level = named("spot").mark_rule(strokeDash=[2, 4], strokeWidth=1.4)
    lines = alt.layer(
        shown.mark_line(strokeWidth=2.2, clip=True).encode(alt.Y("loss:Q", **loss), order="update:Q"),
        shown.mark_point(filled=True, size=34, opacity=1, clip=True).encode(alt.Y("loss:Q", **loss), shape),
    ).encode(x=x, color=colour)
    return alt.layer(
        anchor("updates"), anchor("losses"), level.encode(y=alt.YDatum(GUESSING, **loss), color=alt.value(GRAY)), lines
    )


def _said(text: Text) -> str:
    """Of which cell the curves are, and how they end."""
    columns = len(loss_map().weight_scales)
    without, with_ = f"data('cells')[{CELL}]", f"data('cells')[{CELL} + {_cells()}]"
    at = {
        "rate": f"data('axes')[floor({CELL} / {columns})].rate",
        "scale": f"data('axes')[{CELL} % {columns}].scale",
    }
    lines = [
        filled(text.template("chart.train_map.cell"), without, **at),
        filled(text.template("chart.train_map.without"), without, "ends"),
        filled(text.template("chart.train_map.with"), with_, "ends"),
    ]
    said = f"[{', '.join(lines)}]"
    return f"isValid({without}) ? (room >= {TWO_COLUMNS_FROM} ? [join({said}, '  ')] : {said}) : ''"


@once
def train_map(text: Text) -> Spec:
    """The chart as a dict. Data sets: spot, cells, losses, axes, panels, updates (`train_map_frames`)."""
    height = wide_or_narrow("128", "170")
    views = {"map": View(_map(text), _share(MAP), height), "curves": View(_curves(text), _share(1 - MAP), height)}
    committed = "isValid(data('spot')[0]) ? data('spot')[0].cell : -1"
    arranged = {
        "title": headed(_said(text), 14),
        "concat": list(parts(views).values()),
        "columns": COLUMNS,
        "spacing": GAP,
        "resolve": {kind: {"color": "independent", "shape": "independent"} for kind in ("scale", "legend")},
        "params": [{"name": CELL, "expr": pointed(committed)}],
    }
    return fitted(arranged, views)
