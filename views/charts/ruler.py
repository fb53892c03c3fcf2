"""The learning rates that the α ruler offers: a round step, far enough to show every regime."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gdcore.convex_loss import Loss
from gdcore.descent_theory import limits


@dataclass(frozen=True)
class Ruler:
    """The learning rates that the ruler offers: k · step for k = 1 … count."""

    step: float
    count: int

    @property
    def learning_rates(self) -> npt.NDArray[np.float64]:
        """Shape (count,), as short decimals."""
        return np.array([float(f"{self.step * k:.10g}") for k in range(1, self.count + 1)])

    @property
    def end(self) -> float:
        """The largest learning rate on the ruler."""
        return float(self.learning_rates[-1])


ROWS = 2900  # of the cube of runs: what a browser filters within a frame, and about 34 kB
FINEST, COARSEST = 72, 29  # learning rates on the ruler
BEYOND = 1.5  # the ruler reaches this far beyond the limit that theory knows


def ruler(loss: Loss, start: float, learning_rate: float, steps: int) -> Ruler:
    """A ruler in round numbers that shows every regime of `loss` from `start`, and `learning_rate`."""
    known = limits(loss, start)
    marks = [mark for mark in (known.local, known.converges) if 0 < mark < math.inf]
    span = max(BEYOND * max(marks, default=6 * loss.learning_rate), learning_rate)
    finest = span / np.clip(ROWS // (steps + 1), COARSEST, FINEST)
    decade = 10.0 ** math.floor(math.log10(finest))
    step = next(decade * tooth for tooth in (1, 2, 2.5, 5, 10) if decade * tooth >= finest * (1 - 1e-9))
    return Ruler(step, math.ceil(span / step - 1e-9))
