"""E‖δ_{i−1}‖² = χ · E‖δ_i‖²,  χ = σ_w² E φ′(√q z)²: how a random wide layer scales what passes through it.

In a wide layer with W_ij ~ N(0, σ_w²/fan_in) every unit's input is Gaussian with some variance q. Going forward, q
changes from layer to layer as q ← σ_w² E φ(√q z)² + σ_b². Going backward, the squared sensitivity is multiplied by χ.
If χ is below 1 gradients vanish, above 1 they explode; σ_w is critical where χ = 1 at the q that the signal settles at.

These are means over weights, for one sample and infinite width. A typical network of width d lies a little below: in a
linear layer of scale 1 by a factor of about 1 − 1/d.

Source: Poole et al. 2016, arXiv:1606.05340; Schoenholz et al. 2017, arXiv:1611.01232.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np

from gdcore.activations import IDENTITY, RELU, Activation
from gdcore.scaled import FloatArray


@lru_cache(maxsize=20_000)
def signal_moment(activation: Activation, variance: float) -> float:
    """E φ(√q z)² for z ~ N(0, 1) and a variance q >= 0."""
    if activation in _SLOPE_MOMENTS:
        return _SLOPE_MOMENTS[activation] * variance
    return _gaussian_mean(lambda z: activation.function(z) ** 2, variance)


@lru_cache(maxsize=20_000)
def slope_moment(activation: Activation, variance: float) -> float:
    """E φ′(√q z)² for z ~ N(0, 1) and a variance q >= 0."""
    if activation in _SLOPE_MOMENTS:
        return _SLOPE_MOMENTS[activation]
    return _gaussian_mean(lambda z: activation.derivative(z) ** 2, variance)


# identity and ReLU have the same slope at every scale: the share of inputs they let through
_SLOPE_MOMENTS = {IDENTITY: 1.0, RELU: 0.5}


def _gaussian_mean(function: Callable[[FloatArray], FloatArray], variance: float) -> float:
    """E f(t) for t ~ N(0, q) and a function analytic near the real line.

    The trapezoidal rule after t = a sinh(y) converges exponentially. Where q is large it still puts points on the scale
    1 on which tanh and sigmoid bend, which Gauss-Hermite nodes, spread with √q, would miss.
    """
    if variance == 0.0:
        return float(function(np.zeros(1))[0])
    deviation = math.sqrt(variance)
    scale = min(1.0, deviation)
    end = math.asinh(10.0 * deviation / scale)
    y, step = np.linspace(-end, end, 2 * math.ceil(end / 0.05) + 1, retstep=True)
    t = scale * np.sinh(y)
    density = np.exp(-0.5 * (t / deviation) ** 2) * np.cosh(y)
    return float((function(t) * density).sum()) * (float(step) * (scale / deviation) / math.sqrt(2.0 * math.pi))


def next_variance(activation: Activation, variance: float, weight_scale: float, bias_scale: float = 0.0) -> float:
    """One layer forward: σ_w² E φ(√q z)² + σ_b²."""
    return weight_scale**2 * signal_moment(activation, variance) + bias_scale**2


def gradient_growth(activation: Activation, variance: float, weight_scale: float) -> float:
    """One layer backward: χ = σ_w² E φ′(√q z)², the factor on ‖δ‖² (a norm is multiplied by its root)."""
    return weight_scale**2 * slope_moment(activation, variance)


def log10_variances(
    activation: Activation, weight_scale: float, depth: int, input_second_moment: float, *, bias_scale: float = 0.0
) -> FloatArray:
    """log₁₀ of q_1 … q_n, shape (n,): the variance of h_i in each layer, which may lie far outside float64.

    Args:
        activation: φ.
        weight_scale: σ_w > 0.
        depth: n >= 1.
        input_second_moment: mean square of the entries of the input, > 0.
        bias_scale: σ_b >= 0.

    Raises:
        ValueError: an argument outside its range.
    """
    _require(weight_scale, depth, input_second_moment, bias_scale)
    of_bias = 2.0 * math.log(bias_scale) if bias_scale > 0.0 else -math.inf
    of_signal, variances = math.log(input_second_moment), np.empty(depth)
    for layer in range(depth):
        logarithm = float(np.logaddexp(2.0 * math.log(weight_scale) + of_signal, of_bias))
        variances[layer] = logarithm / math.log(10.0)
        of_signal = logarithm + math.log(_signal_gain(activation, variances[layer]))
    return variances


def _variance(log10_variance: float) -> float:
    """q itself; beyond 1e±300 its exact size no longer matters to any activation."""
    return float(10.0 ** min(max(log10_variance, -300.0), 300.0))


def _signal_gain(activation: Activation, log10_variance: float) -> float:
    variance = _variance(log10_variance)
    return signal_moment(activation, variance) / variance


def fixed_variance(activation: Activation, weight_scale: float, bias_scale: float = 0.0) -> float:
    """q* = σ_w² E φ(√q* z)² + σ_b²: where the variance settles in a deep network.

    It is 0 where the signal dies out and inf where it grows without end. Without bias, identity and ReLU keep every q
    at their critical scale; 0 is returned there, the limit from below.
    """
    _require(weight_scale, 1, 1.0, bias_scale)
    if activation in _SLOPE_MOMENTS:
        gain = weight_scale**2 * _SLOPE_MOMENTS[activation]
        if bias_scale == 0.0 and gain <= 1.0:
            return 0.0
        return bias_scale**2 / (1.0 - gain) if gain < 1.0 else math.inf

    def excess(variance: float) -> float:
        return next_variance(activation, variance, weight_scale, bias_scale) - variance

    silent = activation.function(np.zeros(1))[0] == 0.0 and bias_scale == 0.0
    if silent and weight_scale * abs(activation.derivative(np.zeros(1))[0]) <= 1.0:
        return 0.0
    return _root(excess, 1e-30, 2.0 * weight_scale**2 + 2.0 * bias_scale**2)


def critical_weight_scale(activation: Activation, bias_scale: float = 0.0) -> float:
    """The σ_w for which χ = 1 at the variance where the signal settles: gradients neither vanish nor explode.

    Identity 1, ReLU √2, whatever the bias; tanh 1 without bias and √1.76095 with σ_b² = 0.05.
    """
    _require(1.0, 1, 1.0, bias_scale)
    if activation in _SLOPE_MOMENTS:
        return 1.0 / math.sqrt(_SLOPE_MOMENTS[activation])
    if bias_scale == 0.0 and activation.function(np.zeros(1))[0] == 0.0:
        return 1.0 / abs(float(activation.derivative(np.zeros(1))[0]))

    def excess(variance: float) -> float:
        # the σ_w that makes χ = 1 at this q, put into the forward map
        ratio = signal_moment(activation, variance) / slope_moment(activation, variance)
        return ratio + bias_scale**2 - variance

    return 1.0 / math.sqrt(slope_moment(activation, _root(excess, 1e-12, 1e6)))


def predicted_log10_gradient_norms(
    activation: Activation,
    weight_scale: float,
    depth: int,
    input_second_moment: float,
    *,
    bias_scale: float = 0.0,
    inputs_per_width: float = 1.0,
) -> FloatArray:
    """log₁₀ of ‖∂L/∂W_i‖ relative to the last layer, without batch norm; shape (n,), the last entry 0.

    ‖∂L/∂W_i‖² is the product of ‖δ_i‖², which shrinks or grows by χ per layer, and of ‖u_{i−1}‖². For one sample, or
    for a batch whose samples stay as alike as they were.

    Args:
        activation: φ.
        weight_scale: σ_w > 0.
        depth: n >= 1.
        input_second_moment: mean square of the entries of the input, > 0.
        bias_scale: σ_b >= 0.
        inputs_per_width: entries of a sample divided by the width; the first layer's gradient has so many columns more.

    Raises:
        ValueError: an argument outside its range.
    """
    variances = log10_variances(activation, weight_scale, depth, input_second_moment, bias_scale=bias_scale)
    growth = [gradient_growth(activation, _variance(q), weight_scale) for q in variances]
    # ‖δ_i‖² has the growth of layers i … n in it; the last layer's is common to all and cancels
    sensitivity = np.cumsum(np.log10(growth[::-1]))[::-1]
    gains = [_signal_gain(activation, q) for q in variances[:-1]]
    signal = np.append(math.log10(input_second_moment * inputs_per_width), variances[:-1] + np.log10(gains))
    squared = sensitivity + signal
    return np.asarray(0.5 * (squared - squared[-1]))


def all_dead_probability(width: int, depth: int) -> float:
    """The chance that one sample is exactly zero after n ReLU layers of d units without bias: 1 − (1 − 2^{−d})ⁿ."""
    if width < 1 or depth < 1:
        raise ValueError(f"got width {width}, depth {depth}: both must be at least 1")
    if width == 1:
        return 1.0 - 0.5**depth
    return -math.expm1(depth * math.log1p(-(2.0**-width)))


def _root(excess: Callable[[float], float], low: float, high: float) -> float:
    """The zero between a point where the function is positive and one where it is negative, by bisection."""
    for _ in range(200):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if excess(middle) > 0.0 else (low, middle)
    return low


def _require(weight_scale: float, depth: int, input_second_moment: float, bias_scale: float) -> None:
    if not (0.0 < weight_scale < math.inf and 0.0 <= bias_scale < math.inf and 0.0 < input_second_moment < math.inf):
        raise ValueError(
            f"got weight_scale {weight_scale}, bias_scale {bias_scale}, input_second_moment {input_second_moment}: "
            "all must be finite, the first and the last above 0, the bias scale at least 0; nothing passes a scale of 0"
        )
    if depth < 1:
        raise ValueError(f"got depth {depth}: it must be at least 1")
