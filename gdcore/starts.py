"""log₁₀‖u_i‖, log₁₀‖∂L/∂h_i‖, log₁₀‖∂L/∂W_i‖ over R random starts: what an initialiser does.

The same network is started R times, all of them one stack. A start is random, so each layer has a median and a band
from the 10th to the 90th percentile. What theory expects is in `start_theory`; the spread over the starts is what no
theory of averages shows: a single network of 64 units may lie well off them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from gdcore.activations import ACTIVATIONS, Activation
from gdcore.experiment import CLASSES, digit_batch
from gdcore.forward_pass import forward
from gdcore.layer_statistics import layer_norms
from gdcore.network import Architecture, BatchNorm, Network, started
from gdcore.objectives import CROSS_ENTROPY
from gdcore.scaled import FloatArray
from gdcore.start_theory import STARTS, weight_scale

PIXELS = 64
KEEPS = 0.9  # a gain between this and its inverse keeps
LOW, HIGH = 0.1, 0.9  # the band
SMALL_WIDTH, SMALL_BATCH, SMALL_SEEDS = 32, 16, 5


@dataclass(frozen=True)
class Start:
    """A network of n layers and how its weights start.

    Attributes:
        initialiser: a key of STARTS.
        gain: the initialiser's number >= 0: value, σ, limit or g.
        activation: a key of ACTIVATIONS.
        depth: n >= 2.
        width: d >= 1.
        batch: 1 <= B <= 1797 digits.
        seeds: R >= 1 starts.
        seed: >= 0; draws images and weights.
    """

    initialiser: str
    gain: float
    activation: str
    depth: int
    width: int
    batch: int
    seeds: int
    seed: int

    @property
    def phi(self) -> Activation:
        """φ."""
        return ACTIVATIONS[self.activation]

    def images(self) -> tuple[FloatArray, FloatArray]:
        """B digits (B, 64) of mean square about 1, and targets (B, 10)."""
        return digit_batch(self.batch, rng=np.random.default_rng(self.seed))

    def draw(self) -> Network:
        """R networks, as one stack.

        Raises:
            ValueError: a size or gain out of its range.
        """
        rng = np.random.default_rng(self.seed)
        digit_batch(self.batch, rng=rng)  # the images come first
        make = STARTS[self.initialiser](self.gain)
        return started(make, self.depth, self.width, PIXELS, CLASSES, stack=(self.seeds,), rng=rng)


@dataclass(frozen=True)
class Spread:
    """log₁₀ of one quantity in the layers 1 … n over R starts, each shape (n,); −inf means exactly zero.

    Attributes:
        low, high: the 10th and the 90th percentile (nearest rank).
        median: the median.
    """

    low: FloatArray
    median: FloatArray
    high: FloatArray

    @classmethod
    def over(cls, runs: FloatArray) -> Spread:
        """Of runs (R, n)."""
        ordered = np.sort(runs, axis=0)
        last = len(ordered) - 1
        # ranks, not interpolation: between −inf and −inf there is nothing to interpolate
        low, high = ordered[round(LOW * last)], ordered[round(HIGH * last)]
        return cls(low, 0.5 * (ordered[last // 2] + ordered[-(-last // 2)]), high)

    def raised(self, by: float) -> Spread:
        """The same, log₁₀ moved up."""
        return Spread(self.low + by, self.median + by, self.high + by)

    @property
    def gain_forward(self) -> float:
        """The factor on the median per layer from the first layer to the last, on average; 0 where it is zero."""
        return _per_layer(self.median[0], self.median[-1], len(self.median))

    @property
    def gain_backward(self) -> float:
        """The factor on the median per layer from the last layer to the first."""
        return _per_layer(self.median[-1], self.median[0], len(self.median))

    @property
    def unevenness(self) -> float:
        """log₁₀ of the largest median divided by the smallest; inf where a layer's median is zero."""
        return math.inf if np.isneginf(self.median).any() else float(np.ptp(self.median))


