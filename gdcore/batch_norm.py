"""x̂ = (x − μ)/s, s = √(σ² + ε), y = γx̂ + β: batch normalisation, forward and backward.

Every unit is measured over the batch, and its mean is taken out and its spread divided away: what is left is the shape.
Because μ and s depend on the batch, the gradient goes back through them too. That takes its mean and its part along x̂
out of the gradient, and divides it by s as well:

    ∂L/∂x = (1/s) [g − mean(g) − x̂ · mean(g · x̂)],  g = γ · ∂L/∂y.

Source: Ioffe and Szegedy, "Batch normalization", ICML 2015, arXiv:1502.03167.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gdcore.block_scaled import scaled_by
from gdcore.scaled import FloatArray, IntArray

EPSILON = 1e-5
_LOST = 1e-250  # sums of squares below have lost digits, or all


@dataclass(frozen=True)
class Normalised:
    """What the backward pass needs to know of the forward pass. Leading axes (...) hold one network each.

    Attributes:
        standardised: x̂ · 2^−exponent, shape (..., B, d).
        spread: s · 2^−spread_exponent, s = √(σ² + ε), shape (..., d).
        gamma: γ, shape (..., d).
        beta: β, shape (..., d).
        exponent: shape (...); 0 unless x̂ lies below float64, because ε outweighs a variance that does.
        spread_exponent: shape (...); 0 unless the batch lies beyond float64.
    """

    standardised: FloatArray
    spread: FloatArray
    gamma: FloatArray
    beta: FloatArray
    exponent: IntArray
    spread_exponent: IntArray

    @property
    def output(self) -> FloatArray:
        """y = γx̂ + β, shape (..., B, d)."""
        return scaled_by(self.gamma[..., None, :] * self.standardised, self.exponent) + self.beta[..., None, :]


@dataclass(frozen=True)
class BatchNormGradients:
    """Gradients ∂L/∂x · 2^spread_exponent, shape (..., B, d), and ∂L/∂γ · 2^−exponent and ∂L/∂β, shape (..., d)."""

    inputs: FloatArray
    gamma: FloatArray
    beta: FloatArray


Backward = Callable[[FloatArray, Normalised], BatchNormGradients]


def normalise(
    x: FloatArray, gamma: FloatArray, beta: FloatArray, *, epsilon: float = EPSILON, exponent: IntArray | int = 0
) -> Normalised:
    """Normalise each column of the batch x · 2^exponent over its rows, with the biased variance (ddof = 0).

    Args:
        x: shape (..., B, d), B >= 2.
        gamma: γ, shape (..., d).
        beta: β, shape (..., d).
        epsilon: ε >= 0, added to the variance.
        exponent: shape (...) or one number for all; 0 for an ordinary batch.

    Raises:
        ValueError: B < 2, ε < 0, or a constant column with ε = 0 (it would be 0/0).
    """
    _require_batch(x, epsilon)
    centred, deviation = centre(x)
    powers = np.asarray(exponent, dtype=np.int64)
    if powers.shape != x.shape[:-2]:
        powers = np.full(x.shape[:-2], powers)
    below = powers
    if powers.any():
        # far below float64 ε is all of s: then x̂ keeps the exponent, otherwise s does
        below = np.where((powers < 0) & (epsilon > 0.0), powers, 0)
        deviation = scaled_by(deviation[..., None, :], below)[..., 0, :]
        root = scaled_by(np.full((*powers.shape, 1, 1), np.sqrt(epsilon)), below - powers)[..., 0]
    else:
        root = np.sqrt(epsilon)
    spread = np.hypot(deviation, root)
    if not spread.all():
        columns = sorted({int(index[-1]) for index in np.argwhere(spread == 0.0)})
        raise ValueError(
            f"got epsilon = 0 with constant column(s) {columns}: 0/0; "
            "every column must vary over the batch, or epsilon must be above 0"
        )
    standardised = np.divide(centred, spread[..., None, :], out=centred)
    return Normalised(standardised, spread, gamma, beta, below, powers - below)


def backward(sensitivity: FloatArray, forward: Normalised, *, out: FloatArray | None = None) -> BatchNormGradients:
    """The gradient through the whole of batch norm, statistics included.

    Args:
        sensitivity: ∂L/∂y, shape (..., B, d).
        forward: the result of ``normalise``.
        out: memory for ∂L/∂x, of the same shape; fresh memory otherwise.
    """
    standardised, batch = forward.standardised, sensitivity.shape[-2]
    beta = sensitivity.sum(axis=-2)
    gamma = np.einsum("...bd,...bd->...d", sensitivity, standardised)
    along = gamma / batch
    if forward.exponent.any():
        along = scaled_by(along[..., None, :], 2 * forward.exponent)[..., 0, :]
    inputs = np.multiply(standardised, -along[..., None, :], out=out)
    inputs += sensitivity
    inputs -= (beta / batch)[..., None, :]
    inputs *= (forward.gamma / forward.spread)[..., None, :]
    return BatchNormGradients(inputs, gamma, beta)


def backward_with_constant_statistics(sensitivity: FloatArray, forward: Normalised) -> BatchNormGradients:
    """A wrong reading, kept for comparison: μ and s taken for constants, so that ∂L/∂x = g/s.

    It is the gradient of a network whose statistics were frozen, not of the one that is trained.
    """
    gamma = (sensitivity * forward.standardised).sum(axis=-2)
    inputs = sensitivity * (forward.gamma / forward.spread)[..., None, :]
    return BatchNormGradients(inputs, gamma, sensitivity.sum(axis=-2))


def backward_past_normalisation(sensitivity: FloatArray, forward: Normalised) -> BatchNormGradients:
    """Another wrong reading: the signals are normalised but the product of weights is left as it was, ∂L/∂x = ∂L/∂y."""
    held = backward_with_constant_statistics(sensitivity, forward)
    return BatchNormGradients(scaled_by(sensitivity, forward.spread_exponent), held.gamma, held.beta)


@dataclass(frozen=True)
class RunningStatistics:
    """Mean and variance gathered while training, for use on single samples afterwards; shapes (d,)."""

    mean: FloatArray
    variance: FloatArray

    @classmethod
    def start(cls, units: int) -> RunningStatistics:
        """Mean 0 and variance 1 for each of d units."""
        return cls(np.zeros(units), np.ones(units))

    def updated(self, x: FloatArray, *, momentum: float = 0.1) -> RunningStatistics:
        """Move towards a batch x of shape (B, d): new = (1 − momentum) · old + momentum · batch.

        The batch variance is the unbiased one here (ddof = 1): an estimate for all data, not for this batch.

        Raises:
            ValueError: B < 2, or momentum outside [0, 1].
        """
        _require_batch(x, 0.0)
        if not 0.0 <= momentum <= 1.0:
            raise ValueError(f"got momentum {momentum}: it must lie in [0, 1]; 0.1 is usual")
        batch = len(x)
        _, deviation = centre(x)
        mean = self.mean + momentum * (x.mean(axis=0) - self.mean)
        variance = self.variance + momentum * (deviation**2 * batch / (batch - 1) - self.variance)
        return RunningStatistics(mean, variance)

    def apply(self, x: FloatArray, gamma: FloatArray, beta: FloatArray, *, epsilon: float = EPSILON) -> FloatArray:
        """Normalise rows of shape (B, d) for any B >= 1 with the gathered statistics."""
        return gamma * (x - self.mean) / np.sqrt(self.variance + epsilon) + beta


def centre(x: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Columns without their mean, (..., B, d), and their standard deviation (ddof = 0), (..., d).

    The first row is taken out before the mean, and the mean before anything is squared: a constant column becomes zero
    exactly, and a mean of 1e8 costs no digits, whereas E[x²] − E[x]² has none left there.
    """
    batch = x.shape[-2]
    centred = x - x[..., :1, :]
    centred -= centred.sum(axis=-2, keepdims=True) / batch
    with np.errstate(over="ignore"):
        squares = (centred * centred).sum(axis=-2)
    deviation = np.sqrt(squares / batch)
    kept = (squares > _LOST) & (squares < 1.0 / _LOST)
    if not kept.all():
        # 1e-170 squares to nothing: divide each column of such a batch by its largest entry first
        kept = kept.all(axis=-1, keepdims=True)
        largest = np.abs(centred).max(axis=-2)
        unit = centred / np.where(largest == 0.0, 1.0, largest)[..., None, :]
        deviation = np.where(kept, deviation, largest * np.sqrt((unit * unit).sum(axis=-2) / batch))
    return centred, deviation


def _require_batch(x: FloatArray, epsilon: float) -> None:
    if x.ndim < 2 or x.shape[-2] < 2:
        raise ValueError(
            f"got a batch of shape {x.shape}: batch norm needs B >= 2 rows, because one sample has no spread; "
            "use a larger batch, or running statistics"
        )
    if not epsilon >= 0.0:
        raise ValueError(f"got epsilon {epsilon}: it must be at least 0; 1e-5 is usual")
