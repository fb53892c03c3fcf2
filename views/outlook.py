"""What can be known of a training before its first update: how its gradients start, and what theory says of them."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from gdcore.activations import ACTIVATIONS
from gdcore.batch_norm_theory import SMALLEST_BATCH, collapse_scale, growth_with_batch_norm
from gdcore.depth_theory import gradient_growth, log10_variances
from gdcore.digit_batches import CLASSES, split_digits
from gdcore.initialisers import INITIALISERS
from gdcore.layer_statistics import measure
from gdcore.network import Architecture, BatchNorm
from gdcore.objectives import CROSS_ENTROPY, one_hot
from gdcore.training import NAMES, Plan, first_network

SAMPLES = 32  # enough for a norm; a batch of 256 would take too long beside a training
LARGEST_LOG10 = 300.0  # of a variance, either way: its exact size no longer matters beyond


@dataclass(frozen=True)
class Outlook:
    """log₁₀ of what awaits a training, by side where there are two.

    Attributes:
        first: ‖∂L/∂W_1‖ at the start; −inf for zero.
        last: ‖∂L/∂W_n‖ at the start.
        growth: what theory for very wide layers says of ‖∂L/∂h‖ from the last layer to the first; no entry where it
            says nothing.
    """

    first: dict[str, float]
    last: dict[str, float]
    growth: dict[str, float]


@lru_cache(maxsize=32)
def outlook(plan: Plan) -> Outlook:
    """The outlook of a plan, whichever side it is for."""
    train, _ = split_digits(plan.seed)
    batch = max(2, min(plan.batch, SAMPLES))
    images, targets = train.X[:-1, :batch].T.astype(np.float64), one_hot(train.labels[:batch], CLASSES)
    network = first_network(plan, images.shape[1])
    phi = ACTIVATIONS[plan.activation]
    first, last = {}, {}
    for side, place in (("without", BatchNorm.NONE), ("with", BatchNorm.BEFORE_ACTIVATION)):
        gradient = measure(network, images, targets, Architecture(phi, place, plan.epsilon), CROSS_ENTROPY).gradient
        first[side], last[side] = float(gradient[0]), float(gradient[-1])
    return Outlook(first, last, _growth(plan))


def weight_scale(plan: Plan) -> float:
    """σ_w of the hidden layers: the standard deviation of a weight times the root of the number of inputs."""
    make = INITIALISERS[NAMES.get(plan.initialiser, plan.initialiser)](plan.gain)
    return float(np.sqrt(make.variance(plan.width, plan.width) * plan.width))


def _growth(plan: Plan) -> dict[str, float]:
    phi, scale, growth = ACTIVATIONS[plan.activation], weight_scale(plan), {}
    if scale > 0.0:
        variances = np.clip(log10_variances(phi, scale, plan.depth, 1.0), -LARGEST_LOG10, LARGEST_LOG10)
        passed = [gradient_growth(phi, 10.0 ** float(each), scale) for each in variances[:-1]]
        growth["without"] = 0.5 * float(np.sum(np.log10(passed)))
    # one unit a layer, or a signal that ε outweighs, is not what the formula is about
    able = plan.width > 1 and scale > collapse_scale(plan.epsilon)
    if plan.batch >= SMALLEST_BATCH and able:
        growth["with"] = 0.5 * (plan.depth - 1) * float(np.log10(growth_with_batch_norm(phi, plan.batch)))
    return growth
