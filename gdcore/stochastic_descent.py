"""θ ← θ − α(t) · 1/m Σ x(θx − y) over m samples drawn anew at every step: stochastic gradient descent.

The samples are drawn without replacement, so a mini-batch of all N of them is the whole data set: gradient descent
without noise. Every schedule is run R times, and the r-th run of each sees the same mini-batches: what differs between
two schedules is then the schedules and not luck.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
import numpy.typing as npt

from gdcore.convex_loss import Array
from gdcore.descent import Integers, rate_table
from gdcore.losses import least_squares
from gdcore.mini_batch_noise import sample_terms
from gdcore.schedules import Schedule

DECK = 1_000_000  # row numbers that are shuffled at a time: more would not fit the processor's cache


class NoisyOutcome(Enum):
    """What R runs of T steps with one schedule did together. The value is the sentence beside it."""

    AT_REST = "Every run started at the minimiser and stayed there."
    REACHED = "Every run came within the tolerance of the smallest loss, and stayed within it to the end."
    LOWER = "The mean loss over the last quarter is lower than at the start, but not within the tolerance."
    NOT_LOWER = "The mean loss over the last quarter is no lower than at the start."
    OVERFLOWED = "A run left the range of float64 (about 1.8e308)."


@dataclass(frozen=True)
class StochasticDescent:
    """The record of S schedules with R runs of T steps each.

    Attributes:
        points: θ_t, shape (T + 1, S, R); beyond float64 inf, then nan.
        learning_rates: α(t), shape (T, S).
        excess: J(θ_t) − J(θ*) over all samples, shape (T + 1, S, R).
        mean: of the excess over the runs, shape (T + 1, S).
        band: its quantiles over the runs, lower and upper, shape (2, T + 1, S).
        outcome: one `NoisyOutcome` per schedule, shape (S,), dtype object.
        reached_at: the step from which on every run stays within the tolerance, shape (S,); −1 if never.
        finite_steps: the last step before which, and at which, every run is finite, shape (S,).
    """

    points: Array
    learning_rates: Array
    excess: Array
    mean: Array
    band: Array
    outcome: npt.NDArray[np.object_]
    reached_at: Integers
    finite_steps: Integers


def descend_on_batches(
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    start: float,
    schedules: Sequence[Schedule],
    steps: int,
    batch: int,
    runs: int = 20,
    tolerance: float = 1e-6,
    quantiles: tuple[float, float] = (0.1, 0.9),
    *,
    rng: np.random.Generator,
) -> StochasticDescent:
    """R runs of T steps of stochastic gradient descent on J(θ; x, y), for each of S schedules.

    Args:
        x, y: samples, shapes (N,), without gaps.
        start: θ₀.
        schedules: S functions t → α(t); `schedules.constant` for a constant learning rate.
        steps: T ≥ 1.
        batch: m, from 1 to N. With m = N the points are those of `descent.descend`, digit by digit.
        runs: R ≥ 1.
        tolerance: a run has reached θ* when its excess loss is at most this fraction of the excess at the start.
        quantiles: the lower and the upper edge of the band.
        rng: source of the mini-batches.

    Raises:
        ValueError: if x and y are not fit for `least_squares`, a number is out of its range, a schedule gives a rate
            that is negative or not finite, or the loss at the start is beyond float64.
    """
    loss = least_squares(x, y)
    curvatures, gradients = sample_terms(x, y)
    _require_counts(batch, curvatures.size, runs, schedules)
    _require_fractions(tolerance, quantiles)
    if not np.isfinite(loss.excess(start)):
        raise ValueError(f"got start {start}: its loss must be within float64; start nearer to {loss.minimiser:g}")
    rates = np.concatenate([rate_table(schedule, steps) for schedule in schedules], axis=1)
    terms = np.stack([curvatures, gradients], axis=1)
    differs = batch_means(terms, batch, steps * runs, rng=rng).reshape(steps, 1, runs, 2)
    points = np.empty((steps + 1, rates.shape[1], runs))
    points[0] = start
    with np.errstate(over="ignore", invalid="ignore"):
        curvature = loss.curvature_at_minimum + differs[..., 0]
        for t in range(steps):
            gradient = curvature[t] * (points[t] - loss.minimiser) + differs[t, ..., 1]
            np.subtract(points[t], rates[t, :, np.newaxis] * gradient, out=points[t + 1])
    return _record(points, rates, loss.excess(points), tolerance, quantiles)


def batch_means(terms: Array, batch: int, count: int, *, rng: np.random.Generator) -> Array:
    """Means of `terms` over `count` independent mini-batches, shape (count, k), drawn without replacement.

    The first m cards of a deck that is shuffled as far as needed (Fisher and Yates) are a mini-batch whatever order
    the deck was in, so it need not be put in order again. Of the batch and its complement the smaller is drawn.

    Args:
        terms: k numbers for every sample, each with mean 0 over all of them, shape (N, k).
        batch: m, from 1 to N.
        count: the number of mini-batches.
        rng: source of the mini-batches.
    """
    n = len(terms)
    drawn, sign = (batch, 1.0) if 2 * batch <= n else (n - batch, -1.0)
    decks = min(count, max(DECK // n, 64))
    deck = np.repeat(np.arange(n, dtype=np.int32)[:, np.newaxis], decks, axis=1)
    sums = np.zeros((terms.shape[1], count))
    for first in range(0, count, decks):
        total = sums[:, first : first + decks]  # the last slice may be short
        column = np.arange(total.shape[1])
        for card in range(drawn):
            other = rng.integers(card, n, size=column.size)
            chosen = deck[other, column]
            deck[other, column] = deck[card, : column.size]
            deck[card, : column.size] = chosen
            for k, term in enumerate(terms.T):
                total[k] += term[chosen]
    return np.asarray(sign * sums.T / batch)


def _record(
    points: Array, rates: Array, excess: Array, tolerance: float, quantiles: tuple[float, float]
) -> StochasticDescent:
    with np.errstate(over="ignore", invalid="ignore"):
        mean = excess.mean(axis=2)
        band = np.quantile(excess, quantiles, axis=2)
    steps = len(rates)
    broken = ~(np.isfinite(points) & np.isfinite(excess)).all(axis=2)
    finite_steps = np.where(broken.any(axis=0), broken.argmax(axis=0), steps + 1) - 1
    within = (excess <= tolerance * excess[0]).all(axis=2)
    stays = np.logical_and.accumulate(within[::-1])[::-1]
    reached_at = np.where(stays.any(axis=0), stays.argmax(axis=0), -1)
    outcome = np.full(rates.shape[1], NoisyOutcome.NOT_LOWER, dtype=object)
    with np.errstate(over="ignore", invalid="ignore"):
        outcome[mean[steps - (steps - 1) // 4 :].mean(axis=0) < mean[0]] = NoisyOutcome.LOWER
    outcome[reached_at >= 0] = NoisyOutcome.REACHED
    outcome[finite_steps < steps] = NoisyOutcome.OVERFLOWED
    outcome[(excess == 0.0).all(axis=(0, 2))] = NoisyOutcome.AT_REST
    return StochasticDescent(points, rates, excess, mean, band, outcome, reached_at, finite_steps)


def _require_counts(batch: int, n: int, runs: int, schedules: Sequence[Schedule]) -> None:
    if not 1 <= batch <= n or batch != int(batch):
        raise ValueError(f"got a batch of {batch} from {n} samples: it must have between 1 and {n}")
    if runs < 1 or runs != int(runs):
        raise ValueError(f"got {runs} runs: at least 1 is needed, and a whole number of them; 20 show a mean")
    if not schedules:
        raise ValueError("got no schedules: at least one is needed; `schedules.constant(0.1)` is one")


def _require_fractions(tolerance: float, quantiles: tuple[float, float]) -> None:
    if not 0.0 < tolerance < 1.0:
        raise ValueError(f"got tolerance {tolerance}: it must lie strictly between 0 and 1; 1e-6 is usual")
    if not 0.0 <= quantiles[0] <= quantiles[1] <= 1.0:
        raise ValueError(f"got quantiles {quantiles}: they must ascend within [0, 1]; (0.1, 0.9) is usual")
