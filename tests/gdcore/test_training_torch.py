"""A few steps of training beside PyTorch's, whose numbers are kept."""

import numpy as np
import pytest

from gdcore.inference import RunningStatistics, infer
from tests.gdcore.torch_training import CASES, FILE, SHAPE, Kept, batches, begun, by_torch, of, unseen


@pytest.fixture(scope="module")
def kept() -> Kept:
    with np.load(FILE) as file:
        return dict(file)


def by_us(case: str) -> Kept:
    """The same numbers as PyTorch's; of weights without a bias of their own, none."""
    activation, batch_norm = CASES[case]
    ours = begun(case)
    running = RunningStatistics(ours) if batch_norm else None
    found: Kept = {"losses": np.zeros(0)}
    for rate, X, labels in batches():
        loss = ours.step(np.vstack((X.T, np.ones(len(X)))), np.eye(SHAPE.classes)[labels].T, rate)
        found["losses"] = np.append(found["losses"], loss)
        if running is not None:
            running.gather()
    for i, weights in enumerate([*ours.parameters.layers, ours.parameters.readout]):
        fan_in = SHAPE.width if i else SHAPE.inputs
        found[f"weights {i}"] = weights[:, : fan_in + (i == SHAPE.depth or not batch_norm)]
    for i in range(SHAPE.depth if running is not None else 0):
        found[f"gammas {i}"], found[f"betas {i}"] = ours.parameters.gammas[i], ours.parameters.betas[i]
        found[f"mean {i}"], found[f"variance {i}"] = running.mean[i], running.variance[i]
    X = unseen()
    layers = running.folded() if running is not None else ours.parameters.layers
    found["logits"] = infer(layers, ours.parameters.readout, np.vstack((X.T, np.ones(len(X)))), activation)
    return found


@pytest.mark.parametrize("case", CASES)
def test_losses_weights_and_what_is_inferred_are_those_of_pytorch(kept: Kept, case: str) -> None:
    ours, theirs = by_us(case), of(case, kept)
    assert ours.keys() == theirs.keys()
    for name, each in theirs.items():
        np.testing.assert_allclose(ours[name], each, rtol=1e-9, atol=1e-12, err_msg=name)


def test_the_kept_numbers_are_what_pytorch_trains_today(kept: Kept) -> None:
    pytest.importorskip("torch")
    assert {name.split(":")[0] for name in kept} == set(CASES)
    for case in CASES:
        for name, each in by_torch(case).items():
            np.testing.assert_allclose(each, of(case, kept)[name], rtol=1e-10, atol=1e-13, err_msg=f"{case}: {name}")
