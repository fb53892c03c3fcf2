"""log‖∂L/∂W_i‖ ≈ const − i · ½ log g: how fast gradients grow towards the input with batch norm, measured and foretold.

The prediction g is for layers of infinite width and ε = 0. It is measured as the slope of a straight line through the
logarithms, averaged over several draws of the weights, without the first eight layers, where the signal still carries
the pattern of the images, and without the last two, which still feel the read-out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from gdcore.activations import IDENTITY
from gdcore.batch_norm_theory import (
    SMALLEST_BATCH,
    growth_with_batch_norm,
    growth_with_batch_norm_after,
    stretched,
)
from gdcore.experiment import Absent, Experiment
from gdcore.layer_statistics import layer_norms, mean_and_deviation
from gdcore.objectives import CROSS_ENTROPY
from gdcore.scaled import FloatArray

DRAWS = 6
FIRST_LEFT_OUT, LAST_LEFT_OUT = 8, 2
FEWEST_FITTED = 5  # layers
NEVER = 1e-7  # a chance
STRAIGHT = 1e-4  # a φ that bends smoothly is straight over a shorter stretch, but for its square


@dataclass(frozen=True)
class Growth:
    """What several draws of the same network show.

    Attributes:
        experiment: what was set.
        gradient: log₁₀‖∂L/∂W_i‖ with batch norm, shape (R, n), a row a draw.
        mean: its mean over the draws, shape (n,).
        fitted: the first and the last layer of the fit, counted from 1; None where the network is too shallow, or a
            gradient is zero.
        measured: the factor on ‖∂L/∂W_i‖² per layer towards the input; None where nothing was fitted.
        low, high: the factor minus and plus two standard errors over the draws; None as before.
        each: the factor of every draw by itself, shape (R,), or of none.
        predicted: the same factor by theory; None where no formula is known.
        faded: the standard deviation of x̂ in the last layer over the one that ε = 0 would give, root mean square.
    """

    experiment: Experiment
    gradient: FloatArray
    mean: FloatArray
    fitted: tuple[int, int] | None
    measured: float | None
    low: float | None
    high: float | None
    each: FloatArray
    predicted: float | None
    faded: float

    @property
    def line(self) -> FloatArray | None:
        """The fitted line over all layers, log₁₀, shape (n,)."""
        if self.fitted is None or self.measured is None:
            return None
        return _through_middle(self.mean, self.fitted, self.measured)

    @property
    def predicted_line(self) -> FloatArray | None:
        """The line of the predicted slope through the middle of the fitted layers, or of all."""
        if self.predicted is None:
            return None
        return _through_middle(self.mean, self.fitted or (1, len(self.mean)), self.predicted)


def predicted_growth(experiment: Experiment) -> float | None:
    """The factor on ‖∂L/∂W_i‖² per layer towards the input, for infinite width and ε = 0.

    None where no formula is known: fewer than 4 samples, one unit a layer, γ = 0, weights of zero, ReLUs that β keeps
    off whatever the samples, or an offset (β, or a bias) that batch norm after φ leaves in front of φ.
    """
    phi, gamma, batch = experiment.phi, experiment.gamma, experiment.batch
    if batch < SMALLEST_BATCH or experiment.width == 1 or gamma == 0.0 or experiment.weight_scale == 0.0:
        return None
    if experiment.before:
        if always_off(experiment):
            return None
        if _straight(experiment):
            return growth_with_batch_norm(IDENTITY, batch)
        if not phi.homogeneous:
            return growth_with_batch_norm(stretched(phi, gamma, experiment.beta), batch)
        # the next batch norm divides |γ| away
        side, beta = math.copysign(1.0, gamma), experiment.beta / abs(gamma)
        return growth_with_batch_norm(stretched(phi, side, beta), batch, -side * beta)
    if (experiment.beta != 0.0 or experiment.bias_scale > 0.0) and not phi.is_identity:
        return None
    return growth_with_batch_norm_after(phi, batch, experiment.weight_scale * abs(gamma))


def _straight(experiment: Experiment) -> bool:
    """Whether x̂ → φ(γx̂ + β) bends nowhere that x̂ comes to: there a growth from differences would lose its digits."""
    phi, gamma = experiment.phi, abs(experiment.gamma)
    if not phi.homogeneous:
        return gamma < STRAIGHT
    return phi.is_identity or experiment.beta >= gamma * (experiment.batch - 1) ** 0.5


def always_off(experiment: Experiment) -> bool:
    """Whether β, in front of a ReLU, keeps it off for all samples, or all but one in ten million.

    Never does x̂ exceed √(B − 1), and a value k with a chance of at most (1 − k²/(B − 1))^{(B−3)/2}.
    """
    phi, gamma = experiment.phi, abs(experiment.gamma)
    if not experiment.before or not phi.homogeneous or phi.is_identity or experiment.beta >= 0.0:
        return False
    share = 1.0 - (experiment.beta / gamma) ** 2 / (experiment.batch - 1) if gamma else 0.0
    return share <= 0.0 or 0.5 * (experiment.batch - 3) * math.log(share) < math.log(NEVER)


@lru_cache(maxsize=64)
def measure_growth(experiment: Experiment) -> Growth | Absent:
    """Draw the weights DRAWS times, send the same images through, and fit the slope.

    Raises:
        ValueError: a size or scale out of its range.
    """
    network, images, targets = experiment.draw((DRAWS,))
    passed = experiment.pass_normalised(network, images, slopes=True)
    if isinstance(passed, Absent):
        return passed
    _, error = CROSS_ENTROPY(passed.outputs, targets)
    _, gradient = layer_norms(network, passed, error, experiment.normalised)
    deviation = mean_and_deviation(experiment.watched(passed)[-1])[1].max()
    faded = float(10.0**deviation / abs(experiment.gamma)) if experiment.gamma else 0.0
    first, last = FIRST_LEFT_OUT + 1, experiment.depth - LAST_LEFT_OUT
    fitted = (first, last) if last - first + 1 >= FEWEST_FITTED and np.isfinite(gradient).all() else None
    mean = gradient.mean(axis=0)
    measured, low, high, each = None, None, None, np.empty(0)
    if fitted:
        slopes = np.polyfit(np.arange(first, last + 1), gradient[:, first - 1 : last].T, 1)[0]
        error_of_mean = slopes.std(ddof=1) / np.sqrt(DRAWS)
        measured, low, high = (
            float(10.0 ** (-2.0 * (slopes.mean() + times * error_of_mean))) for times in (0.0, 2.0, -2.0)
        )
        each = 10.0 ** (-2.0 * slopes)
    return Growth(experiment, gradient, mean, fitted, measured, low, high, each, predicted_growth(experiment), faded)


def _through_middle(mean: FloatArray, layers: tuple[int, int], growth: float) -> FloatArray | None:
    first, last = layers
    middle = mean[first - 1 : last].mean()
    if not np.isfinite(middle):
        return None
    steps = np.arange(1, len(mean) + 1) - 0.5 * (first + last)
    return np.asarray(middle - 0.5 * np.log10(growth) * steps)
