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
from views.numbers import plain
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


REMOVED = 1e-12  # a mean this small beside its standard deviation is rounding: batch norm has taken it away
FLOOR = 1.0  # decades below the lowest point; a mean that was taken away is drawn there


def batch_norm_frames(text: Text, comparison: Comparison) -> dict[str, pd.DataFrame]:
    """The data sets of `batch_norm_layers` for one comparison."""
    depth = len(comparison.without.gradient_norm)
    parts = [_side(text, "without", comparison.without, comparison.predicted_without)]
    if comparison.normalised is not None:
        parts.append(_side(text, "with", comparison.normalised, comparison.predicted_normalised))
    layers = pd.concat(parts, ignore_index=True)
    frame: dict[str, float] = {"layer_low": 0.5, "layer_high": depth + 0.5}
    for row in ("signal", "gradient"):
        drawn = layers.log10[(layers.row == row) & np.isfinite(layers.log10)]
        low, high = (drawn.min(), drawn.max()) if len(drawn) else (0.0, 0.0)
        frame |= {f"{row}_low": math.floor(low - FLOOR), f"{row}_high": math.ceil(high + 0.3)}
    layers["log10"] = layers.log10.clip(
        lower=layers.row.map({row: frame[f"{row}_low"] for row in ("signal", "gradient")})
    )
    middle = layers.removed & (layers.layer == (depth + 1) // 2)
    layers["note"] = [text("quantity.removed") if here else None for here in middle]
    shown = layers[layers.log10 < np.inf].drop(columns="removed").reset_index(drop=True)
    return {"frame": pd.DataFrame([frame]), "layers": shown.astype({"log10": "f4"})}


def _side(text: Text, side: str, measured: LayerStatistics, predicted: FloatArray | None) -> pd.DataFrame:
    removed = measured.mean <= REMOVED * measured.standard_deviation
    series = {
        "mean": ("signal", np.where(removed, 0.0, measured.mean)),
        "deviation": ("signal", measured.standard_deviation),
        "gradient": ("gradient", measured.gradient_norm),
    }
    if predicted is not None:
        with np.errstate(over="ignore", under="ignore"):
            series["predicted"] = ("gradient", 10**predicted)
    depth = len(measured.mean)
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "side": side,
                    "row": row,
                    "quantity": quantity,
                    "word": _word(text, quantity),
                    "removed": removed if quantity == "mean" else False,
                    "layer": np.arange(1, depth + 1, dtype="i2"),
                    "log10": _log10(values),
                    "written": [plain(value) for value in values.tolist()],
                }
            )
            for quantity, (row, values) in series.items()
        ],
        ignore_index=True,
    )


def _word(text: Text, quantity: str) -> str:
    return text("quantity.norm" if quantity == "gradient" else f"quantity.{quantity}")


def _log10(values: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore"):  # a zero stands at minus infinity
        return np.log10(values)
