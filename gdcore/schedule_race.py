"""Which α(t) ends lowest? Seven schedules and the best constant on the same mini-batches, beside what theory expects.

A small constant α creeps, a large one stops at its floor. The other five start from the large one and shrink. The fair
rival of them all is the constant that theory expects to end lowest after T updates with this noise: without noise it
is 1/λ, which needs one step.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from gdcore.convex_loss import Array
from gdcore.descent import Integers
from gdcore.losses import least_squares
from gdcore.mini_batch_noise import MiniBatchNoise, expected_excess, mini_batch_noise
from gdcore.schedules import Schedule, constant, cosine, exponential, inverse_time, step_decay, warmup_cosine
from gdcore.stochastic_descent import descend_on_batches

SCHEDULES = ("small", "large", "step", "exponential", "inverse_time", "cosine", "warmup", "best")
HALVINGS = 5  # of the step schedule within T updates
WARMUP = 0.08  # of the T updates
QUIET = 1e-20  # variance s² of the gradient noise, relative to the squared slope at the start, that is rounding
GRID = 65  # constant learning rates among which the best is sought, twice


@dataclass(frozen=True)
class Plan:
    """The learning rates of the eight schedules, in units of 1/λ, for T updates."""

    small: float
    large: float
    best: float
    steps: int

    @property
    def every(self) -> int:
        """Updates from one halving of the step schedule to the next."""
        return math.ceil(self.steps / (HALVINGS + 1))

    @property
    def rate(self) -> float:
        """What an update of the exponential multiplies α by: the last one has `small`. 1 where `small` is no less."""
        return float(min(1.0, (self.small / self.large) ** (1.0 / max(1, self.steps - 1))))

    @property
    def warmup(self) -> int:
        """Updates of rising before the cosine."""
        return min(max(1, round(WARMUP * self.steps)), self.steps - 1)

    def schedules(self, curvature: float = 1.0) -> dict[str, Schedule]:
        """α(t) by the names in SCHEDULES. 1/t is 1/(λ(t + t₀)) with t₀ such that it starts at `large`."""
        large = self.large / curvature
        return {
            "small": constant(self.small / curvature),
            "large": constant(large),
            "step": step_decay(large, 0.5, self.every),
            "exponential": exponential(large, self.rate),
            "inverse_time": inverse_time(1.0 / curvature, 1.0 / self.large),
            "cosine": cosine(large, self.steps),
            "warmup": warmup_cosine(large, self.warmup, self.steps),
            "best": constant(self.best / curvature),
        }


@dataclass(frozen=True)
class Race:
    """The record of the S = 8 schedules, R runs of T updates each, without the single points.

    Attributes:
        plan: the schedules.
        noise: the moments of the mini-batches.
        offset: θ₀ − θ*.
        learning_rates: α(t), shape (T + 1, S); the last row is what one more update would take.
        mean: of J − J* over the runs, shape (T + 1, S); inf from where a run left float64.
        band: its 10 % and 90 % quantiles over the runs, shape (2, T + 1, S).
        expected: the same mean by theory, over all mini-batches, shape (T + 1, S).
        late: mean of J − J* over the last quarter of the updates, of each run, shape (S, R).
        reached_at: the step from which on every run stays within a millionth of the start, shape (S,); −1 if never.
        finite_steps: the last step until which every run is finite, shape (S,).
    """

    plan: Plan
    noise: MiniBatchNoise
    offset: float
    learning_rates: Array
    mean: Array
    band: Array
    expected: Array
    late: Array
    reached_at: Integers
    finite_steps: Integers

    @property
    def settles(self) -> bool:
        """Whether noise remains at θ*, so that a constant learning rate has a floor."""
        return not is_quiet(self.noise, self.offset)

    @property
    def remaining(self) -> Array:
        """∏|1 − α(t)λ| over the T updates, shape (S,): the part of the first distance that is not yet covered."""
        return np.asarray(np.abs(1.0 - self.learning_rates[:-1] * self.noise.curvature).prod(axis=0))


def race(
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    plan: Plan,
    batch: int,
    runs: int,
    *,
    rng: np.random.Generator,
) -> Race:
    """Run the eight schedules from the loss's own start; the r-th run of each sees the same mini-batches.

    Args:
        x, y: samples, shapes (N,), without gaps.
        plan: what to run; its `best` is replaced by `best_constant`.
        batch: m, from 1 to N; N is gradient descent without noise.
        runs: R ≥ 1.
        rng: source of the mini-batches.

    Raises:
        ValueError: as `descend_on_batches` does.
    """
    loss, noise = least_squares(x, y), mini_batch_noise(x, y, batch)
    offset = loss.start - loss.minimiser
    plan = replace(plan, best=best_constant(noise, offset, plan.steps))
    schedules = list(plan.schedules(noise.curvature).values())
    record = descend_on_batches(x, y, loss.start, schedules, plan.steps, batch, runs, rng=rng)
    beyond = np.array([[float(schedule(plan.steps)) for schedule in schedules]])
    with np.errstate(over="ignore", invalid="ignore"):
        late = record.excess[plan.steps - (plan.steps - 1) // 4 :].mean(axis=0)
    return Race(
        plan,
        noise,
        offset,
        np.concatenate([record.learning_rates, beyond]),
        _beyond_float64(record.mean),
        _beyond_float64(record.band),
        _beyond_float64(expected_excess(noise, offset, record.learning_rates)),
        _beyond_float64(late),
        record.reached_at,
        record.finite_steps,
    )


def is_quiet(noise: MiniBatchNoise, offset: float) -> bool:
    """Whether the gradient at θ* is the same on every mini-batch, but for rounding: the full batch, a perfect fit."""
    return noise.gradient_variance <= QUIET * (noise.curvature * offset) ** 2


def best_constant(noise: MiniBatchNoise, offset: float, steps: int) -> float:
    """The constant learning rate of the lowest E J(θ_T) − J(θ*), in units of 1/λ, to three digits.

    Without noise at θ* it is λ²/(λ² + v): 1 for the full batch. Starting at θ* it would be 0: the smallest sought.

    Args:
        noise: the moments.
        offset: θ₀ − θ*.
        steps: T ≥ 1.
    """
    if is_quiet(noise, offset):
        return _three_digits(noise.curvature / noise.effective_curvature)
    low, high = 0.1 / steps, 0.999 * noise.mean_square_limit * noise.curvature
    for _ in range(2):
        rates = np.geomspace(low, high, GRID)
        table = np.broadcast_to(rates / noise.curvature, (steps, GRID))
        best = int(expected_excess(noise, offset, table)[-1].argmin())
        low, high = rates[max(best - 1, 0)], rates[min(best + 1, GRID - 1)]
    return _three_digits(float(rates[best]))


def _three_digits(rate: float) -> float:
    return float(f"{rate:.3g}")


def _beyond_float64(excess: Array) -> Array:
    return np.where(np.isnan(excess), np.inf, excess)
