"""The data sets of "Start well": the chosen start layer by layer, its rivals, and a table of starts with profiles.

Heights are log₁₀. What is exactly zero is drawn far below the picture, where it is cut off, and the words say so.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from gdcore.scaled import FloatArray
from gdcore.starts import Spread, Started, kind
from views.charts.data_set import Column, DataSet
from views.lazily import pd
from views.numbers import magnitude, plain
from views.settings import STARTS
from views.starts import Cell, Picture
from views.text import Text

QUANTITIES = ("signal", "sensitivity", "gradient")
KINDS = ("shrinks", "keeps", "grows", "silent")
UNIT = 100  # profiles travel as whole hundredths of log₁₀: two bytes
OUT_OF_SIGHT = 327.0
SHORTEST = 3.0  # decades that an axis shows at least
MOST_POINTS = 13  # of a profile
DIGITS = 3


def start_frames(text: Text, seen: Picture) -> dict[str, DataSet]:
    """The data sets of `start`."""
    lines, band, cells = _lines(seen), _band(seen), _cells(text, seen)
    start = seen.start
    frame = {"layer_low": 0.5, "layer_high": start.depth + 0.5}
    for quantity in QUANTITIES:
        heights = np.concatenate([lines[quantity], band[f"{quantity}_lower"], band[f"{quantity}_upper"]])
        frame |= _ends(quantity, *_window(heights))
    said = _said(text, start.initialiser, start.gain, start.activation, seen.run)
    return {
        "frame": DataSet.row(**frame, **said),
        "lines": lines,
        "band": band,
        "cells": cells,
        "heads": _heads(text, seen),
        "profiles": _profiles(seen),
    }


def start_table(seen: Picture) -> pd.DataFrame:
    """The chosen start, one row a layer: log₁₀ of the median and the ends of the band of each norm; −inf is zero."""
    columns: dict[str, npt.ArrayLike] = {"layer": np.arange(1, seen.start.depth + 1)}
    for quantity in QUANTITIES:
        spread: Spread = getattr(seen.run, quantity)
        columns |= {f"log10_{quantity}_{name}": getattr(spread, name) for name in ("low", "median", "high")}
    return pd.DataFrame(columns)


def written(gain: float) -> str:
    """A factor per layer."""
    return f"×{plain(gain, DIGITS)}"


def named_start(text: Text, initialiser: str, gain: float) -> str:
    """An initialiser with its number: LeCun 0.8."""
    return f"{text(f'option.initialiser.{initialiser}')} {plain(gain)}"


def _drawn(log10: FloatArray) -> FloatArray:
    return np.clip(log10, -OUT_OF_SIGHT, OUT_OF_SIGHT)


def _lines(seen: Picture) -> DataSet:
    """Per layer the median of the chosen start, what theory expects, and the medians of the rivals."""
    rivals, depth = seen.rivals, seen.start.depth
    lines = {"median": [getattr(seen.run, quantity).median for quantity in QUANTITIES]}
    lines["expected"] = [_expected(seen, quantity) for quantity in QUANTITIES]
    for code, run in (("good", rivals.kept), ("normalised", rivals.normalised)) if rivals else ():
        if run:
            lines[code] = [getattr(run, quantity).median for quantity in QUANTITIES]
    columns = {
        quantity: _drawn(np.concatenate([line[place] for line in lines.values()])).astype("f4")
        for place, quantity in enumerate(QUANTITIES)
    }
    layer = np.tile(np.arange(1, depth + 1, dtype="i1"), len(lines))
    return DataSet({"quantity": np.repeat(list(lines), depth), "layer": layer, **columns})


def _band(seen: Picture) -> DataSet:
    """Per layer where four of five starts lie."""
    spreads = {quantity: getattr(seen.run, quantity) for quantity in QUANTITIES}
    columns = {f"{quantity}_lower": _drawn(spread.low) for quantity, spread in spreads.items()}
    columns |= {f"{quantity}_upper": _drawn(spread.high) for quantity, spread in spreads.items()}
    layer = np.arange(1, seen.start.depth + 1, dtype="i1")
    return DataSet({name: heights.astype("f4") for name, heights in columns.items()} | {"layer": layer})


def _expected(seen: Picture, quantity: str) -> FloatArray:
    """Theory's line; backward it begins at the measured last layer, for theory knows nothing of the error."""
    spread: Spread = getattr(seen.run, quantity)
    if seen.expected is None:
        return np.full(seen.start.depth, -math.inf)
    line: FloatArray = getattr(seen.expected, quantity)
    return line if quantity == "signal" else line + spread.median[-1]


