"""1797 = 1437 + 360: digits to train on, and digits held out to see what was learnt.

A network can know by heart the images that it was trained on; only others tell whether it learnt to read.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gdcore.in_place import Real
from gdcore.objectives import one_hot
from gdcore.samples import digits

CLASSES = 10
HELD_OUT = 360


@dataclass(frozen=True)
class Digits:
    """Digits as the pass wants them: X of shape (65, m), a sample per column, the last row 1; labels (m,)."""

    X: Real
    labels: npt.NDArray[np.int64]

    def batches(self, rows: npt.NDArray[np.int64], batch: int) -> tuple[Real, Real]:
        """Images (k, 65, B) and one-hot targets (k, 10, B) of k batches, contiguous."""
        images = np.ascontiguousarray(self.X[:, rows].reshape(len(self.X), -1, batch).transpose(1, 0, 2))
        hot = one_hot(self.labels[rows], CLASSES).astype(self.X.dtype)
        return images, np.ascontiguousarray(hot.reshape(-1, batch, CLASSES).transpose(0, 2, 1))


def split_digits(seed: int) -> tuple[Digits, Digits]:
    """1437 digits for training and 360 held out, mean square 1 over the former; drawn by the seed."""
    images, labels = digits()
    order = np.random.default_rng([seed, 1]).permutation(len(labels))
    held_out, train = order[:HELD_OUT], order[HELD_OUT:]
    size = np.sqrt(np.mean(images[train] ** 2))

    def part(rows: npt.NDArray[np.int64]) -> Digits:
        X = np.vstack((images[rows].T / size, np.ones(len(rows))))
        return Digits(X.astype(np.float32), labels[rows])

    return part(train), part(held_out)
