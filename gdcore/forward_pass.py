"""h_i = u_{i−1} W_iᵀ + b_i,  u_i = φ(ĥ_i): a batch on its way through a wide network.

A batch X of shape (B, inputs) has one sample per row. With batch norm ĥ_i is h_i normalised over the batch, without it
h_i itself; or batch norm comes after φ, and u_i is φ(h_i) normalised. A stack of networks is passed at once. A signal
that leaves float64 keeps its exponent beside it (`block_scaled`), so that its size is never lost.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gdcore.activations import Activation
from gdcore.batch_norm import Normalised, normalise
from gdcore.block_scaled import Block
from gdcore.network import Architecture, BatchNorm, Network
from gdcore.scaled import FloatArray


@dataclass(frozen=True)
class Forward:
    """What a forward pass leaves behind.

    Attributes:
        signals: u_0 = X … u_n, each (..., B, width); n + 1 of them.
        activation_inputs: what enters φ in layers 1 … n, each (..., B, width): ĥ_i if batch norm stands before it.
        normalised: the records of batch norm, one per layer; empty without it.
        outputs: logits, (..., B, classes).
        slopes: φ′ of what enters φ, each (..., B, width); empty unless a backward pass asked for them.
    """

    signals: tuple[Block, ...]
    activation_inputs: tuple[Block, ...]
    normalised: tuple[Normalised, ...]
    outputs: Block
    slopes: tuple[FloatArray, ...] = ()

    def first(self, depth: int, network: Network) -> Forward:
        """The forward pass of ``network.first(depth)``: the same layers, read out earlier."""
        signals = self.signals[: depth + 1]
        outputs = _affine(signals[-1], network.readout, network.readout_bias)
        return Forward(signals, self.activation_inputs[:depth], self.normalised[:depth], outputs, self.slopes[:depth])


def forward(network: Network, X: FloatArray, architecture: Architecture, *, slopes: bool = False) -> Forward:
    """Send a batch X of shape (B, inputs) through the network, or through every network of a stack.

    Args:
        network: one network, or many with leading axes (...).
        X: shape (B, inputs), finite.
        architecture: what a layer does besides its parameters.
        slopes: whether to keep φ′ for a backward pass, which costs less here than there.

    Raises:
        ValueError: X does not fit, holds a value that is not finite, or batch norm refuses it (B < 2, or a constant
            column with ε = 0).
    """
    _require_batch(network, X)
    signals, activation_inputs, normalised = [Block.of(X)], [], []
    kept: list[FloatArray] | None = [] if slopes else None
    for layer in range(network.depth):
        h = _affine(signals[-1], network.weights[layer], network.biases[layer])
        gamma, beta = network.gammas[layer], network.betas[layer]
        if architecture.batch_norm is BatchNorm.BEFORE_ACTIVATION:
            normalised.append(normalise(h.values, gamma, beta, epsilon=architecture.epsilon, exponent=h.exponent))
            h = _stretched(normalised[-1])
        activation_inputs.append(h)
        u = _activated(h, architecture.activation, kept)
        if architecture.batch_norm is BatchNorm.AFTER_ACTIVATION:
            normalised.append(normalise(u.values, gamma, beta, epsilon=architecture.epsilon, exponent=u.exponent))
            u = _stretched(normalised[-1])
        signals.append(u)
    outputs = _affine(signals[-1], network.readout, network.readout_bias)
    return Forward(tuple(signals), tuple(activation_inputs), tuple(normalised), outputs, tuple(kept or ()))


def _affine(u: Block, weights: FloatArray, bias: FloatArray) -> Block:
    """u Wᵀ + b."""
    return Block.of(u.values @ weights.mT, u.exponent).plus(bias)


def _stretched(record: Normalised) -> Block:
    """γx̂ + β."""
    if (record.gamma == 1.0).all():
        return Block.of(record.standardised, record.exponent).plus(record.beta)
    return Block.of(record.gamma[..., None, :] * record.standardised, record.exponent).plus(record.beta)


def _activated(h: Block, activation: Activation, slopes: list[FloatArray] | None) -> Block:
    """φ(h), and φ′(h) for those who collect slopes. Where h is too small for float64, φ is straight through φ(0)."""
    if activation.is_identity:
        return h
    if slopes is not None and h.unscaled:
        u, slope = activation.with_slope(h.values)
        slopes.append(slope)
        return Block.of(u, h.exponent)
    if slopes is not None:
        slopes.append(activation.derivative(h.real()))
    if activation.homogeneous or h.unscaled:
        return Block.of(activation.function(h.values), h.exponent)
    origin = np.zeros(1)
    u, exponent = activation.function(h.real()), np.zeros_like(h.exponent)
    if activation.function(origin)[0] == 0.0:
        tiny = h.exponent < 0
        u = np.where(tiny[..., None, None], activation.derivative(origin)[0] * h.values, u)
        exponent = np.where(tiny, h.exponent, 0)
    return Block.of(u, exponent)


def _require_batch(network: Network, X: FloatArray) -> None:
    inputs = network.weights[0].shape[-1]
    if X.ndim != 2 or X.shape[1] != inputs or len(X) == 0:
        raise ValueError(f"got a batch of shape {X.shape}: it must be (B, {inputs}) with B >= 1; one row per sample")
    if not np.isfinite(X).all():
        raise ValueError("got a batch with infinities or NaN: every entry must be finite; remove or replace them")
