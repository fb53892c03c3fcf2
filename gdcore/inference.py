"""γ(h − r̄)/√(r + ε) + β = [gW, β − g r̄][u; 1], g = γ/√(r + ε): a trained network at work on single samples.

In training, batch norm measures each mini-batch. A sample that comes alone has no batch: running statistics, gathered
while training, take its place. They are fixed numbers, so batch norm is then a scale and a shift of every unit, and
weights and bias can take both: what is measured is a plain network without batch norm.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from gdcore.in_place import IN_PLACE, Real
from gdcore.training_pass import TrainingPass

MOMENTUM = 0.1
BLOCK = 128  # samples at once


class RunningStatistics:
    """r ← r + 0.1 · (batch − r), divided by the weight 1 − 0.9^k that k batches carry together.

    Without the division the first dozen batches would be mixed with an invented start value, mean 0 and variance 1;
    later it makes no difference.

    Args:
        of: the network, in whose last batch the statistics are found; with batch norm.

    Attributes:
        batches: k, gathered so far.
    """

    def __init__(self, of: TrainingPass) -> None:
        """Nothing gathered yet."""
        if of.norm is None:
            raise ValueError("got a network without batch norm: it gathers no statistics; infer with its own layers")
        self.batches = 0
        self._of, self._latest = of, of.norm.statistics
        self._running, self._spare = np.zeros_like(self._latest), np.zeros_like(self._latest)

    @property
    def mean(self) -> Real:
        """Running means, shape (n, width)."""
        return np.asarray(self._running[0])

    @property
    def variance(self) -> Real:
        """Running variances, the unbiased ones (ddof = 1), shape (n, width)."""
        return np.asarray(self._running[1] / (self._of.batch - 1))

    def gather(self) -> None:
        """Take in the batch that went through the network last."""
        self.batches += 1
        weight = MOMENTUM / (1.0 - (1.0 - MOMENTUM) ** self.batches)
        np.subtract(self._latest, self._running, out=self._spare)
        np.multiply(self._spare, weight, out=self._spare)
        np.add(self._running, self._spare, out=self._running)

    def folded(self) -> tuple[Real, ...]:
        """[W_i b_i] of the network without batch norm that does the same, each (width, fan_in + 1)."""
        own = self._of.parameters
        scales = own.gammas / np.sqrt(self.variance + self._of.epsilon)
        shifts = own.betas - scales * self.mean
        return tuple(
            np.column_stack((scale[:, None] * weights, shift))
            for weights, scale, shift in zip(own.layers, scales, shifts, strict=True)
        )


def infer(layers: Sequence[Real], readout: Real, X: Real, activation: str) -> Real:
    """Logits (classes, m) of samples X of shape (inputs + 1, m), the last row 1, without batch norm."""
    u = X
    apply = IN_PLACE[activation]((len(layers[0]), X.shape[1]), X.dtype).apply
    for weights in layers:
        above = np.ones((len(weights) + 1, X.shape[1]), X.dtype)
        np.matmul(weights, u, out=above[:-1])
        apply(above[:-1])
        u = above
    return np.asarray(readout @ u)


def measure(
    layers: Sequence[Real], readout: Real, X: Real, labels: npt.NDArray[np.int64], activation: str
) -> Iterator[tuple[float, float]]:
    """Mean cross-entropy and accuracy over samples X (inputs + 1, m), block after block: the last pair is of all."""
    surprise, right, seen = 0.0, 0, 0
    for first in range(0, len(labels), BLOCK):
        logits = infer(layers, readout, X[:, first : first + BLOCK], activation)
        own = labels[first : first + BLOCK]
        shifted = (logits - logits.max(axis=0)).astype(np.float64)
        surprise += float((np.log(np.exp(shifted).sum(axis=0)) - shifted[own, np.arange(len(own))]).sum())
        right += int((logits.argmax(axis=0) == own).sum())
        seen += len(own)
        yield surprise / seen, right / seen
