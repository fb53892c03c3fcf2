"""A few steps of training beside PyTorch, where it is installed (tests/benchmarks/requirements.txt)."""

from itertools import product

import numpy as np
import pytest

from gdcore.activations import ACTIVATIONS
from gdcore.inference import MOMENTUM, RunningStatistics, infer
from gdcore.network import initialise
from gdcore.parameters import Shape
from gdcore.training_pass import TrainingPass

torch = pytest.importorskip("torch")
torch.set_num_threads(1)  # on arrays this small a second thread only waits
SHAPE, BATCH, RATES = Shape(inputs=6, depth=4, width=5, classes=3), 9, (0.3, 0.2, 0.1, 0.05, 0.3)
LAYERS = {
    "identity": torch.nn.Identity,
    "tanh": torch.nn.Tanh,
    "relu": torch.nn.ReLU,
    "sigmoid": torch.nn.Sigmoid,
}


def the_same_in_torch(ours: TrainingPass, activation: str, batch_norm: bool) -> "torch.nn.Sequential":
    layers = []
    for i, weights in enumerate(ours.parameters.layers):
        fan_in = SHAPE.width if i else SHAPE.inputs
        linear = torch.nn.Linear(fan_in, SHAPE.width, bias=not batch_norm, dtype=torch.float64)
        linear.weight.data = torch.tensor(weights[:, :fan_in])
        if not batch_norm:
            linear.bias.data = torch.tensor(weights[:, fan_in])
        norm = [torch.nn.BatchNorm1d(SHAPE.width, dtype=torch.float64)] if batch_norm else []
        layers += [linear, *norm, LAYERS[activation]()]
    readout = torch.nn.Linear(SHAPE.width, SHAPE.classes, dtype=torch.float64)
    readout.weight.data = torch.tensor(ours.parameters.readout[:, :-1])
    readout.bias.data = torch.tensor(ours.parameters.readout[:, -1])
    return torch.nn.Sequential(*layers, readout)


@pytest.mark.parametrize(("activation", "batch_norm"), list(product(ACTIVATIONS, (False, True))))
def test_losses_weights_and_what_is_inferred_are_those_of_pytorch(activation: str, batch_norm: bool) -> None:
    rng = np.random.default_rng(3)
    ours = TrainingPass(SHAPE, BATCH, activation, batch_norm=batch_norm, dtype=np.float64)
    ours.parameters.take(initialise(SHAPE.depth, SHAPE.width, SHAPE.inputs, SHAPE.classes, 1.5, rng=rng))
    theirs = the_same_in_torch(ours, activation, batch_norm)
    running = RunningStatistics(ours) if batch_norm else None
    for rate in RATES:
        X, labels = rng.normal(size=(BATCH, SHAPE.inputs)), rng.integers(0, SHAPE.classes, BATCH)
        loss = ours.step(np.vstack((X.T, np.ones(BATCH))), np.eye(SHAPE.classes)[labels].T, rate)
        if running is not None:
            running.gather()
        optimiser = torch.optim.SGD(theirs.parameters(), lr=rate)
        optimiser.zero_grad()
        expected = torch.nn.functional.cross_entropy(theirs(torch.tensor(X)), torch.tensor(labels))
        expected.backward()
        optimiser.step()
        assert loss == pytest.approx(expected.item(), rel=1e-9)
    again = the_same_in_torch(ours, activation, batch_norm)
    for a, b in zip(again.parameters(), theirs.parameters(), strict=True):
        if a.ndim == 2:  # weights; γ and β come below
            np.testing.assert_allclose(a.detach().numpy(), b.detach().numpy(), rtol=1e-9, atol=1e-12)
    norms = [layer for layer in theirs if isinstance(layer, torch.nn.BatchNorm1d)]
    weight = 1.0 - (1.0 - MOMENTUM) ** len(RATES)
    for i, norm in enumerate(norms):
        np.testing.assert_allclose(ours.parameters.gammas[i], norm.weight.detach().numpy(), rtol=1e-9)
        np.testing.assert_allclose(ours.parameters.betas[i], norm.bias.detach().numpy(), rtol=1e-9, atol=1e-12)
        # PyTorch begins with mean 0 and variance 1, and they still count: take them out
        norm.running_mean /= weight
        norm.running_var -= 1.0 - weight
        norm.running_var /= weight
        np.testing.assert_allclose(running.mean[i], norm.running_mean.numpy(), rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(running.variance[i], norm.running_var.numpy(), rtol=1e-9)
    X = rng.normal(size=(20, SHAPE.inputs))
    layers = running.folded() if running is not None else ours.parameters.layers
    logits = infer(layers, ours.parameters.readout, np.vstack((X.T, np.ones(20))), activation)
    with torch.no_grad():
        expected = theirs.eval()(torch.tensor(X)).numpy().T
    np.testing.assert_allclose(logits, expected, rtol=1e-9, atol=1e-12)
