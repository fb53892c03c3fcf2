"""W_ij ~ N(0, σ_w²/fan_in): the parameters of a wide network, and how they start.

A network has n hidden layers of equal width and a linear read-out to k classes. How large a signal is after many layers
depends on the scale σ_w of the weights. Many networks of one shape stand side by side: every array of parameters may
have leading axes (...), one entry a network.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from gdcore.activations import Activation
from gdcore.batch_norm import EPSILON
from gdcore.initialisers import Initialiser, lecun
from gdcore.scaled import FloatArray


@dataclass(frozen=True)
class Network:
    """All parameters of a network of n layers; a gradient with respect to them has the same form.

    Attributes:
        weights: W_1 of shape (..., width, inputs), then W_2 … W_n of shape (..., width, width).
        biases: b_1 … b_n, each (..., width). In front of batch norm they do nothing: their gradient is zero.
        gammas, betas: γ_i and β_i of batch norm, each (..., width); not used without it.
        readout: shape (..., classes, width).
        readout_bias: shape (..., classes).
    """

    weights: tuple[FloatArray, ...]
    biases: tuple[FloatArray, ...]
    gammas: tuple[FloatArray, ...]
    betas: tuple[FloatArray, ...]
    readout: FloatArray
    readout_bias: FloatArray

    @property
    def depth(self) -> int:
        """The number of hidden layers n."""
        return len(self.weights)

    def arrays(self) -> Iterator[FloatArray]:
        """Every array of parameters, in the order of the fields."""
        yield from (*self.weights, *self.biases, *self.gammas, *self.betas, self.readout, self.readout_bias)

    @classmethod
    def side_by_side(cls, stacks: Sequence[Network]) -> Network:
        """Stacks of networks of one shape as one stack."""
        arrays = zip(*(each.arrays() for each in stacks), strict=True)
        return stacks[0]._of([np.concatenate(each) for each in arrays])

    def combine(self, other: Network, function: Callable[[FloatArray, FloatArray], FloatArray]) -> Network:
        """A network whose arrays are function(own, other's): θ − αg is ``θ.combine(g, lambda p, g: p - α * g)``."""
        return self._of([function(own, others) for own, others in zip(self.arrays(), other.arrays(), strict=True)])

    def _of(self, new: list[FloatArray]) -> Network:
        """The network whose ``arrays`` these are; it is as deep as this one."""
        n = self.depth
        layers = [tuple(new[k * n : (k + 1) * n]) for k in range(4)]
        return Network(layers[0], layers[1], layers[2], layers[3], new[4 * n], new[4 * n + 1])

    def first(self, depth: int) -> Network:
        """The network of the first `depth` layers, with the same read-out."""
        layers = self.weights, self.biases, self.gammas, self.betas
        weights, biases, gammas, betas = (each[:depth] for each in layers)
        return Network(weights, biases, gammas, betas, self.readout, self.readout_bias)

    def rescaled(self, factors: npt.ArrayLike) -> Network:
        """The hidden weights times one factor, or (S,) factors for S networks side by side; the rest as it is."""
        scale = np.asarray(factors, dtype=np.float64)[..., None, None]
        weights = tuple(scale * each for each in self.weights)
        return Network(weights, self.biases, self.gammas, self.betas, self.readout, self.readout_bias)


def initialise(
    depth: int,
    width: int,
    inputs: int,
    classes: int,
    weight_scale: float,
    *,
    bias_scale: float = 0.0,
    rng: np.random.Generator,
) -> Network:
    """Draw W_ij ~ N(0, σ_w²/fan_in) and b ~ N(0, σ_b²); the read-out always has scale 1; γ = 1, β = 0.

    Numbers of scale 1 are drawn, read-out first, and multiplied afterwards: with an rng of the same seed, another
    weight scale gives the same network rescaled, and a deeper one begins with the same layers.

    Args:
        depth: n >= 1 hidden layers.
        width: units per hidden layer, >= 1.
        inputs: entries of a sample, >= 1.
        classes: outputs, >= 1.
        weight_scale: σ_w >= 0 of the hidden layers.
        bias_scale: σ_b >= 0.
        rng: the source of randomness.

    Raises:
        ValueError: a size below 1, or a scale that is negative or not finite.
    """
    _require_scales(weight_scale=weight_scale, bias_scale=bias_scale)
    drawn = started(lecun(1.0), depth, width, inputs, classes, bias_scale=bias_scale, rng=rng)
    return drawn.rescaled(weight_scale)


def started(
    initialiser: Initialiser,
    depth: int,
    width: int,
    inputs: int,
    classes: int,
    *,
    bias_scale: float = 0.0,
    stack: tuple[int, ...] = (),
    rng: np.random.Generator,
) -> Network:
    """Draw the hidden weights with an initialiser; the rest as in ``initialise``.

    Args:
        initialiser: how the hidden weights are drawn.
        depth: n >= 1 hidden layers.
        width: units per hidden layer, >= 1.
        inputs: entries of a sample, >= 1.
        classes: outputs, >= 1.
        bias_scale: σ_b >= 0.
        stack: the leading axes (...): so many networks, each drawn anew.
        rng: the source of randomness.

    Raises:
        ValueError: a size below 1, or a scale that is negative or not finite.
    """
    _require_sizes(depth=depth, width=width, inputs=inputs, classes=classes)
    _require_scales(bias_scale=bias_scale)
    of_biases = rng.spawn(1)[0]  # its own stream: a deeper network draws no other weights
    readout = lecun(1.0)(classes, width, stack=stack, rng=rng)
    fans = (inputs, *(width for _ in range(depth - 1)))
    weights = tuple(initialiser(width, fan, stack=stack, rng=rng) for fan in fans)
    biases = tuple(bias_scale * of_biases.standard_normal((*stack, width)) for _ in fans)
    ones, zeros = (tuple(make((*stack, width)) for _ in fans) for make in (np.ones, np.zeros))
    return Network(weights, biases, ones, zeros, readout, np.zeros((*stack, classes)))


class BatchNorm(StrEnum):
    """Where batch norm stands in a layer."""

    NONE = "none"
    BEFORE_ACTIVATION = "before_activation"
    AFTER_ACTIVATION = "after_activation"


@dataclass(frozen=True)
class Architecture:
    """What a layer does besides its parameters: φ, the place of batch norm, and its ε >= 0."""

    activation: Activation
    batch_norm: BatchNorm = BatchNorm.NONE
    epsilon: float = EPSILON


def _require_sizes(**sizes: int) -> None:
    for name, size in sizes.items():
        if size < 1:
            raise ValueError(f"got {name} {size}: it must be at least 1")


def _require_scales(**scales: float) -> None:
    for name, scale in scales.items():
        if not 0.0 <= scale < np.inf:
            raise ValueError(f"got {name} {scale}: it must be finite and at least 0; 1 keeps a linear signal's size")
