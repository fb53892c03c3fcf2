"""θ_{t+1} = θ_t − α(t) ∂J/∂θ: gradient descent, for a whole vector of learning rates at once.

T updates make T + 1 points. Nothing is clipped and nothing is caught: a run that leaves float64 shows inf and then
nan, and its record says at which step. What a run did (`Outcome`) is read off its points alone, so it can be held
against what theory expects.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import numpy as np
import numpy.typing as npt

from gdcore.convex_loss import Array, Loss
from gdcore.schedules import Schedule

Integers = npt.NDArray[np.int64]

REPEATS = 1e-9  # a pair of points comes back to itself if it moved by no more than this fraction of its distance
KEEPS = 0.9  # a pair settles if, at the pace at which it still moves, it will keep this fraction of its distance


class Outcome(Enum):
    """What a run of T steps did. The value is the sentence beside it."""

    AT_REST = "Started at the minimiser and stayed there."
    REACHED = "Came within the tolerance of the smallest loss, and stayed within it to the end."
    APPROACHING = "No farther from the minimiser at any late step than before, but not there within T steps."
    CYCLING = "Ends by jumping between two points on opposite sides of the minimiser."
    GROWING = "Farther and farther from the minimiser over the second half of the run, still within float64."
    OVERFLOWED = "Left the range of float64 (about 1.8e308)."
    WANDERING = "None of these within T steps: a longer cycle, chaos, or a way back that is not yet complete."


@dataclass(frozen=True)
class Descent:
    """The record of A runs of T steps each on one loss.

    Attributes:
        points: θ_t, shape (T + 1, A); beyond float64 inf, then nan.
        learning_rates: α(t), shape (T, A).
        excess: J(θ_t) − J(θ*), shape (T + 1, A).
        outcome: one `Outcome` per run, shape (A,), dtype object.
        reached_at: the step from which on the excess stays within the tolerance, shape (A,); −1 if never.
        finite_steps: the last step before which, and at which, θ and the excess are finite, shape (A,).
        crossings: how often consecutive points lie on opposite sides of θ*, shape (A,); not within rounding of it.
        first_crossing: the step of the first point on the other side of θ*, shape (A,); −1 if never.
    """

    points: Array
    learning_rates: Array
    excess: Array
    outcome: npt.NDArray[np.object_]
    reached_at: Integers
    finite_steps: Integers
    crossings: Integers
    first_crossing: Integers


def descend(
    loss: Loss,
    start: npt.ArrayLike,
    learning_rates: npt.ArrayLike | Schedule,
    steps: int,
    tolerance: float = 1e-6,
) -> Descent:
    """T steps of gradient descent on `loss`, once for each of A learning rates.

    Args:
        loss: the loss J.
        start: θ₀, a number or one per learning rate, shape (A,).
        learning_rates: constants α > 0, a number or shape (A,); or a schedule t → α(t); or a table α(t), shape (T, A).
        steps: T ≥ 1.
        tolerance: a run has reached θ* when its excess loss is at most this fraction of the excess at the start.

    Raises:
        ValueError: if a learning rate is negative or not finite, a constant one is zero, `start` does not fit or its
            loss is beyond float64, steps < 1, or the tolerance is not in (0, 1).
    """
    if not 0.0 < tolerance < 1.0:
        raise ValueError(f"got tolerance {tolerance}: it must lie strictly between 0 and 1; 1e-6 is usual")
    rates = rate_table(learning_rates, steps)
    if not np.isfinite(loss.excess(start)).all():
        raise ValueError(
            f"got start {np.asarray(start)}: its loss must be within float64; start nearer to {loss.minimiser:g}"
        )
    points = iterate(loss.gradient, _one_per_run(start, rates.shape[1]), rates)
    return _record(loss, points, rates, tolerance)


def iterate(gradient: Callable[[Array], Array], start: npt.ArrayLike, learning_rates: Array) -> Array:
    """The points of gradient descent in any number of dimensions: the equation itself, T times.

    Args:
        gradient: ∂J/∂θ as a function of points of the same shape: (A,), or (A, d) with the last axis for θ.
        start: θ₀, shape (A,); in d dimensions (1, d) for all runs alike, or (A, d).
        learning_rates: the table α(t), shape (T, A); see `rate_table`.

    Returns:
        points, shape (T + 1, A) in one dimension, else (T + 1, A, d).

    Raises:
        ValueError: if the start, or the gradient, has another shape.
    """
    steps, runs = learning_rates.shape
    theta = np.asarray(start, dtype=np.float64)
    if theta.ndim not in (1, 2) or theta.shape[0] not in (1, runs):
        raise ValueError(f"got start of shape {theta.shape}: give ({runs},) numbers, or (1, d) or ({runs}, d) vectors")
    theta = np.broadcast_to(theta, (runs, *theta.shape[1:]))
    rates = learning_rates if theta.ndim == 1 else learning_rates[..., np.newaxis]
    points = np.empty((steps + 1, *theta.shape))
    points[0] = theta
    with np.errstate(over="ignore", invalid="ignore"):
        for t in range(steps):
            np.subtract(points[t], rates[t] * gradient(points[t]), out=points[t + 1])
    return points


def rate_table(learning_rates: npt.ArrayLike | Schedule, steps: int) -> Array:
    """α(t) for every step and run, shape (T, A), from constants (A,), from a schedule (A = 1), or as it is.

    Raises:
        ValueError: if steps < 1, the shape does not fit, or a rate is not admissible (see `descend`).
    """
    if steps < 1 or steps != int(steps):
        raise ValueError(f"got {steps} steps: a run has at least 1, and a whole number of them")
    if callable(learning_rates):
        table = np.asarray(learning_rates(np.arange(steps)), dtype=np.float64)[:, np.newaxis]
    else:
        table = np.asarray(learning_rates, dtype=np.float64)
        if table.ndim < 2 and not (table > 0.0).all():
            raise ValueError(f"got a learning rate of {table.min()}: a constant one must be positive")
        table = np.broadcast_to(np.atleast_1d(table), (steps, table.size)) if table.ndim < 2 else table
    if table.ndim != 2 or table.shape[0] != steps or table.shape[1] == 0:
        raise ValueError(f"got learning rates of shape {table.shape}: give (A,) constants or a table ({steps}, A)")
    if not (np.isfinite(table) & (table >= 0.0)).all():
        raise ValueError(
            f"got learning rates from {table.min()} to {table.max()}: they must be finite and not negative"
        )
    return table


def _one_per_run(start: npt.ArrayLike, runs: int) -> Array:
    theta = np.asarray(start, dtype=np.float64)
    if theta.shape not in ((), (1,), (runs,)):
        raise ValueError(f"got start of shape {theta.shape}: give one number, or one for each of {runs} learning rates")
    return np.broadcast_to(theta, (runs,))


def _record(loss: Loss, points: Array, rates: Array, tolerance: float) -> Descent:
    excess, offset = loss.excess(points), points - loss.minimiser
    finite = np.isfinite(points) & np.isfinite(excess)
    finite_steps = _first(~finite, default=len(points)) - 1
    rounding = 8.0 * np.spacing(np.maximum(np.abs(points[0]), abs(loss.minimiser)))
    side = np.sign(np.where(finite & (np.abs(offset) > rounding), offset, 0.0))
    crossed = side[1:] * side[:-1] < 0.0
    within = excess <= tolerance * excess[0]
    stays = np.logical_and.accumulate(within[::-1])[::-1]
    cycling = _cycling(np.where(finite, offset, 0.0)) & ~(within[-1] & within[-2])
    reached_at = np.where(cycling, -1, _first(stays, default=-1))
    outcome = _outcome(np.abs(offset), finite_steps, reached_at, cycling)
    first_crossing = _first(np.concatenate([np.zeros_like(crossed[:1]), crossed]), default=-1)
    return Descent(points, rates, excess, outcome, reached_at, finite_steps, crossed.sum(axis=0), first_crossing)


def _first(table: npt.NDArray[np.bool_], default: int) -> Integers:
    """The first row with True in each column, shape (A,); `default` where there is none."""
    return np.where(table.any(axis=0), table.argmax(axis=0), default)


def _outcome(distance: Array, finite_steps: Integers, reached_at: Integers, cycling: Array) -> npt.NDArray[np.object_]:
    """The outcome per run, in order of precedence. `farthest` looks at two points, for the sides may be unlike."""
    steps = len(distance) - 1
    farthest = np.maximum(distance, np.concatenate([distance[:1], distance[:-1]]))
    with np.errstate(invalid="ignore"):
        late = np.diff(farthest[(steps - 1) // 2 :], axis=0)
    cases = [
        (distance[0] == 0.0, Outcome.AT_REST),
        (finite_steps < steps, Outcome.OVERFLOWED),
        (reached_at >= 0, Outcome.REACHED),
        (cycling, Outcome.CYCLING),
        ((late <= 0.0).all(axis=0), Outcome.APPROACHING),
        ((late >= 0.0).all(axis=0), Outcome.GROWING),
    ]
    outcome = np.full(distance.shape[1], Outcome.WANDERING, dtype=object)
    for holds, member in reversed(cases):
        outcome[holds] = member
    return outcome


def _cycling(offset: Array) -> npt.NDArray[np.bool_]:
    """Whether the tail jumps between two points: it repeats, or both sides settle where the distance stays large.

    A slow approach from alternating sides moves as little per step as a cycle does. What tells them apart is where
    they are going: extrapolated as a geometric sequence (Aitken), the approach loses its whole distance and the cycle
    little. Log cosh at α = 2, where the distance falls as 1/√t, is predicted to lose a third.
    """
    tail = offset[-8:]
    distance, changes = np.abs(tail), np.diff(np.sign(tail), axis=0) != 0.0
    cycling = np.zeros(offset.shape[1], dtype=bool)
    if len(distance) >= 3:
        repeats = np.abs(distance[-1] - distance[-3]) <= REPEATS * distance[-1]
        cycling |= repeats & changes[-2:].all(axis=0)
    for last in range(6, len(tail)):  # each side by itself; two changes more, for the way in is not geometric
        cycling |= _settles(*distance[last - 4 : last + 1 : 2]) & changes[last - 6 :].all(axis=0)
    return cycling


def _settles(oldest: Array, older: Array, newest: Array) -> npt.NDArray[np.bool_]:
    change, before = np.abs(newest - older), np.abs(older - oldest)
    return np.asarray(change**2 <= (1.0 - KEEPS) * newest * (before - change))
