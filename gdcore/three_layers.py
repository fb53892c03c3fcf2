"""∂L/∂w₁ = (ŷ − y)·1·w₃·w₂·x,  ∂L/∂w₂ = (ŷ − y)·1·w₃·y₁,  ∂L/∂w₃ = (ŷ − y)·1·y₂:  three layers, factor by factor.

The chain of three layers x → h₁ → h₂ → h₃ → ŷ with y_i = w_i y_{i−1} + b, ŷ = y₃ and L = ½(ŷ − y)². Each gradient is
the product of one factor for every edge on the way back from the loss to the weight. The same gradients come once more
from central differences, which know nothing of the chain rule. L is a parabola in each single weight, and of a parabola
a central difference gives the exact slope whatever the step: only rounding is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gdcore.scaled import FloatArray

LAYERS = 3
STEP = 1e-3  # of the central difference
TOLERANCE = 1e-6  # relative: what still counts as agreement
UNIT = 2.0**-53  # the relative error of one operation in float64
FIT = 1e-13  # an error this small beside the numbers that it is the difference of is rounding: the fit is exact


@dataclass(frozen=True)
class ThreeLayers:
    """One forward and one backward pass; index i − 1 is layer i.

    Attributes:
        weights: w₁, w₂, w₃, shape (3,).
        bias: b, shared by the layers.
        target: y.
        signals: x, y₁, y₂, y₃ = ŷ, shape (4,).
        error: ŷ − y = ∂L/∂ŷ; exactly 0 where it is nothing but the rounding of decimals.
        loss: ½(ŷ − y)².
        sensitivities: ∂L/∂y₁, ∂L/∂y₂, ∂L/∂y₃, shape (3,).
        gradients: ∂L/∂w₁, ∂L/∂w₂, ∂L/∂w₃, shape (3,).
        quotients: (L(w_i + h) − L(w_i − h)) / 2h with h = STEP, shape (3,).
        rounding: by how much rounding alone may change a quotient, shape ().
    """

    weights: FloatArray
    bias: float
    target: float
    signals: FloatArray
    error: float
    loss: float
    sensitivities: FloatArray
    gradients: FloatArray
    quotients: FloatArray
    rounding: float

    @property
    def agree(self) -> bool:
        """Whether formula and central difference agree in all three gradients, to TOLERANCE or to rounding."""
        allowed = TOLERANCE * np.abs(self.gradients) + self.rounding
        return bool((np.abs(self.gradients - self.quotients) <= allowed).all())


def three_layers(weights: Sequence[float], bias: float, x: float, target: float) -> ThreeLayers:
    """Values forward, sensitivities backward, gradients by formula and by central differences.

    Args:
        weights: w₁, w₂, w₃, finite, of ordinary size.
        bias: b.
        x: the input.
        target: y.

    Raises:
        ValueError: not three weights, or a number that is not finite.
    """
    w = np.asarray(weights, dtype=np.float64)
    if w.shape != (LAYERS,) or not np.isfinite([*w, bias, x, target]).all():
        raise ValueError(f"got weights {weights}, b {bias}, x {x}, y {target}: give three weights, all numbers finite")
    signals = _forward(w, bias, x)
    size = _forward(np.abs(w), abs(bias), abs(x))[-1] + abs(target)
    error = float(signals[-1] - target)
    error = 0.0 if abs(error) <= FIT * size else error
    sensitivities = error * np.array([w[2] * w[1], w[2], 1.0])
    quotients = [_quotient(w, layer, bias, x, target) for layer in range(LAYERS)]
    return ThreeLayers(
        weights=w,
        bias=bias,
        target=target,
        signals=signals,
        error=error,
        loss=0.5 * error**2,
        sensitivities=sensitivities,
        gradients=sensitivities * signals[:-1],
        quotients=np.array(quotients),
        rounding=4 * (LAYERS + 1) * UNIT * (1.0 + size) ** 2 / STEP,
    )


def _forward(w: FloatArray, bias: float, x: float) -> FloatArray:
    signals = [x]
    for weight in w.tolist():
        signals.append(weight * signals[-1] + bias)
    return np.array(signals)


def _quotient(w: FloatArray, layer: int, bias: float, x: float, target: float) -> float:
    losses = []
    for h in (STEP, -STEP):
        moved = w.copy()
        moved[layer] += h
        losses.append(0.5 * (_forward(moved, bias, x)[-1] - target) ** 2)
    return float(losses[0] - losses[1]) / (2 * STEP)
