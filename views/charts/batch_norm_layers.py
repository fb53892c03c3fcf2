"""The first picture of "Batch norm": every layer without it and with it, side by side.

From above: the distribution of the activations, a strip a layer; its mean (DC) and standard deviation; the norms of the
two gradients. The heights of a row are the same in both columns, so that the eye compares them.
"""

from __future__ import annotations

import json

from views.charts.batch_norm_axes import (
    FRAME,
    LIT,
    PARAMETERS,
    Layers,
    Strokes,
    layer_axis,
    lit_layer,
    log_axis,
    shared,
)
from views.charts.ink import BLUE, GRAY, GREEN, RED, VIOLET, anchor, cased, cell, filled, named, stroke_legend, window
from views.charts.room import COLUMNS, GAP, HALF, Spec, View, fitted, headed, parts, wide_or_narrow
from views.charts.shipped import once
from views.lazily import alt
from views.text import Text

SIDES = ("without", "with")
Kinds = dict[str, tuple[str, list[int]]]
SIGNAL: Kinds = {"mean": (BLUE, [2, 2]), "deviation": (GREEN, [1, 0])}
GRADIENT: Kinds = {"sensitivity": (VIOLET, [2, 2]), "gradient": (RED, [1, 0]), "predicted": (GRAY, [7, 4])}
ROWS = {"signal": SIGNAL, "gradient": GRADIENT}
KINDS = [*SIGNAL, *GRADIENT]  # a line is known by its place here
READ = ("mean", "deviation", "sensitivity", "gradient")  # what is read out of the lit layer
HEIGHTS = {"strip": ("128", "130"), "signal": ("92", "120"), "gradient": ("136", "150")}


def _of(side: str) -> alt.Chart:
    rows: alt.Chart = named("layers").transform_filter(f"datum.side == {SIDES.index(side)}")
    return rows


def _nothing() -> alt.Chart:
    """Why a column is empty."""
    word: alt.Chart = (
        named("frame")
        .mark_text(align="left", fontSize=13, lineBreak="\n", baseline="top")
        .encode(x=alt.value(10), y=alt.value(16), text="absent:N", color=alt.value(GRAY))
    )
    return word


def _strip(text: Text, side: str) -> Layers:
    """A layer's activations: 5 % to 95 % pale, 25 % to 75 % dark, the median a line."""
    title = text("chart.batch_norm.strip")
    label = "pluck(data('ticks'), 'word')[indexof(pluck(data('ticks'), 'place'), datum.value)]"
    axis = alt.Axis(values=alt.ExprRef("pluck(data('ticks'), 'place')"), labelExpr=label, title=title)
    scale = window("frame", "strip_low", "strip_high")
    x = layer_axis(None)
    rows = _of(side).transform_calculate(left="datum.layer - 0.38", right="datum.layer + 0.38").encode(key="layer:N")
    blue, gray = alt.value(BLUE), alt.value(GRAY)

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", title=title, scale=scale, axis=axis)

    def band(low: str, high: str, opacity: float) -> alt.Chart:
        mark: alt.Chart = rows.mark_rect(opacity=opacity, clip=True).encode(
            layer_axis(None, "left"), x2="right:Q", y=y(low), y2=f"{high}:Q", color=blue
        )
        return mark

    return alt.layer(
        anchor("ticks"),
        named("frame").mark_rule(strokeWidth=1).encode(y=y("zero"), color=gray),
        band("q05", "q95", 0.25),
        band("q25", "q75", 0.5),
        *cased(rows.mark_rule(strokeWidth=2.5).encode(layer_axis(None, "left"), x2="right:Q", y=y("q50"), color=gray)),
        *([_nothing()] if side == "with" else []),
        *lit_layer(x),
    )


def _lines(text: Text, side: str, row: str) -> Layers:
    kinds, title = ROWS[row], text(f"chart.batch_norm.{row}")
    legend = stroke_legend(
        {code: text(f"chart.batch_norm.line.{code}") for code in kinds}, alt.ExprRef(wide_or_narrow("3", "2"))
    )
    strokes = Strokes(kinds, legend)
    x, y = layer_axis(text("chart.layer") if row == "gradient" else None), log_axis("log10", title, row)
    first = KINDS.index(next(iter(kinds)))
    of_row = f"datum.side == {SIDES.index(side)} && datum.kind >= {first} && datum.kind < {first + len(kinds)}"
    rows = alt.Chart()
    lines = (
        alt.layer(
            rows.mark_line(strokeWidth=2.2, clip=True).encode(strokes.dash(), order="layer:Q"),
            rows.transform_filter("datum.quantity != 'predicted'")
            .mark_circle(size=26, opacity=1, clip=True)
            .encode(key="spot:N"),
            rows.transform_filter("datum.word != ''").mark_text(dy=-8, fontSize=12).encode(text="word:N"),
            data=alt.NamedData("lines"),
        )
        .transform_filter(of_row)
        .transform_calculate(quantity=f"{json.dumps(KINDS)}[datum.kind]", spot="datum.quantity + datum.layer")
        .encode(x, y, strokes.colour())
    )
    return alt.layer(anchor("frame"), lines, *lit_layer(x))


def _said(text: Text) -> str:
    """The lit layer's numbers, a line a network; on a phone two."""
    rows = [f"data('layers')[{LIT} - 1]", f"data('layers')[{LIT} - 1 + {FRAME}.depth]"]
    lines = [
        filled(
            text.template(f"chart.batch_norm.layer_{side}"),
            row,
            "layer",
            **{code: f"{row}.{code}_said" for code in READ},
        )
        for side, row in zip(SIDES, rows, strict=True)
    ]
    other = f"(isValid({rows[1]}) ? {lines[1]} : {FRAME}.absent_line)"
    both = wide_or_narrow(
        f"[replace({lines[0]}, ' | ', ' '), replace({other}, ' | ', ' ')]",
        f"split({lines[0]} + ' | ' + {other}, ' | ')",
    )
    return f"isValid({FRAME}) && isValid({rows[0]}) ? ({both}) : ''"


@once
def batch_norm_layers(text: Text) -> Spec:
    """The chart as a dict. Data sets: frame, places, layers, lines, ticks (`batch_norm_layers_frames`)."""
    views: dict[str, View] = {}
    for row, heights in HEIGHTS.items():
        for side in SIDES:
            if row == "strip":
                title = alt.TitleParams(
                    cell("frame", f"{side}_title", empty="''"), offset=2, fontSize=14, anchor="start"
                )
                chart = _strip(text, side).properties(title=title)
            else:
                chart = _lines(text, side, row)
            views[f"{row}_{side}"] = View(chart, HALF, wide_or_narrow(*heights))
    drawn = parts(views)
    selections = shared(drawn)
    return fitted(
        {
            "title": {**headed(_said(text), 14), "fontSize": {"expr": wide_or_narrow("14", "11")}},
            "concat": list(drawn.values()),
            "columns": COLUMNS,
            "spacing": {"row": GAP // 2, "column": GAP},
            "resolve": {"scale": {"color": "independent", "strokeDash": "independent"}},
            "params": [*PARAMETERS, *selections],
        },
        views,
    )
