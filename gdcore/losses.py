"""J(θ) = ½λθ², log cosh θ, θ⁴, |θ| …: the convex losses of the first lab, one function each.

They differ in how the mean curvature c(θ) = J′(θ)/(θ − θ*) behaves with distance, and that decides what a large
learning rate does: constant (quadratic, least squares), falling (log cosh, Huber, softplus in the end, |θ|) or rising
(θ⁴).
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from gdcore.convex_loss import Array, Loss, float64_range
from gdcore.logistic import softplus

__all__ = ["ALL_LOSSES", "Loss", "absolute", "huber", "least_squares", "log_cosh", "quadratic", "quartic", "softplus"]


def quadratic(curvature: float = 1.0) -> Loss:
    """J = ½λθ²: c = λ everywhere, so θ_t = (1 − αλ)^t θ₀. (With J = λθ² every limit on α would halve.)

    Raises:
        ValueError: if the curvature λ is not positive and finite.
    """
    _require_positive("curvature", curvature)
    return _parabola("quadratic", curvature, minimiser=0.0, minimum=0.0, start=2.5)


def least_squares(x: npt.ArrayLike, y: npt.ArrayLike) -> Loss:
    """J = 1/(2m) Σ (θx_j − y_j)² for one θ: a parabola with curvature mean(x²) and θ* = Σxy/Σx².

    With 1/m in place of 1/(2m), as many libraries have it, the curvature doubles and every limit on α halves.

    Args:
        x, y: samples, shapes (m,), without gaps.

    Raises:
        ValueError: if the shapes differ, a sample is not finite, or every x is zero.
    """
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if x.ndim != 1 or x.shape != y.shape or x.size == 0:
        raise ValueError(f"got shapes {x.shape} and {y.shape}: x and y must be columns of equal length (m,), m ≥ 1")
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise ValueError("got a sample that is not finite: drop the rows with gaps first (`samples.complete`)")
    _require_positive("mean of x²", curvature := float(np.mean(x * x)))
    minimiser = float(np.mean(x * y)) / curvature
    minimum = float(np.mean((minimiser * x - y) ** 2)) / 2.0
    return _parabola("least_squares", curvature, minimiser, minimum, start=0.0 if minimiser else 1.0)


def _parabola(name: str, curvature: float, minimiser: float, minimum: float, start: float) -> Loss:
    def offset(theta: npt.ArrayLike) -> Array:
        return np.asarray(theta, dtype=np.float64) - minimiser

    @float64_range
    def excess(theta: npt.ArrayLike) -> Array:
        return np.asarray(0.5 * curvature * offset(theta) ** 2)

    @float64_range
    def gradient(theta: npt.ArrayLike) -> Array:
        return np.asarray(curvature * offset(theta))

    reach = 1.2 * abs(start - minimiser)
    return Loss(
        name,
        gradient=gradient,
        curvature=lambda theta: np.full_like(theta, curvature, dtype=np.float64),
        excess=excess,
        minimiser=minimiser,
        curvature_bounds=(curvature, curvature),
        growth=curvature,
        window=(minimiser - reach, minimiser + reach),
        start=start,
        learning_rate=0.3 / curvature,
        minimum=minimum,
        turning_point=minimiser,
    )


def log_cosh() -> Loss:
    """J = log cosh θ: a parabola near 0, |θ| − log 2 far away; c = tanh θ/θ falls from 1 to 0, so L = 1."""

    @float64_range
    def excess(theta: npt.ArrayLike) -> Array:
        size = np.abs(np.asarray(theta, dtype=np.float64))
        near = np.log1p(2.0 * np.sinh(0.5 * np.minimum(size, 1.0)) ** 2)
        return np.where(size < 1.0, near, size + np.log1p(np.exp(-2.0 * size)) - math.log(2.0))

    @float64_range
    def curvature(theta: npt.ArrayLike) -> Array:
        return np.asarray(1.0 / np.cosh(theta) ** 2)  # 1 − tanh² would be rounding noise for |θ| > 18

    return Loss(
        "log_cosh",
        gradient=lambda theta: np.asarray(np.tanh(theta)),
        curvature=curvature,
        excess=excess,
        minimiser=0.0,
        curvature_bounds=(0.0, 1.0),
        growth=0.0,
        window=(-4.0, 4.0),
        start=3.0,
        learning_rate=0.5,
    )


def huber(threshold: float = 1.0) -> Loss:
    """J = ½θ² for |θ| ≤ δ, δ(|θ| − ½δ) beyond: c = min(1, δ/|θ|), L = 1.

    Raises:
        ValueError: if the threshold δ is not positive and finite.
    """
    _require_positive("threshold", threshold)

    @float64_range
    def excess(theta: npt.ArrayLike) -> Array:
        size = np.abs(np.asarray(theta, dtype=np.float64))
        return np.where(size <= threshold, 0.5 * size**2, threshold * (size - 0.5 * threshold))

    return Loss(
        "huber",
        gradient=lambda theta: np.clip(np.asarray(theta, dtype=np.float64), -threshold, threshold),
        curvature=lambda theta: np.where(np.abs(theta) <= threshold, 1.0, 0.0),
        excess=excess,
        minimiser=0.0,
        curvature_bounds=(0.0, 1.0),
        growth=0.0,
        window=(-4.0 * threshold, 4.0 * threshold),
        start=3.0 * threshold,
        learning_rate=0.5,
        linear_beyond=threshold,
    )


def quartic() -> Loss:
    """J = θ⁴: c = 4θ² has no bound, so every learning rate is too large from far enough; J″(θ*) = 0: slow near 0."""

    @float64_range
    def power(theta: npt.ArrayLike, factor: float, exponent: int) -> Array:
        return np.asarray(factor * np.asarray(theta, dtype=np.float64) ** exponent)

    return Loss(
        "quartic",
        gradient=lambda theta: power(theta, 4.0, 3),
        curvature=lambda theta: power(theta, 12.0, 2),
        excess=lambda theta: power(theta, 1.0, 4),
        minimiser=0.0,
        curvature_bounds=(0.0, math.inf),
        growth=math.inf,
        window=(-2.0, 2.0),
        start=1.5,
        learning_rate=0.1,
    )


def absolute() -> Loss:
    """J = |θ|, with sign θ for its gradient (0 at 0): c = 1/|θ| has no bound near 0, so no constant α settles."""
    return Loss(
        "absolute",
        gradient=lambda theta: np.sign(np.asarray(theta, dtype=np.float64)),
        curvature=lambda theta: np.where(np.asarray(theta) == 0.0, math.inf, 0.0),
        excess=lambda theta: np.abs(np.asarray(theta, dtype=np.float64)),
        minimiser=0.0,
        curvature_bounds=(0.0, math.inf),
        growth=0.0,
        window=(-4.0, 4.0),
        start=3.0,
        learning_rate=0.4,
        linear_beyond=0.0,
    )


def _require_positive(name: str, number: float) -> None:
    if not 0.0 < number < math.inf:
        raise ValueError(f"got {name} {number}: it must be positive and finite; choose one such as 1")


ALL_LOSSES: dict[str, Callable[..., Loss]] = {
    "quadratic": quadratic,
    "log_cosh": log_cosh,
    "huber": huber,
    "softplus": softplus,
    "quartic": quartic,
    "absolute": absolute,
}
