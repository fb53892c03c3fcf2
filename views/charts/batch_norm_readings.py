"""Four readings of batch norm as four lines: ‖∂L/∂W_i‖ in every layer of this very run."""

from __future__ import annotations

from typing import Literal

import numpy as np

from gdcore.readings import Reading, Readings
from views.charts.batch_norm_axes import (
    FRAME,
    LIT,
    PARAMETERS,
    Layers,
    Strokes,
    ends,
    layer_axis,
    lit_layer,
    log_axis,
    shared,
)
from views.charts.batch_norm_layers_frames import OUT_OF_SIGHT, written
from views.charts.data_set import Column, DataSet
from views.charts.ink import BLUE, GRAY, GREEN, ORANGE, RED, anchor, filled, named, stroke_legend
from views.charts.room import FULL, GAP, Spec, View, fitted, headed, parts, wide_or_narrow
from views.charts.shipped import once
from views.lazily import alt
from views.text import Text

LINES: dict[Reading, tuple[str, list[int], str]] = {
    Reading.NONE: (RED, [2, 2], "circle"),
    Reading.OUTPUTS: (ORANGE, [9, 3, 2, 3], "square"),
    Reading.HELD: (BLUE, [7, 3], "triangle-up"),
    Reading.FULL: (GREEN, [1, 0], "diamond"),
}


def _strokes(text: Text) -> Strokes:
    legend = stroke_legend(
        {code.value: text(f"chart.batch_norm.reading.{code}") for code in LINES},
        columns=alt.ExprRef(wide_or_narrow("4", "1")),
    )
    return Strokes({code.value: (ink, dash) for code, (ink, dash, _) in LINES.items()}, legend)


def _chart(text: Text) -> Layers:
    title = text("chart.batch_norm.readings")
    strokes = _strokes(text)
    x = layer_axis(None)
    marks: list[alt.Chart] = []
    for reading, (_, _, shape) in LINES.items():
        layers = named("layers") if reading is Reading.NONE else named("layers").transform_filter(f"{FRAME}.known")
        rows, y = strokes.of(layers, reading.value), log_axis(reading.value, title, "gradient")
        marks += [
            rows.mark_line(strokeWidth=2.4, clip=True).encode(x, y, strokes.dash(), order="layer:Q"),
            rows.mark_point(shape=shape, filled=True, size=42, opacity=1, clip=True).encode(x, y),
        ]
    nothing = (
        named("frame")
        .mark_text(align="left", fontSize=13, lineBreak="\n", baseline="top")
        .encode(x=alt.value(12), y=alt.value(8), text="absent:N", color=alt.value(GRAY))
    )
    ends_of = [_end(text, "early", "left", 0), _end(text, "late", "right", "width")]
    return alt.layer(anchor("frame"), *marks, nothing, *ends_of, *lit_layer(x, "layers"))


def _end(text: Text, end: str, align: Literal["left", "right"], place: float | Literal["width"]) -> alt.Chart:
    """The name of one end of the network."""
    made: alt.Chart = (
        named("frame")
        .mark_text(align=align, baseline="top", fontSize=12.5, fontWeight=600)
        .encode(
            x=alt.value(place),
            y=alt.value(-16),
            text=alt.TextValue(text(f"chart.batch_norm.{end}")),
            color=alt.value(GRAY),
        )
    )
    return made


def _gains(text: Text) -> Layers:
    """By how much each reading multiplies the gradient of no batch norm."""
    title, x = text("chart.batch_norm.gain"), layer_axis(text("chart.layer"))
    strokes = _strokes(text)
    marks: list[alt.Chart] = []
    for reading, (_, _, shape) in list(LINES.items())[1:]:
        rows = strokes.of(named("layers").transform_filter(f"{FRAME}.compared"), reading.value)
        rows = rows.transform_calculate(gain=f"datum.{reading.value} - datum.none")
        y = log_axis("gain", title, "gain")
        marks += [
            rows.mark_line(strokeWidth=2.4, clip=True).encode(x, y, strokes.dash(), order="layer:Q"),
            rows.mark_point(shape=shape, filled=True, size=26, opacity=1, clip=True).encode(x, y),
        ]
    level = named("frame").mark_rule(strokeWidth=1.2).encode(y=log_axis("zero", title, "gain"), color=alt.value(GRAY))
    return alt.layer(level, *marks, *lit_layer(x, "layers"))


@once
def batch_norm_readings(text: Text) -> Spec:
    """The chart as a dict. Data sets: frame, layers (`batch_norm_readings_frames`)."""
    views = {
        "readings": View(_chart(text), FULL, wide_or_narrow("250", "250")),
        "gains": View(_gains(text), FULL, wide_or_narrow("120", "130")),
    }
    drawn = parts(views)
    selections = shared(drawn)
    row = f"data('layers')[{LIT} - 1]"
    fields = ("layer", *(f"{code.value}_said" for code in LINES))
    both = filled(text.template("chart.batch_norm.readings_said"), row, *fields)
    alone = filled(text.template("chart.batch_norm.alone_said"), row, "layer", "none_said")
    said = f"isValid({row}) && isValid({FRAME}) ? split({FRAME}.known ? {both} : {alone}, ' | ') : ''"
    return fitted(
        {
            "title": {**headed(said), "fontSize": {"expr": wide_or_narrow("15", "12")}},
            "concat": list(drawn.values()),
            "columns": 1,
            "spacing": GAP,
            "params": [*PARAMETERS, *selections],
        },
        views,
    )


def batch_norm_readings_frames(text: Text, readings: Readings, layer: int) -> dict[str, DataSet]:
    """The data sets of `batch_norm_readings`; `layer`, counted from 1, is read out."""
    none = readings.gradients[Reading.NONE]
    lines = {reading.value: readings.gradients.get(reading, none) for reading in LINES}
    low, high = ends(lines.values())
    compared = bool(readings.absent is None and np.isfinite(none).all())
    gains = [np.maximum(line, low - OUT_OF_SIGHT) - none for line in lines.values()] if compared else [np.zeros(1)]
    gain_low, gain_high = ends(gains)
    layers: dict[str, Column] = {"layer": np.arange(1, len(none) + 1, dtype="u1")}
    layers |= {code: np.maximum(log10, low - OUT_OF_SIGHT).astype("f4") for code, log10 in lines.items()}
    layers |= {f"{code}_said": [written(float(each)) for each in log10] for code, log10 in lines.items()}
    frame = {
        "layer": layer,
        "layer_low": 0.5,
        "layer_high": len(none) + 0.5,
        "gradient_low": low,
        "gradient_high": high,
        "gain_low": gain_low,
        "gain_high": gain_high,
        "zero": 0.0,
        "known": readings.absent is None,
        "compared": compared,
        "absent": "" if readings.absent is None else text(f"chart.batch_norm.absent_{readings.absent}"),
    }
    return {"frame": DataSet.row(**frame), "layers": DataSet(layers)}
