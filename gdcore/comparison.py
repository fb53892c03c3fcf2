"""The same network on the same digits, without and with batch norm.

One seed draws the images and the weights; the two networks differ in nothing but batch norm. The images enter with
their mean: a pixel is never negative, so the input has a large DC part for batch norm to take away.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gdcore.activations import ACTIVATIONS
from gdcore.batch_norm_theory import growth_with_batch_norm, predicted_log10_gradient_norms_with_batch_norm
from gdcore.depth_theory import predicted_log10_gradient_norms
from gdcore.layer_statistics import LayerStatistics, measure
from gdcore.network import Architecture, BatchNorm, initialise
from gdcore.objectives import CROSS_ENTROPY, one_hot
from gdcore.samples import digits
from gdcore.scaled import FloatArray

CLASSES = 10


@dataclass(frozen=True)
class Comparison:
    """Per-layer statistics of the two networks.

    Attributes:
        batch: B.
        without: without batch norm.
        normalised: with batch norm in front of every activation; None where B < 2, which batch norm cannot do.
        predicted_without: log₁₀‖∂L/∂W_i‖ by mean-field theory, shape (n,), at the height of the measured one; None for
            weights of zero, which nothing passes.
        predicted_growth: growth of ‖∂L/∂W_i‖² per layer towards the input with batch norm, for infinite width; None
            where B <= 3, for which it has no finite mean.
        predicted_normalised: the line of that slope, shape (n,), at the height of the measured one; None as before.
    """

    batch: int
    without: LayerStatistics
    normalised: LayerStatistics | None
    predicted_without: FloatArray | None
    predicted_growth: float | None
    predicted_normalised: FloatArray | None


def digit_batch(batch: int, *, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """`batch` different digits: pixels (B, 64), scaled so that all images together have mean square 1, and (B, 10)."""
    images, labels = digits()
    rows = rng.choice(len(images), size=batch, replace=False)
    return images[rows] / np.sqrt(np.mean(images**2)), one_hot(labels[rows], CLASSES)


def compare(depth: int, width: int, batch: int, weight_scale: float, activation: str, seed: int) -> Comparison:
    """Run both networks once, forward and backward, and measure every layer.

    Args:
        depth: n >= 1 hidden layers.
        width: units per layer, >= 1.
        batch: 1 <= B <= 1797 digits.
        weight_scale: σ_w >= 0, W_ij ~ N(0, σ_w²/fan_in).
        activation: a key of ACTIVATIONS.
        seed: >= 0.

    Raises:
        ValueError: a size or scale out of its range.
    """
    rng = np.random.default_rng(seed)
    images, targets = digit_batch(batch, rng=rng)
    network = initialise(depth, width, images.shape[1], CLASSES, weight_scale, rng=rng)
    phi = ACTIVATIONS[activation]
    without = measure(network, images, targets, Architecture(phi), CROSS_ENTROPY)
    predicted = None
    if weight_scale > 0.0:
        shape = predicted_log10_gradient_norms(
            phi, weight_scale, depth, float(np.mean(images**2)), inputs_per_width=images.shape[1] / width
        )
        predicted = _at_height_of(without, shape)
    if batch < 2:
        return Comparison(batch, without, None, predicted, None, None)
    normalised = measure(network, images, targets, Architecture(phi, BatchNorm.BEFORE_ACTIVATION), CROSS_ENTROPY)
    growth, line = None, None
    if batch > 3:
        growth = growth_with_batch_norm(phi, batch)
        line = _at_height_of(normalised, predicted_log10_gradient_norms_with_batch_norm(phi, batch, depth))
    return Comparison(batch, without, normalised, predicted, growth, line)


def _at_height_of(measured: LayerStatistics, shape: FloatArray) -> FloatArray:
    """A predicted shape moved up or down to the measured gradients: theory gives ratios between layers, not sizes."""
    usable = np.isfinite(measured.gradient)
    return shape + np.median((measured.gradient - shape)[usable]) if usable.any() else shape
