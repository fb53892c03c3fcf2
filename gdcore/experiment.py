"""σ_w, φ, B, ε, …: one network on one batch of digits, to be looked at without batch norm and with it.

One seed draws the images and the weights; the two networks differ in nothing but batch norm. The images enter with
their mean: a pixel is never negative, so the input has a large DC part for batch norm to take away.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from gdcore.activations import ACTIVATIONS, Activation
from gdcore.batch_norm import EPSILON
from gdcore.block_scaled import Block
from gdcore.forward_pass import Forward, forward
from gdcore.initialisers import lecun
from gdcore.network import Architecture, BatchNorm, Network, started
from gdcore.objectives import one_hot
from gdcore.samples import digits
from gdcore.scaled import FloatArray

CLASSES = 10


class Absent(StrEnum):
    """Why there is no network with batch norm."""

    ONE_SAMPLE = "one_sample"  # B = 1: every value is its own mean
    CONSTANT = "constant"  # ε = 0 and a unit that gives the same value for every sample: 0/0


@dataclass(frozen=True)
class Experiment:
    """What is set.

    Attributes:
        depth: n >= 1 hidden layers.
        width: units per layer, >= 1.
        batch: 1 <= B <= 1797 digits.
        weight_scale: σ_w >= 0, W_ij ~ N(0, σ_w²/fan_in).
        activation: a key of ACTIVATIONS.
        seed: >= 0.
        bias_scale: σ_b >= 0, b_i ~ N(0, σ_b²).
        place: where batch norm stands, before or after φ.
        gamma, beta: γ and β, the same for every unit.
        epsilon: ε >= 0.
    """

    depth: int
    width: int
    batch: int
    weight_scale: float
    activation: str
    seed: int
    bias_scale: float = 0.0
    place: BatchNorm = BatchNorm.BEFORE_ACTIVATION
    gamma: float = 1.0
    beta: float = 0.0
    epsilon: float = EPSILON

    @property
    def phi(self) -> Activation:
        """φ."""
        return ACTIVATIONS[self.activation]

    @property
    def before(self) -> bool:
        """Whether batch norm stands before φ."""
        return self.place is BatchNorm.BEFORE_ACTIVATION

    @property
    def plain(self) -> Architecture:
        """The layers without batch norm."""
        return Architecture(self.phi)

    @property
    def normalised(self) -> Architecture:
        """The layers with batch norm."""
        return Architecture(self.phi, self.place, self.epsilon)

    def images(self) -> tuple[FloatArray, FloatArray]:
        """B different digits: pixels (B, 64), all images together of mean square 1, and targets (B, 10)."""
        return digit_batch(self.batch, rng=np.random.default_rng(self.seed))

    def draw(self, stack: tuple[int, ...] = ()) -> tuple[Network, FloatArray, FloatArray]:
        """The network, or a stack of them drawn anew, and the images and targets.

        Raises:
            ValueError: a size or scale out of its range.
        """
        rng = np.random.default_rng(self.seed)
        images, targets = digit_batch(self.batch, rng=rng)
        network = started(
            lecun(1.0),
            self.depth,
            self.width,
            images.shape[1],
            CLASSES,
            bias_scale=self.bias_scale,
            stack=stack,
            rng=rng,
        )
        for weights in network.weights:
            weights *= self.weight_scale  # in place: nobody else has them yet
        gammas, betas = (tuple(value * one for one in network.gammas) for value in (self.gamma, self.beta))
        return replace(network, gammas=gammas, betas=betas), images, targets

    def pass_normalised(self, network: Network, images: FloatArray, *, slopes: bool = False) -> Forward | Absent:
        """The forward pass with batch norm, or why there is none."""
        if self.batch < 2:
            return Absent.ONE_SAMPLE
        if self.epsilon > 0.0:
            return forward(network, images, self.normalised, slopes=slopes)
        try:
            return forward(network, images, self.normalised, slopes=slopes)
        except ValueError:  # sizes and images are right: what is left to refuse is a constant column
            return Absent.CONSTANT

    def watched(self, passed: Forward) -> tuple[Block, ...]:
        """What batch norm gives in each layer, or would stand at: the input of φ, or its output."""
        return passed.activation_inputs if self.before else passed.signals[1:]


def digit_batch(batch: int, *, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """`batch` different digits: pixels (B, 64), scaled so that all images together have mean square 1, and (B, 10)."""
    images, labels = _scaled_digits()
    rows = rng.choice(len(images), size=batch, replace=False)
    return images[rows], one_hot(labels[rows], CLASSES)


@lru_cache(maxsize=1)
def _scaled_digits() -> tuple[FloatArray, npt.NDArray[np.int64]]:
    """All digits, of mean square 1, and their labels."""
    images, labels = digits()
    return images / np.sqrt(np.mean(images**2)), labels
