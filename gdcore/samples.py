"""J(θ; x, y) = 1/(2m) Σ (θx_j − y_j)²: a loss is a function of θ once the samples (x, y) are given.

Two small real data sets give the lessons their samples: 406 cars of 1970–82 and 1797 handwritten digits. What is
missing stays missing: a gap in the table is NaN until `complete` drops the row and says how many it dropped.
Standardising takes scale and offset out of a column, and nothing else: a correlation between two columns survives it.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

DATA = Path(__file__).parent / "data"
CAR_COLUMNS = ("mpg", "cylinders", "displacement", "horsepower", "weight", "acceleration", "year")  # as in data/README


class Pairs(NamedTuple):
    """Rows without a gap: x and y, shapes (m,), and how many rows were dropped for one."""

    x: Array
    y: Array
    dropped: int


def _read_only(values: npt.ArrayLike) -> Array:
    array = np.array(values, dtype=np.float64)
    array.setflags(write=False)  # every caller gets the same array
    return array


@lru_cache(maxsize=1)
def cars() -> Mapping[str, Array]:
    """The numeric columns of the cars, each of shape (406,), read-only, NaN where the table has a gap.

    Units: mpg, cubic inches, horsepower, lb, seconds to 60 mph, year 1970–82 (the table has no
    1981: the cars of 1981 and 1982 are listed together).
    Source: Auto MPG, UCI Machine Learning Repository.
    """
    with (DATA / "auto_mpg.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    columns = {name: _read_only([float(row[name] or "nan") for row in rows]) for name in CAR_COLUMNS}
    return MappingProxyType(columns)


@lru_cache(maxsize=1)
def digits() -> tuple[Array, npt.NDArray[np.int64]]:
    """Images (1797, 64), grey values 0–16 row by row, and labels (1797,) from 0 to 9; read-only.

    Source: Optical Recognition of Handwritten Digits (test part), UCI Machine Learning Repository.
    """
    with np.load(DATA / "digits.npz", allow_pickle=False) as file:
        images = _read_only(file["images"].reshape(-1, 64))
        labels = file["labels"].astype(np.int64)
    labels.setflags(write=False)
    return images, labels


def complete(x: npt.ArrayLike, y: npt.ArrayLike) -> Pairs:
    """The rows in which both x and y, shapes (m,), are present.

    Raises:
        ValueError: if x and y are not two columns of equal length, or no row is complete.
    """
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if x.ndim != 1 or x.shape != y.shape:
        raise ValueError(f"got shapes {x.shape} and {y.shape}: x and y must be two columns of equal length (m,)")
    kept = ~(np.isnan(x) | np.isnan(y))
    if not kept.any():
        raise ValueError(f"none of {x.size} rows has both x and y: at least one is needed; choose other columns")
    return Pairs(_read_only(x[kept]), _read_only(y[kept]), int(np.count_nonzero(~kept)))


def standardise(x: npt.ArrayLike) -> Array:
    """(x − mean)/deviation down each column: mean 0, variance 1 (ddof = 0, as batch norm has it); the shape of x.

    Args:
        x: a column (m,) or a table (m, d), without gaps.

    Raises:
        ValueError: if an entry is not finite, or a column is constant (it has no scale to divide by).
    """
    x = np.asarray(x, dtype=np.float64)
    if not np.isfinite(x).all():
        raise ValueError("got an entry that is not finite: drop the rows with gaps first (`complete`)")
    if x.shape[0] == 0 or (constant := np.ptp(x, axis=0) == 0.0).any():
        column = "" if x.ndim == 1 or x.size == 0 else f" (column {int(np.argmax(constant))})"
        raise ValueError(f"got a constant column{column}: it has no spread to divide by; leave it out")
    centred = x - x.mean(axis=0)
    return np.asarray(centred / centred.std(axis=0), dtype=np.float64)


@lru_cache(maxsize=1)
def car_loss_data() -> Pairs:
    """The samples of the one-parameter loss: x = weight in 1000 lb, y = horsepower; θ is horsepower per 1000 lb."""
    table = cars()
    return complete(table["weight"] / 1000.0, table["horsepower"])