@dataclass(frozen=True)
class Started:
    """What R starts do.

    Attributes:
        signal: ‖u_i‖.
        sensitivity: ‖∂L/∂h_i‖.
        gradient: ‖∂L/∂W_i‖.
        silent: how many of the R starts have a last signal that is exactly zero.
    """

    signal: Spread
    sensitivity: Spread
    gradient: Spread
    silent: int

    @classmethod
    def over(cls, signal: FloatArray, sensitivity: FloatArray, gradient: FloatArray) -> Started:
        """Of log₁₀ of the three norms, each (R, n)."""
        silent = int(np.isneginf(signal[:, -1]).sum())
        return cls(Spread.over(signal), Spread.over(sensitivity), Spread.over(gradient), silent)


def measured(start: Start, network: Network | None = None, norm: BatchNorm = BatchNorm.NONE) -> Started:
    """Send the digits through all R networks, forward and backward.

    Args:
        start: what is set.
        network: the stack that ``start.draw`` gave, if it is at hand.
        norm: where batch norm stands.

    Raises:
        ValueError: a size or gain out of its range, or batch norm with B < 2.
    """
    return Started.over(*_norms(start, network or start.draw(), norm))


def _norms(start: Start, network: Network, norm: BatchNorm = BatchNorm.NONE) -> tuple[FloatArray, ...]:
    """log₁₀ of ‖u_i‖, ‖∂L/∂h_i‖ and ‖∂L/∂W_i‖ of every network of a stack, each (R, n)."""
    images, targets = start.images()
    architecture = Architecture(start.phi, norm)
    passed = forward(network, images, architecture)
    _, error = CROSS_ENTROPY(passed.outputs, targets)
    signal = np.stack([each.log10_norm for each in passed.signals[1:]], axis=-1)
    return signal, *layer_norms(network, passed, error, architecture)


def kind(gain: float) -> str:
    """What a gain per layer does: shrinks, keeps (0.9 to 1/0.9), grows, or silent for 0."""
    if gain == 0.0:
        return "silent"
    return "shrinks" if gain < KEEPS else "keeps" if gain <= 1.0 / KEEPS else "grows"


@lru_cache(maxsize=128)
def small_table(starts: tuple[Start, ...]) -> tuple[dict[str, Started], ...]:
    """Each start in smaller networks of the same σ_w, for every activation: quick enough for a whole table.

    The layers have 32 units, the batch has 16 digits, and there are 5 starts, unless fewer of them are set. Norms that
    grow with the width are given for the width that is set. The networks of all starts are one stack: they may differ
    in their initialiser and gain only. Their activation does not matter.
    """
    start = starts[0]
    width = min(start.width, SMALL_WIDTH)
    batch, seeds = min(start.batch, SMALL_BATCH), min(start.seeds, SMALL_SEEDS)
    smaller = [replace(each, width=width, batch=batch, seeds=seeds) for each in starts]
    network = Network.side_by_side([_drawn_small(*each) for each in zip(starts, smaller, strict=True)])
    wider, longer = 0.5 * math.log10(start.width / width), 0.5 * math.log10(start.batch / batch)
    found: list[dict[str, Started]] = [{} for _ in starts]
    for name in ACTIVATIONS:
        norms = _norms(replace(smaller[0], activation=name), network)
        for column, *own in zip(found, *(np.split(each, len(starts)) for each in norms), strict=True):
            done = Started.over(*own)
            signal, sensitivity = done.signal.raised(wider + longer), done.sensitivity.raised(-longer)
            column[name] = replace(done, signal=signal, sensitivity=sensitivity, gradient=done.gradient.raised(wider))
    return tuple(found)


def _drawn_small(start: Start, small: Start) -> Network:
    """The smaller networks of a start, with the σ_w of the wide ones."""
    first, hidden = _scales(start, start.width) / _scales(start, small.width)
    network = small.draw()
    for layer, weights in enumerate(network.weights):
        weights *= hidden if layer else first  # in place: nobody else has them yet
    return network


def _scales(start: Start, width: int) -> FloatArray:
    """σ_w of the first layer and of the others, at gain 1."""
    return np.array([weight_scale(start.initialiser, 1.0, width, fan_in) for fan_in in (PIXELS, width)])


def _per_layer(before: float, after: float, layers: int) -> float:
    if np.isneginf([before, after]).any():
        return 0.0
    return float(10.0 ** ((after - before) / (layers - 1)))
