"""(θ_{t+1} − θ*)/(θ_t − θ*) = 1 − αc(θ_t): the contraction of every step, measured and predicted.

The two sides are computed from different things: the left one from the points of a run, the right one from the slope of
the loss. So a run can be held against the theory step by step, on every loss and whether it converges or not.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from gdcore.convex_loss import Array, Loss
from gdcore.descent import Descent
from gdcore.descent_theory import Limits

MEASURABLE = 1e6  # rounding errors: a smaller distance from θ* is too short to be measured to a millionth


class StepFactors(NamedTuple):
    """The factor of each step, shapes (T, A).

    Attributes:
        measured: from the points; nan where the run has left float64, or is too near to θ* to measure.
        predicted: 1 − αc(θ_t); nan where the run has left float64.
    """

    measured: Array
    predicted: Array


def step_factors(loss: Loss, run: Descent) -> StepFactors:
    """What each step of `run` multiplied the distance to θ* by, and what theory says it must."""
    offset = run.points - loss.minimiser
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        measured = offset[1:] / offset[:-1]
        predicted = 1.0 - run.learning_rates * loss.mean_curvature(run.points[:-1])
        rounding = np.spacing(np.maximum(np.abs(run.points[:-1]), abs(loss.minimiser)))
        measurable = np.isfinite(measured) & (np.abs(offset[:-1]) > MEASURABLE * rounding)
    inside = np.isfinite(predicted) & np.isfinite(run.points[:-1])
    return StepFactors(np.where(measurable, measured, np.nan), np.where(inside, predicted, np.nan))


def locally_best(loss: Loss, known: Limits) -> float | None:
    """1/J″(θ*): the factor near θ* is 0, so no constant learning rate ends faster.

    None where theory gives no best one: J″(θ*) is 0 or inf (θ⁴, |θ|), or 1/J″(θ*) is not certain to converge from the
    start that `known` belongs to.
    """
    curvature = loss.curvature_at_minimum
    if not (0.0 < curvature < np.inf and 1.0 / curvature < known.converges):
        return None
    return 1.0 / curvature


def first_to_arrive(runs: Descent) -> float:
    """The constant learning rate whose run came within the tolerance first; of several, or of none, the lowest end."""
    last = len(runs.points)
    arrived = np.where(runs.reached_at >= 0, runs.reached_at, last)
    ends = np.nan_to_num(runs.excess[-1], nan=np.inf)
    return float(runs.learning_rates[0, np.lexsort((ends, arrived))[0]])
