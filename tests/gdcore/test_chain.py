import math
from collections.abc import Sequence
from fractions import Fraction

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdcore.chain import Chain, backpropagate, equal_weights, gaussian_weights, random_sign_weights
from gdcore.scaled import Scaled

ORDINARY = st.floats(-4.0, 4.0)
ANYTHING = st.floats(-1e300, 1e300)


def fractions_of(numbers: Scaled) -> list[Fraction]:
    pairs = zip(np.atleast_1d(numbers.mantissa), np.atleast_1d(numbers.exponent), strict=True)
    return [Fraction(float(m)) * Fraction(2) ** int(e) for m, e in pairs]


def brute_force(
    weights: Sequence[float], biases: Sequence[float], x: float, y: float
) -> tuple[list[Fraction], list[Fraction], list[Fraction]]:
    """Signals, ∂L/∂b and ∂L/∂w straight from the definition, in exact fractions."""
    signals = [Fraction(x)]
    for w, b in zip(weights, biases, strict=True):
        signals.append(Fraction(w) * signals[-1] + Fraction(b))
    bias_gradients = []
    for i in range(len(weights)):
        product = Fraction(1)
        for w in weights[i + 1 :]:
            product *= Fraction(w)
        bias_gradients.append((signals[-1] - Fraction(y)) * product)
    return signals, bias_gradients, [g * s for g, s in zip(bias_gradients, signals, strict=False)]


def assert_close(held: Scaled, exact: Sequence[Fraction], roundings: int) -> None:
    for got, want in zip(fractions_of(held), exact, strict=True):
        assert abs(got - want) <= abs(want) * Fraction(roundings, 2**53) * Fraction(1001, 1000)


def assert_exact(chain: Chain, weights: Sequence[float], biases: Sequence[float], x: float, y: float) -> None:
    signals, bias_gradients, gradients = brute_force(weights, biases, x, y)
    assert_close(chain.signals, signals, 1)
    assert_close(chain.error, [signals[-1] - Fraction(y)], 1)
    assert_close(chain.bias_gradients, bias_gradients, 3)
    assert_close(chain.gradients, gradients, 5)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(ORDINARY, ORDINARY), min_size=1, max_size=12), ORDINARY, ORDINARY)
def test_every_number_agrees_with_exact_fractions(layers: list[tuple[float, float]], x: float, y: float) -> None:
    weights, biases = [w for w, _ in layers], [b for _, b in layers]
    assert_exact(backpropagate(weights, biases, x, y), weights, biases, x, y)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(ANYTHING, ANYTHING), min_size=1, max_size=6), ANYTHING, ANYTHING)
def test_numbers_of_any_size_agree_with_exact_fractions(layers: list[tuple[float, float]], x: float, y: float) -> None:
    weights, biases = [w for w, _ in layers], [b for _, b in layers]
    assert_exact(backpropagate(weights, biases, x, y), weights, biases, x, y)


def loss(parameters: object, n: int, x: float, y: float) -> float:
    signal = x
    for i in range(n):
        signal = parameters[i] * signal + parameters[n + i]  # type: ignore[index]
    return 0.5 * (signal - y) ** 2


def test_gradients_agree_with_automatic_differentiation() -> None:
    n = 7
    rng = np.random.default_rng(3)
    parameters = rng.normal(size=2 * n)
    chain = backpropagate(parameters[:n], parameters[n:], 0.8, -0.3)
    expected = autograd.grad(lambda p: loss(p, n, 0.8, -0.3))(anp.array(parameters))
    np.testing.assert_allclose(chain.gradients.to_float(), expected[:n], rtol=1e-12)
    np.testing.assert_allclose(chain.bias_gradients.to_float(), expected[n:], rtol=1e-12)


def test_gradients_agree_with_central_differences() -> None:
    n = 5
    parameters = np.random.default_rng(4).normal(size=2 * n)
    chain = backpropagate(parameters[:n], parameters[n:], 1.3, 0.2)
    gradients = np.concatenate([chain.gradients.to_float(), chain.bias_gradients.to_float()])
    for k in range(2 * n):
        step = np.zeros(2 * n)
        step[k] = 1e-6
        slope = (loss(parameters + step, n, 1.3, 0.2) - loss(parameters - step, n, 1.3, 0.2)) / 2e-6
        assert gradients[k] == pytest.approx(slope, rel=1e-6, abs=1e-9)


@settings(max_examples=50, deadline=None)
@given(st.lists(ORDINARY, min_size=1, max_size=30), ORDINARY, ORDINARY)
def test_without_bias_weight_times_gradient_is_the_same_in_every_layer(
    weights: list[float], x: float, y: float
) -> None:
    chain = backpropagate(weights, 0.0, x, y)
    common = fractions_of(chain.error)[0] * fractions_of(chain.signals)[-1]
    for w, gradient in zip(weights, fractions_of(chain.gradients), strict=True):
        assert abs(Fraction(w) * gradient - common) <= abs(common) * Fraction(10, 2**53)


