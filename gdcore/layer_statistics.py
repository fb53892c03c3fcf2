"""log₁₀‖∂L/∂W_i‖ for i = 1 … n: one number per layer from a forward and a backward pass.

This is what the page draws against the layer: how large the signal is, how much of what enters the activation is a
constant offset over the batch (the mean, "DC") and how much tells samples apart (the standard deviation), how large the
sensitivity is and how large the gradient. All of them are logarithms: they stay right where the numbers themselves, or
their squares, are beyond float64.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from gdcore import batch_norm
from gdcore.backpropagation import layers_backward
from gdcore.block_scaled import Block
from gdcore.forward_pass import Forward, forward
from gdcore.network import Architecture, Network
from gdcore.objectives import Objective
from gdcore.scaled import FloatArray


@dataclass(frozen=True)
class LayerStatistics:
    """log₁₀ of one number for each layer i = 1 … n, at index i − 1; every array has shape (..., n). −inf means zero.

    Attributes:
        mean: what enters the activation (after batch norm if that comes first), averaged over the batch; then the root
            mean square over the units.
        deviation: its standard deviation over the batch (ddof = 0); then the root mean square over the units.
        signal: ‖u_i‖_F.
        sensitivity: ‖∂L/∂h_i‖_F, before φ, and before batch norm if that comes first.
        gradient: ‖∂L/∂W_i‖_F.
    """

    mean: FloatArray
    deviation: FloatArray
    signal: FloatArray
    sensitivity: FloatArray
    gradient: FloatArray


def measure(
    network: Network,
    X: FloatArray,
    targets: FloatArray,
    architecture: Architecture,
    objective: Objective,
    *,
    through_batch_norm: batch_norm.Backward = batch_norm.backward,
) -> LayerStatistics:
    """Send a batch through a network, or a stack of them, forward and backward, and measure every layer.

    Args:
        network: one network, or many with leading axes (...).
        X: shape (B, inputs).
        targets: shape (B, classes).
        architecture: what a layer does besides its parameters.
        objective: the loss.
        through_batch_norm: how the gradient passes batch norm; only the default gives the true gradient.

    Raises:
        ValueError: X or the targets do not fit, or batch norm refuses the batch.
    """
    passed = forward(network, X, architecture)
    _, error = objective(passed.outputs, targets)
    moments = [mean_and_deviation(entering) for entering in passed.activation_inputs]
    sensitivity, gradient = layer_norms(network, passed, error, architecture, through_batch_norm=through_batch_norm)
    return LayerStatistics(
        mean=_beside(mean for mean, _ in moments),
        deviation=_beside(deviation for _, deviation in moments),
        signal=_beside(signal.log10_norm for signal in passed.signals[1:]),
        sensitivity=sensitivity,
        gradient=gradient,
    )


def layer_norms(
    network: Network,
    passed: Forward,
    error: Block,
    architecture: Architecture,
    *,
    through_batch_norm: batch_norm.Backward = batch_norm.backward,
) -> tuple[FloatArray, FloatArray]:
    """log₁₀ of ‖∂L/∂h_i‖ and of ‖∂L/∂W_i‖, each (..., n), of a network whose forward pass is known already."""
    layers = [
        (each.sensitivity.log10_norm, each.weights(passed).log10_norm)
        for each in layers_backward(network, passed, error, architecture, through_batch_norm=through_batch_norm)
    ]
    return _beside(sensitivity for sensitivity, _ in layers[::-1]), _beside(gradient for _, gradient in layers[::-1])


def mean_and_deviation(entering: Block) -> tuple[FloatArray, FloatArray]:
    """log₁₀ of the root mean square over the units of batch mean and batch deviation, for (..., B, width) → (...)."""
    _, deviation = batch_norm.centre(entering.values)
    mean = entering.values.mean(axis=-2)
    return _root_mean_square(mean, entering), _root_mean_square(deviation, entering)


def _root_mean_square(row: FloatArray, entering: Block) -> FloatArray:
    return np.asarray(Block.of(row[..., None, :], entering.exponent).log10_norm - 0.5 * np.log10(row.shape[-1]))


def _beside(rows: Iterable[FloatArray]) -> FloatArray:
    return np.stack(list(rows), axis=-1)
