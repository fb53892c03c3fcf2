"""H_i = [W_i b_i][U_{i−1}; 1]: forward and backward pass of one network, in place, as fast as numpy lets it be.

``network``, ``forward_pass`` and ``backpropagation`` say the same more readably; here every array is made once and used
again. Samples are columns, so that a bias is the weight of one more unit that is always 1, and costs no operation of
its own. On arrays of this size a call costs as much as its arithmetic: what can be done for all layers at once, is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gdcore.batch_norm import EPSILON
from gdcore.batch_norm_in_place import BatchNormInPlace
from gdcore.in_place import IN_PLACE, Real
from gdcore.parameters import Parameters, Shape


@dataclass(frozen=True, slots=True)
class _Layer:
    """Views that layer i works on."""

    weights: Real  # all that is multiplied in the forward pass, (width, fan_in [+ 1])
    transposed: Real  # W_iᵀ alone, (fan_in, width)
    gradient: Real
    product: Real  # where the forward product goes: U_i, or the input of batch norm
    u: Real  # U_i
    above: Real  # what the next layer multiplies: [U_i; 1], or U_i alone where batch norm follows


class TrainingPass:
    """The buffers of one network for batches of one size, and the two passes through them.

    Args:
        shape: the sizes of the network.
        batch: B, samples per batch.
        activation: a key of ACTIVATIONS.
        batch_norm: normalise in front of every activation.
        epsilon: ε > 0 of batch norm.
        dtype: float32, or float64 to compare with the readable network.

    Attributes:
        parameters, gradients: of the network; to be written, and read after ``backward``.
        norm: batch norm in all layers; None without it.
    """

    def __init__(
        self,
        shape: Shape,
        batch: int,
        activation: str,
        *,
        batch_norm: bool,
        epsilon: float = EPSILON,
        dtype: npt.DTypeLike = np.float32,
    ) -> None:
        """Make every array; W = 0, γ = 1, β = 0 until ``parameters.take``."""
        self.shape, self.batch, self.epsilon = shape, batch, epsilon
        self.parameters = Parameters.start(shape, batch_norm=batch_norm, dtype=dtype)
        self.gradients = Parameters.start(shape, batch_norm=batch_norm, dtype=dtype)
        n, width, classes = shape.depth, shape.width, shape.classes
        self._signals = np.ones((n, width + 1, batch), dtype)
        self._deltas = np.empty((2, width, batch), dtype)
        self._logits, self._shares = np.empty((2, classes, batch), dtype)
        self._top, self._total = np.empty((2, batch), dtype)
        self._one_of_each = np.ones(classes, dtype)
        self._activation = IN_PLACE[activation]((width, batch), dtype)
        self.norm = BatchNormInPlace(self.parameters, self.gradients, batch, epsilon) if batch_norm else None
        self._layers = tuple(self._layer(i) for i in range(n))

    def _layer(self, i: int) -> _Layer:
        weights, fan_in = self.parameters.layers[i], self.shape.width if i else self.shape.inputs
        with_one = self._signals[i]
        u = with_one[:-1]
        product, above = (u, with_one) if self.norm is None else (self.norm.centred[i], u)
        return _Layer(weights, weights[:, :fan_in].T, self.gradients.layers[i], product, u, above)

    def forward(self, X: Real) -> Real:
        """Send a batch through: X (inputs + 1, B), one sample per column, the last row 1. Logits (classes, B)."""
        norm, apply = self.norm, self._activation.apply
        below = X
        if norm is not None:
            norm.begin_forward()
            below = X[:-1]
        for i, layer in enumerate(self._layers):
            np.matmul(layer.weights, below, out=layer.product)
            if norm is not None:
                norm.forward(i, layer.u)
            apply(layer.u)
            below = layer.above
        return np.matmul(self.parameters.readout, self._signals[-1], out=self._logits)

    def loss(self, T: Real) -> float:
        """Cross-entropy of the last forward pass against one-hot targets T of shape (classes, B)."""
        logits, shares, total = self._logits, self._shares, self._total
        np.maximum.reduce(logits, axis=0, out=self._top)
        np.subtract(logits, self._top, out=logits)
        at_target = float(np.vdot(logits, T))
        np.exp(logits, out=shares)
        np.matmul(self._one_of_each, shares, out=total)
        np.divide(shares, total, out=shares)
        return (float(np.log(total).sum()) - at_target) / self.batch

    def backward(self, X: Real, T: Real, factor: float = 1.0) -> None:
        """After ``loss``: `factor` times the gradient of the loss with respect to every parameter."""
        error, norm, pass_back = self._shares, self.norm, self._activation.pass_back
        delta, spare = self._deltas
        np.subtract(error, T, out=error)
        np.multiply(error, factor / self.batch, out=error)
        np.matmul(error, self._signals[-1].T, out=self.gradients.readout)
        np.matmul(self.parameters.readout[:, :-1].T, error, out=delta)
        if norm is not None:
            norm.begin_backward()
        for i in range(self.shape.depth - 1, -1, -1):
            layer = self._layers[i]
            pass_back(delta, layer.u)
            if norm is not None:
                norm.backward(i, delta)
            if i == 0:
                np.matmul(delta, (X if norm is None else X[:-1]).T, out=layer.gradient)
                break
            np.matmul(delta, self._layers[i - 1].above.T, out=layer.gradient)
            np.matmul(layer.transposed, delta, out=spare)
            delta, spare = spare, delta
        if norm is not None:
            norm.end_backward()

    def step(self, X: Real, T: Real, learning_rate: float) -> float:
        """One update θ ← θ − α ∂L/∂θ; the loss before it."""
        self.forward(X)
        loss = self.loss(T)
        # gradients are proportional to the error: scaled there, they need no scaling afterwards
        self.backward(X, T, -learning_rate)
        np.add(self.parameters.flat, self.gradients.flat, out=self.parameters.flat)
        return loss
