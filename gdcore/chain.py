"""y_i = w_i y_{i−1} + b_i;  ∂L/∂w_i = (ŷ − y) · ∏_{k>i} w_k · y_{i−1},  L = ½(ŷ − y)².

The smallest deep network: n layers of one unit, no activation, y_0 = x and ŷ = y_n. The gradient of a layer has three
factors: the error (ŷ − y), the product of all weights after the layer, and the signal that enters it. Each may leave
the range of float64, and y_i may lose all its digits where w_i y_{i−1} and b_i nearly cancel, an error that the next
layers then multiply by w each. But a float is a whole number times a power of two, and so is every sum and product of
floats: the chain is computed exactly, in whole numbers, and rounded once at the end.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gdcore.scaled import FloatArray, Scaled


@dataclass(frozen=True)
class Chain:
    """One forward and one backward pass through a chain of n layers; layer i sits at index i − 1.

    Attributes:
        signals: y_0 … y_n, shape (n + 1,); y_0 is the input x and y_n the prediction ŷ.
        products: ∏_{k>i} w_k, shape (n,); the last one is the empty product, 1.
        error: ŷ − y, shape (). It is also ∂L/∂ŷ.
        sensitivities: ∂L/∂y_i for i = 1 … n, shape (n,).
        gradients: ∂L/∂w_i, shape (n,).
    """

    signals: Scaled
    products: Scaled
    error: Scaled
    sensitivities: Scaled
    gradients: Scaled

    @property
    def bias_gradients(self) -> Scaled:
        """∂L/∂b_i, shape (n,): a bias enters y_i with factor 1, so this is ∂L/∂y_i itself."""
        return self.sensitivities

    @property
    def loss(self) -> Scaled:
        """L = ½(ŷ − y)², shape ()."""
        return self.error * self.error * Scaled.from_floats(0.5)


def backpropagate(weights: npt.ArrayLike, biases: npt.ArrayLike, x: float, target: float) -> Chain:
    """Run a chain forward and backward for one sample.

    The sums y_i and ŷ − y and the products ∏ w_k are rounded once each, however many layers they went through;
    sensitivities and gradients are products of these, good to about 15 digits.

    Args:
        weights: w_1 … w_n, shape (n,), finite.
        biases: b_1 … b_n, shape (n,), or one number for all layers; finite.
        x: input y_0, finite.
        target: the true value y, finite.

    Raises:
        ValueError: no layers, shapes that do not fit, or a value that is not finite.
    """
    w = np.asarray(weights, dtype=np.float64)
    b = np.asarray(biases, dtype=np.float64)
    _require_fitting(w, b, x, target)
    factors = [_dyadic(value) for value in w.tolist()]
    offsets = [_dyadic(value) for value in np.broadcast_to(b, w.shape).tolist()]

    exact_signals = [_dyadic(x)]
    for factor, offset in zip(factors, offsets, strict=True):
        exact_signals.append(factor.times(exact_signals[-1]).plus(offset))
    exact_products = [_dyadic(1.0)]
    for factor in reversed(factors[1:]):
        exact_products.append(factor.times(exact_products[-1]))

    signals = _rounded(exact_signals)
    products = _rounded(reversed(exact_products))
    error = _rounded([exact_signals[-1].plus(_dyadic(-target))])[0]
    sensitivities = error * products
    return Chain(signals, products, error, sensitivities, sensitivities * signals[:-1])


class _Dyadic(NamedTuple):
    """The exact number integer · 2^power."""

    integer: int
    power: int

    def times(self, other: _Dyadic) -> _Dyadic:
        return _Dyadic(self.integer * other.integer, self.power + other.power)

    def plus(self, other: _Dyadic) -> _Dyadic:
        # a zero keeps no useful power: aligning to it would only lengthen the other integer
        if other.integer == 0:
            return self
        if self.integer == 0:
            return other
        gap = self.power - other.power
        if gap >= 0:
            return _Dyadic((self.integer << gap) + other.integer, other.power)
        return _Dyadic(self.integer + (other.integer << -gap), self.power)


def _dyadic(value: float) -> _Dyadic:
    """A finite float, exactly, with the shortest possible integer."""
    numerator, denominator = float(value).as_integer_ratio()
    zeros = max((numerator & -numerator).bit_length() - 1, 0)
    return _Dyadic(numerator >> zeros, zeros - (denominator.bit_length() - 1))


def _rounded(numbers: Iterable[_Dyadic]) -> Scaled:
    integers, powers = zip(*numbers, strict=True)
    return Scaled.from_integers(integers, powers)


def _require_fitting(weights: FloatArray, biases: FloatArray, x: float, target: float) -> None:
    if weights.ndim != 1 or len(weights) == 0:
        raise ValueError(f"got weights of shape {weights.shape}: the shape must be (n,) with n >= 1; give a flat list")
    if biases.shape not in ((), weights.shape):
        raise ValueError(
            f"got biases of shape {biases.shape} for {len(weights)} weights: give one number, or one bias per layer"
        )
    if not (np.isfinite(weights).all() and np.isfinite(biases).all() and math.isfinite(x) and math.isfinite(target)):
        raise ValueError(
            f"got weights {weights}, biases {biases}, x {x}, target {target}: all must be finite; remove inf and NaN"
        )


def equal_weights(depth: int, weight: float) -> FloatArray:
    """The same weight in every layer, shape (depth,); depth >= 1."""
    _require_depth(depth)
    return np.full(depth, float(weight))


def random_sign_weights(depth: int, weight: float, *, rng: np.random.Generator) -> FloatArray:
    """+w or −w with equal chances in each layer, shape (depth,); depth >= 1."""
    _require_depth(depth)
    return weight * rng.choice(np.array([-1.0, 1.0]), size=depth)


def gaussian_weights(depth: int, scale: float, *, rng: np.random.Generator) -> FloatArray:
    """w_i ~ N(0, scale²), shape (depth,); depth >= 1. The same rng gives the same draw at every scale."""
    _require_depth(depth)
    return scale * rng.standard_normal(depth)


def _require_depth(depth: int) -> None:
    if depth < 1:
        raise ValueError(f"got depth {depth}: it must be at least 1; a chain needs a layer")
