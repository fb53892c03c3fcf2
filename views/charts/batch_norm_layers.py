"""The picture of "Batch norm": per layer the mean (DC), the spread and the gradient, without and with it, side by side.

Heights are log₁₀ on one scale for both columns, so that the eye compares them.
"""

import math
from functools import lru_cache

import altair as alt
import numpy as np
import pandas as pd

from gdcore.comparison import Comparison
from gdcore.layer_statistics import LayerStatistics
from gdcore.scaled import FloatArray
from views.charts.ink import BLUE, GRAY, GREEN, RED, anchor, exponent_axis, named, stroke_legend, window
from views.charts.room import COLUMNS, FULL, GAP, HALF, Spec, View, fitted, parts, wide_or_narrow
from views.numbers import magnitude
from views.text import Text

SIGNAL = {"mean": BLUE, "deviation": GREEN}
GRADIENT = {"gradient": RED, "predicted": GRAY}
DASHES = {"mean": [2, 2], "deviation": [1, 0], "gradient": [1, 0], "predicted": [7, 4]}
SHOWN = {"both": ("without", "with"), "without": ("without",), "with": ("with",)}


def _view(text: Text, side: str, row: str, colours: dict[str, str]) -> alt.LayerChart | alt.FacetChart:
    codes, title = list(colours), text(f"chart.batch_norm.{row}")
    x = alt.X(
        "layer:Q",
        title=text("chart.layer") if row == "gradient" else None,
        scale=window("frame", "layer_low", "layer_high"),
        axis=alt.Axis(tickMinStep=1, format="d", grid=False),
    )
    y = alt.Y(
        "log10:Q",
        title=title,
        scale=window("frame", f"{row}_low", f"{row}_high"),
        axis=exponent_axis(title, tickCount=5),
    )
    label = stroke_legend({code: _word(text, code) for code in codes})
    colour = alt.Color("quantity:N", scale=alt.Scale(domain=codes, range=list(colours.values())), legend=label)
    dashes = alt.Scale(domain=codes, range=[DASHES[code] for code in codes])
    tooltip = [
        alt.Tooltip("layer:Q", title=text("chart.layer")),
        alt.Tooltip("word:N", title=text("chart.batch_norm.quantity")),
        alt.Tooltip("written:N", title=text("chart.batch_norm.value")),
    ]
    rows = named("layers").transform_filter(f"datum.side == '{side}' && datum.row == '{row}'").encode(colour)
    layers = alt.layer(
        rows.mark_line(strokeWidth=2.2, clip=True).encode(
            alt.StrokeDash("quantity:N", scale=dashes, legend=label), order="layer:Q"
        ),
        rows.transform_filter("datum.quantity != 'predicted'")
        .mark_circle(size=30, opacity=1, clip=True)
        .encode(tooltip=tooltip),
        rows.transform_filter("isValid(datum.note)").mark_text(dy=-9, fontSize=12).encode(text="note:N"),
    ).encode(x=x, y=y)
    heading = alt.TitleParams(text(f"chart.batch_norm.{side}") if row == "signal" else "", offset=2, fontSize=15)
    return alt.layer(anchor("frame"), layers).properties(title=heading)


@lru_cache
def batch_norm_layers(text: Text, shown: str) -> Spec:
    """The chart as a dict for `shown`, a key of SHOWN. Data sets: frame, layers (`batch_norm_frames`)."""
    sides = SHOWN[shown]
    width, columns = (HALF, COLUMNS) if len(sides) == 2 else (FULL, 1)
    rows = {"signal": (SIGNAL, wide_or_narrow("150", "150")), "gradient": (GRADIENT, wide_or_narrow("176", "170"))}
    views = {
        f"{row}_{side}": View(_view(text, side, row, colours), width, height)
        for row, (colours, height) in rows.items()
        for side in sides
    }
    resolve = {"scale": {"color": "independent", "strokeDash": "independent"}}
    arranged = {"concat": list(parts(views).values()), "columns": columns, "spacing": GAP, "resolve": resolve}
    return fitted(arranged, views)


LOG10_REMOVED = -12.0  # a mean this small beside its standard deviation is rounding: batch norm has taken it away
FLOOR = {"signal": 1.0, "gradient": 0.2}  # decades below the lowest point; a mean that was taken away is drawn there
ROW = {"mean": "signal", "deviation": "signal", "gradient": "gradient", "predicted": "gradient"}


def batch_norm_frames(text: Text, comparison: Comparison) -> dict[str, pd.DataFrame]:
    """The data sets of `batch_norm_layers` for one comparison."""
    sides = {"without": _series(comparison.without, comparison.predicted_without)}
    if comparison.normalised is not None:
        sides["with"] = _series(comparison.normalised, comparison.predicted_normalised)
    lines = [(side, quantity, log10) for side, series in sides.items() for quantity, log10 in series.items()]
    depth = len(comparison.without.gradient)
    frame: dict[str, float] = {"layer_low": 0.5, "layer_high": depth + 0.5}
    for row, floor in FLOOR.items():
        heights = np.concatenate([log10 for _, quantity, log10 in lines if ROW[quantity] == row])
        drawn = heights[np.isfinite(heights)]
        low, high = (drawn.min(), drawn.max()) if drawn.size else (0.0, 0.0)
        frame |= {f"{row}_low": math.floor(low - floor), f"{row}_high": math.ceil(high + 0.3)}
    # one frame from whole columns: putting small frames together takes pandas several times as long
    columns = {
        "side": np.repeat([side for side, _, _ in lines], depth),
        "row": np.repeat([ROW[quantity] for _, quantity, _ in lines], depth),
        "quantity": np.repeat([quantity for _, quantity, _ in lines], depth),
        "word": np.repeat([_word(text, quantity) for _, quantity, _ in lines], depth),
        "layer": np.tile(np.arange(1, depth + 1, dtype="i2"), len(lines)),
        "log10": np.concatenate(
            [np.maximum(log10, frame[f"{ROW[quantity]}_low"]) for _, quantity, log10 in lines], dtype="f4"
        ),
        "written": [magnitude(int(height > -np.inf), height) for _, _, log10 in lines for height in log10.tolist()],
        "note": [note for _, quantity, log10 in lines for note in _notes(text, quantity, log10)],
    }
    layers = pd.DataFrame(columns)
    return {"frame": pd.DataFrame([frame]), "layers": layers}


def _series(measured: LayerStatistics, predicted: FloatArray | None) -> dict[str, FloatArray]:
    """log₁₀ of what is drawn of one network, by quantity; −inf is zero."""
    removed = measured.mean <= LOG10_REMOVED + measured.deviation
    series = {
        "mean": np.where(removed, -np.inf, measured.mean),
        "deviation": measured.deviation,
        "gradient": measured.gradient,
    }
    return series if predicted is None else {**series, "predicted": predicted}


def _notes(text: Text, quantity: str, log10: FloatArray) -> list[str | None]:
    """ "Taken away", once, in the middle of a mean that is zero."""
    notes: list[str | None] = [None] * len(log10)
    middle = (len(log10) - 1) // 2
    if quantity == "mean" and log10[middle] == -np.inf:
        notes[middle] = text("quantity.removed")
    return notes


def _word(text: Text, quantity: str) -> str:
    return text("quantity.norm" if quantity == "gradient" else f"quantity.{quantity}")
