"""δ_{i−1} = fl(w_i δ_i): the gradient of a chain as a computer gets it that rounds every result to one format.

`precision` says what a format makes of one exact number. Here every single product and sum is rounded, forward and
backward, as on a graphics card that computes in float16, bfloat16, float32 or float64. Then a signal that overflows
makes the error infinite, infinity times zero is not a number, and a product of weights between ½ and 1 never arrives
at zero: it sticks at a few times the smallest positive number, because rounding lifts it up again and again.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from gdcore.precision import BFLOAT16, FLOAT16, Format
from gdcore.scaled import FloatArray

Rounding = Callable[[Any], Any]  # of an array, or of a single number of NumPy's
_NATIVE = {"float16": np.float16, "bfloat16": np.float32, "float32": np.float32, "float64": np.float64}
_CUT, _HALF, _ONE, _KEPT, _POWER = (np.uint32(bits) for bits in (16, 0x7FFF, 1, 0xFFFF0000, 0x7F800000))  # of a float32
_SMALLEST, _THIRTEEN = np.float32(2.0**-14).view(np.uint32), np.uint32(13 << 23)  # exponents of a float32
_UP, _DOWN = np.float32(2.0**112), np.float32(2.0**-112)  # from the end of float16 to the end of float32, and back


class Printed(StrEnum):
    """What a computer prints for a gradient."""

    NORMAL = "normal"
    SUBNORMAL = "subnormal"  # a number that has lost digits
    ZERO = "zero"  # 0.0
    INFINITE = "infinite"  # inf or -inf
    NAN = "not_a_number"


def first_gradients_in(fmt: Format, weights: npt.ArrayLike, bias: float, x: float, target: float) -> FloatArray:
    """∂L/∂w₁ at every depth, every result rounded to the format.

    Args:
        fmt: one of ``FORMATS``.
        weights: w_1 … w_N of one draw, or of many at once, shape (..., N) with at most two axes, finite.
        bias: b, the same in every layer.
        x: the input.
        target: y.

    Returns:
        The shape of the weights, float64: depth n at index n − 1; 0, ±inf and NaN are what the format made of it.
    """
    kind = _NATIVE[fmt.name]
    fit: Rounding = _to_bfloat16 if fmt is BFLOAT16 else _as_it_is
    with np.errstate(all="ignore"):
        w = fit(np.array(np.transpose(weights), dtype=kind, order="C"))  # of one draw a layer's weight is a mere number
        b, goal, start = fit(np.array([bias, target, x], dtype=kind))
        signals, signal = np.empty_like(w), start
        for layer, own in enumerate(w):
            signal = signals[layer] = fit(fit(own * signal) + b)
        errors = fit(signals - goal)
        w[0] = start  # the first weight is no factor of its own gradient, but the input is
        signs = np.copysign(1.0, errors) * np.multiply.accumulate(np.copysign(1.0, w))
        sizes, factors = np.abs(errors), np.abs(w)
        if fmt is FLOAT16:  # where digits are lost, NumPy's own float16 takes ten times as long
            sizes, factors, fit = sizes.astype(np.float32), factors.astype(np.float32), _to_float16
        for layer in reversed(range(len(w))):
            sizes[layer:] = fit(sizes[layer:] * factors[layer])
        found: FloatArray = np.copysign(sizes, signs).T.astype(np.float64)
    return found


def _as_it_is(values: Any) -> Any:
    """NumPy's own types round every result by themselves."""
    return values


def _to_bfloat16(values: Any) -> Any:
    """Round float32 numbers, an array or a single one, to their first 16 bits."""
    bits = values.view(np.uint32)
    # half a step, less for a tie below an even neighbour; a carry into the exponent is right, up to infinity
    return ((bits + (_HALF + (bits >> _CUT & _ONE))) & _KEPT).view(np.float32)


def _to_float16(sizes: Any) -> Any:
    """Round float32 numbers from 0 to 2¹¹⁴, or ∞ or NaN, to float16, still as float32.

    Beside 2¹³ times the power of two that a number begins with, float32 has as many digits left as float16 has.
    """
    power = np.maximum(sizes.view(np.uint32) & _POWER, _SMALLEST)
    beside = (power + _THIRTEEN).view(np.float32)  # for an infinite number a tiny one
    return ((sizes + beside) - beside) * _UP * _DOWN


def printed(gradients: FloatArray, fmt: Format) -> npt.NDArray[np.str_]:
    """What each gradient is on that computer: the values of ``Printed``, same shape."""
    size = np.abs(gradients)
    cases = [np.isnan(size), np.isinf(size), size == 0.0, size < float(fmt.smallest_normal)]
    names = [Printed.NAN, Printed.INFINITE, Printed.ZERO, Printed.SUBNORMAL]
    return np.select(cases, [np.array(name.value) for name in names], default=np.array(Printed.NORMAL.value))
