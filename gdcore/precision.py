"""|x| <= 2^{−t−1} is stored as 0, |x| >= (2 − 2^{−p}) · 2^E as ∞: where a floating-point format gives up.

A format with p significant bits and largest exponent E has a largest number, a smallest normal number and, below that,
subnormal numbers that lose digits one by one, down to 2^{−t}. What is at most half of that rounds to zero; what is half
a step above the largest number rounds to infinity. So wⁿ vanishes or explodes at a depth n that can be named exactly,
and the depth is smaller on a graphics card that computes in float16 or bfloat16.

Source: IEEE 754-2019 (float16, float32, float64); bfloat16 is float32 with its last 16 bits cut off.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal, localcontext
from enum import StrEnum
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from gdcore.scaled import LOG10_2, FloatArray, Scaled


@dataclass(frozen=True)
class Format:
    """A binary floating-point format with subnormal numbers. Its bounds are exact fractions.

    Attributes:
        name: its key in ``FORMATS``.
        precision: p, the number of significant bits, the hidden one included.
        largest_exponent: E, the exponent of the largest finite number.
    """

    name: str
    precision: int
    largest_exponent: int

    @property
    def largest(self) -> Fraction:
        """The largest finite number, (2 − 2^{1−p}) · 2^E."""
        return (2 - Fraction(1, 1 << (self.precision - 1))) * (1 << self.largest_exponent)

    @property
    def smallest_normal(self) -> Fraction:
        """The smallest positive number with all its digits, 2^{1−E}."""
        return Fraction(1, 1 << (self.largest_exponent - 1))

    @property
    def smallest_subnormal(self) -> Fraction:
        """The smallest positive number, 2^{2−E−p}."""
        return self.smallest_normal / (1 << (self.precision - 1))

    @property
    def zero_threshold(self) -> Fraction:
        """|x| rounds to zero if, and only if, it is at most this."""
        return self.smallest_subnormal / 2

    @property
    def infinity_threshold(self) -> Fraction:
        """|x| rounds to infinity if, and only if, it is at least this: half a step above the largest number."""
        return (2 - Fraction(1, 1 << self.precision)) * (1 << self.largest_exponent)

    @property
    def log10_largest(self) -> float:
        """log₁₀ of the largest finite number."""
        return math.log10(2.0 - 2.0 ** (1 - self.precision)) + self.largest_exponent * LOG10_2

    @property
    def log10_smallest_normal(self) -> float:
        """log₁₀ of the smallest normal number."""
        return (1 - self.largest_exponent) * LOG10_2

    @property
    def log10_smallest_subnormal(self) -> float:
        """log₁₀ of the smallest positive number."""
        return (2 - self.largest_exponent - self.precision) * LOG10_2


FLOAT16 = Format("float16", 11, 15)
BFLOAT16 = Format("bfloat16", 8, 127)
FLOAT32 = Format("float32", 24, 127)
FLOAT64 = Format("float64", 53, 1023)

FORMATS: dict[str, Format] = {f.name: f for f in (FLOAT16, BFLOAT16, FLOAT32, FLOAT64)}


def first_underflow(w: float, fmt: Format) -> int | None:
    """The first n >= 1 for which wⁿ is stored as zero; None if there is none.

    The weight is stored in the format first, as a network would hold it (in bfloat16 0.9 is 0.8984375), then the power
    is computed exactly. Rounding after every product instead would never arrive at zero for 0.5 < |w| < 1.

    Raises:
        ValueError: w is not finite.
    """
    size = _stored_size(w, fmt)
    if size == 0.0:
        return 1
    return None if size >= 1.0 else _first_power(size, fmt.zero_threshold)


def first_overflow(w: float, fmt: Format) -> int | None:
    """The first n >= 1 for which wⁿ is stored as infinite; None if there is none.

    As in ``first_underflow``, the weight is stored first and the power is exact.

    Raises:
        ValueError: w is not finite.
    """
    size = _stored_size(w, fmt)
    if size == math.inf:
        return 1
    return None if size <= 1.0 else _first_power(size, fmt.infinity_threshold)


def _stored_size(w: float, fmt: Format) -> float:
    if not math.isfinite(w):
        raise ValueError(f"got w = {w}: it must be finite; give the weight of one layer")
    return abs(float(stored(Scaled.from_floats(w), fmt)))


def _first_power(size: float, threshold: Fraction) -> int:
    """The first n >= 1 for which sizeⁿ has reached a threshold on its side of 1."""
    with localcontext(prec=60):
        bound = Decimal(threshold.numerator).ln() - Decimal(threshold.denominator).ln()
        exact_n = bound / Decimal(size).ln()
        n = max(math.ceil(exact_n), 1)
        nearest = int(exact_n.to_integral_value())
        in_doubt = nearest >= 1 and abs(exact_n - nearest) < Decimal("1e-25")
    if not in_doubt:
        return n
    # only a true tie comes this close (a power of two, or n = 1), and there the integers are short
    power = Fraction(size) ** nearest
    reached = power <= threshold if size < 1.0 else power >= threshold
    return nearest if reached else nearest + 1


class Storage(StrEnum):
    """What becomes of a number in a format."""

    NORMAL = "normal"
    SUBNORMAL = "subnormal"  # stored, with fewer digits
    ZERO = "zero"  # zero to begin with
    UNDERFLOW = "underflow"  # not zero, but stored as zero
    OVERFLOW = "overflow"  # stored as an infinity


def stored(numbers: Scaled, fmt: Format) -> FloatArray:
    """The values that a computer working in the format would hold: rounded to nearest, ties to even; 0 or ±inf outside.

    Args:
        numbers: any shape.
        fmt: one of ``FORMATS``.

    Returns:
        Float64 of the same shape; it can hold every value of all four formats.
    """
    # x lies in [2^k, 2^{k+1}); its neighbours in the format are 2^step apart
    k = numbers.exponent - (np.abs(numbers.mantissa) < 1.0)
    step = np.maximum(k, 1 - fmt.largest_exponent) - fmt.precision + 1
    whole = np.rint(_ldexp(numbers.mantissa, numbers.exponent - step))
    value = _ldexp(whole, step)
    return np.where(np.abs(value) > float(fmt.largest), np.copysign(np.inf, value), value)


def storage(numbers: Scaled, fmt: Format) -> npt.NDArray[np.str_]:
    """What becomes of each number: the values of ``Storage``, same shape."""
    size = np.abs(stored(numbers, fmt))
    cases = [numbers.mantissa == 0.0, size == 0.0, np.isinf(size), size < float(fmt.smallest_normal)]
    names = [Storage.ZERO, Storage.UNDERFLOW, Storage.OVERFLOW, Storage.SUBNORMAL]
    return np.select(cases, [np.array(name.value) for name in names], default=np.array(Storage.NORMAL.value))


def _ldexp(mantissa: FloatArray, exponent: npt.NDArray[np.int64]) -> FloatArray:
    with np.errstate(over="ignore", under="ignore"):  # beyond ±3000 the result is 0 or inf whatever the exponent
        return np.asarray(np.ldexp(mantissa, np.clip(exponent, -3000, 3000).astype(np.intc)))
