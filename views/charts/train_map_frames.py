"""The data sets of the map of final loss: a row for every network that was trained for it, with its loss curve."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from gdcore.loss_map import loss_map
from views.charts.data_set import Column, DataSet
from views.charts.train_frames import GUESSING, MARGIN
from views.lazily import pd
from views.numbers import plain
from views.text import Text
from views.training import SIDES

PARTS = 1000  # of a decade of loss: a curve travels as whole numbers of them
NOWHERE = -32_000  # in their place where the training had exploded
LOWEST, HIGHEST = -5.0, 6.0  # log₁₀ of a loss that is drawn
FULL = 1.5  # decades below or above guessing at which a colour has its full strength
SAME = 0.02  # of log₁₀ of a loss: no different from guessing
REGIMES = ("learned", "guessing", "worse", "exploded")  # what became of a cell travels as a place here
LEARNED, GUESSED, WORSE, EXPLODED = range(len(REGIMES))


@lru_cache(maxsize=1)
def points() -> int:
    """The number of points of a curve on the map."""
    return len(loss_map().updates)


def nearest_cell(rate: float, scale: float) -> int:
    """The number of the cell that is nearest to a learning rate and a weight scale, on log axes."""
    known = loss_map()
    row = int(np.abs(np.log(known.learning_rates) - math.log(rate)).argmin())
    column = int(np.abs(np.log(known.weight_scales) - math.log(max(scale, 1e-9))).argmin())
    return row * len(known.weight_scales) + column


def values_of(cell: int) -> tuple[float, float]:
    """The learning rate and the weight scale of a cell."""
    known = loss_map()
    row, column = divmod(cell, len(known.weight_scales))
    return float(known.learning_rates[row]), float(known.weight_scales[column])


def train_map_frames(text: Text, rate: float, scale: float) -> dict[str, DataSet]:
    """The data sets of `train_map`; the committed cell is the one nearest to the learning rate and to σ_w = `scale`."""
    cell = nearest_cell(rate, scale)
    spot = DataSet.row(cell=cell, update_low=0, update_high=MARGIN * int(loss_map().updates[-1]))
    return {**_shipped(text), "spot": spot}


@lru_cache
def _shipped(text: Text) -> dict[str, DataSet]:
    """What never changes."""
    known = loss_map()
    rates, scales = known.learning_rates, known.weight_scales
    sides, rows, columns = known.final_loss.shape
    final = known.final_loss.reshape(sides * rows * columns)
    exploded = known.exploded.reshape(sides * rows * columns)
    with np.errstate(divide="ignore", invalid="ignore"):
        above = np.log10(np.where(exploded, GUESSING, final) / GUESSING)
        curves = np.rint(PARTS * np.clip(np.log10(known.curves.ravel()), LOWEST, HIGHEST))
    curves = np.where(np.isfinite(known.curves.ravel()), curves, NOWHERE)
    cells: dict[str, Column] = {
        "code": np.select([exploded, above > SAME, above < -SAME], [EXPLODED, WORSE, LEARNED], GUESSED).astype("i1"),
        "strength": np.rint(100 * np.clip(np.abs(above) / FULL, 0.0, 1.0)).astype("i1"),
        "ends": [_end(text, *each) for each in zip(final.tolist(), exploded.tolist(), strict=True)],
    }
    labels = [[plain(value, 2) for value in values.tolist()] for values in (rates, scales)]
    count = max(map(len, labels))
    rate, scale = (each + [""] * (count - len(each)) for each in labels)
    middles = [(columns - 1) / 2 + number * (columns + 1) for number in range(sides)]
    return {
        "cells": DataSet(cells),
        "losses": DataSet({"part": curves.astype("i2")}),
        "axes": DataSet({"rate": rate, "scale": scale}),
        "updates": DataSet({"update": known.updates.astype("i4")}),
        "panels": DataSet({"x": middles, "word": [text(f"chart.train.{each}") for each in SIDES]}),
    }


def train_map_said(text: Text, rate: float, scale: float) -> str:
    """What the marked cell shows, for those who do not see it."""
    known, cell = loss_map(), nearest_cell(rate, scale)
    row, column = divmod(cell, len(known.weight_scales))
    ends = {
        side: _end(text, float(known.final_loss[place, row, column]), bool(known.exploded[place, row, column]))
        for place, side in enumerate(SIDES)
    }
    shown, wide = (plain(value, 2) for value in values_of(cell))
    return text("chart.train_map.state", rate=shown, scale=wide, **ends)


def train_map_table() -> pd.DataFrame:
    """The numbers of the map, one row a training; a loss that left float32 is a gap."""
    known = loss_map()
    sides, rates, scales = np.indices(known.final_loss.shape).reshape(3, -1)
    return pd.DataFrame(
        {
            "batch_norm": sides.astype(bool),
            "learning_rate": known.learning_rates[rates],
            "weight_scale": known.weight_scales[scales],
            "final_loss": np.where(known.exploded, np.nan, known.final_loss).ravel(),
            "exploded_at": known.exploded_at.ravel(),
        }
    )


def _end(text: Text, loss: float, exploded: bool) -> str:
    return text("chart.train_map.explodes") if exploded else plain(loss, 3)
