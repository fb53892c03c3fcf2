"""θ = (W_1, b_1, …, W_n, b_n, W, b, γ, β) in one flat array: one addition moves a whole network.

A matrix of weights with its bias as a last column is multiplied with signals that end in a row of ones, so a bias costs
no operation of its own. Under batch norm there is no bias: it would be taken away with the mean.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gdcore.in_place import Real
from gdcore.network import Network


@dataclass(frozen=True)
class Shape:
    """The sizes of a network: inputs, n hidden layers of `width` units, classes."""

    inputs: int
    depth: int
    width: int
    classes: int


@dataclass(frozen=True)
class Parameters:
    """Views into one flat array: all parameters of a network, or the gradient with respect to them.

    Attributes:
        flat: everything, shape (P,).
        layers: [W_i b_i], shape (width, fan_in + 1) without batch norm; W_i alone, (width, fan_in), with it.
        readout: [W b], shape (classes, width + 1).
        gammas, betas: γ and β, shape (n, width); empty without batch norm.
    """

    flat: Real
    layers: tuple[Real, ...]
    readout: Real
    gammas: Real
    betas: Real

    @classmethod
    def start(cls, shape: Shape, *, batch_norm: bool, dtype: npt.DTypeLike) -> Parameters:
        """All zero, except γ = 1."""
        bias, width, n = 0 if batch_norm else 1, shape.width, shape.depth
        fans = (shape.inputs, *(width for _ in range(n - 1)))
        shapes = [(width, fan + bias) for fan in fans] + [(shape.classes, width + 1)]
        shapes += [(n if batch_norm else 0, width)] * 2
        sizes = [rows * columns for rows, columns in shapes]
        flat = np.zeros(sum(sizes), dtype)
        parts = np.split(flat, np.cumsum(sizes)[:-1])
        views = [part.reshape(size) for part, size in zip(parts, shapes, strict=True)]
        views[-2][...] = 1.0
        return cls(flat, tuple(views[:n]), *views[n:])

    def take(self, network: Network) -> None:
        """Begin as a readable network, in which a bias in front of batch norm does nothing and is left out."""
        fans = (weights.shape[1] for weights in network.weights)
        for own, fan_in, weights, bias in zip(self.layers, fans, network.weights, network.biases, strict=True):
            own[:, :fan_in] = weights
            own[:, fan_in:] = bias[:, None]
        self.readout[:, :-1], self.readout[:, -1] = network.readout, network.readout_bias
        if len(self.gammas):
            self.gammas[...], self.betas[...] = network.gammas, network.betas

    def finite(self) -> bool:
        """No entry is infinite or not a number."""
        # one product tells it without another array, unless squares alone overflow
        return math.isfinite(np.dot(self.flat, self.flat)) or bool(np.isfinite(self.flat).all())
