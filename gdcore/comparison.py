"""Mean, spread, quantiles, ‖∂L/∂y_i‖ and ‖∂L/∂W_i‖ in every layer: a network without batch norm, and the same with it.

y_i = W_i u_{i−1} + b_i is what the weights of layer i give. Mean, spread and quantiles are those of what batch norm
gives: of y_i where it stands before the activation, of u_i = φ(y_i) where it comes after; without it, of the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from gdcore.batch_norm_growth import predicted_growth
from gdcore.block_scaled import Block
from gdcore.depth_theory import predicted_log10_gradient_norms
from gdcore.experiment import Absent, Experiment
from gdcore.forward_pass import Forward
from gdcore.forward_pass import forward as send
from gdcore.layer_statistics import layer_norms, mean_and_deviation
from gdcore.network import Architecture, Network
from gdcore.objectives import CROSS_ENTROPY
from gdcore.scaled import LOG10_2, FloatArray

SHARES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class Side:
    """One of the two networks, layer by layer: log₁₀ of shape (n,), −inf for zero.

    Attributes:
        mean: the mean over the batch, then the root mean square over the units.
        deviation: the standard deviation over the batch (ddof = 0), then the root mean square over the units.
        sensitivity: ‖∂L/∂y_i‖_F.
        gradient: ‖∂L/∂W_i‖_F.
        readout: of the read-out, which no batch norm follows: log₁₀ of the norm of its gradient.
        signs: of the quantiles SHARES over batch and units, shape (5, n).
        sizes: log₁₀ of their absolute values, (5, n).
        constant: how many units of the last layer give the same value for every sample.
    """

    mean: FloatArray
    deviation: FloatArray
    sensitivity: FloatArray
    gradient: FloatArray
    readout: float
    signs: FloatArray
    sizes: FloatArray
    constant: int


@dataclass(frozen=True)
class Comparison:
    """The two networks and what theory says of their gradients.

    Attributes:
        experiment: what was set.
        without: without batch norm.
        normalised: with batch norm, or why there is none.
        predicted_without: log₁₀‖∂L/∂W_i‖ by mean-field theory, shape (n,), at the height of the measured one; None for
            weights of zero, which nothing passes.
        predicted_growth: growth of ‖∂L/∂W_i‖² per layer towards the input with batch norm, for infinite width and
            ε = 0; None where no formula is known, or B <= 3, for which there is no finite mean.
        predicted_normalised: the line of that slope, shape (n,), at the height of the measured one; None as before.
    """

    experiment: Experiment
    without: Side
    normalised: Side | Absent
    predicted_without: FloatArray | None
    predicted_growth: float | None
    predicted_normalised: FloatArray | None


@lru_cache(maxsize=64)
def compare(experiment: Experiment) -> Comparison:
    """Run both networks once, forward and backward, and measure every layer.

    Raises:
        ValueError: a size or scale out of its range.
    """
    network, images, targets = experiment.draw()
    phi, scale = experiment.phi, experiment.weight_scale
    plain = send(network, images, experiment.plain, slopes=True)
    without = _side(experiment, network, plain, experiment.plain, targets)
    del plain  # large, and done with
    predicted = None
    if scale > 0.0:
        shape = predicted_log10_gradient_norms(
            phi,
            scale,
            experiment.depth,
            float(np.mean(images**2)),
            bias_scale=experiment.bias_scale,
            inputs_per_width=images.shape[1] / experiment.width,
        )
        predicted = at_height_of(without.gradient, shape)
    passed = experiment.pass_normalised(network, images, slopes=True)
    if isinstance(passed, Absent):
        return Comparison(experiment, without, passed, predicted, None, None)
    normalised = _side(experiment, network, passed, experiment.normalised, targets)
    growth, line = predicted_growth(experiment), None
    if growth is not None:
        line = at_height_of(normalised.gradient, 0.5 * np.log10(growth) * -np.arange(experiment.depth))
    return Comparison(experiment, without, normalised, predicted, growth, line)


def _side(
    experiment: Experiment, network: Network, passed: Forward, architecture: Architecture, targets: FloatArray
) -> Side:
    _, error = CROSS_ENTROPY(passed.outputs, targets)
    watched = Block.stacked(experiment.watched(passed))
    mean, deviation = mean_and_deviation(watched)
    sensitivity, gradient = layer_norms(network, passed, error, architecture)
    last = passed.signals[-1]
    readout = Block.of(error.values.mT @ last.values, error.exponent + last.exponent).log10_norm
    signs, sizes = _quantiles(watched)
    constant = int((np.ptp(watched.values[-1], axis=0) == 0.0).sum())
    return Side(mean, deviation, sensitivity, gradient, float(readout), signs, sizes, constant)


def _quantiles(layers: Block) -> tuple[FloatArray, FloatArray]:
    """Sign and log₁₀ of the size of the quantiles over batch and units, each (5, n)."""
    # sorted before, because it takes a third of the time that five partitions of what is not take
    ordered = np.sort(layers.values.reshape(len(layers.values), -1), axis=1)
    values = np.quantile(ordered, SHARES, axis=1)
    with np.errstate(divide="ignore"):
        return np.sign(values), np.log10(np.abs(values)) + layers.exponent * LOG10_2


def at_height_of(measured: FloatArray, shape: FloatArray) -> FloatArray:
    """A predicted shape moved up or down to the measured gradients: theory gives ratios between layers, not sizes."""
    usable = np.isfinite(measured)
    return shape + np.median((measured - shape)[usable]) if usable.any() else shape
