"""The data sets of "Train it": what was measured of the two networks so far, and the loss on their mini-batches.

A loss may leave the picture; it is drawn just out of sight, and the words say so.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from gdcore.scaled import FloatArray
from views.charts.data_set import Column, DataSet
from views.lazily import pd
from views.numbers import plain
from views.text import Text
from views.training import SIDES, Curve

GUESSING = math.log(10)  # the loss of ten equal probabilities
LOSSES = 1e-5, 1e6  # the axis never reaches further
ALWAYS_SHOWN = 0.3, 4.0  # losses
MARGIN = 1.015  # of the axis: the last points are drawn whole
BINS = 120  # of mini-batches along the axis, each drawn as one mean
COLUMNS = ("train_loss", "held_out_loss", "train_accuracy", "held_out_accuracy")


def train_frames(text: Text, curves: Mapping[str, Curve], total_updates: int, headline: str = "") -> dict[str, DataSet]:
    """The data sets of `train`.

    Args:
        text: the words.
        curves: what is known of each network by side; empty before the first start.
        total_updates: T of the plan, or any number before the first start.
        headline: which network it is.
    """
    low, high = _window(curves)
    frame = {
        "update_low": 0,
        "update_high": MARGIN * max(total_updates, 1),
        "loss_low": low,
        "loss_high": high,
        "headline": headline,
        "note": "" if curves else text("chart.train.empty"),
        **{f"points_{side}": len(curves[side].history.update) if side in curves else 0 for side in SIDES},
    }
    return {
        "frame": DataSet.row(**frame),
        "measured": _measured(curves, low, high),
        "batches": _batches(curves, max(total_updates, 1), low, high),
        "exploded": _exploded(text, curves),
    }


def train_table(curves: Mapping[str, Curve]) -> pd.DataFrame:
    """Everything that was measured, one row a network and measurement; losses of mini-batches are left out."""
    sides, counts = _counts(curves)
    batch_norm = np.repeat(np.array([int(SIDES[side]) for side in sides], dtype=np.int64), counts)
    return pd.DataFrame({"batch_norm": batch_norm, **{name: _all(curves, name) for name in ("update", *COLUMNS)}})


def _counts(curves: Mapping[str, Curve]) -> tuple[list[str], list[int]]:
    """The networks that there are, and how often each was measured."""
    sides = [side for side in SIDES if side in curves]
    return sides, [len(curves[side].history.update) for side in sides]


def _all(curves: Mapping[str, Curve], name: str) -> FloatArray:
    """One quantity as it was measured, of one network after the other."""
    columns = [getattr(curves[side].history, name) for side in SIDES if side in curves]
    return np.concatenate(columns) if columns else np.zeros(0)


def _window(curves: Mapping[str, Curve]) -> tuple[float, float]:
    """The ends of the loss axis: all that was measured, as far as LOSSES reach."""
    losses = [np.array(ALWAYS_SHOWN)]
    for curve in curves.values():
        losses += [curve.history.train_loss, curve.history.held_out_loss]
    every = np.concatenate(losses)
    low, high = max(float(every.min()) / 1.25, LOSSES[0]), min(float(every.max()) * 1.25, LOSSES[1])
    return low, high


def _drawn(loss: FloatArray, low: float, high: float) -> npt.NDArray[np.float32]:
    """Losses for a log axis; what is beyond it lies just out of sight."""
    return np.clip(loss, low / 3, high * 3).astype("f4")


def _measured(curves: Mapping[str, Curve], low: float, high: float) -> DataSet:
    """One row a side and measurement; `k` counts the measurements of a side."""
    sides, counts = _counts(curves)
    columns: dict[str, Column] = {
        "side": np.repeat(sides, counts),
        "k": np.concatenate([np.zeros(0, "i2"), *(np.arange(count, dtype="i2") for count in counts)]),
        "update": _all(curves, "update").astype("i4"),
    }
    for name in COLUMNS:
        values = _all(curves, name)
        if name.endswith("loss"):
            columns[name] = _drawn(values, low, high)
            columns[f"{name}_said"] = [plain(value, 3) for value in values.tolist()]
        else:
            columns[name] = values.astype("f4")
    return DataSet(columns)


def _batches(curves: Mapping[str, Curve], total: int, low: float, high: float) -> DataSet:
    """The loss on the mini-batches, averaged over equal stretches of updates that stay the same while it grows."""
    length = math.ceil(total / BINS)
    parts = []
    for side in SIDES:
        losses = curves[side].history.batch_loss if side in curves else np.zeros(0)
        starts = np.arange(0, len(losses), length)
        if not starts.size:
            continue
        means = np.add.reduceat(np.clip(losses, 0.0, 1e30), starts) / np.diff(np.append(starts, len(losses)))
        middles = (starts + np.append(starts[1:], len(losses))) / 2
        places = {"update": middles.astype("f4"), "loss": _drawn(means, low, high)}
        parts.append(DataSet({"side": [side] * len(starts), **places}))
    return DataSet.stacked(parts) if parts else DataSet({"side": [], "update": np.zeros(0), "loss": np.zeros(0)})


def _exploded(text: Text, curves: Mapping[str, Curve]) -> DataSet:
    found = {side: each.exploded_at for side, each in curves.items() if each.exploded_at is not None}
    labels = [text(f"chart.train.exploded_{side}", update=update) for side, update in found.items()]
    return DataSet({"side": list(found), "update": list(found.values()), "label": labels})
