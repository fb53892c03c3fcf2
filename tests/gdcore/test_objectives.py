import autograd
import autograd.numpy as anp
import numpy as np
import pytest

from gdcore.block_scaled import Block
from gdcore.objectives import CROSS_ENTROPY, OBJECTIVES, SQUARED_ERROR, Objective, one_hot

WRITTEN_FOR_AUTOGRAD = {
    "cross_entropy": lambda z, t: -anp.sum(t * (z - anp.log(anp.sum(anp.exp(z), axis=1, keepdims=True)))) / len(t),
    "squared_error": lambda z, t: 0.5 * anp.sum((z - t) ** 2) / len(t),
}

every_objective = pytest.mark.parametrize("objective", OBJECTIVES.values(), ids=OBJECTIVES)


@every_objective
@pytest.mark.parametrize("soft", [False, True], ids=["one-hot targets", "soft targets"])
def test_loss_and_gradient_agree_with_automatic_differentiation(objective: Objective, soft: bool) -> None:
    rng = np.random.default_rng(0)
    z, t = rng.normal(size=(5, 3)), rng.uniform(size=(5, 3)) if soft else one_hot(np.array([0, 2, 1, 1, 0]), 3)
    loss, gradient = objective(Block.of(z), t)
    reference = WRITTEN_FOR_AUTOGRAD[objective.name]
    assert loss == pytest.approx(reference(z, t), rel=1e-12)
    np.testing.assert_allclose(gradient.real(), autograd.grad(reference)(z, t), rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("power", [0, 2000])
def test_outputs_of_1e200_or_beyond_float64_give_a_finite_gradient(power: int) -> None:
    outputs = Block.of(np.array([[1e200, -1e200], [1e200, -1e200]]), power)
    loss, gradient = CROSS_ENTROPY(outputs, np.eye(2))
    assert loss == (pytest.approx(1e200) if power == 0 else np.inf)
    np.testing.assert_array_equal(gradient.real(), [[0.0, 0.0], [0.5, -0.5]])


@pytest.mark.parametrize("power", [-3000, 0, 3000])
def test_the_squared_error_keeps_its_size_beyond_float64(power: int) -> None:
    z, t = np.array([[3.0, -1.0]]), np.array([[1.0, 2.0]])
    loss, gradient = SQUARED_ERROR(Block.of(z, power), t)
    expected = {-3000: (-t, 2.5), 0: (z - t, 6.5), 3000: (z, np.inf)}[power]
    log10 = np.log10(np.linalg.norm(expected[0])) + max(power, 0) * np.log10(2.0)
    assert float(gradient.log10_norm) == pytest.approx(log10, rel=1e-13)
    assert loss == expected[1]


def test_equal_outputs_cost_the_logarithm_of_the_number_of_classes() -> None:
    assert CROSS_ENTROPY(Block.of(np.zeros((4, 10))), np.eye(10)[:4])[0] == pytest.approx(np.log(10.0))


def test_the_squared_error_has_the_half() -> None:
    assert SQUARED_ERROR(Block.of(np.array([[3.0]])), np.array([[1.0]]))[0] == 2.0


def test_labels_become_rows_with_a_single_one() -> None:
    assert one_hot(np.array([2, 0]), 3).tolist() == [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]


@pytest.mark.parametrize("label", [-1, 3])
def test_a_label_that_is_no_class_is_refused(label: int) -> None:
    with pytest.raises(ValueError, match=r"0 … 2"):
        one_hot(np.array([0, label]), 3)
