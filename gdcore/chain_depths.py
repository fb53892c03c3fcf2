"""log|∂L/∂w₁| changes by log|w| a layer where |w| < 1, by 2·log|w| where |w| > 1: a chain that grows layer by layer.

One draw of weights w_1, w_2, … gives a chain of every depth n, each the last one with a layer more. The gradient of
its first layer is (y_n − y) · ∏_{k=2}^n w_k · x. The product changes by a factor w_n with each layer. The error does
nothing of the kind while y_n is small beside the target, and grows by w_n as well where the signal grows: hence once or
twice.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from gdcore.chain import _dyadic, _rounded, equal_weights, gaussian_weights, random_sign_weights
from gdcore.scaled import FloatArray, Scaled

MEAN_LOG10_NORMAL = -(np.euler_gamma + math.log(2.0)) / 2.0 / math.log(10.0)  # E log₁₀|z| for z ~ N(0, 1): −0.2758
SPREAD_LOG10_NORMAL = math.pi / math.sqrt(8.0) / math.log(10.0)  # its standard deviation: 0.4824
SAME = 1e-12  # relative: a number this close to another differs from it by rounding
FIT = 1e-14  # an error this small beside what it is the difference of is the rounding of decimals: the fit is exact


class Draw(StrEnum):
    """How the weights of a chain are chosen; `scale` is their size."""

    EQUAL = "equal"  # w_i = scale
    SIGNS = "signs"  # w_i = ±scale with equal chances
    GAUSSIAN = "gaussian"  # w_i ~ N(0, scale²)


def draw_weights(draw: Draw, depth: int, scale: float, seed: int) -> FloatArray:
    """w_1 … w_depth, shape (depth,). A shorter chain of the same seed has the same first weights."""
    rng = np.random.default_rng(seed)
    if draw is Draw.EQUAL:
        return equal_weights(depth, scale)
    if draw is Draw.SIGNS:
        return random_sign_weights(depth, scale, rng=rng)
    return gaussian_weights(depth, scale, rng=rng)


@dataclass(frozen=True)
class Depths:
    """Chains of depth 1 … N that share their first layers; depth n sits at index n − 1.

    Attributes:
        weights: w_1 … w_N, shape (N,).
        signals: y_0 … y_N, shape (N + 1,).
        errors: y_n − y, shape (N,); exactly 0 where it is nothing but the rounding of decimals: 0.3 · 0.3 is 0.09.
        products: ∏_{k=2}^n w_k, shape (N,); the first is the empty product, 1. So ∏_{k=i+1}^n w_k is
            products[n − 1] / products[i − 1] as long as no weight is 0.
        first_gradients: ∂L/∂w₁ of the chain of depth n, shape (N,).
    """

    weights: FloatArray
    signals: Scaled
    errors: Scaled
    products: Scaled
    first_gradients: Scaled


def grow(weights: npt.ArrayLike, bias: float, x: float, target: float) -> Depths:
    """All chains that the first n weights make, 1 <= n <= N; every sum and product exact, then rounded once.

    Args:
        weights: w_1 … w_N, shape (N,), finite, N >= 1.
        bias: b, the same in every layer.
        x: the input y_0.
        target: y.

    Raises:
        ValueError: no layers, or a number that is not finite.
    """
    w = np.asarray(weights, dtype=np.float64)
    if w.ndim != 1 or len(w) == 0 or not np.isfinite([*w, bias, x, target]).all():
        raise ValueError(f"got weights of shape {w.shape}: give a flat list of at least one, and finite numbers")
    factors, offset, goal = [_dyadic(value) for value in w.tolist()], _dyadic(bias), _dyadic(-target)
    signals, products = [_dyadic(x)], [_dyadic(1.0)]
    for factor in factors:
        signals.append(factor.times(signals[-1]).plus(offset))
    for factor in factors[1:]:
        products.append(factor.times(products[-1]))
    held, rounded = _rounded(signals), _rounded(products)
    errors = _rounded([signal.plus(goal) for signal in signals[1:]])
    with np.errstate(divide="ignore"):
        fits = errors.log10 <= np.maximum(held.log10[1:], np.log10(abs(target))) + math.log10(FIT)
    errors = Scaled(np.where(fits, 0.0, errors.mantissa), np.where(fits, 0, errors.exponent))
    return Depths(w, held, errors, rounded, errors * rounded * held[0])


def mean_log10(draw: Draw, scale: float) -> float:
    """E log₁₀|w_i|: what a layer more adds to the log of a product of weights, on average; −inf for scale 0."""
    if scale == 0.0:
        return -math.inf
    return math.log10(abs(scale)) + (MEAN_LOG10_NORMAL if draw is Draw.GAUSSIAN else 0.0)


@dataclass(frozen=True)
class Slope:
    """What a layer more adds to log₁₀|∂L/∂w₁| in a deep chain.

    Attributes:
        product: by the longer product, E log₁₀|w|.
        times: 1 where the error keeps its size, 2 where it changes like the product.
        luck: the standard deviation that one draw of the weights of `layers` layers gives the slope; 0 if none.
    """

    product: float
    times: int
    luck: float

    @property
    def total(self) -> float:
        """By theory, decades a layer."""
        return self.times * self.product


def slope(draw: Draw, scale: float, bias: float, x: float, target: float, layers: int) -> Slope | None:
    """The slope by theory, measured over `layers` layers; None where there is none (scale 0, or no gradient at all)."""
    rate = mean_log10(draw, scale)
    if math.isinf(rate) or x == 0.0:
        return None
    luck = SPREAD_LOG10_NORMAL / math.sqrt(layers) if draw is Draw.GAUSSIAN else 0.0
    rest = _resting_signal(draw, scale, bias)
    if rate > 0.0:
        stays = rest is not None and abs(rest - x) <= SAME * (abs(rest) + abs(x))
        if stays and rest == target:
            return None
        times = 1 if stays else 2
    else:
        times = 2 if rest is not None and abs(rest - target) <= SAME * (abs(rest) + abs(target)) else 1
    return Slope(rate, times, times * luck)


def _resting_signal(draw: Draw, scale: float, bias: float) -> float | None:
    """The signal that a layer hands on unchanged, towards which or away from which all others move."""
    if bias == 0.0:
        return 0.0
    return bias / (1.0 - scale) if draw is Draw.EQUAL and scale != 1.0 else None


def measured_slope(grown: Depths) -> float | None:
    """The slope of log₁₀|∂L/∂w₁| from depth N/2 to depth N, decades a layer; None where a gradient there is 0."""
    last = len(grown.weights)
    half = max(last // 2, 1)
    ends = grown.first_gradients[[half - 1, last - 1]]
    if last == half or not ends.sign.all():
        return None
    return float(np.diff(ends.log10)[0]) / (last - half)
