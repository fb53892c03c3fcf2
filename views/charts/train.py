"""The picture of "Train it": loss and accuracy of the network without and with batch norm, while they grow.

Colour and shape tell the two networks apart, the dash what they are measured on. Moving over the picture says the
numbers of a measurement.
"""

from __future__ import annotations

from typing import Any

from views.charts.ink import GRAY, GREEN, RED, anchor, filled, lookup, named, raised, window
from views.charts.pointer import hover, pointed, touched
from views.charts.room import COLUMNS, GAP, HALF, TWO_COLUMNS_FROM, Spec, View, fitted, headed, parts, wide_or_narrow
from views.charts.shipped import once
from views.charts.train_frames import GUESSING
from views.lazily import alt
from views.text import Text

COLOURS = {"without": RED, "with": GREEN}
SHAPES = {"without": "square", "with": "circle"}
DASHES = {"held_out": [1, 0], "train": [5, 3]}
SHOWN = "shown_k"  # the number of the measurement that is said: the one under the pointer, or the last
FRAME = "data('frame')[0]"
PLAIN_TICKS = range(-3, 4)  # powers of ten whose labels are written out; beyond them only whole powers have one
LOSS_TICKS = [
    float(f"{factor}e{power}") for power in range(-5, 7) for factor in ((1, 3) if power in PLAIN_TICKS else (1,))
]
LOSS_LABEL = (
    f"abs(log(datum.value) / LN10) < 3.5 ? format(datum.value, '~g') : {raised('round(log(datum.value) / LN10)', 1)}"
)

Options = dict[str, Any]  # of an axis that several columns share


def _legend(words: dict[str, str], **options: Any) -> alt.Legend:
    return alt.Legend(
        title=None,
        orient="top",
        labelExpr=lookup(words, "datum.value"),
        labelLimit=0,
        offset=4,
        symbolOpacity=1,
        **options,
    )


def _sides(text: Text, shown: bool) -> dict[str, Any]:
    """Colour and shape of the two networks."""
    legend = _legend({side: text(f"chart.train.{side}") for side in COLOURS}, symbolSize=90) if shown else None
    colours, shapes = (alt.Scale(domain=list(each), range=list(each.values())) for each in (COLOURS, SHAPES))
    return {
        "color": alt.Color("side:N", scale=colours, legend=legend),
        "shape": alt.Shape("side:N", scale=shapes, legend=legend),
    }


def _dash(text: Text, shown: bool) -> alt.StrokeDash:
    words = {row: text(f"chart.train.{row}") for row in DASHES}
    legend = _legend(words, symbolType="stroke", symbolSize=400, symbolStrokeWidth=2.5) if shown else None
    return alt.StrokeDash("row:N", scale=alt.Scale(domain=list(DASHES), range=list(DASHES.values())), legend=legend)


def _view(text: Text, quantity: str, y: Options, guessing: float) -> alt.LayerChart | alt.FacetChart:
    """One quantity against the update: both networks, on what they learn from and on what they never saw."""
    measured, batches, first = named("measured"), named("batches"), quantity == "loss"
    sides = _sides(text, shown=first)
    x = alt.X(
        "update:Q",
        title=text("chart.train.update"),
        scale=window("frame", "update_low", "update_high"),
        axis=alt.Axis(tickMinStep=1, tickCount=6, format=",d", grid=False),
    )
    held_out = alt.Y(f"held_out_{quantity}:Q", **y)
    lines = [
        measured.transform_calculate(row=f"'{row}'")
        .mark_line(strokeWidth=width, clip=True)
        .encode(alt.Y(f"{row}_{quantity}:Q", **y), _dash(text, shown=not first), order="k:Q")
        for row, width in (("train", 1.6), ("held_out", 2.6))
    ]
    points = measured.mark_point(filled=True, size=34, opacity=1, clip=True)
    lit = measured.transform_filter(f"datum.k == {SHOWN}").mark_point(filled=True, size=120, opacity=1, clip=True)
    noise = [batches.mark_line(strokeWidth=1, opacity=0.4, clip=True).encode(alt.Y("loss:Q", **y), order="update:Q")]
    over_updates = alt.layer(
        *(noise if first else []),
        *lines,
        *[each.encode(held_out, sides["shape"]) for each in (points, lit)],
        *_explosions(words=not first),
        touched("measured", hover("k", f"at_{quantity}"), key="spot").transform_calculate(spot="datum.side + datum.k"),
    ).encode(x=x, color=sides["color"])
    return alt.layer(anchor("frame"), *_level(y, guessing, text(f"chart.train.guessing_{quantity}")), over_updates)


