"""The data sets of `batch_norm_unit`: one unit of every layer.

Of a signal only its shape is sent, in whole numbers; mean and spread, before and after, are a row a layer.
"""

import numpy as np

from gdcore.one_unit import UnitSignals
from gdcore.scaled import FloatArray
from views.charts.batch_norm_axes import ends
from views.charts.batch_norm_unit import PLACES
from views.charts.data_set import DataSet
from views.numbers import plain
from views.text import Text

MOST_SAMPLES = 64  # that are drawn; the rest of a larger batch only counts
ROUNDING = 1e-12  # beside the larger of spread and size: no mean, no spread
HEADROOM, ABOVE = 0.08, 2.5  # of an axis; above there is room for a word


def batch_norm_unit_frames(text: Text, signals: UnitSignals, unit: int, layer: int) -> dict[str, DataSet]:
    """The data sets of `batch_norm_unit`; `unit` and `layer`, counted from 1, are the chosen ones."""
    depth, batch = signals.shape.shape
    drawn = min(batch, MOST_SAMPLES)
    moments = signals.mean, signals.deviation, signals.after_mean, signals.after_deviation
    mean, deviation, after_mean, after_deviation = (np.where(np.isfinite(each), each, 0.0) for each in moments)
    after_mean = np.where(np.abs(after_mean) < ROUNDING * np.maximum(after_deviation, ROUNDING), 0.0, after_mean)
    after_mean = np.where(np.abs(after_mean) < ROUNDING, 0.0, after_mean)
    turn = -1.0 if signals.turned else 1.0
    with np.errstate(divide="ignore"):
        logs = {"mean_log10": np.log10(np.abs(mean)), "deviation_log10": np.log10(deviation)}
    low, high = ends(logs.values())
    before_low, before_high = _window(mean, deviation, signals.shape)
    after_low, after_high = _window(after_mean, after_deviation, turn * signals.shape)
    apart_low, apart_high = _window(np.zeros(depth), deviation, signals.shape)
    correlation = np.sign(signals.correlation) * (np.abs(signals.correlation) > 0.5)
    layers = DataSet(
        {
            "layer": np.arange(1, depth + 1, dtype="u1"),
            **{name: np.maximum(log10, low).astype("f4") for name, log10 in logs.items()},
            "mean": mean,
            "deviation": deviation,
            "after_mean": after_mean,
            "after_deviation": after_deviation,
            "turn": np.full(depth, turn),
            "before_low": before_low,
            "before_high": before_high,
            "apart_low": apart_low,
            "apart_high": apart_high,
            "after_low": after_low,
            "after_high": after_high,
            **{
                f"{name}_said": [plain(float(value), 3) for value in values]
                for name, values in (
                    ("mean", mean),
                    ("deviation", deviation),
                    ("after_mean", after_mean),
                    ("after_deviation", after_deviation),
                )
            },
            "correlation_said": [_correlation(text, value) for value in correlation],
        }
    )
    samples = {
        "layer": np.repeat(np.arange(1, depth + 1, dtype="u1"), drawn),
        "sample": np.tile(np.arange(1, drawn + 1, dtype="u1"), depth),
        "shape": np.round(PLACES * signals.shape[:, :drawn]).ravel().astype("i2"),
    }
    frame = {
        "layer": layer,
        "unit": unit,
        "layer_low": 0.5,
        "layer_high": depth + 0.5,
        "signal_low": low,
        "signal_high": high,
    }
    return {"frame": DataSet.row(**frame), "layers": layers, "samples": DataSet(samples)}


def _correlation(text: Text, value: float) -> str:
    return plain(float(value), 3) if value else text("chart.batch_norm.no_correlation")


def _window(mean: FloatArray, deviation: FloatArray, shape: FloatArray) -> tuple[FloatArray, FloatArray]:
    """From the least to the largest value of each layer, 0 included, with some room."""
    low = np.minimum(0.0, mean + deviation * shape.min(axis=1))
    high = np.maximum(0.0, mean + deviation * shape.max(axis=1))
    length = high - low
    flat = length == 0.0
    room = np.where(flat, 1.0, HEADROOM * length)
    return low - room, high + ABOVE * room
