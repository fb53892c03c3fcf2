"""Every gradient against PyTorch's, for every activation, place of batch norm and initialiser."""

import numpy as np
import pytest

from gdcore.backpropagation import backward
from gdcore.forward_pass import forward
from gdcore.objectives import CROSS_ENTROPY
from tests.gdcore.torch_reference import CASES, FILE, by_torch, problem

RELATIVE, ROUNDING = 1e-9, 1e-14  # batch norm makes gradients zero but for rounding


@pytest.fixture(scope="module")
def kept() -> dict[str, np.ndarray]:
    with np.load(FILE) as file:
        return dict(file)


@pytest.mark.parametrize("case", CASES)
def test_every_gradient_is_pytorchs(kept: dict[str, np.ndarray], case: str) -> None:
    network, X, targets, architecture = problem(case)
    returned = backward(network, forward(network, X, architecture), targets, architecture, CROSS_ENTROPY)
    ours = [np.atleast_1d(returned.loss), *returned.gradients.arrays(), returned.inputs]
    flat = np.concatenate([each.ravel() for each in ours])
    np.testing.assert_allclose(flat, kept[case], rtol=RELATIVE, atol=ROUNDING)


def test_the_kept_numbers_are_what_pytorch_gives_today(kept: dict[str, np.ndarray]) -> None:
    pytest.importorskip("torch")
    assert set(kept) == set(CASES)
    for case in CASES:
        np.testing.assert_allclose(by_torch(case), kept[case], rtol=1e-10, atol=ROUNDING, err_msg=case)
