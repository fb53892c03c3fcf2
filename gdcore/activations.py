"""u = φ(z), with φ′(z): what a unit does to its input, and how it passes a gradient back.

An activation and its derivative always travel together: the forward pass needs the one, the backward pass multiplies by
the other. Where φ′ is far below 1 (the flat ends of tanh, nearly everywhere on the sigmoid, whose slope is 1/4 at most)
the gradient shrinks in every layer; where a ReLU is off it stops altogether.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gdcore.scaled import FloatArray


@dataclass(frozen=True)
class Activation:
    """A function of one variable with its derivative.

    Attributes:
        name: its key in ``ACTIVATIONS``.
        function: φ, entry by entry, any shape; defined for every float, infinities included.
        derivative: φ′, entry by entry, as a function of the same z.
        homogeneous: whether φ(az) = aφ(z) for every a > 0.
        is_identity: whether φ(z) = z.
        both: φ and φ′ at once, where together they cost less; entry by entry the same as by themselves.
    """

    name: str
    function: Callable[[FloatArray], FloatArray]
    derivative: Callable[[FloatArray], FloatArray]
    homogeneous: bool = False
    is_identity: bool = False
    both: Callable[[FloatArray], tuple[FloatArray, FloatArray]] | None = None

    def with_slope(self, z: FloatArray) -> tuple[FloatArray, FloatArray]:
        """φ(z) and φ′(z)."""
        return self.both(z) if self.both else (self.function(z), self.derivative(z))


def _sigmoid(z: FloatArray) -> FloatArray:
    small = _falling(z)
    above = np.maximum(small, z >= 0.0)  # 1 where z >= 0
    small += 1.0
    return np.divide(above, small, out=above)


def _sigmoid_derivative(z: FloatArray) -> FloatArray:
    small = _falling(z)
    below = small + 1.0
    below *= below
    return np.divide(small, below, out=small)


def _sigmoid_both(z: FloatArray) -> tuple[FloatArray, FloatArray]:
    small = _falling(z)  # most of the time goes into the exponentials
    above, below = np.maximum(small, z >= 0.0), small + 1.0
    np.divide(above, below, out=above)
    below *= below
    return above, np.divide(small, below, out=small)


def _falling(z: FloatArray) -> FloatArray:
    """exp(−|z|): at most 1, so nothing overflows on either side. In place: fresh memory costs more than arithmetic."""
    small = np.abs(z)
    np.negative(small, out=small)
    return np.exp(small, out=small)


def _tanh_derivative(z: FloatArray) -> FloatArray:
    small = _falling(z)  # 1 − tanh² would be rounding noise for |z| > 18
    small *= small
    below = small + 1.0
    below *= below
    small *= 4.0
    return np.divide(small, below, out=small)


def _relu(z: FloatArray) -> FloatArray:
    return np.maximum(z, 0.0)


def _relu_derivative(z: FloatArray) -> FloatArray:
    return (z > 0.0).astype(np.float64)  # at the kink itself 0, as every framework has it


def _identity(z: FloatArray) -> FloatArray:
    return z


def _one(z: FloatArray) -> FloatArray:
    return np.ones_like(z)


def _tanh(z: FloatArray) -> FloatArray:
    return np.tanh(z)


IDENTITY = Activation("identity", _identity, _one, homogeneous=True, is_identity=True)
TANH = Activation("tanh", _tanh, _tanh_derivative)
RELU = Activation("relu", _relu, _relu_derivative, homogeneous=True)
SIGMOID = Activation("sigmoid", _sigmoid, _sigmoid_derivative, both=_sigmoid_both)

ACTIVATIONS: dict[str, Activation] = {a.name: a for a in (IDENTITY, TANH, RELU, SIGMOID)}
