"""x̂ = √B h/r, r² = Σh² + Bε, h = x − μ: batch normalisation of all layers, forward and backward, in place.

``batch_norm`` says it with μ and σ; here the factors of B are gathered in one number per unit, r, and done for all
layers at once before and after the pass. With f = γ√B/r the forward pass is y = f h + β and the backward pass
∂L/∂x = f [δ − mean(δ) − h Σδh/r²]. Units are rows, samples columns.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from gdcore.in_place import Real
from gdcore.parameters import Parameters


@dataclass(frozen=True, slots=True)
class _Unit:
    """Views of one layer: rows of shape (width,), and the same numbers as columns of shape (width, 1)."""

    h: Real
    mean: Real
    mean_column: Real
    squares: Real
    root: Real
    scaled_gamma: Real
    factor: Real
    factor_column: Real
    beta_column: Real
    inverse_square: Real
    along_one: Real
    along_one_column: Real
    along_h: Real


class BatchNormInPlace:
    """The buffers of batch norm in n layers.

    Args:
        parameters: γ and β are read here.
        gradients: their gradients are written here.
        batch: B >= 2.
        epsilon: ε > 0.

    Attributes:
        statistics: of the last batch, shape (2, n, width): means μ, and sums of squares Σh².
        centred: h of every layer, shape (n, width, B): ``forward`` expects x in it.
    """

    def __init__(self, parameters: Parameters, gradients: Parameters, batch: int, epsilon: float) -> None:
        """Make every array."""
        n, width = parameters.gammas.shape
        dtype = parameters.flat.dtype
        self._batch, self._epsilon = batch, epsilon
        self._gammas, self._gradients = parameters.gammas, gradients
        self.statistics = np.zeros((2, n, width), dtype)
        self.centred = np.empty((n, width, batch), dtype)
        self._roots, self._scaled_gammas, self._factors, self._inverse_squares = np.ones((4, n, width), dtype)
        self._mean = np.full(batch, 1.0 / batch, dtype)
        self._spare = np.empty((width, batch), dtype)
        self._slope = np.empty(width, dtype)
        self._slope_column = self._slope[:, None]
        self._layers = tuple(self._layer(parameters, i) for i in range(n))

    def _layer(self, parameters: Parameters, i: int) -> _Unit:
        mean, factor, along_one = self.statistics[0, i], self._factors[i], self._gradients.betas[i]
        return _Unit(
            h=self.centred[i],
            mean=mean,
            mean_column=mean[:, None],
            squares=self.statistics[1, i],
            root=self._roots[i],
            scaled_gamma=self._scaled_gammas[i],
            factor=factor,
            factor_column=factor[:, None],
            beta_column=parameters.betas[i][:, None],
            inverse_square=self._inverse_squares[i],
            along_one=along_one,
            along_one_column=along_one[:, None],
            along_h=self._gradients.gammas[i],
        )

    def begin_forward(self) -> None:
        """γ√B of all layers."""
        np.multiply(self._gammas, math.sqrt(self._batch), out=self._scaled_gammas)

    def forward(self, i: int, out: Real) -> None:
        """From x of layer i in ``centred[i]``, (width, B), to y = γx̂ + β in `out`; ``centred[i]`` becomes h."""
        own = self._layers[i]
        h, root = own.h, own.root
        np.matmul(h, self._mean, out=own.mean)
        np.subtract(h, own.mean_column, out=h)
        np.vecdot(h, h, out=own.squares)
        np.add(own.squares, self._batch * self._epsilon, out=root)
        np.sqrt(root, out=root)
        np.divide(own.scaled_gamma, root, out=own.factor)
        np.multiply(h, own.factor_column, out=out)
        np.add(out, own.beta_column, out=out)

    def begin_backward(self) -> None:
        """1/r² of all layers."""
        np.square(self._roots, out=self._inverse_squares)
        np.reciprocal(self._inverse_squares, out=self._inverse_squares)

    def backward(self, i: int, delta: Real) -> None:
        """From ∂L/∂y of layer i to ∂L/∂x, in place; Σδh and mean(δ) stay where the gradients belong."""
        own = self._layers[i]
        np.matmul(delta, self._mean, out=own.along_one)
        np.vecdot(delta, own.h, out=own.along_h)
        np.multiply(own.along_h, own.inverse_square, out=self._slope)
        np.multiply(own.h, self._slope_column, out=self._spare)
        np.subtract(delta, own.along_one_column, out=delta)
        np.subtract(delta, self._spare, out=delta)
        np.multiply(delta, own.factor_column, out=delta)

    def end_backward(self) -> None:
        """∂L/∂γ = √B Σδh/r and ∂L/∂β = B mean(δ) of all layers."""
        gammas, betas = self._gradients.gammas, self._gradients.betas
        np.multiply(betas, self._batch, out=betas)
        np.divide(gammas, self._roots, out=gammas)
        np.multiply(gammas, math.sqrt(self._batch), out=gammas)
