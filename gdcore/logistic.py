"""J(θ) = log(1 + e^θ) − pθ: logistic regression with a single weight.

J′ = σ(θ) − p, so the minimiser is the weight at which the predicted chance σ(θ) equals the observed one, p. Curvature
is largest at θ = 0, not at the minimiser (unless p = ½): a learning rate may be too large on the way and yet small
enough at the end, which is why this loss has a guaranteed limit and a larger local one.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from gdcore.convex_loss import Array, Function, Loss, float64_range


def softplus(p: float = 0.9) -> Loss:
    """J = log(1 + e^θ) − pθ: logistic regression with one weight; θ* = log(p/(1 − p)), L = ¼, J″(θ*) = p(1 − p).

    The minimum is not where the loss is steepest unless p = ½: the local limit on α is then larger than 2/L.

    Raises:
        ValueError: if p is not strictly between 0 and 1.
    """
    if not 0.0 < p < 1.0:
        raise ValueError(f"got p = {p}: it must lie strictly between 0 and 1; else there is no minimiser")
    minimiser = math.log(p) - math.log1p(-p)
    gradient, curvature = _softplus_gradient(p, minimiser), _softplus_curvature
    return Loss(
        "softplus",
        gradient=gradient,
        curvature=curvature,
        excess=_softplus_excess(p, minimiser),
        minimiser=minimiser,
        curvature_bounds=(0.0, 0.25),
        growth=0.0,
        window=(min(-6.0, minimiser - 4.0), max(6.0, minimiser + 4.0)),
        start=math.copysign(3.0, -minimiser),
        learning_rate=2.0,
        minimum=-p * math.log(p) - (1.0 - p) * math.log1p(-p),
        turning_point=_tangent_point(gradient, curvature, minimiser),
    )


def _softplus_gradient(p: float, minimiser: float) -> Function:
    @float64_range
    def gradient(theta: npt.ArrayLike) -> Array:
        """σ(θ) − p, written in d = θ − θ* so that nothing cancels."""
        offset = np.asarray(theta, dtype=np.float64) - minimiser
        weight = np.where(offset > 0.0, 1.0 - p, p)  # of the side on which θ lies
        covered = -np.expm1(-np.abs(offset))  # 1 − e^{−|d|}
        return np.asarray(np.sign(offset) * p * (1.0 - p) * covered / (1.0 - weight * covered))

    return gradient


def _softplus_curvature(theta: npt.ArrayLike) -> Array:
    small = np.exp(-np.abs(np.asarray(theta, dtype=np.float64)))  # at most 1: nothing overflows
    return np.asarray(small / (1.0 + small) ** 2)


def _softplus_excess(p: float, minimiser: float) -> Function:
    variance, skew = p * (1.0 - p), 1.0 - 2.0 * p
    cumulants = (  # of a coin that shows 1 with chance p: the Taylor series of the excess in d
        variance,
        variance * skew,
        variance * (1.0 - 6.0 * variance),
        variance * skew * (1.0 - 12.0 * variance),
        variance * (1.0 - 30.0 * variance + 120.0 * variance**2),
    )
    coefficients = [cumulant / math.factorial(k) for k, cumulant in enumerate(cumulants, start=2)]

    @float64_range
    def excess(theta: npt.ArrayLike) -> Array:
        """log(1 + p(e^d − 1)) − pd, d = θ − θ*; for d > 0 mirrored, which exchanges p and 1 − p."""
        offset = np.asarray(theta, dtype=np.float64) - minimiser
        weight, size = np.where(offset > 0.0, 1.0 - p, p), np.abs(offset)
        far = np.log1p(weight * np.expm1(-size)) + weight * size
        near = np.clip(offset, -0.01, 0.01)
        series = near**2 * np.polynomial.polynomial.polyval(near, coefficients)
        return np.where(size < 0.01, series, far)

    return excess


def _tangent_point(gradient: Function, curvature: Function, minimiser: float) -> float:
    """Where c is steepest: J″(θ)(θ − θ*) = J′(θ), between 0 and the mirror image of θ*; found by bisection."""
    inner, outer = 0.0, -minimiser
    for _ in range(100):
        middle = 0.5 * (inner + outer)
        if float(curvature(middle)) > float(gradient(middle)) / (middle - minimiser or 1.0):
            inner = middle
        else:
            outer = middle
    return inner
