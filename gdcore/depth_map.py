"""log₁₀‖∂L/∂W_i‖ for 12 depths × 41 weight scales: where gradients vanish, and where they explode.

The networks of the map share what they can. All of them begin with the same layers, so one forward pass of the deepest
network is the forward pass of all. On the way back every depth begins at its own last layer, with its own error; from
there on it travels with the deeper ones, as one more matrix of a stack. The weight scales stand side by side, a few
at a time, so that what is worked on stays close to the processor; a few threads share the work.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from gdcore import batch_norm
from gdcore.block_scaled import Block
from gdcore.experiment import Absent, Experiment
from gdcore.forward_pass import Forward, forward
from gdcore.layer_statistics import layer_norms
from gdcore.network import Architecture, BatchNorm, Network
from gdcore.objectives import CROSS_ENTROPY
from gdcore.scaled import FloatArray, IntArray

DEPTHS = (2, 3, 4, 6, 8, 10, 15, 20, 25, 30, 40, 50)
SCALES = tuple(float(f"{scale:.3g}") for scale in np.geomspace(0.1, 10.0, 41))
THREADS = min(4, os.cpu_count() or 1)
LARGEST_ALONE = 64**3  # multiplications: larger matrix products bring threads of their own
AT_ONCE = 6  # weight scales side by side

SHOWN_WHOLE = 16  # networks up to this depth are shown layer by layer
EVERY = 3  # of deeper ones every third layer and the last

Norms = tuple[FloatArray, FloatArray]
Profiles = tuple[FloatArray, ...]  # one array per depth: (S, layers shown)


@lru_cache
def layers_shown(depth: int) -> tuple[int, ...]:
    """The layers i of a network of n layers whose gradients the map knows: the first and the last among them."""
    return tuple(range(1, depth + 1)) if depth <= SHOWN_WHOLE else (*range(1, depth, EVERY), depth)


@dataclass(frozen=True)
class DepthMap:
    """The gradients of every layer in every cell.

    Attributes:
        depths: n of each row of cells, growing.
        scales: σ_w of each column, shape (S,), growing.
        without: for each depth n an array (S, k) of log₁₀‖∂L/∂W_i‖ without batch norm, for the k layers i that
            ``layers_shown(n)`` names; −inf is exactly zero.
        normalised: the same with batch norm, or why there is none. NaN where ε = 0 and a unit gave the same value
            for every sample (0/0).
    """

    depths: tuple[int, ...]
    scales: FloatArray
    without: Profiles
    normalised: Profiles | Absent


@lru_cache(maxsize=16)
def depth_map(experiment: Experiment, depths: tuple[int, ...] = DEPTHS, scales: tuple[float, ...] = SCALES) -> DepthMap:
    """The map of an experiment; its own depth and weight scale do not matter.

    Args:
        experiment: width, batch, activation, seed, biases and batch norm.
        depths: growing, each >= 1.
        scales: growing, each >= 0.

    Raises:
        ValueError: a size or scale out of its range.
    """
    drawn, images, targets = replace(experiment, depth=depths[-1], weight_scale=1.0).draw()
    sides = [experiment.plain] if experiment.batch < 2 else [experiment.plain, experiment.normalised]
    parts = [scales[start : start + AT_ONCE] for start in range(0, len(scales), AT_ONCE)]

    def work(task: tuple[Architecture, tuple[float, ...]]) -> Profiles:
        architecture, some = task
        return _profiles(drawn, some, images, targets, architecture, depths)

    with ThreadPoolExecutor(1 if experiment.width**2 * experiment.batch > LARGEST_ALONE else THREADS) as threads:
        found = list(threads.map(work, [(side, part) for side in sides for part in parts]))
    joined = [_joined(found[k * len(parts) : (k + 1) * len(parts)]) for k in range(len(sides))]
    return DepthMap(depths, np.array(scales), joined[0], joined[1] if len(sides) == 2 else Absent.ONE_SAMPLE)


def gradient_profiles(experiment: Experiment) -> tuple[Norms, Norms | Absent]:
    """log₁₀ of ‖∂L/∂h_i‖ and ‖∂L/∂W_i‖ of one network, each (n,), without batch norm and with it."""
    network, images, targets = experiment.draw()
    passed = forward(network, images, experiment.plain)
    error = CROSS_ENTROPY(passed.outputs, targets)[1]
    without = layer_norms(network, passed, error, experiment.plain)
    normalised = experiment.pass_normalised(network, images)
    if isinstance(normalised, Absent):
        return without, normalised
    error = CROSS_ENTROPY(normalised.outputs, targets)[1]
    return without, layer_norms(network, normalised, error, experiment.normalised)


def _joined(parts: list[Profiles]) -> Profiles:
    return tuple(np.concatenate(rows) for rows in zip(*parts, strict=True))


def _profiles(
    drawn: Network,
    scales: tuple[float, ...],
    images: FloatArray,
    targets: FloatArray,
    architecture: Architecture,
    depths: tuple[int, ...],
) -> Profiles:
    """The gradients at some of the scales."""
    if not depths:
        return ()
    network = drawn.first(depths[-1]).rescaled(scales)
    try:
        passed = forward(network, images, architecture)
    except ValueError:  # a constant column with ε = 0: find the scale and the depth at which it happens
        if len(scales) > 1:
            return _joined([_profiles(drawn, (one,), images, targets, architecture, depths) for one in scales])
        shallower = _profiles(drawn, scales, images, targets, architecture, depths[:-1])
        return (*shallower, np.full((1, len(layers_shown(depths[-1]))), np.nan))
    return _backward(network, passed, targets, architecture, depths)


def _backward(
    network: Network, passed: Forward, targets: FloatArray, architecture: Architecture, depths: tuple[int, ...]
) -> Profiles:
    """All depths on their way back, the shallowest first in the stack, in memory that is used again and again."""
    many, batch, width = passed.signals[-1].values.shape
    here, other = (np.empty((len(depths), many, batch, width)) for _ in range(2))
    gradient = np.empty(len(depths) * many * width * max(width, passed.signals[0].values.shape[-1]))
    exponent = np.zeros((len(depths), many), dtype=np.int64)
    found = [np.empty((many, len(layers_shown(depth)))) for depth in depths]
    first = len(depths)  # the shallowest depth that is under way
    for layer in reversed(range(network.depth)):
        if layer + 1 in depths:
            first -= 1
            outputs = passed.first(layer + 1, network).outputs
            error = CROSS_ENTROPY(outputs, targets)[1]
            joining = Block.of(error.values @ network.readout, error.exponent)
            here[first], exponent[first] = joining.values, joining.exponent
        here, other = _through(here, other, exponent, first, layer, passed, architecture)
        signal = passed.signals[layer]
        shown = [k for k in range(first, len(depths)) if layer + 1 in layers_shown(depths[k])]
        if shown:
            some = slice(shown[0], shown[-1] + 1)
            fan = signal.values.shape[-1]
            room = gradient[: len(shown) * many * width * fan].reshape(len(shown), many, width, fan)
            np.matmul(here[some].mT, signal.values, out=room)
            norms = Block.of(room, exponent[some] + signal.exponent).log10_norm
            for k, norm in zip(shown, norms, strict=True):
                found[k][:, layers_shown(depths[k]).index(layer + 1)] = norm
        if layer:
            np.matmul(here[first:], network.weights[layer], out=other[first:])
            here, other = other, here
    return tuple(found)


def _through(
    here: FloatArray,
    other: FloatArray,
    exponent: IntArray,
    first: int,
    layer: int,
    passed: Forward,
    architecture: Architecture,
) -> tuple[FloatArray, FloatArray]:
    """From ∂L/∂u_i to ∂L/∂h_i, as ``backpropagation.layer_backward`` goes: through φ, and through batch norm."""
    norm, phi = architecture.batch_norm, architecture.activation
    for step in (BatchNorm.AFTER_ACTIVATION, BatchNorm.NONE, BatchNorm.BEFORE_ACTIVATION):
        if step is BatchNorm.NONE and not phi.is_identity:
            here[first:] *= phi.derivative(passed.activation_inputs[layer].real())
        elif step is norm and step is not BatchNorm.NONE:
            record = passed.normalised[layer]
            batch_norm.backward(here[first:], record, out=other[first:])
            here, other = other, here
            exponent[first:] -= record.spread_exponent
    # once a layer is enough: squares within 1e±200 leave the next products room on both sides
    under_way = here[first:]
    block = Block.of(under_way, exponent[first:])
    if block.values is not under_way:
        here[first:], exponent[first:] = block.values, block.exponent
    return here, other