def _level(y: Options, level: float, word: str) -> list[alt.Chart]:
    """The line on which a network is that guesses."""
    frame, gray = named("frame"), alt.value(GRAY)
    at = alt.YDatum(level, **y)
    written = frame.mark_text(align="right", baseline="bottom", dx=-4, dy=-3, fontSize=12)
    return [
        frame.mark_rule(strokeDash=[2, 4], strokeWidth=1.4).encode(y=at, color=gray),
        written.encode(x=alt.value("width"), y=at, text=alt.value(word), color=gray),
    ]


def _explosions(*, words: bool) -> list[alt.Chart]:
    """Where a network left float32."""
    exploded = named("exploded")
    rule = exploded.mark_rule(strokeWidth=2, strokeDash=[3, 3]).encode(y=alt.value(0), y2=alt.value("height"))
    low = alt.ExprRef("datum.side == 'with' ? 20 : 4")  # two words may stand at one update
    word = exploded.mark_text(align="left", baseline="top", dx=5, dy=low, fontSize=12)
    return [rule, word.encode(y=alt.value(0), text="label:N")] if words else [rule]


ROWS: list[Spec] = [
    {"name": f"row_{side}", "expr": f"data('measured')[{first}min({SHOWN}, {FRAME}.points_{side} - 1)]"}
    for side, first in (("without", ""), ("with", f"{FRAME}.points_without + "))
]


def _update(row: str) -> str:
    """The update of a row that may not be there yet: the data sets arrive one after the other."""
    return f"(isValid({row}) ? {row}.update : 0)"


def _said(text: Text) -> str:
    """Which network, and below it what was measured of each side at the lit measurement; on a phone less of it."""
    rows = {side: row["name"] for side, row in zip(COLOURS, ROWS, strict=True)}
    lines = []
    for prefix in ("", "brief_"):
        longer = f"{FRAME}.points_with > {FRAME}.points_without"
        at = filled(
            text.template(f"chart.train.{prefix}at"),
            FRAME,
            "headline",
            update=f"({longer} ? {_update(rows['with'])} : {_update(rows['without'])})",
        )
        said = [f"{FRAME}.note ? {FRAME}.note : {at}"]
        for side, row in rows.items():
            percent = {f"{part}_percent": f"format({row}.{part}_accuracy, '.1%')" for part in DASHES}
            key = f"chart.train.{prefix or 'said_'}{side}"
            sentence = filled(text.template(key), row, "train_loss_said", "held_out_loss_said", **percent)
            said.append(f"{FRAME}.points_{side} > 0 && isValid({row}) ? {sentence} : ''")
        lines.append(f"[{', '.join(said)}]")
    return f"isValid({FRAME}) ? (room >= {TWO_COLUMNS_FROM} ? {lines[0]} : {lines[1]}) : ''"


@once
def train(text: Text) -> Spec:
    """The chart as a dict. Data sets: frame, measured, batches, exploded (`train_frames`)."""
    loss: Options = dict(
        title=text("chart.train.loss"),
        scale=window("frame", "loss_low", "loss_high", type="log"),
        axis=alt.Axis(labelExpr=LOSS_LABEL, values=LOSS_TICKS, labelOverlap=True),
    )
    accuracy: Options = dict(
        title=text("chart.train.accuracy"),
        scale=alt.Scale(domain=[0, 1], nice=False),
        axis=alt.Axis(format=".0%", tickCount=5),
    )
    height = wide_or_narrow("132", "170")
    views = {
        "loss": View(_view(text, "loss", loss, GUESSING), HALF, height),
        "accuracy": View(_view(text, "accuracy", accuracy, 0.1), HALF, height),
    }
    last = f"max({FRAME}.points_without, {FRAME}.points_with) - 1"
    arranged = {
        "title": headed(_said(text), 14),
        "concat": list(parts(views).values()),
        "columns": COLUMNS,
        "spacing": GAP,
        "resolve": {
            kind: dict.fromkeys(("color", "shape", "strokeDash"), "independent") for kind in ("scale", "legend")
        },
        "params": [
            {"name": SHOWN, "expr": pointed(pointed(f"isValid({FRAME}) ? {last} : -1", "at_accuracy"), "at_loss")},
            *({**row, "expr": f"isValid({FRAME}) ? {row['expr']} : null"} for row in ROWS),
        ],
    }
    return fitted(arranged, views)