def _window(heights: FloatArray) -> tuple[float, float]:
    """Whole decades around everything that is in sight, and some room."""
    inside = heights[np.abs(heights) < OUT_OF_SIGHT - 1.0]
    low, high = (float(inside.min()), float(inside.max())) if inside.size else (-1.0, 1.0)
    short = max(0.0, SHORTEST - (high - low)) / 2.0
    return math.floor(low - short - 0.1), math.ceil(high + short + 0.1)


def _ends(quantity: str, low: float, high: float) -> dict[str, float]:
    return {f"{quantity}_low": low, f"{quantity}_high": high}


def _said(text: Text, initialiser: str, gain: float, activation: str, run: Started) -> dict[str, str]:
    """What the headline and the table say of a start."""
    backward = run.sensitivity.gain_backward
    ends = run.sensitivity.median[[0, -1]]
    whole = magnitude(1, float(ends[0] - ends[1]), 2) if np.isfinite(ends).all() else "0"
    return {
        "name": named_start(text, initialiser, gain),
        "phi": text(f"option.activation.{activation}"),
        "forward": written(run.signal.gain_forward),
        "backward": written(backward),
        "whole": f"×{whole}",
        "regime": kind(backward),
    }


def _cells(text: Text, seen: Picture) -> DataSet:
    """The table, one row a cell."""
    said = [_said(text, each.initialiser, each.gain, each.activation, each.run) for each in seen.cells]
    starts = [(each.initialiser, each.activation) for each in seen.cells]
    number = np.arange(len(starts), dtype="i1")
    chosen = starts.index((seen.start.initialiser, seen.start.activation))
    columns: dict[str, Column] = {name: [each[name] for each in said] for name in said[0]}
    columns |= {"cell": number, "way": [way for way, _ in starts], "line": [line for _, line in starts]}
    columns["chosen"] = (number == chosen).astype("i1")
    for quantity in QUANTITIES:
        windows = np.array([_window(_all_of(each, quantity)) for each in seen.cells], dtype="i2")
        columns |= {f"{quantity}_low": windows[:, 0], f"{quantity}_high": windows[:, 1]}
    columns["column"], columns["level"] = np.divmod(number, len({line for _, line in starts}), dtype="i1")
    columns["word"] = [text(f"kind.{each['regime']}") for each in said]
    # a click counts as new even on a cell that was clicked before
    return DataSet(columns).with_columns(was=chosen + seen.start.gain / 100.0)


def _all_of(cell: Cell, quantity: str) -> FloatArray:
    spread: Spread = getattr(cell.run, quantity)
    return np.concatenate([spread.low, spread.median, spread.high])


def _heads(text: Text, seen: Picture) -> DataSet:
    """The words beside the table: initialisers along one side, activations along the other."""
    gains = {each.initialiser: each.gain for each in seen.cells}
    activations = list(dict.fromkeys(each.activation for each in seen.cells))
    words = [text(f"option.initialiser.{name}") for name in STARTS]
    words += [text(f"option.activation.{name}") for name in activations]
    return DataSet(
        {
            "row": ["initialiser"] * len(STARTS) + ["activation"] * len(activations),
            "place": np.array([*range(len(STARTS)), *range(len(activations))], dtype="i1"),
            "word": words,
            "number": [*(plain(gains[name], DIGITS) for name in STARTS), *[""] * len(activations)],
        }
    )


def _profiles(seen: Picture) -> DataSet:
    """Every cell's medians and bands; of a deep network some of the layers, the first and the last among them."""
    depth = seen.start.depth
    layers = np.unique(np.rint(np.linspace(0, depth - 1, min(depth, MOST_POINTS))).astype(int))
    columns: dict[str, npt.NDArray[np.integer]] = {
        "cell": np.repeat(np.arange(len(seen.cells), dtype="i1"), len(layers)),
        "layer": np.tile((layers + 1).astype("i1"), len(seen.cells)),
    }
    for quantity in QUANTITIES:
        for suffix, name in (("", "median"), ("_lower", "low"), ("_upper", "high")):
            heights = np.concatenate([getattr(getattr(each.run, quantity), name)[layers] for each in seen.cells])
            columns[quantity + suffix] = np.rint(UNIT * _drawn(heights)).astype("i2")
    return DataSet(columns)
