"""J(θ) = 0.05θ² − 0.3·exp(−(θ − 3)²/0.18): a wide bowl with a narrow dip, the one loss here that is not convex.

The deep minimum lies in the bowl and is flat, the shallow one lies in the dip and is steep. So a learning rate that is
far too large for the dip is still small for the bowl: descent is thrown out of the dip and settles in the deep
minimum. A convex loss has no such second minimum, and a double well of fourth degree shows the reverse: its deeper
minimum is the steeper one and is the first to become unstable.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gdcore.convex_loss import Array, float64_range
from gdcore.descent import Integers, iterate, rate_table
from gdcore.schedules import Schedule

BOWL = 0.1  # curvature of the bowl
DEPTH, CENTRE, WIDTH = 0.3, 3.0, 0.18  # of the dip; WIDTH is twice its variance
SETTLED = 1e-3  # the distance from a minimum within which a run has settled
NUDGE = 1e-3  # the fraction of a learning rate by which it is nudged, to see whether the outcome hangs on it
APART = 0.05  # two runs that end farther apart than this end at different places

WINDOW = (-4.0, 4.5)  # θ from, to, for a chart
START = 3.05  # in the dip, not at its bottom
BEYOND = WINDOW[1]  # the distance from 0 beyond which a run that grows has flown off: the dip is not felt there


class Fate(Enum):
    """Where a run of T steps ends. The value is the sentence beside it."""

    TRAPPED = "Settles in the dip, or is on its way straight to the bottom of it."
    RATTLES = (
        "Stays in the dip and does not settle there: the step is too large for so narrow a minimum, or T too small."
    )
    ESCAPED = "Settles in the deep minimum, or is on its way straight to the bottom of it."
    ESCAPED_UNSETTLED = "Leaves the dip and does not settle: the step is too large for the bowl, or T too small."
    DIVERGED = "Farther and farther out, or beyond float64: the step is too large even for the bowl."


@dataclass(frozen=True)
class Landmarks:
    """The points with J′(θ) = 0, and the limits 2/J″ on the learning rate at the two minima.

    Attributes:
        deep: the minimum in the bowl, 1.9e-20: the tail of the dip moves it a hair from 0.
        barrier: the maximum between the two minima, about 2.37471.
        shallow: the minimum in the dip, about 2.90860.
        deep_limit: about 20.
        shallow_limit: about 0.66962.
    """

    deep: float
    barrier: float
    shallow: float
    deep_limit: float
    shallow_limit: float


@dataclass(frozen=True, eq=False)
class DipDescent:
    """The record of A runs of T steps each; a record is equal to itself alone.

    Attributes:
        points: θ_t, shape (T + 1, A); beyond float64 inf, then nan.
        learning_rates: α(t), shape (T, A).
        values: J(θ_t), shape (T + 1, A).
        fate: one `Fate` per run, shape (A,), dtype object.
        in_dip: whether θ_T lies on the dip's side of the barrier, shape (A,).
        escaped_at: the step from which on the run stays on the bowl's side, shape (A,); −1 if never, 0 if always.
        crossings: how often the run passes the barrier, either way, shape (A,).
        finite_steps: the last step before which, and at which, θ and J are finite, shape (A,).
    """

    points: Array
    learning_rates: Array
    values: Array
    fate: npt.NDArray[np.object_]
    in_dip: npt.NDArray[np.bool_]
    escaped_at: Integers
    crossings: Integers
    finite_steps: Integers


class Nudged(NamedTuple):
    """What a thousandth more or less of the learning rate changes.

    Attributes:
        fate: whether the run meets another fate and ends at another place, shape (A,).
        place: whether it ends at another place, farther than APART away, shape (A,); false if it diverges either way.
    """

    fate: npt.NDArray[np.bool_]
    place: npt.NDArray[np.bool_]


@float64_range
def value(theta: npt.ArrayLike) -> Array:
    """J(θ), in the shape of θ."""
    theta = np.asarray(theta, dtype=np.float64)
    return np.asarray(0.5 * BOWL * theta**2 - DEPTH * _dip(theta))


@float64_range
def gradient(theta: npt.ArrayLike) -> Array:
    """J′(θ), in the shape of θ."""
    theta = np.asarray(theta, dtype=np.float64)
    return np.asarray(BOWL * theta + DEPTH * (theta - CENTRE) * (2.0 / WIDTH) * _dip(theta))


@float64_range
def curvature(theta: npt.ArrayLike) -> Array:
    """J″(θ), in the shape of θ; negative around the barrier."""
    theta = np.asarray(theta, dtype=np.float64)
    bend = (2.0 / WIDTH) * (1.0 - (2.0 / WIDTH) * (theta - CENTRE) ** 2)
    return np.asarray(BOWL + DEPTH * bend * _dip(theta))


def _dip(theta: Array) -> Array:
    return np.asarray(np.exp(-((theta - CENTRE) ** 2) / WIDTH))


@lru_cache(maxsize=1)
def landmarks() -> Landmarks:
    """The stationary points, found by halving an interval at whose ends J′ has opposite signs until it is no more."""
    deep, barrier, shallow = _root(-1.0, 1.0), _root(2.0, 2.6), _root(2.6, 3.0)
    return Landmarks(deep, barrier, shallow, 2.0 / float(curvature(deep)), 2.0 / float(curvature(shallow)))


def _root(low: float, high: float) -> float:
    rises = float(gradient(high)) > 0.0
    while low < (middle := 0.5 * (low + high)) < high:
        low, high = (low, middle) if (float(gradient(middle)) > 0.0) == rises else (middle, high)
    return low if abs(float(gradient(low))) < abs(float(gradient(high))) else high


def descend_into_dip(start: npt.ArrayLike, learning_rates: npt.ArrayLike | Schedule, steps: int) -> DipDescent:
    """T steps of gradient descent, once for each of A learning rates.

    Args:
        start: θ₀, a number or one per learning rate, shape (A,).
        learning_rates: constants (A,), a schedule t → α(t), or a table (T, A), as for `descent.descend`.
        steps: T ≥ 1; about 500 tell the fates apart.

    Raises:
        ValueError: if a learning rate is not admissible, `start` does not fit or its loss is beyond float64, or
            steps < 1.
    """
    rates = rate_table(learning_rates, steps)
    theta = np.asarray(start, dtype=np.float64)
    if theta.shape not in ((), (1,), (rates.shape[1],)) or not np.isfinite(value(theta)).all():
        raise ValueError(f"got start {theta}: give one finite number, or one for each of {rates.shape[1]} rates")
    points = iterate(gradient, np.broadcast_to(theta, rates.shape[1:]), rates)
    values = value(points)
    broken = ~(np.isfinite(points) & np.isfinite(values))
    finite_steps = np.where(broken.any(axis=0), broken.argmax(axis=0), steps + 1) - 1
    outside = points < landmarks().barrier  # false for nan
    stays = np.logical_and.accumulate(outside[::-1])[::-1]
    escaped_at = np.where(stays[-1], stays.argmax(axis=0), -1)
    crossings = np.count_nonzero(np.diff(outside, axis=0) & np.isfinite(points[1:]), axis=0)
    fate = _fate(points, finite_steps < steps)
    return DipDescent(
        points, rates, values, fate, points[-1] > landmarks().barrier, escaped_at, crossings, finite_steps
    )


@lru_cache(maxsize=4)  # what is said of a run and what is drawn of it ask alike
def nudged(record: DipDescent) -> Nudged:
    """The same runs with every α(t) a thousandth smaller and larger: what a chaotic run cannot be asked for."""
    steps, factors = len(record.points) - 1, (1 - NUDGE, 1 + NUDGE)
    rates = np.concatenate([factor * record.learning_rates for factor in factors], axis=1)
    near = descend_into_dip(np.tile(record.points[0], len(factors)), rates, steps)
    fates, ends = (each.reshape(len(factors), -1) for each in (near.fate, near.points[-1]))
    out = (record.fate == Fate.DIVERGED) & (fates == Fate.DIVERGED)
    with np.errstate(invalid="ignore", over="ignore"):
        place = (~out & ~(np.abs(ends - record.points[-1]) <= APART)).any(axis=0)
    return Nudged(place & (fates != record.fate).any(axis=0), place)


def _fate(points: Array, overflowed: npt.NDArray[np.bool_]) -> npt.NDArray[np.object_]:
    """The fate per run, from the last quarter of its points (two at least), in order of precedence."""
    known, steps = landmarks(), len(points) - 1
    late = points[steps - max(1, steps // 4) :]
    distance = np.abs(late)
    with np.errstate(invalid="ignore", over="ignore"):
        runs_away = (np.diff(distance, axis=0) > 0.0).all(axis=0) & (distance[-1] > BEYOND)
    in_dip, in_bowl = (late > known.barrier).all(axis=0), (late < known.barrier).all(axis=0)
    cases = [
        (overflowed | runs_away, Fate.DIVERGED),
        (in_dip & _settles(late, known.shallow), Fate.TRAPPED),
        (in_dip, Fate.RATTLES),
        (in_bowl & _settles(late, known.deep), Fate.ESCAPED),
    ]
    fate = np.full(points.shape[1], Fate.ESCAPED_UNSETTLED, dtype=object)
    for holds, member in reversed(cases):
        fate[holds] = member
    return fate


def _settles(late: Array, minimum: float) -> npt.NDArray[np.bool_]:
    """Near the minimum all the time, or never farther from it than before, and always on the same side."""
    with np.errstate(invalid="ignore", over="ignore"):
        offset = late - minimum
        distance = np.abs(offset)
        one_way = (np.diff(distance, axis=0) <= 0.0).all(axis=0) & ((offset > 0.0) == (offset[0] > 0.0)).all(axis=0)
    return np.asarray((distance <= SETTLED).all(axis=0) | one_way)
