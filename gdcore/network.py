"""h_i = u_{i−1} W_iᵀ + b_i,  u_i = φ(ĥ_i): a wide network, and its forward pass.

A batch X of shape (B, inputs), one sample per row, goes through n hidden layers of equal width and a linear read-out to
k classes. With batch norm ĥ_i is h_i normalised over the batch, without it h_i itself. How large u_i is after many
layers depends on the scale σ_w of the weights, W_ij ~ N(0, σ_w²/fan_in). A signal that leaves float64 is no error but a
result: the record says in which layer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from gdcore.activations import Activation
from gdcore.batch_norm import EPSILON, Normalised, normalise
from gdcore.scaled import FloatArray


@dataclass(frozen=True)
class Network:
    """All parameters of a network of n layers; a gradient with respect to them has the same form.

    Attributes:
        weights: W_1 of shape (width, inputs), then W_2 … W_n of shape (width, width).
        biases: b_1 … b_n, each (width,). In front of batch norm they do nothing: their gradient is zero.
        gammas, betas: γ_i and β_i of batch norm, each (width,); not used without it.
        readout: shape (classes, width).
        readout_bias: shape (classes,).
    """

    weights: tuple[FloatArray, ...]
    biases: tuple[FloatArray, ...]
    gammas: tuple[FloatArray, ...]
    betas: tuple[FloatArray, ...]
    readout: FloatArray
    readout_bias: FloatArray

    @property
    def depth(self) -> int:
        """The number of hidden layers n."""
        return len(self.weights)

    def arrays(self) -> Iterator[FloatArray]:
        """Every array of parameters, in the order of the fields."""
        yield from (*self.weights, *self.biases, *self.gammas, *self.betas, self.readout, self.readout_bias)

    def combine(self, other: Network, function: Callable[[FloatArray, FloatArray], FloatArray]) -> Network:
        """A network whose arrays are function(own, other's): θ − αg is ``θ.combine(g, lambda p, g: p - α * g)``."""
        new = [function(own, others) for own, others in zip(self.arrays(), other.arrays(), strict=True)]
        n = self.depth
        layers = [tuple(new[k * n : (k + 1) * n]) for k in range(4)]
        return Network(layers[0], layers[1], layers[2], layers[3], new[4 * n], new[4 * n + 1])


def initialise(
    depth: int,
    width: int,
    inputs: int,
    classes: int,
    weight_scale: float,
    *,
    bias_scale: float = 0.0,
    rng: np.random.Generator,
) -> Network:
    """Draw W_ij ~ N(0, σ_w²/fan_in) and b ~ N(0, σ_b²); the read-out always has scale 1; γ = 1, β = 0.

    Numbers of scale 1 are drawn, read-out first, and multiplied afterwards: with an rng of the same seed, another
    weight scale gives the same network rescaled, and a deeper one begins with the same layers.

    Args:
        depth: n >= 1 hidden layers.
        width: units per hidden layer, >= 1.
        inputs: entries of a sample, >= 1.
        classes: outputs, >= 1.
        weight_scale: σ_w >= 0 of the hidden layers.
        bias_scale: σ_b >= 0.
        rng: the source of randomness.

    Raises:
        ValueError: a size below 1, or a scale that is negative or not finite.
    """
    _require_sizes(depth=depth, width=width, inputs=inputs, classes=classes)
    _require_scales(weight_scale=weight_scale, bias_scale=bias_scale)
    readout = rng.standard_normal((classes, width)) / np.sqrt(width)
    fans = (inputs, *(width for _ in range(depth - 1)))
    weights = tuple(weight_scale * (rng.standard_normal((width, fan)) / np.sqrt(fan)) for fan in fans)
    biases = tuple(bias_scale * rng.standard_normal((depth, width)))
    ones, zeros = tuple(np.ones((depth, width))), tuple(np.zeros((depth, width)))
    return Network(weights, biases, ones, zeros, readout, np.zeros(classes))


class BatchNorm(StrEnum):
    """Where batch norm stands in a layer."""

    NONE = "none"
    BEFORE_ACTIVATION = "before_activation"


@dataclass(frozen=True)
class Architecture:
    """What a layer does besides its parameters: φ, the place of batch norm, and its ε >= 0."""

    activation: Activation
    batch_norm: BatchNorm = BatchNorm.NONE
    epsilon: float = EPSILON


@dataclass(frozen=True)
class Forward:
    """What a forward pass leaves behind. After an overflow the lists end with the last finite layer.

    Attributes:
        signals: u_0 = X … u_n, each (B, width); n + 1 of them.
        activation_inputs: ĥ_1 … ĥ_n, each (B, width): what enters φ, after batch norm if there is one.
        normalised: the records of batch norm, one per layer; empty without it.
        outputs: logits, (B, classes); infinite after an overflow.
        overflow_layer: the first layer i whose h_i (n + 1: the read-out) is beyond float64; None if all is finite.
    """

    signals: tuple[FloatArray, ...]
    activation_inputs: tuple[FloatArray, ...]
    normalised: tuple[Normalised, ...]
    outputs: FloatArray
    overflow_layer: int | None


def forward(network: Network, X: FloatArray, architecture: Architecture) -> Forward:
    """Send a batch X of shape (B, inputs) through the network.

    Raises:
        ValueError: X does not fit, holds a value that is not finite, or batch norm refuses it (B < 2, or a constant
            column with ε = 0).
    """
    _require_batch(network, X)
    signals, activation_inputs, normalised = [X], [], []
    for layer in range(network.depth):
        h = _affine(signals[-1], network.weights[layer], network.biases[layer])
        if h is None:
            break
        if architecture.batch_norm is BatchNorm.BEFORE_ACTIVATION:
            gamma, beta = network.gammas[layer], network.betas[layer]
            normalised.append(normalise(h, gamma, beta, epsilon=architecture.epsilon))
            h = normalised[-1].output
        activation_inputs.append(h)
        signals.append(architecture.activation.function(h))
    complete = len(signals) > network.depth
    outputs = _affine(signals[-1], network.readout, network.readout_bias) if complete else None
    overflow_layer = len(signals) if outputs is None else None
    if outputs is None:
        outputs = np.full((len(X), len(network.readout)), np.inf)
    return Forward(tuple(signals), tuple(activation_inputs), tuple(normalised), outputs, overflow_layer)


def _affine(u: FloatArray, weights: FloatArray, bias: FloatArray) -> FloatArray | None:
    """u Wᵀ + b, or None if an entry is beyond float64."""
    with np.errstate(over="ignore", invalid="ignore"):  # found and reported instead
        h = u @ weights.T + bias
    return h if np.isfinite(h).all() else None


def _require_sizes(**sizes: int) -> None:
    for name, size in sizes.items():
        if size < 1:
            raise ValueError(f"got {name} {size}: it must be at least 1")


def _require_scales(**scales: float) -> None:
    for name, scale in scales.items():
        if not 0.0 <= scale < np.inf:
            raise ValueError(f"got {name} {scale}: it must be finite and at least 0; 1 keeps a linear signal's size")


def _require_batch(network: Network, X: FloatArray) -> None:
    inputs = network.weights[0].shape[1]
    if X.ndim != 2 or X.shape[1] != inputs or len(X) == 0:
        raise ValueError(f"got a batch of shape {X.shape}: it must be (B, {inputs}) with B >= 1; one row per sample")
    if not np.isfinite(X).all():
        raise ValueError("got a batch with infinities or NaN: every entry must be finite; remove or replace them")
