"""u ← φ(u) and δ ← δ φ′, with φ′ read from u: 1 − u² for tanh, u(1 − u) for the sigmoid, 0 or 1 for a ReLU.

``activations`` gives φ and φ′ as functions of z. A training overwrites z by u = φ(z), so here the slope comes from u,
and nothing new is allocated. Both work on whole arrays of one fixed shape: numpy goes through two arrays of the same
shape twice as fast as through an array and a number.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Real = np.ndarray[Any, np.dtype[np.floating[Any]]]


class InPlace(NamedTuple):
    """An activation with its derivative, both overwriting their argument.

    Attributes:
        apply: z → φ(z).
        pass_back: (δ, u) → δ φ′, where u = φ(z).
    """

    apply: Callable[[Real], None]
    pass_back: Callable[[Real, Real], None]


def _identity(_shape: tuple[int, ...], _dtype: npt.DTypeLike) -> InPlace:
    return InPlace(lambda z: None, lambda delta, u: None)


def _relu(shape: tuple[int, ...], dtype: npt.DTypeLike) -> InPlace:
    zero, on = np.zeros(shape, dtype), np.empty(shape, bool)

    def apply(z: Real) -> None:
        np.maximum(z, zero, out=z)

    def pass_back(delta: Real, u: Real) -> None:
        np.greater(u, zero, out=on)
        np.multiply(delta, on, out=delta)

    return InPlace(apply, pass_back)


def _tanh(shape: tuple[int, ...], dtype: npt.DTypeLike) -> InPlace:
    spare = np.empty(shape, dtype)

    def apply(z: Real) -> None:
        np.tanh(z, out=z)

    def pass_back(delta: Real, u: Real) -> None:
        np.multiply(delta, u, out=spare)
        np.multiply(spare, u, out=spare)
        np.subtract(delta, spare, out=delta)

    return InPlace(apply, pass_back)


def _sigmoid(shape: tuple[int, ...], dtype: npt.DTypeLike) -> InPlace:
    spare, one = np.empty(shape, dtype), np.ones(shape, dtype)

    def apply(z: Real) -> None:
        np.negative(z, out=z)
        np.exp(z, out=z)  # infinite where z is far below 0: u is then 0, as it should be
        np.add(z, one, out=z)
        np.divide(one, z, out=z)

    def pass_back(delta: Real, u: Real) -> None:
        np.subtract(one, u, out=spare)
        np.multiply(spare, u, out=spare)
        np.multiply(delta, spare, out=delta)

    return InPlace(apply, pass_back)


IN_PLACE: dict[str, Callable[[tuple[int, ...], npt.DTypeLike], InPlace]] = {
    "identity": _identity,
    "tanh": _tanh,
    "relu": _relu,
    "sigmoid": _sigmoid,
}
