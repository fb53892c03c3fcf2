"""Four readings of "batch norm": what each makes of ‖∂L/∂W_i‖ = ‖(∂L/∂y_i)ᵀ u_{i−1}‖.

The claim "it helps the gradient of the late layers and does little for the early ones" is true or false depending on
what is meant. It follows from ∏ w_k · y_{i−1} if only the signal y_{i−1} is normalised and the product left as it was.
The true backward pass divides by the spread as well, and takes the scale of the weights out of the product.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import numpy as np

from gdcore import batch_norm
from gdcore.batch_norm import BatchNormGradients, Normalised
from gdcore.block_scaled import Block
from gdcore.experiment import Absent, Experiment
from gdcore.forward_pass import forward
from gdcore.layer_statistics import layer_norms
from gdcore.objectives import CROSS_ENTROPY
from gdcore.scaled import FloatArray


class Reading(StrEnum):
    """What is done."""

    NONE = "none"  # no batch norm
    OUTPUTS = "outputs"  # outputs normalised, but the product of weights left as it was
    HELD = "held"  # statistics held constant in the backward pass
    FULL = "full"  # the full backward pass


BACKWARD = {
    Reading.OUTPUTS: batch_norm.backward_past_normalisation,
    Reading.HELD: batch_norm.backward_with_constant_statistics,
    Reading.FULL: batch_norm.backward,
}


class Claim(StrEnum):
    """What becomes of the claim under one reading."""

    HOLDS = "holds"  # the late layers are helped, the early ones hardly
    BOTH = "both"  # both ends are helped
    EARLY = "early"  # the early layers are helped, the late ones hardly
    NEITHER = "neither"  # neither end is helped
    SILENT = "silent"  # with it some gradient is zero
    ZERO = "zero"  # without it some gradient is zero, so there is nothing to compare with
    CALM = "calm"  # without it nothing vanishes or explodes, so there is nothing to help


HELPED = 0.5  # decades: an end is helped if its gradient comes nearer to 1 by a factor of 3
CALM = 1.0  # decades: gradients no farther from 1 than a factor of 10 need no help
SHARE = 0.5  # an end that gains less than this share of the other's decades is hardly helped


@dataclass(frozen=True)
class Readings:
    """log₁₀‖∂L/∂W_i‖ under every reading that there is, each (n,); −inf is zero."""

    gradients: dict[Reading, FloatArray]
    absent: Absent | None

    @property
    def direction(self) -> int:
        """+1 if the trouble without batch norm is that gradients are too small, −1 if they are too large."""
        none = self.gradients[Reading.NONE]
        return 1 if none[np.abs(none).argmax()] < 0.0 else -1

    def gains(self, reading: Reading) -> tuple[float, float]:
        """Decades by which the first and the last layer's gradient is larger than without batch norm."""
        none, own = self.gradients[Reading.NONE], self.gradients[reading]
        return float(own[0] - none[0]), float(own[-1] - none[-1])

    def judge(self, reading: Reading) -> Claim:
        """The claim under this reading, by the first and the last layer of this very run."""
        none, own = self.gradients[Reading.NONE], self.gradients[reading]
        if not np.isfinite(none[[0, -1]]).all():
            return Claim.ZERO
        if not np.isfinite(own[[0, -1]]).all():
            return Claim.SILENT
        if np.abs(none).max() < CALM:
            return Claim.CALM
        early, late = (self.direction * gain for gain in self.gains(reading))
        if max(early, late) < HELPED:
            return Claim.NEITHER
        if early < max(HELPED, SHARE * late):
            return Claim.HOLDS
        return Claim.EARLY if late < max(HELPED, SHARE * early) else Claim.BOTH


@lru_cache(maxsize=64)
def read(experiment: Experiment) -> Readings:
    """One forward pass without batch norm and one with it, and the backward pass of all readings.

    Raises:
        ValueError: a size or scale out of its range.
    """
    network, images, targets = experiment.draw()
    plain = forward(network, images, experiment.plain, slopes=True)
    _, error = CROSS_ENTROPY(plain.outputs, targets)
    gradients = {Reading.NONE: layer_norms(network, plain, error, experiment.plain)[1]}
    passed = experiment.pass_normalised(network, images, slopes=True)
    if isinstance(passed, Absent):
        return Readings(gradients, passed)
    _, error = CROSS_ENTROPY(passed.outputs, targets)
    errors = Block.stacked([error] * len(BACKWARD))
    norms = layer_norms(network, passed, errors, experiment.normalised, through_batch_norm=_each)
    return Readings(gradients | dict(zip(BACKWARD, norms[1], strict=True)), None)


def _each(sensitivities: FloatArray, record: Normalised) -> BatchNormGradients:
    """Back through batch norm under every reading at once: each has its own sensitivity, (3, B, width)."""
    back = [through(each, record) for through, each in zip(BACKWARD.values(), sensitivities, strict=True)]
    inputs, gamma, beta = (np.array(part) for part in zip(*((b.inputs, b.gamma, b.beta) for b in back), strict=True))
    return BatchNormGradients(inputs, gamma, beta)
