"""How fast gradients grow towards the input with batch norm: several draws of the weights, a fit, the prediction."""

from __future__ import annotations

import numpy as np

from gdcore.batch_norm_growth import Growth
from views.charts.batch_norm_axes import (
    FRAME,
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
from views.charts.ink import BLUE, GRAY, GREEN, RED, anchor, named, stroke_legend, window
from views.charts.room import FULL, GAP, Spec, View, fitted, headed, parts, wide_or_narrow
from views.charts.shipped import once
from views.lazily import alt
from views.numbers import plain
from views.text import Text

LINES: dict[str, tuple[str, list[int]]] = {
    "draws": (GREEN, [1, 0]),
    "mean": (BLUE, [1, 0]),
    "fit": (RED, [6, 3]),
    "theory": (GRAY, [2, 2]),
}


def _chart(text: Text) -> Layers:
    codes, title = list(LINES), text("chart.batch_norm.readings")
    legend = stroke_legend(
        {code: text(f"chart.batch_norm.growth.{code}") for code in codes},
        columns=alt.ExprRef(wide_or_narrow("4", "1")),
    )
    strokes = Strokes(LINES, legend)
    x = layer_axis(text("chart.layer"))

    def line(rows: alt.Chart, code: str, width: float, **more: str) -> alt.Chart:
        y = log_axis("gradient" if code == "draws" else code, title, "gradient")
        mark = strokes.of(rows, code).mark_line(strokeWidth=width, clip=True)
        made: alt.Chart = mark.encode(x, y, strokes.dash(), order="layer:Q", **more)
        return made

    layers = named("layers")
    fitted_layers = named("frame").transform_filter("datum.first > 0")
    band = fitted_layers.transform_calculate(left="datum.first - 0.5", right="datum.last + 0.5")
    dots = strokes.of(layers, "mean").mark_circle(size=46, opacity=1, clip=True)
    return alt.layer(
        band.mark_rect(opacity=0.1).encode(layer_axis(None, "left"), x2="right:Q", color=alt.value(GRAY)),
        fitted_layers.mark_text(align="left", baseline="top", dx=6, dy=6, fontSize=12).encode(
            layer_axis(None, "first"),
            y=alt.value(0),
            text=alt.TextValue(text("chart.batch_norm.fitted")),
            color=alt.value(GRAY),
        ),
        anchor("frame"),
        line(named("draws"), "draws", 1, detail="draw:N"),
        line(layers.transform_filter(f"{FRAME}.known"), "theory", 3),
        line(layers.transform_filter(f"{FRAME}.first > 0"), "fit", 2.5),
        dots.encode(x, log_axis("mean", title, "gradient")),
        line(layers, "mean", 1.2),
        *lit_layer(x, "layers"),
    )


def _ruler(text: Text) -> Layers:
    """The factor per layer: of every draw, their mean with two standard errors, and the predicted one."""
    title = text("chart.batch_norm.factor")
    scale = window("frame", "factor_low", "factor_high")

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", title=title, scale=scale, axis=alt.Axis(tickCount=8, grid=False))

    green, blue, gray = alt.value(GREEN), alt.value(BLUE), alt.value(GRAY)
    measured = named("frame").transform_filter("datum.first > 0")
    theory = named("frame").transform_filter("datum.foreseen")
    across = alt.value(alt.ExprRef("height * 0.66"))
    return alt.layer(
        named("frame").mark_rule(strokeWidth=1, strokeDash=[1, 3]).encode(x("one"), color=gray),
        theory.mark_rule(strokeWidth=3, strokeDash=[2, 2]).encode(x("theory"), color=gray),
        theory.mark_text(align="left", baseline="top", dx=5, fontSize=12).encode(
            x("theory"), y=alt.value(0), text="theory_word:N", color=gray
        ),
        named("factors").mark_circle(size=50, opacity=0.8).encode(x("factor"), y=across, color=green),
        measured.mark_rule(strokeWidth=3).encode(x("least"), x2="most:Q", y=across, color=blue),
        measured.mark_point(shape="diamond", filled=True, size=130, opacity=1).encode(
            x("factor"), y=across, color=blue
        ),
        named("frame")
        .mark_text(align="left", fontSize=12, baseline="bottom")
        .encode(x=alt.value(6), y=alt.value(alt.ExprRef("height - 3")), text="note:N", color=gray),
    )


@once
def batch_norm_growth(text: Text) -> Spec:
    """The chart as a dict. Data sets: frame, layers, draws, factors (`batch_norm_growth_frames`)."""
    views = {
        "growth": View(_chart(text), FULL, wide_or_narrow("280", "270")),
        "ruler": View(_ruler(text), FULL, wide_or_narrow("70", "80")),
    }
    drawn = parts(views)
    selections = shared(drawn)
    row = "data('layers')[lit - 1]"
    said = f"isValid({row}) && isValid({FRAME}) ? [{FRAME}.said, {row}.said] : ''"
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


def batch_norm_growth_frames(text: Text, growth: Growth, said: str, layer: int) -> dict[str, DataSet]:
    """The data sets of `batch_norm_growth`; `said` is the headline, `layer`, counted from 1, is read out."""
    draws, depth = growth.gradient.shape
    low, high = ends([growth.gradient.ravel()])
    number = np.arange(1, depth + 1, dtype="u1")

    def drawn(line: np.ndarray | None) -> np.ndarray:
        usable = growth.mean if line is None else line
        return np.maximum(usable, low - OUT_OF_SIGHT).astype("f4")

    sizes = [written(float(mean)) for mean in growth.mean]
    frame = {
        "layer": layer,
        "layer_low": 0.5,
        "layer_high": depth + 0.5,
        "gradient_low": low,
        "gradient_high": high,
        "first": growth.fitted[0] if growth.fitted else 0,
        "last": growth.fitted[1] if growth.fitted else 0,
        "known": growth.predicted_line is not None,
        "said": said,
        **_ruled(text, growth),
    }
    layers: dict[str, Column] = {
        "layer": number,
        "mean": drawn(growth.mean),
        "fit": drawn(growth.line),
        "theory": drawn(growth.predicted_line),
        "said": [text("chart.batch_norm.growth_layer", layer=i + 1, gradient=size) for i, size in enumerate(sizes)],
    }
    many = {
        "draw": np.repeat(np.arange(draws, dtype="u1"), depth),
        "layer": np.tile(number, draws),
        "gradient": np.maximum(growth.gradient, low - OUT_OF_SIGHT).ravel().astype("f4"),
    }
    return {
        "frame": DataSet.row(**frame),
        "layers": DataSet(layers),
        "draws": DataSet(many),
        "factors": DataSet({"factor": growth.each.astype("f8")}),
    }


def _ruled(text: Text, growth: Growth) -> dict[str, float | str | bool]:
    """The ruler's ends and what stands on it."""
    theory, factor = growth.predicted, growth.measured
    low, high = growth.low, growth.high
    known = [1.0, *growth.each, *(each for each in (theory, low, high) if each is not None)]
    least, most = min(known), max(known)
    room = max(0.12 * (most - least), 0.005)
    return {
        "factor_low": least - room,
        "factor_high": most + 2 * room,
        "one": 1.0,
        "foreseen": theory is not None,
        "theory": theory or 1.0,
        "theory_word": "" if theory is None else text("chart.batch_norm.foreseen", factor=plain(theory)),
        "factor": factor or 1.0,
        "least": low or 1.0,
        "most": high or 1.0,
        "note": text("chart.batch_norm.no_fit") if factor is None else "",
    }
