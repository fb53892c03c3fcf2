"""σ_w² = fan_in · variance: all that theory knows of an initialiser, and the scale that keeps a gradient's size.

With σ_w follow, for very wide layers, how the signal and the sensitivity are scaled in each layer (`depth_theory`), and
the initialiser's number for which the sensitivity neither shrinks nor grows. The shape of the distribution, normal or
uniform, does not matter: a unit adds up many weights.

A constant start is a case of its own: all units of a layer do the same, and the network is the chain of scalars with
the weight w = width · value. That is exact, and no random network behaves so. Only the last layer is told apart, by the
random read-out: the sum that its weights take of the sensitivity loses about a factor √width, once.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gdcore.activations import SIGMOID, Activation
from gdcore.depth_theory import critical_weight_scale, gradient_growth, log10_variances
from gdcore.forward_pass import forward
from gdcore.initialisers import Initialiser, constant, he, lecun, normal, orthogonal, uniform, xavier_normal
from gdcore.network import Architecture, Network
from gdcore.scaled import FloatArray

# Xavier's draw is the normal one; in a layer with as many inputs as outputs it is LeCun's
STARTS: dict[str, Callable[[float], Initialiser]] = {
    "constant": constant,
    "normal": normal,
    "uniform": uniform,
    "xavier": xavier_normal,
    "he": he,
    "lecun": lecun,
    "orthogonal": orthogonal,
}
# the best that a constant start with sigmoid can do per layer: the largest h(1 − φ(h)) over h >= 0
CONSTANT_SIGMOID = 0.2785


@dataclass(frozen=True)
class Expected:
    """What theory expects in the layers 1 … n, log₁₀, each shape (n,).

    Attributes:
        signal: ‖u_i‖.
        sensitivity: ‖∂L/∂h_i‖ relative to the last layer.
        gradient: ‖∂L/∂W_i‖ relative to the last layer.
    """

    signal: FloatArray
    sensitivity: FloatArray
    gradient: FloatArray


def weight_scale(initialiser: str, gain: float, fan_out: int, fan_in: int) -> float:
    """σ_w = √(fan_in · variance) of a layer; for a constant start fan_in · value, the weight of the chain of scalars.

    Args:
        initialiser: a key of STARTS.
        gain: its number, >= 0.
        fan_out: units of the layer, >= 1.
        fan_in: its inputs, >= 1.
    """
    if initialiser == "constant":
        return fan_in * gain
    # all of them are proportional to their number, whose square may be too small for float64
    return gain * math.sqrt(fan_in * STARTS[initialiser](1.0).variance(fan_out, fan_in))


def keeping_gain(initialiser: str, activation: Activation, width: int) -> float | None:
    """The initialiser's number for which sensitivities neither shrink nor grow; None where there is none.

    σ_w is the critical one: 1 for identity and tanh, √2 for ReLU, 10.15 for sigmoid (not 4 = 1/φ′(0): its signals are
    never around 0). The chain of scalars of a constant start needs w = 1; with sigmoid its factor stays below 0.28.
    """
    if initialiser == "constant":
        return None if activation is SIGMOID else 1.0 / width
    return critical_weight_scale(activation) / weight_scale(initialiser, 1.0, width, width)


def expected(
    initialiser: str, gain: float, activation: Activation, depth: int, width: int, images: FloatArray
) -> Expected | None:
    """What theory expects of a batch of images (B, inputs); None for a gain of 0, which nothing passes.

    For one sample, or a batch whose samples stay as alike as they were.
    """
    if gain == 0.0:
        return None
    batch, inputs = images.shape
    if initialiser == "constant":
        signal, sensitivity = _chain(gain, activation, depth, width, images)
    else:
        signal, sensitivity = _random(initialiser, gain, activation, depth, width, images)
    signal = signal + 0.5 * math.log10(batch * width)
    entering = np.append(0.5 * math.log10(batch * inputs * np.mean(images**2)), signal[:-1])
    gradient = sensitivity + entering
    return Expected(signal, sensitivity, gradient - gradient[-1])


def _random(
    initialiser: str, gain: float, activation: Activation, depth: int, width: int, images: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """log₁₀ of the root mean square of u_1 … u_n, and of ‖δ_i‖/‖δ_n‖."""
    scale = weight_scale(initialiser, gain, width, width)
    first = weight_scale(initialiser, gain, width, images.shape[1])
    # the first layer has inputs of its own number, and so a scale of its own
    entering = float(np.mean(images**2)) * (first / scale) ** 2
    variances = log10_variances(activation, scale, depth + 1, entering)
    signal = 0.5 * (variances[1:] - 2.0 * math.log10(scale))
    spread = 10.0 ** np.clip(variances[: depth - 1], -300.0, 300.0)
    slopes = np.array([0.5 * math.log10(gradient_growth(activation, float(q), 1.0)) for q in spread])
    growth = math.log10(scale) + slopes
    return np.asarray(signal), np.append(np.cumsum(growth[::-1])[::-1], 0.0)


def _chain(
    value: float, activation: Activation, depth: int, width: int, images: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """The same for a constant start: a network of one unit a layer, whose weight is that of all units together."""
    weights = (np.full((1, images.shape[1]), value), *[np.full((1, 1), width * value)] * (depth - 1))
    zeros, ones = (np.zeros(1),) * depth, (np.ones(1),) * depth
    chain = Network(weights, zeros, ones, zeros, np.ones((1, 1)), np.zeros(1))
    passed = forward(chain, images, Architecture(activation))
    signal = np.array([float(u.log10_norm) for u in passed.signals[1:]]) - 0.5 * math.log10(len(images))
    with np.errstate(divide="ignore"):  # far out a sigmoid has no slope that float64 could hold
        slopes = [2.0 * np.log(activation.derivative(h.real()[:, 0])) for h in passed.activation_inputs[:-1]]
    # samples lie at different places of φ: each has its own product, and the mean is taken over the products
    products = np.cumsum(np.reshape(slopes, (depth - 1, len(images)))[::-1], axis=0)[::-1]
    passes = 0.5 * (np.logaddexp.reduce(products, axis=1) - math.log(len(images))) / math.log(10.0)
    layers = np.arange(depth - 1, 0, -1)
    sensitivity = passes + layers * math.log10(width * value) - 0.5 * math.log10(width)
    return signal, np.append(sensitivity, 0.0)
