"""∂L/∂W_i = (∂L/∂h_i)ᵀ u_{i−1},  ∂L/∂h_i = φ′(ĥ_i) ⊙ (∂L/∂h_{i+1} W_{i+1}): the backward pass of a wide network.

The gradient of a layer is two factors, as in the chain of scalars: the signal that came in, u_{i−1}, and the
sensitivity ∂L/∂h_i that comes back through all later layers (and through their batch norm, if there is one). Each layer
multiplies the sensitivity by its weights and by the slope of its activation: that is where gradients vanish or explode.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from gdcore import batch_norm
from gdcore.network import Architecture, Forward, Network
from gdcore.objectives import Objective
from gdcore.scaled import FloatArray


@dataclass(frozen=True)
class Backward:
    """What a backward pass gives. What is beyond float64 is infinite; nothing is NaN.

    Attributes:
        loss: L, averaged over the batch.
        gradients: ∂L/∂ every parameter.
        sensitivities: ∂L/∂h_i for i = 1 … n, each (B, width), taken before batch norm.
        inputs: ∂L/∂X, (B, inputs).
    """

    loss: float
    gradients: Network
    sensitivities: tuple[FloatArray, ...]
    inputs: FloatArray


def backward(
    network: Network,
    passed: Forward,
    targets: FloatArray,
    architecture: Architecture,
    objective: Objective,
    *,
    through_batch_norm: batch_norm.Backward = batch_norm.backward,
) -> Backward:
    """Send the error back through the network.

    Args:
        network: the parameters of the forward pass.
        passed: the result of ``forward``; after an overflow there every gradient is infinite.
        targets: shape (B, classes), one-hot for classes.
        architecture: the one of the forward pass.
        objective: the loss and its gradient.
        through_batch_norm: how the gradient passes batch norm; only the default gives the true gradient.

    Raises:
        ValueError: targets of another shape than the outputs.
    """
    if targets.shape != passed.outputs.shape:
        raise ValueError(
            f"got targets of shape {targets.shape}: they must have {passed.outputs.shape}; use one_hot for labels"
        )
    if passed.overflow_layer is not None:
        return _beyond_float64(network, passed)
    with np.errstate(over="ignore", invalid="ignore"):  # found and made infinite instead
        loss, error = objective.evaluate(passed.outputs, targets)
        coming = _without_nan(error @ network.readout)
        layers: list[_LayerGradients] = []
        for layer in reversed(range(network.depth)):
            slope = architecture.activation.derivative(passed.activation_inputs[layer])
            record = passed.normalised[layer] if passed.normalised else None
            layers.append(_layer_gradients(coming * slope, passed.signals[layer], record, through_batch_norm))
            coming = _without_nan(layers[-1].sensitivity @ network.weights[layer])
        readout = _without_nan(error.T @ passed.signals[-1])
    sensitivities, weights, biases, gammas, betas = zip(*reversed(layers), strict=True)
    gradients = Network(weights, biases, gammas, betas, readout, error.sum(axis=0))
    return Backward(loss, gradients, sensitivities, coming)


class _LayerGradients(NamedTuple):
    sensitivity: FloatArray
    weights: FloatArray
    bias: FloatArray
    gamma: FloatArray
    beta: FloatArray


def _layer_gradients(
    sensitivity: FloatArray, signal: FloatArray, record: batch_norm.Normalised | None, through: batch_norm.Backward
) -> _LayerGradients:
    """From ∂L/∂ĥ_i of shape (B, width) and u_{i−1} of shape (B, fan_in) to all gradients of layer i."""
    if record is None:
        gamma = beta = np.zeros(sensitivity.shape[1])
    else:
        normalised = through(sensitivity, record)
        sensitivity, gamma, beta = normalised.inputs, normalised.gamma, normalised.beta
    sensitivity = _without_nan(sensitivity)
    weights, bias = sensitivity.T @ signal, sensitivity.sum(axis=0)
    return _LayerGradients(
        sensitivity, _without_nan(weights), _without_nan(bias), _without_nan(gamma), _without_nan(beta)
    )


def _without_nan(array: FloatArray) -> FloatArray:
    """∞ − ∞ and 0 · ∞ come from numbers beyond float64: say infinite, which is what is known."""
    return np.where(np.isnan(array), np.inf, array) if np.isnan(array).any() else array


def _beyond_float64(network: Network, passed: Forward) -> Backward:
    gradients = network.combine(network, lambda own, _: np.full_like(own, np.inf))
    batch, width = len(passed.outputs), network.readout.shape[1]
    sensitivities = tuple(np.full((batch, width), np.inf) for _ in range(network.depth))
    return Backward(np.inf, gradients, sensitivities, np.full_like(passed.signals[0], np.inf))
