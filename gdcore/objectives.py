"""L = −(1/B) Σ t · log softmax(z)  or  L = (1/2B) Σ ‖z − t‖²: how wrong the outputs of a network are.

An objective compares outputs z with targets t and gives the loss and its gradient ∂L/∂z together. Both have a gradient
of the same plain form: (softmax(z) − t)/B for cross-entropy, (z − t)/B for the squared error. The softmax is taken
after the largest output is subtracted, so that outputs of 1e200 give a loss of 1e200 and not a NaN.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gdcore.block_scaled import Block, scaled_by
from gdcore.scaled import FloatArray


@dataclass(frozen=True)
class Objective:
    """A loss averaged over the batch, with its gradient.

    Attributes:
        name: its key in ``OBJECTIVES``.
        evaluate: (outputs (..., B, k), targets (B, k)) → (L of shape (...), ∂L/∂outputs (..., B, k)).
    """

    name: str
    evaluate: Callable[[Block, FloatArray], tuple[FloatArray, Block]]

    def __call__(self, outputs: Block, targets: FloatArray) -> tuple[FloatArray, Block]:
        """The loss, inf if it is beyond float64, and its gradient with respect to the outputs.

        Raises:
            ValueError: targets of another shape than the outputs.
        """
        if targets.shape != outputs.values.shape[-2:]:
            raise ValueError(
                f"got targets of shape {targets.shape}: they must have {outputs.values.shape[-2:]}; "
                "use one_hot for labels"
            )
        return self.evaluate(outputs, targets)


def _cross_entropy(outputs: Block, targets: FloatArray) -> tuple[FloatArray, Block]:
    batch = len(targets)
    shifted = outputs.values - outputs.values.max(axis=-1, keepdims=True)
    if not outputs.unscaled:
        shifted = scaled_by(shifted, outputs.exponent)
    exponentials = np.exp(shifted)
    total = exponentials.sum(axis=-1, keepdims=True)
    surprise = np.log(total) - shifted
    # where the target is 0 the term is 0, also next to an infinite surprise
    terms = np.multiply(targets, surprise, where=targets != 0.0, out=np.zeros_like(surprise))
    weight = targets.sum(axis=-1, keepdims=True)
    error = (weight * exponentials / total - targets) / batch
    return (terms / batch).sum(axis=(-2, -1)), Block.of(error)


def _squared_error(outputs: Block, targets: FloatArray) -> tuple[FloatArray, Block]:
    batch = len(targets)
    powers = np.maximum(outputs.exponent, 0)  # below float64 the targets are all that is left
    error = Block.of(
        scaled_by(outputs.values, outputs.exponent - powers) - scaled_by(np.asarray(targets), -powers), powers
    )
    with np.errstate(over="ignore"):
        loss = scaled_by(np.asarray(0.5 * error.squares / batch)[..., None, None], 2 * error.exponent)[..., 0, 0]
    return loss, Block.of(error.values / batch, error.exponent)


CROSS_ENTROPY = Objective("cross_entropy", _cross_entropy)
SQUARED_ERROR = Objective("squared_error", _squared_error)

OBJECTIVES: dict[str, Objective] = {o.name: o for o in (CROSS_ENTROPY, SQUARED_ERROR)}


def one_hot(labels: npt.NDArray[np.integer], classes: int) -> FloatArray:
    """Targets for class labels: shape (B,) with values 0 … classes − 1 → shape (B, classes), one 1 per row.

    Raises:
        ValueError: a label outside 0 … classes − 1.
    """
    if len(labels) and not (labels.min() >= 0 and labels.max() < classes):
        raise ValueError(
            f"got labels from {labels.min()} to {labels.max()}: they must lie in 0 … {classes - 1}; raise `classes`"
        )
    return np.asarray(np.eye(classes)[labels])
