"""Gradients of small networks by PyTorch's automatic differentiation, and the file that keeps them.

    pip install -r tests/benchmarks/requirements.txt
    python -m tests.gdcore.torch_reference

writes the file anew. Weights, batch and targets are drawn by numpy, so that both sides begin with the same numbers.
"""

import itertools
from pathlib import Path
from typing import NamedTuple

import numpy as np

from gdcore.activations import ACTIVATIONS
from gdcore.initialisers import INITIALISERS
from gdcore.network import Architecture, BatchNorm, Network, started
from gdcore.objectives import one_hot

FILE = Path(__file__).parent / "torch_gradients.npz"
DEPTH, WIDTH, INPUTS, CLASSES, BATCH = 3, 4, 5, 3, 7
CASES = ["-".join(case) for case in itertools.product(ACTIVATIONS, BatchNorm, INITIALISERS)]


class Problem(NamedTuple):
    """A network in general position (γ, β and both biases too), its batch, its targets and what a layer does."""

    network: Network
    X: np.ndarray
    targets: np.ndarray
    architecture: Architecture


def problem(case: str) -> Problem:
    """The problem of one of CASES."""
    activation, norm, initialiser = case.split("-")
    rng = np.random.default_rng(CASES.index(case))
    start = INITIALISERS[initialiser](0.7)
    network = started(start, DEPTH, WIDTH, INPUTS, CLASSES, bias_scale=0.4, rng=rng)
    shifts = {1: 0.1, 2: 0.0}  # γ, β and biases leave their places, the initialiser's weights stay as drawn
    network = network.combine(network, lambda own, _: own + shifts[own.ndim] * rng.normal(size=own.shape))
    X, targets = rng.normal(size=(BATCH, INPUTS)), one_hot(rng.integers(0, CLASSES, BATCH), CLASSES)
    return Problem(network, X, targets, Architecture(ACTIVATIONS[activation], BatchNorm(norm)))


def by_torch(case: str) -> np.ndarray:
    """The loss, then ∂L/∂ every parameter in the order of `Network.arrays`, then ∂L/∂X, one after another."""
    import torch
    from torch.nn import functional

    network, X, targets, architecture = problem(case)
    leaves = [torch.tensor(array, dtype=torch.float64, requires_grad=True) for array in [*network.arrays(), X]]
    weights, biases, gammas, betas = (leaves[k * DEPTH : (k + 1) * DEPTH] for k in range(4))
    readout, readout_bias, u = leaves[4 * DEPTH :]
    phi = {"identity": lambda z: z, "tanh": torch.tanh, "relu": torch.relu, "sigmoid": torch.sigmoid}

    def norm(x, i: int, place: BatchNorm):
        if architecture.batch_norm is not place:
            return x
        return functional.batch_norm(x, None, None, gammas[i], betas[i], training=True, eps=architecture.epsilon)

    for i in range(DEPTH):
        h = norm(functional.linear(u, weights[i], biases[i]), i, BatchNorm.BEFORE_ACTIVATION)
        u = norm(phi[architecture.activation.name](h), i, BatchNorm.AFTER_ACTIVATION)
    loss = functional.cross_entropy(functional.linear(u, readout, readout_bias), torch.tensor(targets))
    loss.backward()
    gradients = [np.zeros(each.shape) if each.grad is None else each.grad.numpy() for each in leaves]
    return np.concatenate([[loss.item()], *(each.ravel() for each in gradients)])


if __name__ == "__main__":
    np.savez_compressed(FILE, **{case: by_torch(case) for case in CASES})