@pytest.mark.parametrize("w", [-1.7, -0.3, 0.1, 0.5, 0.99, 1.0, 1.1, 3.0])
def test_with_equal_weights_and_no_bias_every_layer_has_the_same_gradient(w: float) -> None:
    chain = backpropagate(equal_weights(200, w), 0.0, 1.3, 0.7)
    assert np.unique(chain.gradients.sign).size == 1 or w < 0
    np.testing.assert_allclose(chain.gradients.log10, chain.gradients.log10[0], rtol=0, atol=1e-12)


def test_with_a_bias_the_first_layer_has_six_hundredths_of_the_last_ones_gradient() -> None:
    gradients = backpropagate(equal_weights(6, 0.5), 0.25, 1.0, 0.0).gradients.to_float()
    assert gradients[0] / gradients[-1] == pytest.approx(0.0606, abs=5e-5)


@pytest.mark.parametrize(("w", "growth"), [(0.5, 0.5), (-0.8, 0.8), (1.5, 2.25), (-3.0, 9.0)])
def test_a_layer_more_multiplies_the_gradient_by_w_below_one_and_by_w_squared_above(w: float, growth: float) -> None:
    shallow, deep = (backpropagate(equal_weights(n, w), 0.0, 1.0, 2.0).gradients.log10[0] for n in (150, 151))
    assert deep - shallow == pytest.approx(math.log10(growth), abs=1e-10)


def test_a_zero_weight_kills_every_gradient_but_its_own() -> None:
    chain = backpropagate([2.0, 0.0, 3.0, 0.5], 0.0, 1.0, 1.0)
    assert chain.gradients.sign.tolist() == [0, -1, 0, 0]
    assert chain.gradients.to_float()[1] == pytest.approx(-1.0 * 3.0 * 0.5 * 2.0)


@pytest.mark.parametrize("order", [[0, 1, 2, 3], [2, 3, 0, 1], [0, 2, 1, 3]])
def test_the_order_of_tiny_and_huge_weights_does_not_matter(order: list[int]) -> None:
    weights = np.array([1e-200, 1e-200, 1e300, 1e300])[order]
    chain = backpropagate(weights, 0.0, 1.0, 0.0)
    assert float(chain.error.log10) == pytest.approx(200.0, rel=1e-12)
    np.testing.assert_allclose(chain.gradients.log10, 400.0 - np.log10(weights), rtol=1e-12)


def test_an_unstable_fixed_point_is_held_for_two_hundred_layers() -> None:
    chain = backpropagate(equal_weights(200, 2.0), -1.0, 1.0, 1.0)
    assert np.array_equal(chain.signals.to_float(), np.ones(201))
    assert not chain.gradients.sign.any()


def test_rounding_is_not_amplified_near_an_unstable_fixed_point() -> None:
    """w = 3, b = −0.2: the fixed point 0.1 is no float, and 3^200 turns rounding noise into 1e79."""
    chain = backpropagate(equal_weights(200, 3.0), -0.2, 0.1, 0.0)
    exact = Fraction(3) ** 200 * (Fraction(0.1) - Fraction(0.2) / 2) + Fraction(0.2) / 2
    assert_close(chain.signals[-1:], [exact], 1)


def test_the_products_end_with_the_empty_product() -> None:
    chain = backpropagate([2.0, 3.0, 5.0], 0.0, 1.0, 0.0)
    assert chain.products.to_float().tolist() == [15.0, 5.0, 1.0]
    assert chain.sensitivities.to_float().tolist() == [450.0, 150.0, 30.0]
    assert float(chain.loss.to_float()) == 450.0
    assert backpropagate([2.0], 0.0, 1.0, 0.0).products.to_float().tolist() == [1.0]


def test_random_signs_keep_the_size_and_use_both_signs() -> None:
    weights = random_sign_weights(200, 0.7, rng=np.random.default_rng(0))
    assert set(weights) == {-0.7, 0.7}
    assert 60 < (weights > 0).sum() < 140


def test_gaussian_weights_of_one_seed_differ_by_their_scale_only() -> None:
    small, large = (gaussian_weights(5000, s, rng=np.random.default_rng(0)) for s in (1.0, 3.0))
    np.testing.assert_allclose(large, 3.0 * small)
    assert small.std() == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize(
    ("weights", "biases", "x", "y", "words"),
    [
        ([], 0.0, 1.0, 1.0, "n >= 1"),
        ([[1.0]], 0.0, 1.0, 1.0, "flat list"),
        ([1.0, 2.0], [1.0], 1.0, 1.0, "one bias per layer"),
        ([1.0, math.nan], 0.0, 1.0, 1.0, "finite"),
        ([1.0], math.inf, 1.0, 1.0, "finite"),
        ([1.0], 0.0, math.inf, 1.0, "finite"),
        ([1.0], 0.0, 1.0, math.nan, "finite"),
    ],
)
def test_bad_arguments_are_refused(weights: object, biases: object, x: float, y: float, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        backpropagate(weights, biases, x, y)  # type: ignore[arg-type]


def test_a_chain_without_layers_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        equal_weights(0, 1.0)
