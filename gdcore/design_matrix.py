"""ŷ = Xθ: which columns of a table predict another one, raw or standardised, with an intercept or without.

Standardising changes the units of the columns and moves their mean to 0, so it changes θ and the bowl of the loss, but
no prediction (as long as there is an intercept to take the means up again).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gdcore.convex_loss import Array
from gdcore.samples import cars

INTERCEPT = "intercept"


@dataclass(frozen=True)
class Design:
    """A table made ready for least squares.

    Attributes:
        X: shape (m, d); with an intercept its first column is 1, which is never standardised.
        y: the target, shape (m,), in its own units.
        names: of the columns, length d; the intercept is called "intercept".
        means: subtracted from the columns, shape (d,); 0 where raw.
        deviations: the columns were divided by, shape (d,); 1 where raw.
        dropped: how many rows had a gap in a chosen column or in the target.
    """

    X: Array
    y: Array
    names: tuple[str, ...]
    means: Array
    deviations: Array
    dropped: int


def design(
    table: Mapping[str, npt.ArrayLike],
    inputs: Sequence[str],
    target: str,
    intercept: bool = True,
    standardised: bool = False,
) -> Design:
    """The design matrix of some columns of a table, without the rows that have a gap in one of them.

    A constant column has no deviation to divide by. Standardised it is a column of zeros; the `bowl` says so.

    Args:
        table: columns of equal length, NaN for a gap.
        inputs: the names of one or more columns; the same one twice is allowed, and the bowl is then singular.
        target: the name of the column to predict.
        intercept: whether a column of ones comes first.
        standardised: whether to subtract the mean of each column and divide by its deviation (ddof = 0).

    Raises:
        ValueError: if a name is not in the table, there is no input, the columns are not equally long, an entry is
            infinite, or no row is complete.
    """
    if not inputs:
        raise ValueError("got no inputs: choose at least one column to predict from")
    for name in (*inputs, target):
        if name not in table:
            raise ValueError(f"got the column {name!r}: it is not in the table; choose from {', '.join(table)}")
    columns = [np.asarray(table[name], dtype=np.float64) for name in (*inputs, target)]
    if any(column.ndim != 1 or column.shape != columns[0].shape for column in columns):
        raise ValueError(f"got shapes {[column.shape for column in columns]}: all columns must be equally long (m,)")
    rows = np.stack(columns, axis=1)
    kept = rows[~np.isnan(rows).any(axis=1)]
    if not (len(kept) and np.isfinite(kept).all()):
        raise ValueError(f"got {len(rows)} rows, {len(kept)} without a gap: at least one is needed, and none infinite")
    X, y = kept[:, :-1], kept[:, -1]
    means, deviations = _scales(X) if standardised else (np.zeros(len(inputs)), np.ones(len(inputs)))
    X = (X - means) / deviations
    names = tuple(inputs)
    if intercept:
        X = np.column_stack([np.ones(len(X)), X])
        names, means, deviations = (INTERCEPT, *names), np.append(0.0, means), np.append(1.0, deviations)
    return Design(X, y, names, means, deviations, len(rows) - len(kept))


def car_design(
    inputs: Sequence[str] = ("weight", "horsepower"),
    target: str = "mpg",
    intercept: bool = True,
    standardised: bool = False,
) -> Design:
    """`design` for the cars: miles per gallon from weight (lb) and horsepower, 392 cars without a gap."""
    return design(cars(), inputs, target, intercept, standardised)


def one_parameter(made: Design, intercept: bool) -> tuple[Array, Array]:
    """x and y, shapes (m,), of the loss that is left when the slope of the first input is the only parameter.

    An intercept is not lost: J with the best intercept for each slope θ is 1/(2m) Σ (θx − y)² for x and y with their
    means taken out.

    Args:
        made: the design.
        intercept: whether it was made with an intercept, as its first column.

    Source: Frisch and Waugh, Partial time regressions, 1933.
    """
    if not intercept:
        return made.X[:, 0], made.y
    x = made.X[:, 1]
    return x - x.mean(), made.y - made.y.mean()


def _scales(X: Array) -> tuple[Array, Array]:
    """Mean and deviation of each column; a constant one is its own mean exactly and is divided by 1."""
    constant = np.ptp(X, axis=0) == 0.0
    means = np.where(constant, X[0], X.mean(axis=0))
    return means, np.where(constant, 1.0, (X - means).std(axis=0))
