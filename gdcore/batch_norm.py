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

from gdcore.scaled import FloatArray

EPSILON = 1e-5


@dataclass(frozen=True)
class Normalised:
    """What the backward pass needs to know of the forward pass.

    Attributes:
        standardised: x̂, shape (B, d).
        spread: s = √(σ² + ε), shape (d,).
        gamma: γ, shape (d,).
        output: y = γx̂ + β, shape (B, d).
    """

    standardised: FloatArray
    spread: FloatArray
    gamma: FloatArray
    output: FloatArray


@dataclass(frozen=True)
class BatchNormGradients:
    """Gradients ∂L/∂x of shape (B, d), and ∂L/∂γ and ∂L/∂β of shape (d,)."""

    inputs: FloatArray
    gamma: FloatArray
    beta: FloatArray


Backward = Callable[[FloatArray, Normalised], BatchNormGradients]


def normalise(x: FloatArray, gamma: FloatArray, beta: FloatArray, *, epsilon: float = EPSILON) -> Normalised:
    """Normalise each column of a batch over its rows, with the biased variance (ddof = 0).

    Args:
        x: shape (B, d), B >= 2.
        gamma: γ, shape (d,).
        beta: β, shape (d,).
        epsilon: ε >= 0, added to the variance.

    Raises:
        ValueError: B < 2, ε < 0, or a constant column with ε = 0 (it would be 0/0).
    """
    _require_batch(x, epsilon)
    centred, deviation = _centre(x)
    spread = np.hypot(deviation, np.sqrt(epsilon))
    if not spread.all():
        columns = np.flatnonzero(spread == 0.0).tolist()
        raise ValueError(
            f"got epsilon = 0 with constant column(s) {columns}: 0/0; "
            "every column must vary over the batch, or epsilon must be above 0"
        )
    standardised = centred / spread
    return Normalised(standardised, spread, gamma, gamma * standardised + beta)


def backward(sensitivity: FloatArray, forward: Normalised) -> BatchNormGradients:
    """The gradient through the whole of batch norm, statistics included.

    Args:
        sensitivity: ∂L/∂y, shape (B, d).
        forward: the result of ``normalise``.
    """
    held = backward_with_constant_statistics(sensitivity, forward)
    standardised = forward.standardised
    batch = len(standardised)
    along_one = held.inputs.sum(axis=0) / batch
    along_standardised = (held.inputs * standardised).sum(axis=0) / batch
    inputs = held.inputs - along_one - standardised * along_standardised
    return BatchNormGradients(inputs, held.gamma, held.beta)


def backward_with_constant_statistics(sensitivity: FloatArray, forward: Normalised) -> BatchNormGradients:
    """A wrong reading, kept for comparison: μ and s taken for constants, so that ∂L/∂x = g/s.

    It is the gradient of a network whose statistics were frozen, not of the one that is trained.
    """
    gamma = (sensitivity * forward.standardised).sum(axis=0)
    inputs = sensitivity * (forward.gamma / forward.spread)
    return BatchNormGradients(inputs, gamma, sensitivity.sum(axis=0))


def backward_past_normalisation(sensitivity: FloatArray, forward: Normalised) -> BatchNormGradients:
    """Another wrong reading: the signals are normalised but the product of weights is left as it was, ∂L/∂x = ∂L/∂y."""
    held = backward_with_constant_statistics(sensitivity, forward)
    return BatchNormGradients(sensitivity, held.gamma, held.beta)


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
        _, deviation = _centre(x)
        mean = self.mean + momentum * (x.mean(axis=0) - self.mean)
        variance = self.variance + momentum * (deviation**2 * batch / (batch - 1) - self.variance)
        return RunningStatistics(mean, variance)

    def apply(self, x: FloatArray, gamma: FloatArray, beta: FloatArray, *, epsilon: float = EPSILON) -> FloatArray:
        """Normalise rows of shape (B, d) for any B >= 1 with the gathered statistics."""
        return gamma * (x - self.mean) / np.sqrt(self.variance + epsilon) + beta


def _centre(x: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Columns without their mean, (B, d), and their standard deviation (ddof = 0), (d,).

    The first row is taken out before the mean, and the mean before anything is squared: a constant column becomes zero
    exactly, and a mean of 1e8 costs no digits, whereas E[x²] − E[x]² has none left there. Each column is divided by its
    largest entry, so that 1e-170 does not square to nothing.
    """
    batch = len(x)
    centred = x - x[0]
    centred -= centred.sum(axis=0) / batch
    largest = np.abs(centred).max(axis=0)
    unit = centred / np.where(largest == 0.0, 1.0, largest)
    return centred, largest * np.sqrt((unit * unit).sum(axis=0) / batch)


def _require_batch(x: FloatArray, epsilon: float) -> None:
    if x.ndim != 2 or len(x) < 2:
        raise ValueError(
            f"got a batch of shape {x.shape}: batch norm needs B >= 2 rows, because one sample has no spread; "
            "use a larger batch, or running statistics"
        )
    if not epsilon >= 0.0:
        raise ValueError(f"got epsilon {epsilon}: it must be at least 0; 1e-5 is usual")
