import math

import numpy as np
import pytest

from gdcore.chain import backpropagate
from gdcore.three_layers import TOLERANCE, three_layers

CASES = [
    ([0.5, 0.8, 1.5], 0.0, 1.0, 1.0),
    ([-2.95, -3.0, 2.85], -1.95, -9.9, -7.7),
    ([3.0, 3.0, 3.0], 2.0, 10.0, -10.0),
    ([0.01, 0.02, -0.01], 0.0, 0.1, 10.0),
    ([0.0, 0.7, 1.2], 0.3, 1.0, 1.0),
]


@pytest.mark.parametrize(("weights", "bias", "x", "target"), CASES)
def test_three_layers_are_a_chain_of_three_layers(weights: list[float], bias: float, x: float, target: float) -> None:
    run, exact = three_layers(weights, bias, x, target), backpropagate(weights, bias, x, target)
    np.testing.assert_allclose(run.signals, exact.signals.to_float(), rtol=1e-13)
    np.testing.assert_allclose(run.sensitivities, exact.sensitivities.to_float(), rtol=1e-12)
    np.testing.assert_allclose(run.gradients, exact.gradients.to_float(), rtol=1e-12)
    assert run.loss == pytest.approx(float(exact.loss.to_float()), rel=1e-12)


@pytest.mark.parametrize(("weights", "bias", "x", "target"), CASES)
def test_central_differences_agree_with_the_chain_rule(
    weights: list[float], bias: float, x: float, target: float
) -> None:
    run = three_layers(weights, bias, x, target)
    assert run.agree
    assert run.rounding < 1e-4 * (1 + float(np.abs(run.gradients).max()))


def test_a_wrong_derivative_would_not_agree() -> None:
    run = three_layers([0.5, 0.8, 1.5], 0.3, 1.0, 1.0)
    typo = run.error * run.signals[1]  # of the third weight, with the signal that enters the second layer
    assert abs(typo - run.quotients[2]) > TOLERANCE * abs(typo) + run.rounding


def test_each_gradient_is_the_product_of_its_factors() -> None:
    w1, w2, w3, b, x, y = 0.5, -0.8, 1.5, 0.25, 2.0, 1.0
    y1 = w1 * x + b
    y2 = w2 * y1 + b
    error = w3 * y2 + b - y
    run = three_layers([w1, w2, w3], b, x, y)
    np.testing.assert_allclose(run.gradients, [error * w3 * w2 * x, error * w3 * y1, error * y2], rtol=1e-14)


def test_an_error_that_is_only_the_rounding_of_decimals_is_none() -> None:
    run = three_layers([0.1, 0.7, 1.1], 0.0, 3.0, 0.231)
    assert 0.1 * 3.0 * 0.7 * 1.1 != 0.231
    assert run.error == 0
    assert not run.gradients.any()
    assert run.agree
    assert three_layers([0.1, 0.7, 1.1], 0.0, 3.0, 0.231 + 1e-9).error != 0


def test_without_bias_weight_times_gradient_is_the_same_in_every_layer() -> None:
    run = three_layers([0.5, -2.0, 1.5], 0.0, 1.7, 0.4)
    np.testing.assert_allclose(run.weights * run.gradients, run.error * run.signals[-1], rtol=1e-14)


def test_a_zero_weight_kills_the_other_gradients_but_not_its_own() -> None:
    run = three_layers([0.5, 0.0, 1.5], 0.0, 1.0, 1.0)
    assert run.gradients.tolist() == [0.0, -0.75, 0.0]


@pytest.mark.parametrize("weights", [[1.0, 2.0], [1.0, 2.0, math.nan], [1.0, 2.0, math.inf]])
def test_anything_but_three_finite_weights_is_refused(weights: list[float]) -> None:
    with pytest.raises(ValueError, match="three weights"):
        three_layers(weights, 0.0, 1.0, 1.0)
