"""γ(x − μ)/√(σ² + ε) + β: one unit's signal over the batch, before and after batch norm, in every layer.

Batch norm moves and stretches: it takes the mean away, the DC part that all samples share, and sets the spread. What
tells the samples apart, the shape, stays: the correlation of before and after is 1 (−1 where γ < 0 turns it over).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from gdcore.batch_norm import centre
from gdcore.experiment import Absent, Experiment
from gdcore.scaled import FloatArray


@dataclass(frozen=True)
class UnitSignals:
    """One unit of every layer.

    Attributes:
        shape: (x − μ)/σ, (n, B); zeros where the signal is the same for every sample.
        mean: μ, (n,).
        deviation: σ (ddof = 0), (n,).
        after_mean, after_deviation: of γ(x − μ)/√(σ² + ε) + β, (n,): β and |γ|σ/√(σ² + ε).
        turned: whether γ < 0 turns the shape over.
        correlation: of the signal before and after, computed from the two, (n,); 0 where there is none.
    """

    shape: FloatArray
    mean: FloatArray
    deviation: FloatArray
    after_mean: FloatArray
    after_deviation: FloatArray
    turned: bool
    correlation: FloatArray


@lru_cache(maxsize=64)
def follow_unit(experiment: Experiment, unit: int) -> UnitSignals | Absent:
    """The signals of unit `unit`, counted from 0, in every layer of the network with batch norm.

    Raises:
        ValueError: a size or scale out of its range, or no such unit.
    """
    if not 0 <= unit < experiment.width:
        raise ValueError(f"got unit {unit}: it must lie in 0 … {experiment.width - 1}, the units of a layer")
    network, images, _ = experiment.draw()
    passed = experiment.pass_normalised(network, images)
    if isinstance(passed, Absent):
        return passed
    if experiment.before:
        rows = [
            signal.real() @ weights[unit] + bias[unit]
            for signal, weights, bias in zip(passed.signals, network.weights, network.biases, strict=False)
        ]
    else:
        rows = [experiment.phi.function(entering.real()[:, unit]) for entering in passed.activation_inputs]
    signals = np.array(rows)
    after = np.array([record.output[:, unit] for record in passed.normalised])
    shape, deviation = _shape(signals)
    after_shape, after_deviation = _shape(after)
    return UnitSignals(
        shape,
        signals.mean(axis=1),
        deviation,
        after.mean(axis=1),
        after_deviation,
        experiment.gamma < 0.0,
        (shape * after_shape).mean(axis=1),
    )


def _shape(signals: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Rows without their mean and divided by their standard deviation, and the latter."""
    centred, deviation = centre(signals.T)
    return (centred / np.where(deviation == 0.0, 1.0, deviation)).T, deviation
