"""∂L/∂W_i = (∂L/∂h_i)ᵀ u_{i−1},  ∂L/∂h_i = φ′(ĥ_i) ⊙ (∂L/∂h_{i+1} W_{i+1}): the backward pass of a wide network.

The gradient of a layer is two factors, as in the chain of scalars: the signal that came in, u_{i−1}, and the
sensitivity ∂L/∂h_i that comes back through all later layers (and through their batch norm, if there is one). Each layer
multiplies the sensitivity by its weights and by the slope of its activation: that is where gradients vanish or explode.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gdcore import batch_norm
from gdcore.block_scaled import Block, scaled_by
from gdcore.forward_pass import Forward
from gdcore.network import Architecture, BatchNorm, Network
from gdcore.objectives import Objective
from gdcore.scaled import FloatArray


@dataclass(frozen=True)
class Backward:
    """What a backward pass gives, as float64 has it: what lies beyond is 0 or infinite, nothing is NaN.

    Attributes:
        loss: L, averaged over the batch; shape (...).
        gradients: ∂L/∂ every parameter.
        sensitivities: ∂L/∂h_i for i = 1 … n, each (..., B, width): before φ, and before batch norm if that comes first.
        inputs: ∂L/∂X, (..., B, inputs).
    """

    loss: FloatArray
    gradients: Network
    sensitivities: tuple[FloatArray, ...]
    inputs: FloatArray


@dataclass(frozen=True)
class LayerBackward:
    """What comes back in one layer.

    Attributes:
        layer: i − 1, counted from 0.
        sensitivity: ∂L/∂h_i, (..., B, width).
        gamma, beta: ∂L/∂γ_i and ∂L/∂β_i, (..., width); zeros without batch norm.
    """

    layer: int
    sensitivity: Block
    gamma: FloatArray
    beta: FloatArray

    def weights(self, passed: Forward) -> Block:
        """∂L/∂W_i = (∂L/∂h_i)ᵀ u_{i−1}, (..., width, fan_in)."""
        signal = passed.signals[self.layer]
        return Block.of(self.sensitivity.values.mT @ signal.values, self.sensitivity.exponent + signal.exponent)

    def below(self, network: Network) -> Block:
        """∂L/∂u_{i−1} = ∂L/∂h_i W_i, (..., B, fan_in): what comes to the layer below."""
        return Block.of(self.sensitivity.values @ network.weights[self.layer], self.sensitivity.exponent)


def layers_backward(
    network: Network,
    passed: Forward,
    error: Block,
    architecture: Architecture,
    *,
    through_batch_norm: batch_norm.Backward = batch_norm.backward,
) -> Iterator[LayerBackward]:
    """From the last layer to the first, one at a time, so that nobody has to keep them all.

    Args:
        network: the parameters of the forward pass.
        passed: the result of ``forward``.
        error: ∂L/∂outputs, (..., B, classes), as an ``Objective`` gives it.
        architecture: the one of the forward pass.
        through_batch_norm: how the gradient passes batch norm; only the default gives the true gradient.
    """
    coming = Block.of(error.values @ network.readout, error.exponent)
    for layer in reversed(range(network.depth)):
        back = layer_backward(coming, layer, network, passed, architecture, through_batch_norm=through_batch_norm)
        yield back
        if layer:
            coming = back.below(network)


def layer_backward(
    coming: Block,
    layer: int,
    network: Network,
    passed: Forward,
    architecture: Architecture,
    *,
    through_batch_norm: batch_norm.Backward = batch_norm.backward,
) -> LayerBackward:
    """Back through the activation of one layer, and its batch norm.

    Args:
        coming: ∂L/∂u_i, (..., B, width). It may have more leading axes than the network: several gradients at once.
        layer: i − 1, counted from 0.
        network: the parameters of the forward pass.
        passed: the result of ``forward``.
        architecture: the one of the forward pass.
        through_batch_norm: as in ``layers_backward``.
    """
    norm, phi = architecture.batch_norm, architecture.activation
    gamma = beta = np.zeros_like(network.gammas[layer])
    if norm is BatchNorm.AFTER_ACTIVATION:
        coming, gamma, beta = _through(coming, passed.normalised[layer], through_batch_norm)
    if not phi.is_identity:
        entering = passed.activation_inputs[layer]
        slope = passed.slopes[layer] if passed.slopes else phi.derivative(entering.real())
        coming = Block.of(coming.values * slope, coming.exponent)
    if norm is BatchNorm.BEFORE_ACTIVATION:
        coming, gamma, beta = _through(coming, passed.normalised[layer], through_batch_norm)
    return LayerBackward(layer, coming, gamma, beta)


def _through(
    coming: Block, record: batch_norm.Normalised, through: batch_norm.Backward
) -> tuple[Block, FloatArray, FloatArray]:
    passed = through(coming.values, record)
    inputs = Block.of(passed.inputs, coming.exponent - record.spread_exponent)
    return inputs, _real(passed.gamma, coming.exponent + record.exponent), _real(passed.beta, coming.exponent)


def _real(row: FloatArray, exponent: np.ndarray) -> FloatArray:
    return scaled_by(row[..., None, :], exponent)[..., 0, :] if exponent.any() else row


def backward(
    network: Network,
    passed: Forward,
    targets: FloatArray,
    architecture: Architecture,
    objective: Objective,
    *,
    through_batch_norm: batch_norm.Backward = batch_norm.backward,
) -> Backward:
    """Send the error back through the network and keep every gradient.

    Args:
        network: the parameters of the forward pass.
        passed: the result of ``forward``.
        targets: shape (B, classes), one-hot for classes.
        architecture: the one of the forward pass.
        objective: the loss and its gradient.
        through_batch_norm: how the gradient passes batch norm; only the default gives the true gradient.

    Raises:
        ValueError: targets of another shape than the outputs.
    """
    loss, error = objective(passed.outputs, targets)
    layers = list(layers_backward(network, passed, error, architecture, through_batch_norm=through_batch_norm))[::-1]
    gradients = Network(
        weights=tuple(each.weights(passed).real() for each in layers),
        biases=tuple(_real(each.sensitivity.values.sum(axis=-2), each.sensitivity.exponent) for each in layers),
        gammas=tuple(each.gamma for each in layers),
        betas=tuple(each.beta for each in layers),
        readout=Block.of(
            error.values.mT @ passed.signals[-1].values, error.exponent + passed.signals[-1].exponent
        ).real(),
        readout_bias=_real(error.values.sum(axis=-2), error.exponent),
    )
    first = layers[0].sensitivity
    inputs = Block.of(first.values @ network.weights[0], first.exponent)
    return Backward(loss, gradients, tuple(each.sensitivity.real() for each in layers), inputs.real())
