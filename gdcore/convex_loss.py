"""θ_{t+1} − θ* = (1 − α c(θ_t)) (θ_t − θ*): one step of gradient descent multiplies the distance by 1 − αc.

Here c(θ) = J′(θ)/(θ − θ*) is the mean curvature between the minimiser θ* and θ, and the whole first lab reads it:
where c is the same everywhere (the quadratic) one learning rate decides everything; where it falls with distance (log
cosh, Huber, |θ|) a large step is harmless far away and too large near θ*; where it rises (θ⁴) it is the other way
round. Every loss here is convex and carries J, J′ and J″ together with the constants that the theory and the charts
need.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Function = Callable[[npt.ArrayLike], Array]

float64_range = np.errstate(over="ignore", invalid="ignore")  # beyond float64 a loss is inf or nan, and that is meant


@dataclass(frozen=True)
class Loss:
    """A convex loss J of one parameter θ. Its functions act entry by entry and keep the shape of θ.

    Attributes:
        name: its key, the same in every language.
        gradient: J′(θ), without cancellation near θ*.
        curvature: J″(θ).
        excess: J(θ) − J(θ*), without cancellation: 1e-30 has its digits too.
        minimiser: θ*.
        curvature_bounds: (μ, L), the largest and smallest constants with μ ≤ J″ ≤ L on the whole line; L may be inf.
        growth: the limit of c(θ) as |θ| → ∞; it decides between divergence and a run that stays bounded.
        window: θ from, to: a chart of this width shows what is characteristic.
        start: a θ₀ from which descent is worth watching.
        learning_rate: an α that converges from there, and not too fast to be seen (|θ| never settles).
        minimum: J(θ*).
        turning_point: the θ at which c turns from rising to falling or back; c is monotone on either side of it.
        linear_beyond: the distance from θ* beyond which J is exactly linear; inf where it never is.
    """

    name: str
    gradient: Function
    curvature: Function
    excess: Function
    minimiser: float
    curvature_bounds: tuple[float, float]
    growth: float
    window: tuple[float, float]
    start: float
    learning_rate: float
    minimum: float = 0.0
    turning_point: float = 0.0
    linear_beyond: float = math.inf

    def value(self, theta: npt.ArrayLike) -> Array:
        """J(θ)."""
        return self.minimum + self.excess(theta)

    @property
    def curvature_at_minimum(self) -> float:
        """λ* = J″(θ*): 0 for θ⁴, inf for |θ|."""
        return float(self.curvature(self.minimiser))

    def mean_curvature(self, theta: npt.ArrayLike) -> Array:
        """c(θ) = J′(θ)/(θ − θ*), and J″(θ*) at θ* itself."""
        offset = np.asarray(theta, dtype=np.float64) - self.minimiser
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            return np.where(offset == 0.0, self.curvature_at_minimum, self.gradient(theta) / offset)

    def steepest_chord(self, low: float, high: float) -> float:
        """The supremum of c over [low, high]: at one of the ends, or where c turns.

        Raises:
            ValueError: if low > high.
        """
        if not low <= high:
            raise ValueError(f"got the interval [{low}, {high}]: low must not exceed high; swap them")
        turn = min(max(self.turning_point, low), high)
        return float(self.mean_curvature([low, turn, high]).max())
