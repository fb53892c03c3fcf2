"""The data sets of "The map": its cells, the borders of the number formats, and the network that is committed.

The cells do not depend on the committed depth and weight scale: they are made once for an experiment and handed over as
the same objects. The profile of a cell travels as one text, three digits a layer, and is read in the browser when the
pointer is over its cell: a row for every layer of every network would be twenty times as many to search.
"""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from gdcore.depth_map import DEPTHS, SCALES, DepthMap, depth_map
from gdcore.depth_theory import critical_weight_scale
from gdcore.experiment import Absent, Experiment
from gdcore.scaled import FloatArray
from views.charts.data_set import DataSet
from views.depth_maps import FORMATS, SIDES, Committed, cell_of, committed, lost, of_map, place_of, sides
from views.numbers import plain

DEEPEST = 12.0  # decades from 1 at which the colour is deepest
ZERO, MISSING = -9999.0, 9999.0  # exactly zero; no such network
DIGITS = 3  # of a layer's place between the ends of its row
FEWEST_DECADES = 4  # on the axis of a profile


def depth_map_frames(experiment: Experiment) -> dict[str, DataSet]:
    """The data sets of `depth_map`."""
    cells, borders, colours = _map_frames(of_map(experiment))
    network = committed(experiment)
    return {
        "cells": cells,
        "borders": borders,
        "colours": colours,
        "problem": _problem(network),
        "profile": _profile(network),
    }


@lru_cache(maxsize=16)
def _map_frames(experiment: Experiment) -> tuple[DataSet, DataSet, DataSet]:
    found = depth_map(experiment)
    return _cells(found), _borders(found, experiment), _colours()


def coded(log10: FloatArray) -> FloatArray:
    """Finite numbers for a chart: ZERO and MISSING stand for −inf and NaN."""
    return np.where(np.isnan(log10), MISSING, np.where(np.isneginf(log10), ZERO, log10))


def _cells(found: DepthMap) -> DataSet:
    rows, columns = np.indices((len(DEPTHS), len(SCALES)), dtype=np.int8).reshape(2, -1)
    both = (found.without, found.normalised)
    profiles = [None if isinstance(each, Absent) else [row for deep in each for row in deep] for each in both]
    ends, texts = [], ([], [])  # type: list[tuple[int, int]], tuple[list[str], list[str]]
    for cell in range(len(rows)):
        pair = [np.full(1, np.nan) if each is None else each[cell] for each in profiles]
        low, high = axis_of(np.concatenate(pair))
        ends.append((low, high))
        for said, heights in zip(texts, pair, strict=True):
            said.append(_written(heights, low, high))
    first = {side: coded(values).ravel().astype("f4") for side, values in sides(found).items()}
    return DataSet(
        {
            "cell": np.arange(len(rows), dtype="i2"),
            "row": rows,
            "column": columns,
            **first,
            "low": np.array([low for low, _ in ends], dtype="i2"),
            "high": np.array([high for _, high in ends], dtype="i2"),
            "profile_without": texts[0],
            "profile_with": texts[1],
        }
    )


def axis_of(heights: FloatArray) -> tuple[int, int]:
    """Whole decades around the heights that can be drawn, FEWEST_DECADES at least."""
    known = heights[np.isfinite(heights)]
    low, high = (int(np.floor(known.min())), int(np.ceil(known.max()))) if known.size else (-2, 2)
    lacking = max(0, FEWEST_DECADES - (high - low))
    return low - lacking // 2, high + (lacking + 1) // 2


def _written(heights: FloatArray, low: int, high: int) -> str:
    """Three digits a layer: its place between `low` and `high` in thousandths; dashes for a layer without a place."""
    most = 10**DIGITS - 1
    places = np.clip(np.nan_to_num((heights - low) / (high - low), posinf=0.0, neginf=0.0), 0.0, 1.0)
    return "".join(
        f"{round(place * most):0{DIGITS}d}" if known else "-" * DIGITS
        for place, known in zip(places.tolist(), np.isfinite(heights).tolist(), strict=True)
    )


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
            "cell": [cell_of(experiment.depth, experiment.weight_scale)],
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
