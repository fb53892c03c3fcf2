"""a · 2^e with one whole exponent e for a whole matrix: block floating point.

A deep network with small weights shrinks its signals below 4.9e-324, and their squares long before that. The entries of
one layer are of similar size, though: one exponent for all of them is enough to keep every norm, and a power of two
changes no digit. As long as the squares stay well inside float64, e stays what it was, nearly always 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gdcore.scaled import LOG10_2, FloatArray, IntArray

# sums of squares that leave room for the next products on both sides
SMALLEST_SQUARES, LARGEST_SQUARES = 1e-200, 1e200


@dataclass(frozen=True)
class Block:
    """Matrices values · 2^exponent; any leading axes hold one matrix each.

    Attributes:
        values: shape (..., rows, columns), float64.
        exponent: shape (...), int64.
        squares: shape (...), the sum of the squares of each matrix of values.
    """

    values: FloatArray
    exponent: IntArray
    squares: FloatArray

    @classmethod
    def of(cls, values: FloatArray, exponent: IntArray | int = 0) -> Block:
        """The matrices values · 2^exponent, with a new exponent where their squares would leave float64.

        Args:
            values: finite, shape (..., rows, columns).
            exponent: shape (...) or one number for all.
        """
        flat = values.reshape(*values.shape[:-2], -1)
        with np.errstate(over="ignore"):
            squares = np.asarray(np.vecdot(flat, flat))
        powers = np.asarray(exponent, dtype=np.int64)
        if powers.shape != squares.shape:
            powers = np.full(squares.shape, powers)  # a tenth of the time that broadcasting takes
        fine = (squares > SMALLEST_SQUARES) & (squares < LARGEST_SQUARES)
        if fine.all() if fine.ndim else fine:  # of one matrix `fine` is a mere truth value, and `all` is slow at those
            return cls(values, powers, squares)
        largest = np.abs(flat).max(axis=-1, initial=0.0)
        shift = np.where(fine | (largest == 0.0), 0, np.frexp(largest)[1])
        values = np.ldexp(values, -shift[..., None, None])
        flat = values.reshape(*values.shape[:-2], -1)
        return cls(values, np.where(largest == 0.0, 0, powers + shift), np.asarray(np.vecdot(flat, flat)))

    @classmethod
    def stacked(cls, blocks: Sequence[Block]) -> Block:
        """Blocks of one shape with a new first axis: one a block."""
        parts = (np.array(part) for part in zip(*((b.values, b.exponent, b.squares) for b in blocks), strict=True))
        return cls(*parts)

    @property
    def log10_norm(self) -> FloatArray:
        """log₁₀ of the Frobenius norm of each matrix, shape (...); −inf for a matrix of zeros."""
        with np.errstate(divide="ignore"):
            return np.asarray(0.5 * np.log10(self.squares) + self.exponent * LOG10_2)

    @property
    def unscaled(self) -> bool:
        """Whether every exponent is 0, so that `values` are the numbers themselves."""
        return not self.exponent.any()

    def real(self) -> FloatArray:
        """The numbers as float64 has them: 0 or ±inf beyond its range; shape (..., rows, columns)."""
        return scaled_by(self.values, self.exponent)

    def plus(self, row: FloatArray) -> Block:
        """Add a row of shape (..., columns) to every row of each matrix."""
        if not row.any():
            return self
        if self.unscaled:
            return Block.of(self.values + row[..., None, :])
        # below float64 the row is all that is left, above it what the row still adds
        kept = np.where(row.any(axis=-1), np.maximum(self.exponent, 0), self.exponent)
        return Block.of(scaled_by(self.values, self.exponent - kept) + scaled_by(row[..., None, :], -kept), kept)


def scaled_by(values: FloatArray, exponent: IntArray) -> FloatArray:
    """values · 2^exponent for matrices (..., rows, columns) and exponents (...); 0 or ±inf beyond float64."""
    if not exponent.any():
        return values
    power = np.clip(exponent, -3000, 3000).astype(np.intc)[..., None, None]  # ldexp takes a C int
    with np.errstate(over="ignore", under="ignore"):
        return np.asarray(np.ldexp(values, power))
