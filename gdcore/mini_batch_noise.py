"""E e² ← a·E e² + b, e = θ − θ*: what mini-batches do to the squared distance, exactly and on average.

For J(θ; x, y) = 1/(2N) Σ (θx − y)² the gradient on a mini-batch is h·e + g: h = mean(x²) over the batch has mean λ and
variance v, g = mean(x(θ*x − y)) has mean 0 and variance s², and c is their covariance. One step with learning rate α
leaves

    E e   ← (1 − αλ) E e
    E e²  ← a E e² + 2α²c E e + b,        a = (1 − αλ)² + α²v,  b = α²s².

Where a < 1 the first moment dies out, c with it, and E e² ends at b/(1 − a). So far from θ* the noise is larger than at
θ*, by the term with v, and a learning rate can be too large for it long before 2/λ.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gdcore.convex_loss import Array
from gdcore.losses import least_squares
from gdcore.rates import gradient_noise_variance, noise_floor


@dataclass(frozen=True)
class MiniBatchNoise:
    """The moments of a mini-batch of m samples drawn without replacement from N.

    Attributes:
        curvature: λ = mean(x²) over all samples.
        curvature_variance: v, of the curvature h of a mini-batch.
        gradient_variance: s², of the gradient of a mini-batch at θ*.
        covariance: c, of the two.
    """

    curvature: float
    curvature_variance: float
    gradient_variance: float
    covariance: float

    @property
    def effective_curvature(self) -> float:
        """E h²/λ = λ + v/λ: with it in place of λ the textbook formulas for limit and floor hold exactly."""
        return self.curvature + self.curvature_variance / self.curvature

    @property
    def mean_square_limit(self) -> float:
        """2λ/(λ² + v): a < 1, and E e² has a limit, for all smaller α. Gaussian x with m = 1: 0.667/λ.

        Typical runs may still come nearer above it: what grows is the mean, carried by rare, huge excursions.
        """
        return 2.0 / self.effective_curvature


@dataclass(frozen=True)
class Floor:
    """Where the mean excess loss of constant learning rates stops falling, shape (A,); inf where it does not.

    Attributes:
        exact: λb/(2(1 − a)) = αs²/(2(2 − α(λ + v/λ))).
        simple: αs²/(2(2 − αλ)), with noise that is the same everywhere; never above the exact one.
    """

    exact: Array
    simple: Array


def mini_batch_noise(x: npt.ArrayLike, y: npt.ArrayLike, batch: int) -> MiniBatchNoise:
    """The moments for samples x, y of shape (N,) and batches of 1 ≤ m ≤ N; the full batch has no noise.

    Raises:
        ValueError: if x and y are not fit for `least_squares`, or not 1 ≤ m ≤ N.
    """
    loss = least_squares(x, y)
    curvatures, gradients = sample_terms(x, y)
    spread = gradient_noise_variance(1.0, batch, curvatures.size)
    return MiniBatchNoise(
        curvature=loss.curvature_at_minimum,
        curvature_variance=spread * float(np.mean(curvatures**2)),
        gradient_variance=spread * float(np.mean(gradients**2)),
        covariance=spread * float(np.mean(curvatures * gradients)),
    )


def sample_terms(x: npt.ArrayLike, y: npt.ArrayLike) -> tuple[Array, Array]:
    """x² − λ and x(θ*x − y) of every sample, shapes (N,): by how much it differs from the mean, at θ*."""
    loss = least_squares(x, y)
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    return x * x - loss.curvature_at_minimum, x * (loss.minimiser * x - y)


def predicted_floor(noise: MiniBatchNoise, learning_rates: npt.ArrayLike) -> Floor:
    """The floor of each constant learning rate α, a number or shape (A,).

    Raises:
        ValueError: if a learning rate is not positive and finite.
    """
    rates = np.atleast_1d(np.asarray(learning_rates, dtype=np.float64))
    if not ((rates > 0.0) & (rates < math.inf)).all():
        raise ValueError(f"got learning rates {rates}: they must be positive and finite; choose some such as 0.1")
    exact = [_floor_or_none(rate, noise.effective_curvature, noise.gradient_variance) for rate in rates]
    simple = [_floor_or_none(rate, noise.curvature, noise.gradient_variance) for rate in rates]
    return Floor(np.array(exact), np.array(simple))


def expected_excess(noise: MiniBatchNoise, offset: float, learning_rates: Array) -> Array:
    """E J(θ_t) − J(θ*) over all mini-batches, shape (T + 1, S): the curve that a mean over seeds tends to.

    Args:
        noise: the moments.
        offset: θ₀ − θ*.
        learning_rates: the table α(t), shape (T, S).

    Raises:
        ValueError: if the table has another number of dimensions.
    """
    if learning_rates.ndim != 2:
        raise ValueError(f"got learning rates of shape {learning_rates.shape}: give a table (T, S)")
    first = np.full(learning_rates.shape[1], float(offset))
    square = np.empty((len(learning_rates) + 1, first.size))
    with np.errstate(over="ignore", invalid="ignore"):
        square[0] = first**2
        for t, rate in enumerate(learning_rates):
            a = (1.0 - rate * noise.curvature) ** 2 + rate**2 * noise.curvature_variance
            pushed = rate**2 * (2.0 * noise.covariance * first + noise.gradient_variance)
            square[t + 1] = a * square[t] + pushed
            first = (1.0 - rate * noise.curvature) * first
        return np.asarray(0.5 * noise.curvature * square)


def _floor_or_none(rate: float, curvature: float, variance: float) -> float:
    return noise_floor(rate, curvature, variance) if rate * curvature < 2.0 else math.inf
