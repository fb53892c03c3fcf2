"""The learning rates that the α ruler offers: round ones, far enough to show every regime."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gdcore.convex_loss import Loss
from gdcore.descent_theory import limits


@dataclass(frozen=True)
class Ruler:
    """The learning rates that the ruler offers: k · step for k = 1 … count.

    Where `low` is above 0 the axis is logarithmic, and they lie as evenly as short decimals can from `low` to the end.
    """

    step: float
    count: int
    low: float = 0.0

    @property
    def learning_rates(self) -> npt.NDArray[np.float64]:
        """Shape (count,), ascending, as short decimals."""
        if self.low:
            even = np.geomspace(self.low, self.end, self.count)
            return np.array([self.low, *(float(f"{rate:.3g}") for rate in even[1:-1]), self.end])
        return np.array([float(f"{self.step * k:.10g}") for k in range(1, self.count + 1)])

    @property
    def end(self) -> float:
        """The largest learning rate on the ruler."""
        return float(f"{self.step * self.count:.10g}")


ROWS = 2900  # of the cube of runs: what a browser filters within a frame, and about 18 kB
FINEST, COARSEST = 64, 28  # learning rates on the ruler
BEYOND = 1.5  # the ruler reaches this far beyond the limit that theory knows
LOG_REACH = 1e-3  # of a logarithmic ruler's end: where it begins


def ruler(loss: Loss, start: float, learning_rate: float, steps: int, *, log: bool = False) -> Ruler:
    """A ruler in round numbers that shows every regime of `loss` from `start`, and `learning_rate`."""
    known = limits(loss, start)
    marks = [mark for mark in (known.local, known.converges) if 0 < mark < math.inf]
    span = max(BEYOND * max(marks, default=6 * loss.learning_rate), learning_rate)
    finest = span / np.clip(ROWS // (steps + 1), COARSEST, FINEST)
    decade = 10.0 ** math.floor(math.log10(finest))
    step = next(decade * tooth for tooth in (1, 2, 2.5, 5, 10) if decade * tooth >= finest * (1 - 1e-9))
    linear = Ruler(step, math.ceil(span / step - 1e-9))
    low = min(float(f"{linear.end * LOG_REACH:.3g}"), learning_rate)
    return Ruler(linear.step, linear.count, low) if log else linear
