"""‖∂L/∂W_i‖ for i = 1 … n: one number per layer from a forward and a backward pass.

This is what the page draws against the layer: how large the signal is, how much of what enters the activation is a
constant offset over the batch (the mean, "DC") and how much tells samples apart (the standard deviation), how large the
sensitivity is and how large the gradient.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gdcore.backpropagation import Backward
from gdcore.network import Forward
from gdcore.scaled import FloatArray, frobenius_norm


@dataclass(frozen=True)
class LayerStatistics:
    """One number for each layer i = 1 … n, at index i − 1; every array has shape (n,).

    inf means beyond float64. 0 means zero, or too small for float64.

    Attributes:
        mean: what enters the activation (ĥ_i, after batch norm if there is one), averaged over the batch; then the root
            mean square over the units.
        standard_deviation: of the same over the batch (ddof = 0); then the root mean square over the units.
        signal_norm: ‖u_i‖_F.
        sensitivity_norm: ‖∂L/∂h_i‖_F, before batch norm.
        gradient_norm: ‖∂L/∂W_i‖_F.
        overflow_layer: the first layer whose signal is beyond float64 (n + 1: the read-out); None if there is none.
    """

    mean: FloatArray
    standard_deviation: FloatArray
    signal_norm: FloatArray
    sensitivity_norm: FloatArray
    gradient_norm: FloatArray
    overflow_layer: int | None


def layer_statistics(passed: Forward, returned: Backward) -> LayerStatistics:
    """Gather the statistics of one forward and one backward pass through the same network."""
    depth = len(returned.sensitivities)
    means, deviations = [], []
    for entering in passed.activation_inputs:
        mean, deviation = _mean_and_deviation(entering)
        means.append(mean)
        deviations.append(deviation)
    return LayerStatistics(
        mean=_padded(means, depth),
        standard_deviation=_padded(deviations, depth),
        signal_norm=_padded([frobenius_norm(signal) for signal in passed.signals[1:]], depth),
        sensitivity_norm=_padded([frobenius_norm(sensitivity) for sensitivity in returned.sensitivities], depth),
        gradient_norm=_padded([frobenius_norm(gradient) for gradient in returned.gradients.weights], depth),
        overflow_layer=passed.overflow_layer,
    )


def _mean_and_deviation(entering: FloatArray) -> tuple[float, float]:
    """Root mean square over the units of the batch mean and of the batch standard deviation, for shape (B, width)."""
    batch, width = entering.shape
    largest = float(np.abs(entering).max())
    if largest == 0.0:
        return 0.0, 0.0
    unit = entering / largest  # sums of entries of 1e308 would overflow
    mean = unit.sum(axis=0) / batch
    root_mean_square = frobenius_norm(mean) / np.sqrt(width)
    return largest * root_mean_square, largest * (frobenius_norm(unit - mean) / np.sqrt(batch * width))


def _padded(values: Sequence[float], depth: int) -> FloatArray:
    """The layers after an overflow are infinite too."""
    return np.array([*values, *([np.inf] * (depth - len(values)))])
