"""The chain that the settings of "n layers" mean, in the form that picture and words need: logs, signs, and fates.

Everything is log₁₀, so a factor may stand at 10⁻⁴⁰⁰; a factor of 0 is given a height far below every picture.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from gdcore.chain_depths import Depths, Draw, draw_weights, grow
from gdcore.chain_formats import first_gradients_in, printed
from gdcore.precision import FORMATS, Storage, storage
from gdcore.scaled import FloatArray, Scaled

MOST_LAYERS = 200
ZERO = -1e7  # log₁₀ of a factor that is 0; a gradient that is none stays above half of it
NOTHING = ZERO / 2  # below it a sum of logs means 0
STUCK = "stuck"  # beside the values of `Printed`: rounding holds up what should be 0
WAYS = ("normal", "subnormal", STUCK, "zero", "infinite", "not_a_number")  # what is printed travels as a place here


@dataclass(frozen=True)
class Problem:
    """What a chain is made of, but for its depth and the size of its weights."""

    draw: Draw
    seed: int
    bias: float
    x: float
    target: float

    def grown(self, scale: float) -> Depths:
        """The chains of every depth with weights of this size."""
        return _grown(self, scale)


@lru_cache(maxsize=256)
def _grown(problem: Problem, scale: float) -> Depths:
    weights = draw_weights(problem.draw, MOST_LAYERS, scale, problem.seed)
    return grow(weights, problem.bias, problem.x, problem.target)


def log10_of(numbers: Scaled) -> FloatArray:
    """log₁₀ of each number, ZERO for zero."""
    return np.where(numbers.sign == 0, ZERO, numbers.log10)


def products_of(grown: Depths) -> FloatArray:
    """log₁₀ of ∏_{k=2}^n w_k, whose differences are the logs of the products after a layer; all of them 0 if w is."""
    if not grown.weights.all():
        return np.arange(len(grown.weights), dtype=np.float64) * ZERO
    return grown.products.log10


def product_signs(grown: Depths) -> np.ndarray:
    """The sign of ∏_{k=2}^n w_k; 1 where it is 0, for then its height says so."""
    return np.where(grown.products.sign == 0, 1, grown.products.sign)


@dataclass(frozen=True)
class Factors:
    """log₁₀ and sign of everything that the gradients of the chains of all depths are made of, as the picture shows it.

    Each is a pair of arrays: of the signals (N + 1,), of the products ∏_{k=2}^n w_k and of the errors (N,).
    """

    signals: tuple[FloatArray, np.ndarray]
    products: tuple[FloatArray, np.ndarray]
    errors: tuple[FloatArray, np.ndarray]

    @classmethod
    def of(cls, grown: Depths) -> "Factors":
        """All of them at once."""
        return cls(
            (log10_of(grown.signals), grown.signals.sign),
            (products_of(grown), product_signs(grown)),
            (log10_of(grown.errors), grown.errors.sign),
        )

    def at(self, depth: int) -> dict[str, tuple[FloatArray, np.ndarray]]:
        """Of the chain of one depth, layer by layer: its gradients and their three factors."""
        products, turns = self.products
        error = tuple(np.full(depth, each[depth - 1]) for each in self.errors)
        product = products[depth - 1] - products[:depth], turns[depth - 1] * turns[:depth]
        signal = tuple(each[:depth] for each in self.signals)
        gradient = error[0] + product[0] + signal[0], error[1] * product[1] * signal[1]
        parts = {"gradient": gradient, "product": product, "signal": signal, "error": error}
        return {name: (log10, np.where(log10 < NOTHING, 0, sign)) for name, (log10, sign) in parts.items()}

    def drawn(self, depths: np.ndarray) -> FloatArray:
        """log₁₀ of all that the picture shows of the chains of these depths, a row a chain; ZERO beyond its layers."""
        most = int(depths.max())
        at, signal = depths[:, None] - 1, self.signals[0][:most]
        error, product = self.errors[0][at], self.products[0][at] - self.products[0][:most]
        outside = np.arange(most) > at
        parts = (error + product + signal, product, np.broadcast_to(signal, product.shape))
        return np.hstack([error, *(np.where(outside, ZERO, part) for part in parts)])


def parts_at(grown: Depths, depth: int) -> dict[str, tuple[FloatArray, np.ndarray]]:
    """log₁₀ and sign of a chain's gradients and of their three factors, layer by layer, as the picture shows them."""
    return Factors.of(grown).at(depth)


@dataclass(frozen=True)
class Told:
    """What one format makes of ∂L/∂w₁, for the chains of every depth.

    Attributes:
        numbers: what the computer holds, 0, ±inf and NaN included, shape (N,).
        ways: what it prints, in `WAYS`, shape (N,).
        fails: the first depth at which the number is no use: printed as 0.0, inf or nan, or so small that it should
            be; None if there is none.
    """

    numbers: FloatArray
    ways: np.ndarray
    fails: int | None


@lru_cache(maxsize=256)
def told_in_formats(problem: Problem, scale: float) -> dict[str, Told]:
    """What each of the four formats makes of ∂L/∂w₁; a gradient that is 0 in truth does not count as a failure."""
    grown = problem.grown(scale)
    true = grown.first_gradients
    found = {}
    for name, fmt in FORMATS.items():
        numbers = first_gradients_in(fmt, grown.weights, problem.bias, problem.x, problem.target)
        ways = printed(numbers, fmt)
        fate = storage(true, fmt)
        lost, usable = fate == Storage.UNDERFLOW, np.isfinite(numbers) & (numbers != 0.0)
        ways = np.where(lost & usable, STUCK, ways)
        fails = np.flatnonzero(~usable & (true.sign != 0) | lost | (fate == Storage.OVERFLOW))
        found[name] = Told(numbers, ways, int(fails[0]) + 1 if fails.size else None)
    return found
