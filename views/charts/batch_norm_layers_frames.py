"""The data sets of `batch_norm_layers`.

The strips have an axis of their own: a number v stands at ±log₁₀(1 + |v|/c), which is a straight scale around 0 and a
logarithmic one far from it. c is the power of ten below the narrowest strip, so that none of them is a mere line.
"""

import math
from collections.abc import Mapping

import numpy as np

from gdcore.comparison import SHARES, Comparison, Side
from gdcore.experiment import Absent
from gdcore.scaled import FloatArray
from views.charts.batch_norm_axes import ends
from views.charts.batch_norm_layers import KINDS, READ, SIDES
from views.charts.data_set import Column, DataSet
from views.numbers import magnitude, plain
from views.text import Text

LOG10_REMOVED = -12.0  # a mean this small beside its standard deviation is rounding: batch norm has taken it away
MOST_TICKS = 7
WIDEST = 30.0  # decades of a strip's axis on either side
QUANTILES = [f"q{round(100 * share):02d}" for share in SHARES]
ROOM = 0.25  # of the height, below the lowest point: there lies a mean that was taken away
OUT_OF_SIGHT = 1.0  # decades below the axis: what is zero


def batch_norm_layers_frames(text: Text, comparison: Comparison, layer: int) -> dict[str, DataSet]:
    """The data sets of `batch_norm_layers` for one comparison; `layer`, counted from 1, is read out."""
    sides = sides_of(comparison)
    depth = len(comparison.without.gradient)
    unit = _unit([side.sizes for side in sides.values()])
    strips = {name: _place(side.signs, side.sizes, unit) for name, side in sides.items()}
    reach = max(0.3, 1.04 * max(float(np.abs(strip).max()) for strip in strips.values()))
    heights = {name: lines_of(comparison, name) for name in sides}
    signal = ends([each[code] for each in heights.values() for code in ("mean", "deviation")], below=ROOM)
    gradient = ends([each[code] for each in heights.values() for code in ("sensitivity", "gradient")])
    frame = {
        "layer_low": 0.5,
        "layer_high": depth + 0.5,
        "strip_low": -reach,
        "strip_high": reach,
        "signal_low": signal[0],
        "signal_high": signal[1],
        "gradient_low": gradient[0],
        "gradient_high": gradient[1],
        "zero": 0.0,
        "depth": depth,
        "layer": layer,
        **_words(text, comparison),
    }
    return {
        "frame": DataSet.row(**frame),
        "places": DataSet({"layer": np.arange(1, depth + 1, dtype="u1")}),
        "layers": _layers(sides, strips),
        "lines": _lines(text, heights, {"mean": signal[0], "deviation": signal[0]}, gradient[0] - OUT_OF_SIGHT),
        "ticks": _ticks(unit, reach),
    }


def _layers(sides: dict[str, Side], strips: dict[str, FloatArray]) -> DataSet:
    """The strips, and the numbers of a layer that are read out."""
    depth = len(next(iter(sides.values())).mean)
    columns: dict[str, Column] = {
        "side": np.repeat(np.array([SIDES.index(name) for name in sides], dtype="u1"), depth),
        "layer": np.tile(np.arange(1, depth + 1, dtype="u1"), len(sides)),
        **_said(list(sides.values())),
    }
    quantiles = np.concatenate([strips[name] for name in sides], axis=1).astype("f4")
    return DataSet({**columns, **dict(zip(QUANTILES, quantiles, strict=True))})


def _lines(text: Text, heights: dict[str, dict[str, FloatArray]], lows: dict[str, float], low: float) -> DataSet:
    """Every line, a row a layer; what is zero lies at the foot of the picture, or out of sight below it."""
    drawn = [(name, code, log10) for name, lines in heights.items() for code, log10 in lines.items()]
    depth = len(drawn[0][2])
    words = np.full((len(drawn), depth), "", dtype=object)
    middle = (depth - 1) // 2
    for place, (_, code, log10) in enumerate(drawn):
        if code == "mean" and log10[middle] == -np.inf:
            words[place, middle] = text("chart.batch_norm.removed")
    return DataSet(
        {
            "side": np.repeat(np.array([SIDES.index(name) for name, _, _ in drawn], dtype="u1"), depth),
            "kind": np.repeat(np.array([KINDS.index(code) for _, code, _ in drawn], dtype="u1"), depth),
            "layer": np.tile(np.arange(1, depth + 1, dtype="u1"), len(drawn)),
            "log10": np.concatenate([np.maximum(log10, lows.get(code, low)) for _, code, log10 in drawn], dtype="f4"),
            "word": words.ravel(),
        }
    )


