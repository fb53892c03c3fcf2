"""x = m · 2^e: numbers beyond the range of float64.

A float64 ends at 1.8e308 and its smallest positive number is 4.9e-324. The gradient of a deep chain leaves that range
in both directions, and it is exactly there that the lesson happens. So a number is kept as two: a mantissa m that
carries sign and digits, and a whole exponent e that can grow without end. The mantissa is kept between 1/√2 and √2, so
that log₁₀|x| = log₁₀|m| + e·log₁₀ 2 never subtracts two nearly equal terms, not even where |x| is almost 1.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

SQRT_HALF = math.sqrt(0.5)
LOG10_2 = math.log10(2.0)


@dataclass(frozen=True)
class Scaled:
    """Numbers m · 2^e, of any shape.

    Attributes:
        mantissa: m, float64, 1/√2 <= |m| < √2, or 0 for the number zero.
        exponent: e, int64, same shape; 0 for the number zero.
    """

    mantissa: FloatArray
    exponent: IntArray

    @classmethod
    def from_floats(cls, values: npt.ArrayLike) -> Scaled:
        """The given finite floats, exactly, subnormal ones included.

        Raises:
            ValueError: a value is infinite or not a number.
        """
        array = np.asarray(values, dtype=np.float64)
        if not np.isfinite(array).all():
            raise ValueError(f"got {array}: every value must be finite; leave infinities and NaN out")
        return cls._normalised(array, np.zeros(array.shape, dtype=np.int64))

    @classmethod
    def from_integers(cls, integers: Iterable[int], powers: Iterable[int]) -> Scaled:
        """The numbers integer · 2^power, of any size, each rounded once (to nearest, ties to even); shape (k,)."""
        rounded = [_leading_digits(integer) for integer in integers]
        mantissa = np.array([digits for digits, _ in rounded], dtype=np.float64)
        shifts = np.array([shift for _, shift in rounded], dtype=np.int64)
        return cls._normalised(mantissa, shifts + np.array(list(powers), dtype=np.int64))

    @classmethod
    def _normalised(cls, factor: FloatArray, power: IntArray) -> Scaled:
        """Bring factor · 2^power, for a finite factor, to the mantissa range."""
        mantissa, exponent = np.frexp(factor)
        small = np.abs(mantissa) < SQRT_HALF
        mantissa = np.where(small, 2.0 * mantissa, mantissa)
        return cls(mantissa, np.where(mantissa == 0.0, 0, exponent + power - small).astype(np.int64))

    @cached_property
    def sign(self) -> IntArray:
        """−1, 0 or +1."""
        return np.sign(self.mantissa).astype(np.int64)

    @cached_property
    def log10(self) -> FloatArray:
        """log₁₀|x|, −inf for zero; relative error below 1e-12, also near |x| = 1."""
        zero = self.mantissa == 0.0
        logarithm = np.log10(np.where(zero, 1.0, np.abs(self.mantissa))) + self.exponent * LOG10_2
        return np.where(zero, -np.inf, logarithm)

    def __mul__(self, other: Scaled) -> Scaled:
        """The product, entry by entry, to one rounding; shapes broadcast."""
        return Scaled._normalised(self.mantissa * other.mantissa, self.exponent + other.exponent)

    def __getitem__(self, index: Any) -> Scaled:
        """The entries at an index, as numpy understands it."""
        return Scaled(np.asarray(self.mantissa[index]), np.asarray(self.exponent[index]))

    def __len__(self) -> int:
        """The number of entries along the first axis."""
        return len(self.mantissa)

    def to_float(self) -> FloatArray:
        """The float64 a computer would hold: ±inf and 0 where the number leaves its range."""
        # beyond ±3000 every mantissa overflows or underflows, and ldexp's exponent is only a C int
        exponent = np.clip(self.exponent, -3000, 3000).astype(np.intc)
        with np.errstate(over="ignore", under="ignore"):
            return np.asarray(np.ldexp(self.mantissa, exponent))


def _leading_digits(integer: int) -> tuple[float, int]:
    """Round an integer to digits · 2^shift with 53 significant bits."""
    size = abs(integer)
    shift = max(size.bit_length() - 64, 0)
    top = size >> shift
    # a last bit for "something follows" keeps the rounding to 53 bits right: one rounding, not two
    sticky = int(top << shift != size)
    digits = float(top | sticky)
    return (digits if integer >= 0 else -digits), shift


def frobenius_norm(array: FloatArray) -> float:
    """‖a‖ = √Σa², divided by the largest entry first, so that entries of 1e-170 do not square to nothing.

    Args:
        array: any shape.

    Returns:
        The norm; inf where an entry is infinite or not a number, because the norm then has left float64 as well.
    """
    largest = float(np.abs(array).max(initial=0.0))
    if not math.isfinite(largest):
        return math.inf
    if largest == 0.0:
        return 0.0
    return largest * float(np.linalg.norm(array / largest))
