"""The data sets of "The map": its cells, the borders of the number formats, and the network that is committed.

The cells do not depend on the committed depth and weight scale: they are made once for an experiment and handed over as
the same objects. The layers of all cells stand one below the other, a byte each; those of the cell under the pointer
are looked up by their number, so the thousands of rows are never searched.
"""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from gdcore.depth_map import DEPTHS, SCALES, DepthMap, Profiles, depth_map, layers_shown
from gdcore.depth_theory import critical_weight_scale
from gdcore.experiment import Absent, Experiment
from gdcore.scaled import FloatArray
from views.charts.data_set import DataSet
from views.depth_maps import FORMATS, SIDES, Committed, committed, lost, of_map, place_of, sides
from views.numbers import plain

DEEPEST = 12.0  # decades from 1 at which the colour is deepest
ZERO, MISSING = -9999.0, 9999.0  # exactly zero; no such network
PLACES = 250  # of a layer on the axis of its cell: less than half a pixel from one to the next, in one byte
NO_PLACE = 255
FEWEST_DECADES = 4  # on the axis of a profile


def depth_map_frames(experiment: Experiment) -> dict[str, DataSet]:
    """The data sets of `depth_map`."""
    network = committed(experiment)
    return {
        **_map_frames(of_map(experiment)),
        "problem": _problem(network),
        "profile": _profile(network),
    }


@lru_cache(maxsize=16)
def _map_frames(experiment: Experiment) -> dict[str, DataSet]:
    found = depth_map(experiment)
    cells = _cells(found)
    borders = _borders(found, experiment)
    return {"cells": cells, "profiles": _layers(found, cells), "borders": borders, "colours": _colours()}


def coded(log10: FloatArray) -> FloatArray:
    """Finite numbers for a chart: ZERO and MISSING stand for −inf and NaN."""
    return np.where(np.isnan(log10), MISSING, np.where(np.isneginf(log10), ZERO, log10))


def _cells(found: DepthMap) -> DataSet:
    """One row a cell, the scales of one depth after those of another."""
    pairs = zip(*(_profiles(each) for each in (found.without, found.normalised)), strict=True)
    low, high = np.array([axis_of(np.concatenate(pair)) for pair in pairs], dtype="i2").T
    first = {side: coded(values).ravel().astype("f4") for side, values in sides(found).items()}
    return DataSet({**first, "low": low, "high": high})


def _profiles(side: Profiles | Absent) -> list[FloatArray]:
    """The layers of every cell; no number for those that do not exist."""
    if isinstance(side, Absent):
        return [np.full(len(layers_shown(depth)), np.nan) for depth in DEPTHS for _ in SCALES]
    return [row for deep in side for row in deep]


def _layers(found: DepthMap, cells: DataSet) -> DataSet:
    """One row a layer of a cell: its place on the axis of its cell on either side."""
    columns = {}
    for side, each in zip(SIDES, (found.without, found.normalised), strict=True):
        ends = zip(_profiles(each), cells["low"].tolist(), cells["high"].tolist(), strict=True)
        columns[side] = np.concatenate([_places(heights, low, high) for heights, low, high in ends])
    return DataSet(columns)


def axis_of(heights: FloatArray) -> tuple[int, int]:
    """Whole decades around the heights that can be drawn, FEWEST_DECADES at least."""
    known = heights[np.isfinite(heights)]
    low, high = (int(np.floor(known.min())), int(np.ceil(known.max()))) if known.size else (-2, 2)
    lacking = max(0, FEWEST_DECADES - (high - low))
    return low - lacking // 2, high + (lacking + 1) // 2


def _places(heights: FloatArray, low: int, high: int) -> npt.NDArray[np.uint8]:
    """From 0 at `low` to PLACES at `high`; NO_PLACE for a layer without one."""
    places = np.rint(PLACES * np.clip((heights - low) / (high - low), 0.0, 1.0))
    return np.where(np.isfinite(heights), places, NO_PLACE).astype("u1")


def _borders(found: DepthMap, experiment: Experiment) -> DataSet:
    """The edges between cells whose gradient a format can hold and cells where it cannot."""
    edges = [
        (number, line, *edge)
        for number, values in enumerate(sides(found).values())
        for line, fmt in FORMATS.items()
        for edge in border_pieces(lost(values, fmt, experiment))
    ]
    number, line, *ends = zip(*edges, strict=True) if edges else ((),) * 6
    places = {
        name: np.array(end, dtype="f4") for name, end in zip(("left", "right", "bottom", "top"), ends, strict=True)
    }
    return DataSet({"at": np.array(number, dtype="i1"), "line": list(line), **places})


def border_pieces(fate: npt.NDArray[np.int_]) -> Iterator[tuple[float, float, float, float]]:
    """Left, right, bottom, top of every piece of border, neighbouring pieces joined."""
    for row, column in np.argwhere(fate[:, 1:] != fate[:, :-1]).tolist():
        yield column + 0.5, column + 0.5, row - 0.5, row + 0.5
    for row, changes in enumerate(fate[1:] != fate[:-1]):
        ends = np.flatnonzero(np.diff(np.concatenate(([False], changes, [False])).astype(int)))
        for start, end in zip(ends[::2].tolist(), ends[1::2].tolist(), strict=True):
            yield start - 0.5, end - 0.5, row + 0.5, row + 0.5


def _colours() -> DataSet:
    """The pieces of the colour scale, half a decade each."""
    lows = np.arange(-DEEPEST, DEEPEST, 0.5)
    return DataSet({"from_log10": lows.astype("f4"), "to_log10": (lows + 0.5).astype("f4")})


def _problem(network: Committed) -> DataSet:
    experiment = network.experiment
    across, up = place_of(experiment.depth, experiment.weight_scale)
    critical = place_of(1, critical_weight_scale(experiment.phi, experiment.bias_scale))[0]
    known = [network.without] if isinstance(network.normalised, Absent) else [network.without, network.normalised]
    low, high = axis_of(np.concatenate(known))
    return DataSet(
        {
            "across": [across],
            "up": [up],
            "depth": [experiment.depth],
            "scale": [plain(experiment.weight_scale)],
            **{side: coded(np.array([network.first(side)])) for side in SIDES},
            "low": [low],
            "high": [high],
            "critical": [critical],
            "critical_here": [int(-0.5 < critical < len(SCALES) - 0.5)],
        }
    )


def _profile(network: Committed) -> DataSet:
    """The committed network, one row per layer and side, zeros left out."""
    parts = []
    for number, profile in enumerate((network.without, network.normalised)):
        heights = np.full(0, 0.0) if isinstance(profile, Absent) else profile
        layers = np.flatnonzero(np.isfinite(heights))
        at = np.full(len(layers), number, dtype="i1")
        parts.append(DataSet({"at": at, "layer": (layers + 1).astype("i2"), "log10": heights[layers].astype("f4")}))
    return DataSet.stacked(parts)