def sides_of(comparison: Comparison) -> dict[str, Side]:
    """The networks that there are, by name."""
    sides = {"without": comparison.without}
    return sides if isinstance(comparison.normalised, Absent) else {**sides, "with": comparison.normalised}


def predicted(comparison: Comparison, side: str) -> FloatArray | None:
    """The predicted line of one network."""
    return comparison.predicted_without if side == "without" else comparison.predicted_normalised


def lines_of(comparison: Comparison, name: str) -> dict[str, FloatArray]:
    """log₁₀ of what is drawn of one network, by quantity; −inf is zero."""
    side, theory = sides_of(comparison)[name], predicted(comparison, name)
    return {
        "mean": np.where(is_removed(side), -np.inf, side.mean),
        "deviation": side.deviation,
        "sensitivity": side.sensitivity,
        "gradient": side.gradient,
        **({} if theory is None else {"predicted": theory}),
    }


def is_removed(side: Side) -> np.ndarray:
    """In which layers the mean is nothing but rounding."""
    return np.asarray(side.mean <= LOG10_REMOVED + np.maximum(side.deviation, LOG10_REMOVED))


def _unit(sizes: list[FloatArray]) -> int:
    """log₁₀ c: a power of ten below the narrowest strip, but not too far below the widest."""
    widths = np.concatenate([np.maximum(size[0], size[-1]) for size in sizes])
    widths = widths[np.isfinite(widths)]
    if not widths.size:
        return 0
    return math.floor(max(float(widths.min()), float(widths.max()) - WIDEST))


def _place(signs: FloatArray, sizes: FloatArray, unit: int) -> FloatArray:
    return np.asarray(signs * np.logaddexp(0.0, math.log(10.0) * (sizes - unit)) / math.log(10.0))


def _ticks(unit: int, reach: float) -> DataSet:
    """0 and powers of ten to either side."""
    decades = np.arange(0, math.floor(reach) + 1)
    step = max(1, math.ceil(2 * len(decades) / MOST_TICKS))
    chosen = [int(decade) for decade in decades[::-1][::step]]
    rows = [(0.0, "0")]
    for decade in chosen:
        at = math.log10(1.0 + 10.0**decade)
        if at <= reach:
            word = magnitude(1, decade + unit, 1) if -3 <= decade + unit < 4 else _power(decade + unit)
            rows += [(at, word), (-at, f"−{word}")]
    return DataSet.of_rows({"place": "f8", "word": str}, rows)


def _power(exponent: int) -> str:
    return "10" + str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def written(log10: float) -> str:
    """A size for reading, given by its logarithm."""
    return magnitude(int(log10 > -np.inf), log10)


def _said(sides: list[Side]) -> dict[str, list[str]]:
    """The sizes of every layer, for reading."""
    said: dict[str, list[str]] = {f"{code}_said": [] for code in READ}
    for side in sides:
        for code in READ:
            sizes = np.where(is_removed(side), -np.inf, side.mean) if code == "mean" else getattr(side, code)
            said[f"{code}_said"] += [written(float(size)) for size in sizes]
    return said


def layer_said(text: Text, frames: Mapping[str, DataSet], layer: int) -> list[str]:
    """What the title says of a layer, a sentence a network; for screen readers."""
    rows = frames["layers"]
    return [
        text(
            f"chart.batch_norm.layer_{SIDES[rows['side'][row]]}",
            layer=layer,
            **{code: rows[f"{code}_said"][row] for code in READ},
        ).replace(" | ", " ")
        for row in np.flatnonzero(rows["layer"] == layer)
    ]


def _words(text: Text, comparison: Comparison) -> dict[str, str]:
    """The headings, which say what the strips show, and why a column is empty."""
    what = text(f"chart.batch_norm.watched_{'before' if comparison.experiment.before else 'after'}")
    words = {f"{side}_title": text(f"chart.batch_norm.{side}", what=what) for side in ("without", "with")}
    why = comparison.normalised
    absent = absent_words(text, why, comparison) if isinstance(why, Absent) else ("", "")
    return {**words, "absent": absent[0], "absent_line": absent[1]}


def absent_words(text: Text, why: Absent, comparison: Comparison) -> tuple[str, str]:
    """Why there is no network with batch norm, for the empty place and in one line."""
    epsilon = plain(comparison.experiment.epsilon)
    return text(f"chart.batch_norm.absent_{why}", epsilon=epsilon), text("chart.batch_norm.absent_line")
