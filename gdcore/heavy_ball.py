"""v ← βv + ∂J/∂θ, θ ← θ − αv: gradient descent on a bowl with momentum β (Polyak's heavy ball); β = 0 is without.

Along an eigen-direction of curvature λ the distance c from θ* obeys c_{t+1} = (1 + β − αλ) c_t − β c_{t−1}, so it is
made of powers of the two roots of z² − (1 + β − αλ) z + β. It shrinks for 0 < αλ < 2(1 + β). As the directions have
nothing to do with each other, a run is computed along them, where each keeps all its digits however unlike the others
it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
import numpy.typing as npt

from gdcore.bowl import Bowl
from gdcore.convex_loss import Array
from gdcore.descent import Integers, rate_table
from gdcore.schedules import Schedule


class Roll(Enum):
    """What a run of T steps did. The value is the sentence beside it."""

    AT_REST = "Started at the minimiser and stayed there."
    REACHED = "Came within the tolerance of the smallest loss, and stayed within it to the end."
    SHRINKING = "Nearer to the minimiser in every direction than in the first half of the run, but not there yet."
    LEVEL = "In some direction no nearer and no farther: at its limit, or so flat that T steps do not show."
    GROWING = "Farther from the minimiser, in some direction, than in the first half of the run."
    OVERFLOWED = "Left the range of float64 (about 1.8e308)."


@dataclass(frozen=True)
class BowlDescent:
    """The record of A runs of T steps each on one bowl of d parameters.

    Attributes:
        points: θ_t, shape (T + 1, A, d); beyond float64 inf, then nan.
        components: θ_t − θ* along each eigen-direction, shape (T + 1, A, d).
        learning_rates: α(t), shape (T, A).
        excess: J(θ_t) − J(θ*), shape (T + 1, A).
        outcome: one `Roll` per run, shape (A,), dtype object.
        reached_at: the step from which on the excess stays within the tolerance, shape (A,); −1 if never.
        finite_steps: the last step before which, and at which, θ and the excess are finite, shape (A,).
    """

    points: Array
    components: Array
    learning_rates: Array
    excess: Array
    outcome: npt.NDArray[np.object_]
    reached_at: Integers
    finite_steps: Integers


def roll(
    bowl: Bowl,
    start: npt.ArrayLike,
    learning_rates: npt.ArrayLike | Schedule,
    steps: int,
    momentum: float = 0.0,
    tolerance: float = 1e-6,
) -> BowlDescent:
    """T steps from rest, once for each of A learning rates.

    Args:
        bowl: the loss.
        start: θ₀, shape (d,).
        learning_rates: constants (A,), a schedule t → α(t), or a table (T, A), as for `descent.descend`.
        steps: T ≥ 1.
        momentum: 0 ≤ β < 1.
        tolerance: a run has reached θ* when its excess loss is at most this fraction of the excess at the start.

    Raises:
        ValueError: if a learning rate is not admissible, `start` does not fit or its loss is beyond float64, or a
            number is out of its range.
    """
    begin = components_at(bowl, start)
    require_fractions(tolerance, momentum)
    rates = rate_table(learning_rates, steps)
    components = np.empty((steps + 1, rates.shape[1], begin.size))
    components[0] = begin
    velocity = np.zeros_like(components[0])
    with np.errstate(over="ignore", invalid="ignore"):
        for t in range(steps):
            velocity = momentum * velocity + bowl.curvatures * components[t]
            np.subtract(components[t], rates[t, :, np.newaxis] * velocity, out=components[t + 1])
        excess = 0.5 * (bowl.curvatures * components**2).sum(axis=2)
        points = bowl.minimiser + components @ bowl.directions.T
    points[0] = start
    finite = np.isfinite(excess) & np.isfinite(points).all(axis=2)
    finite_steps = np.where(finite.all(axis=0), steps + 1, finite.argmin(axis=0)) - 1
    stays = np.logical_and.accumulate((excess <= tolerance * excess[0])[::-1])[::-1]
    reached_at = np.where(stays.any(axis=0), stays.argmax(axis=0), -1)
    outcome = _outcome(components[..., bowl.curvatures > 0.0], finite_steps < steps, reached_at >= 0)
    return BowlDescent(points, components, rates, excess, outcome, reached_at, finite_steps)


def components_at(bowl: Bowl, start: npt.ArrayLike) -> Array:
    """θ₀ − θ* along each eigen-direction, shape (d,).

    Raises:
        ValueError: if `start` is not a point of the bowl, or its loss is beyond float64.
    """
    theta = np.asarray(start, dtype=np.float64)
    if theta.shape != bowl.minimiser.shape or not np.isfinite(bowl.excess(theta)):
        raise ValueError(f"got start {theta}: give {bowl.minimiser.size} numbers whose loss is within float64")
    return bowl.components(theta)


def require_fractions(tolerance: float, momentum: float) -> None:
    """Refuse a tolerance outside (0, 1) and a momentum outside [0, 1), by ValueError."""
    if not 0.0 < tolerance < 1.0:
        raise ValueError(f"got tolerance {tolerance}: it must lie strictly between 0 and 1; 1e-6 is usual")
    if not 0.0 <= momentum < 1.0:
        raise ValueError(f"got momentum {momentum}: it must lie in [0, 1); 0.9 is usual")


def _outcome(
    components: Array, overflowed: npt.NDArray[np.bool_], reached: npt.NDArray[np.bool_]
) -> npt.NDArray[np.object_]:
    """The outcome per run, in order of precedence, from the components of shape (T + 1, A, d) that are not flat."""
    steps, distance = len(components) - 1, np.abs(components)
    with np.errstate(invalid="ignore"):
        before, after = distance[: steps // 2 + 1].max(axis=0), distance[steps // 2 + 1 :].max(axis=0)
        rounding = 4.0 * steps * np.spacing(before)
        cases = [
            ((distance[0] == 0.0).all(axis=1), Roll.AT_REST),
            (overflowed, Roll.OVERFLOWED),
            (reached, Roll.REACHED),
            ((after > before + rounding).any(axis=1), Roll.GROWING),
            (((after >= before - rounding) & (before > 0.0)).any(axis=1), Roll.LEVEL),
        ]
    outcome = np.full(components.shape[1], Roll.SHRINKING, dtype=object)
    for holds, member in reversed(cases):
        outcome[holds] = member
    return outcome
