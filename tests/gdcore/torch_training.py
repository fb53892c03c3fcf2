"""A few steps of training by PyTorch, and the file that keeps where they lead.

    pip install -r tests/benchmarks/requirements.txt
    python -m tests.gdcore.torch_training

writes the file anew. Weights, batches and labels are drawn by numpy, so that both sides begin with the same numbers.
"""

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import numpy as np

from gdcore.activations import ACTIVATIONS
from gdcore.inference import MOMENTUM
from gdcore.network import initialise
from gdcore.parameters import Shape
from gdcore.training_pass import TrainingPass

FILE = Path(__file__).parent / "torch_training.npz"
SHAPE, BATCH, RATES = Shape(inputs=6, depth=4, width=5, classes=3), 9, (0.3, 0.2, 0.1, 0.05, 0.3)
CASES = {f"{each}-{norm}": (each, norm == "norm") for each, norm in product(ACTIVATIONS, ("plain", "norm"))}
Kept = dict[str, np.ndarray]


def begun(case: str) -> TrainingPass:
    """A network before its first step."""
    activation, batch_norm = CASES[case]
    start = initialise(SHAPE.depth, SHAPE.width, SHAPE.inputs, SHAPE.classes, 1.5, rng=np.random.default_rng(3))
    training = TrainingPass(SHAPE, BATCH, activation, batch_norm=batch_norm, dtype=np.float64)
    training.parameters.take(start)
    return training


def batches() -> Iterator[tuple[float, np.ndarray, np.ndarray]]:
    """The learning rate, inputs (a row each) and labels of every step."""
    rng = np.random.default_rng(4)
    for rate in RATES:
        yield rate, rng.normal(size=(BATCH, SHAPE.inputs)), rng.integers(0, SHAPE.classes, BATCH)


def unseen() -> np.ndarray:
    """Inputs to infer from after the training."""
    return np.random.default_rng(5).normal(size=(20, SHAPE.inputs))


def in_torch(case: str):
    """The network before its first step: its linear layers, its layers of batch norm, and all of it."""
    import torch

    torch.set_num_threads(1)  # on arrays this small a second thread only waits
    activation, batch_norm = CASES[case]
    phi = {"identity": torch.nn.Identity, "tanh": torch.nn.Tanh, "relu": torch.nn.ReLU, "sigmoid": torch.nn.Sigmoid}
    start, linears, norms, layers = begun(case).parameters, [], [], []
    for i, weights in enumerate([*start.layers, start.readout]):
        last, fan_in = i == SHAPE.depth, SHAPE.width if i else SHAPE.inputs
        has_bias = last or not batch_norm
        linears.append(torch.nn.Linear(fan_in, len(weights), bias=has_bias, dtype=torch.float64))
        linears[-1].weight.data = torch.tensor(weights[:, :fan_in])
        if has_bias:
            linears[-1].bias.data = torch.tensor(weights[:, fan_in])
        layers.append(linears[-1])
        if batch_norm and not last:
            norms.append(torch.nn.BatchNorm1d(SHAPE.width, dtype=torch.float64))
            layers.append(norms[-1])
        if not last:
            layers.append(phi[activation]())
    return linears, norms, torch.nn.Sequential(*layers)


def by_torch(case: str) -> Kept:
    """Losses of every step; then weights with their biases, γ, β and what batch norm has gathered; then logits."""
    import torch

    linears, norms, network = in_torch(case)
    losses = []
    for rate, X, labels in batches():
        optimiser = torch.optim.SGD(network.parameters(), lr=rate)
        optimiser.zero_grad()
        loss = torch.nn.functional.cross_entropy(network(torch.tensor(X)), torch.tensor(labels))
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    kept = {"losses": np.array(losses)}
    for i, linear in enumerate(linears):
        biases = [] if linear.bias is None else [linear.bias.detach().numpy()[:, None]]
        kept[f"weights {i}"] = np.hstack([linear.weight.detach().numpy(), *biases])
    weight = 1.0 - (1.0 - MOMENTUM) ** len(RATES)
    for i, norm in enumerate(norms):
        # PyTorch begins with mean 0 and variance 1, and they still count: take them out
        norm.running_mean /= weight
        norm.running_var -= 1.0 - weight
        norm.running_var /= weight
        kept[f"gammas {i}"], kept[f"betas {i}"] = norm.weight.detach().numpy(), norm.bias.detach().numpy()
        kept[f"mean {i}"], kept[f"variance {i}"] = norm.running_mean.numpy(), norm.running_var.numpy()
    with torch.no_grad():
        kept["logits"] = network.eval()(torch.tensor(unseen())).numpy().T
    return kept


def of(case: str, kept: Kept) -> Kept:
    """What a file keeps of one case."""
    return {name.removeprefix(f"{case}: "): each for name, each in kept.items() if name.startswith(f"{case}: ")}


if __name__ == "__main__":
    np.savez_compressed(FILE, **{f"{case}: {name}": each for case in CASES for name, each in by_torch(case).items()})
