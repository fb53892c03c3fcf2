"""|1 − αc(θ)| < 1: what a learning rate does, known before the first step.

A step multiplies the distance from θ* by 1 − αc, with c the mean curvature between θ* and θ. Where αc < 1 the run stays
on its side, where αc < 2 it comes nearer, where αc > 2 it is thrown farther away than it was. So three numbers decide:
the largest c on the way to θ*, the largest c as near to θ* as the start is, and c at θ* itself, which is J″(θ*). Far
away the growth of c decides between a run that diverges and one that cycles for ever.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

import numpy as np

from gdcore.convex_loss import Loss
from gdcore.cycles import linear_tail_cycle, mirrored_cycle
from gdcore.rates import contraction

EQUAL = 1e-9  # a learning rate within this fraction of a limit is taken to be the limit


class Regime(Enum):
    """What theory expects of a run that may go on for ever. The value is the sentence beside it."""

    AT_REST = "Starts at the minimiser."
    ONE_SIDED = "Converges and never changes sides."
    ONE_STEP = "Lands on the minimiser in one step."
    CHANGES_SIDES = "Converges and may change sides."
    CYCLES = "Never settles and stays bounded: a cycle, often of two points."
    DIVERGES = "The distance grows without bound."
    UNDECIDED = "Too large to be safe, small enough to be stable near the minimiser: only the run can tell."


@dataclass(frozen=True)
class Limits:
    """The learning rates at which the regime changes.

    Attributes:
        one_sided: 1/sup c between θ* and the start; up to it no run changes sides.
        converges: 2/sup c as near to θ* as the start; below it the distance shrinks at every step, guaranteed.
        local: 2/J″(θ*); above it θ* repels. inf for θ⁴, 0 for |θ|.
        depends_on_start: whether `converges` is another one for another start.
    """

    one_sided: float
    converges: float
    local: float
    depends_on_start: bool


@dataclass(frozen=True)
class Prediction:
    """What theory expects of one run.

    Attributes:
        regime: see `Regime`.
        contraction: 1 − αJ″(θ*), the factor per step near θ*, sign included; −inf for |θ|.
        limits: see `Limits`.
        cycle: the two points of the cycle where theory gives them, first the one on the side of the start; else None.
    """

    regime: Regime
    contraction: float
    limits: Limits
    cycle: tuple[float, float] | None = None


@lru_cache(maxsize=64)  # a ruler asks once for each of its learning rates
def limits(loss: Loss, start: float) -> Limits:
    """The limits on a constant learning rate for `loss` from `start`.

    Source: for the one with L in place of sup c, Nesterov, Lectures on Convex Optimization, 2018, theorem 2.1.14.

    Raises:
        ValueError: if the start is not finite.
    """
    if not math.isfinite(start):
        raise ValueError(f"got start {start}: it must be finite; start nearer to {loss.minimiser:g}")
    theta, distance = loss.minimiser, abs(start - loss.minimiser)
    on_the_way = loss.steepest_chord(min(start, theta), max(start, theta))
    as_near = loss.steepest_chord(theta - distance, theta + distance)
    at_minimum = loss.curvature_at_minimum
    return Limits(
        one_sided=_divide(1.0, on_the_way),
        converges=_divide(2.0, as_near),
        local=_divide(2.0, at_minimum),
        depends_on_start=not _equal(as_near, at_minimum),
    )


def predict(loss: Loss, start: float, learning_rate: float) -> Prediction:
    """What a run from `start` with a constant learning rate does in the long run.

    Raises:
        ValueError: if the learning rate is not positive and finite, or the start is not finite.
    """
    if not 0.0 < learning_rate < math.inf:
        raise ValueError(f"got learning rate {learning_rate}: it must be positive and finite; choose one such as 0.1")
    known = limits(loss, start)
    regime, cycle = _regime(loss, start, learning_rate, known)
    return Prediction(regime, contraction(loss.curvature_at_minimum, learning_rate), known, cycle)


Fate = tuple[Regime, tuple[float, float] | None]


def _regime(loss: Loss, start: float, learning_rate: float, known: Limits) -> Fate:
    if start == loss.minimiser:
        return Regime.AT_REST, None
    if _lands(loss, start, learning_rate, known):
        return Regime.ONE_STEP, None
    if learning_rate < known.converges and not _equal(learning_rate, known.converges):
        no_change = learning_rate < known.one_sided or _equal(learning_rate, known.one_sided)
        return (Regime.ONE_SIDED if no_change else Regime.CHANGES_SIDES), None
    never_larger = _divide(2.0, loss.growth)
    if never_larger < known.converges or _equal(never_larger, known.converges):  # c is nowhere larger than far away
        return _beyond_where_c_rises(loss, start, learning_rate, known)
    if math.isfinite(loss.linear_beyond):
        cycle = linear_tail_cycle(loss, start, learning_rate)
        return (Regime.CYCLES, cycle) if cycle else (Regime.ONE_SIDED, None)
    return _beyond_where_c_falls(loss, start, learning_rate, known)


def _lands(loss: Loss, start: float, learning_rate: float, known: Limits) -> bool:
    """αc(θ₀) = 1. Where θ* repels, missing it by a rounding error is missing it."""
    near = _equal(learning_rate * float(loss.mean_curvature(start)), 1.0)
    hit = start - learning_rate * float(loss.gradient(start)) == loss.minimiser
    return hit or (near and learning_rate < known.local)


def _beyond_where_c_rises(loss: Loss, start: float, learning_rate: float, known: Limits) -> Fate:
    """Quadratic and θ⁴: c is largest at the start, so what the first step does every later one does, or more.

    The cycle of θ⁴ is one of exact arithmetic only: a rounding error in it grows fivefold at every step.
    """
    if _equal(learning_rate, known.converges):
        return Regime.CYCLES, (start, 2.0 * loss.minimiser - start)
    return Regime.DIVERGES, None


def _beyond_where_c_falls(loss: Loss, start: float, learning_rate: float, known: Limits) -> Fate:
    """Log cosh and softplus: far away every α is small enough, so the run stays bounded."""
    at_local_limit = _equal(learning_rate, known.local)
    if at_local_limit and not known.depends_on_start:
        return Regime.CHANGES_SIDES, None  # αc < 2 everywhere but at θ* itself: it converges, ever more slowly
    if learning_rate > known.local and not at_local_limit:
        return Regime.CYCLES, mirrored_cycle(loss, start, learning_rate)
    return Regime.UNDECIDED, None


def _divide(number: float, by: float) -> float:
    """number/by, with 1/0 = inf and 1/inf = 0."""
    with np.errstate(divide="ignore"):
        return float(np.float64(number) / np.float64(by))


def _equal(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=EQUAL)  # an infinite limit equals only itself
