"""Var W_ij = σ_w²/fan_in, 1/fan_in, 2/fan_in, 2/(fan_in + fan_out), …: how weights start.

A unit adds up fan_in products, so its variance is fan_in · Var W times the mean square of its input: variances that go
as 1/fan_in keep the size of a signal independent of the width. LeCun's choice keeps a linear signal; He's makes up for
the half that a ReLU cuts away; Xavier's is a compromise with the backward pass, where fan_out terms are added. A
uniform draw with the same variance has limit √(3 · variance).

Sources: LeCun et al. 1998; Glorot and Bengio 2010; He et al. 2015, arXiv:1502.01852; Saxe et al. 2014, arXiv:1312.6120.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gdcore.scaled import FloatArray

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Initialiser:
    """A way to draw a weight matrix, with the variance of its entries.

    Attributes:
        name: its key in ``INITIALISERS``.
        variance: (fan_out, fan_in) → variance of one entry around its mean.
        draw: (shape, rng) → entries of a shape (..., fan_out, fan_in).
    """

    name: str
    variance: Callable[[int, int], float]
    draw: Callable[[Shape, np.random.Generator], FloatArray]

    def __call__(
        self, fan_out: int, fan_in: int, *, stack: tuple[int, ...] = (), rng: np.random.Generator
    ) -> FloatArray:
        """Draw weights of shape (*stack, fan_out, fan_in) for layers from fan_in to fan_out units.

        Raises:
            ValueError: a size below 1.
        """
        if fan_out < 1 or fan_in < 1:
            raise ValueError(f"got fan_out {fan_out}, fan_in {fan_in}: both must be at least 1")
        return self.draw((*stack, fan_out, fan_in), rng)


def _normal(name: str, variance: Callable[[int, int], float]) -> Initialiser:
    def draw(shape: Shape, rng: np.random.Generator) -> FloatArray:
        drawn = rng.standard_normal(shape)
        drawn *= math.sqrt(variance(*shape[-2:]))
        return drawn

    return Initialiser(name, variance, draw)


def _uniform(name: str, variance: Callable[[int, int], float]) -> Initialiser:
    def draw(shape: Shape, rng: np.random.Generator) -> FloatArray:
        drawn = rng.uniform(-1.0, 1.0, shape)
        drawn *= math.sqrt(3.0 * variance(*shape[-2:]))
        return drawn

    return Initialiser(name, variance, draw)


def constant(value: float) -> Initialiser:
    """Every weight the same: all units of a layer then stay the same for ever, because their gradients are."""
    _require_finite(value)
    return Initialiser("constant", lambda _out, _in: 0.0, lambda shape, _: np.full(shape, value))


def normal(deviation: float) -> Initialiser:
    """N(0, σ²), σ >= 0, whatever the width."""
    _require_scale(deviation)
    return _normal("normal", lambda _out, _in: deviation**2)


def scaled_normal(weight_scale: float) -> Initialiser:
    """N(0, σ_w²/fan_in), the lab's weight scale σ_w >= 0."""
    _require_scale(weight_scale)
    return _normal("scaled_normal", lambda _out, fan_in: weight_scale**2 / fan_in)


def uniform(limit: float) -> Initialiser:
    """U(−limit, limit), limit >= 0, whatever the width: variance limit²/3."""
    _require_scale(limit)
    return _uniform("uniform", lambda _out, _in: limit**2 / 3.0)


def xavier_normal(gain: float = 1.0) -> Initialiser:
    """N(0, 2g²/(fan_in + fan_out)), g >= 0."""
    _require_scale(gain)
    return _normal("xavier_normal", lambda fan_out, fan_in: 2.0 * gain**2 / (fan_in + fan_out))


def xavier_uniform(gain: float = 1.0) -> Initialiser:
    """Uniform with variance 2g²/(fan_in + fan_out): limit g√(6/(fan_in + fan_out)), g >= 0."""
    _require_scale(gain)
    return _uniform("xavier_uniform", lambda fan_out, fan_in: 2.0 * gain**2 / (fan_in + fan_out))


def he(gain: float = 1.0) -> Initialiser:
    """N(0, 2g²/fan_in), g >= 0: keeps the mean square of a ReLU's signal at g = 1."""
    _require_scale(gain)
    return _normal("he", lambda _out, fan_in: 2.0 * gain**2 / fan_in)


def lecun(gain: float = 1.0) -> Initialiser:
    """N(0, g²/fan_in), g >= 0: keeps the mean square of a linear signal at g = 1."""
    _require_scale(gain)
    return _normal("lecun", lambda _out, fan_in: gain**2 / fan_in)


def orthogonal(gain: float = 1.0) -> Initialiser:
    """g times a random matrix with orthonormal rows or columns, whichever are fewer, g >= 0.

    A square one multiplies every squared norm by exactly g², forward and backward, without fluctuation.
    """
    _require_scale(gain)

    def draw(shape: Shape, rng: np.random.Generator) -> FloatArray:
        *stack, fan_out, fan_in = shape
        tall = rng.standard_normal((*stack, max(fan_out, fan_in), min(fan_out, fan_in)))
        q, r = np.linalg.qr(tall)
        diagonal = np.diagonal(r, axis1=-2, axis2=-1)
        q = q * np.where(diagonal < 0.0, -1.0, 1.0)[..., None, :]  # QR alone prefers some directions
        return np.asarray(gain * (q if fan_out >= fan_in else q.mT))

    return Initialiser("orthogonal", lambda fan_out, fan_in: gain**2 / max(fan_out, fan_in), draw)


# each takes one number: a value, a deviation, a limit or a gain
INITIALISERS: dict[str, Callable[[float], Initialiser]] = {
    make.__name__: make
    for make in (
        constant,
        normal,
        scaled_normal,
        uniform,
        xavier_normal,
        xavier_uniform,
        he,
        lecun,
        orthogonal,
    )
}


def _require_finite(value: float) -> None:
    if not math.isfinite(value):
        raise ValueError(f"got {value}: it must be finite")


def _require_scale(scale: float) -> None:
    if not 0.0 <= scale < math.inf:
        raise ValueError(f"got scale {scale}: it must be finite and at least 0; 1 is usual")
