"""The numbers of the pictures of "Batch norm" as tables; `scripts/batch_norm.py` prints the same.

Sizes are log₁₀, because they may lie beyond float64; what is zero has no logarithm, and its cell is empty.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from gdcore.batch_norm_growth import Growth
from gdcore.comparison import Comparison
from gdcore.one_unit import UnitSignals
from gdcore.readings import Readings
from views.charts.batch_norm_layers_frames import QUANTILES, is_removed, sides_of
from views.lazily import pd

Table = Callable[[], "pd.DataFrame"]


def layers_table(comparison: Comparison) -> pd.DataFrame:
    """One row a network and layer: network, layer, log10 of mean, deviation, both gradients; quantiles as they are."""
    tables = []
    for name, side in sides_of(comparison).items():
        columns = {
            "network": name,
            "layer": np.arange(1, len(side.mean) + 1),
            "log10_mean": np.where(is_removed(side), -np.inf, side.mean),
            "log10_deviation": side.deviation,
            "log10_sensitivity": side.sensitivity,
            "log10_gradient": side.gradient,
        }
        with np.errstate(over="ignore"):
            quantiles = side.signs * 10.0**side.sizes
        tables.append(pd.DataFrame({**columns, **dict(zip(QUANTILES, quantiles, strict=True))}))
    return _empty_for_zero(pd.concat(tables, ignore_index=True))


def unit_table(signals: UnitSignals) -> pd.DataFrame:
    """One row a layer and sample: layer, sample, the signal before batch norm and after it."""
    depth, batch = signals.shape.shape
    turn = -1.0 if signals.turned else 1.0
    before = signals.mean[:, None] + signals.deviation[:, None] * signals.shape
    after = signals.after_mean[:, None] + turn * signals.after_deviation[:, None] * signals.shape
    return pd.DataFrame(
        {
            "layer": np.repeat(np.arange(1, depth + 1), batch),
            "sample": np.tile(np.arange(1, batch + 1), depth),
            "before": before.ravel(),
            "after": after.ravel(),
        }
    )


def readings_table(readings: Readings) -> pd.DataFrame:
    """One row a layer: layer, and log10 of the norm of the weight gradient under each reading."""
    lines = {f"log10_{reading}": log10 for reading, log10 in readings.gradients.items()}
    return _numbered(lines)


def growth_table(growth: Growth) -> pd.DataFrame:
    """One row a layer: layer, and log10 of the norm of the weight gradient in each draw."""
    return _numbered({f"log10_draw_{number + 1}": log10 for number, log10 in enumerate(growth.gradient)})


def _numbered(lines: Mapping[str, np.ndarray]) -> pd.DataFrame:
    depth = len(next(iter(lines.values())))
    return _empty_for_zero(pd.DataFrame({"layer": np.arange(1, depth + 1), **lines}))


def _empty_for_zero(table: pd.DataFrame) -> pd.DataFrame:
    return table.replace([-np.inf, np.inf], np.nan)
