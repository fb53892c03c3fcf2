from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from gdcore.activations import ACTIVATIONS, IDENTITY, RELU, TANH, Activation
from gdcore.backpropagation import backward
from gdcore.block_scaled import Block
from gdcore.forward_pass import forward
from gdcore.layer_statistics import LayerStatistics, layer_norms, mean_and_deviation, measure
from gdcore.network import Architecture, BatchNorm, initialise
from gdcore.objectives import CROSS_ENTROPY, SQUARED_ERROR, one_hot


def measured(
    activation: Activation, scale: float, seed: int, *, norm: BatchNorm = BatchNorm.NONE, depth: int = 12
) -> LayerStatistics:
    rng = np.random.default_rng(seed)
    network = initialise(depth, 64, 64, 10, scale, rng=rng)
    X, targets = rng.normal(size=(32, 64)), one_hot(rng.integers(0, 10, 32), 10)
    architecture = Architecture(activation, norm)
    return measure(network, X, targets, architecture, CROSS_ENTROPY)


@pytest.mark.parametrize("norm", BatchNorm)
def test_the_statistics_are_what_their_names_say(norm: BatchNorm) -> None:
    rng = np.random.default_rng(0)
    network = initialise(3, 6, 5, 4, 1.0, bias_scale=1.0, rng=rng)
    network = network.combine(network, lambda a, _: a + 0.2 * rng.normal(size=a.shape))
    X, targets = rng.normal(size=(9, 5)), one_hot(rng.integers(0, 4, 9), 4)
    architecture = Architecture(TANH, norm)
    passed = forward(network, X, architecture)
    returned = backward(network, passed, targets, architecture, CROSS_ENTROPY)
    statistics = measure(network, X, targets, architecture, CROSS_ENTROPY)
    for i in range(3):
        entering = passed.activation_inputs[i].real()
        expected = {
            "mean": np.sqrt(np.mean(entering.mean(axis=0) ** 2)),
            "deviation": np.sqrt(np.mean(entering.var(axis=0))),
            "signal": np.linalg.norm(passed.signals[i + 1].real()),
            "sensitivity": np.linalg.norm(returned.sensitivities[i]),
            "gradient": np.linalg.norm(returned.gradients.weights[i]),
        }
        for name, value in expected.items():
            assert getattr(statistics, name)[i] == pytest.approx(np.log10(value), abs=1e-12), name


def test_batch_norm_takes_the_offset_out_of_a_relu_network_and_keeps_the_spread() -> None:
    without = measured(RELU, np.sqrt(2.0), 0)
    with_norm = measured(RELU, np.sqrt(2.0), 0, norm=BatchNorm.BEFORE_ACTIVATION)
    assert without.mean[-1] > without.deviation[-1]
    assert (with_norm.mean < -12.0).all()
    np.testing.assert_allclose(with_norm.deviation, 0.0, atol=1e-3)


def mean_square(activation: Activation, scale: float, field: str, seeds: int = 150) -> np.ndarray:
    return np.mean([10 ** (2 * getattr(measured(activation, scale, seed), field)) for seed in range(seeds)], axis=0)


def test_linear_layers_all_have_the_same_gradient_on_average() -> None:
    """The mean of ‖∂L/∂W_i‖² over 150 seeds; what is left between layers is sampling noise of a few percent."""
    gradients = mean_square(IDENTITY, 0.5, "gradient")
    np.testing.assert_allclose(gradients / gradients.mean(), 1.0, atol=0.12)


def test_a_linear_layer_multiplies_the_squared_sensitivity_by_the_weight_scale_squared() -> None:
    squared = mean_square(IDENTITY, 0.7, "sensitivity")
    assert (squared[0] / squared[-1]) ** (1 / 11) == pytest.approx(0.49, rel=0.015)


def test_a_relu_layer_multiplies_it_by_half_the_weight_scale_squared() -> None:
    squared = mean_square(RELU, 1.0, "sensitivity")
    assert (squared[0] / squared[-1]) ** (1 / 11) == pytest.approx(0.5, rel=0.03)


@pytest.mark.parametrize("scale", [1e-9, 0.01, 1e9])
def test_norms_beyond_float64_are_right_to_twelve_digits(scale: float) -> None:
    """A linear network of 200 layers: uᵢ goes as σ_wⁱ; with the targets alone as error ∂L/∂Wᵢ as σ_w^{n−1}."""
    depth, rng = 200, np.random.default_rng(3)
    one = initialise(depth, 16, 16, 4, 1.0, rng=rng)
    X, targets = rng.normal(size=(8, 16)), rng.normal(size=(8, 4))
    error = Block.of(-targets / 8)
    architecture, layers, shift = Architecture(IDENTITY), np.arange(1, depth + 1), np.log10(scale)
    unit, scaled = (forward(each, X, architecture) for each in (one, one.rescaled(scale)))
    before = layer_norms(one, unit, error, architecture)
    after = layer_norms(one.rescaled(scale), scaled, error, architecture)
    np.testing.assert_allclose(after[0], before[0] + (depth - layers) * shift, rtol=1e-12)
    np.testing.assert_allclose(after[1], before[1] + (depth - 1) * shift, rtol=1e-12)
    for entering, plain, i in zip(scaled.activation_inputs, unit.activation_inputs, layers, strict=True):
        for value, reference in zip(mean_and_deviation(entering), mean_and_deviation(plain), strict=True):
            assert float(value) == pytest.approx(float(reference) + i * shift, rel=1e-12)


def test_the_norms_of_a_deep_linear_network_agree_with_fractions() -> None:
    """One unit a layer: every number is a product, exact in fractions, and log₁₀ of it a sum."""
    depth, weight = 200, Fraction(1, 100)
    network = initialise(depth, 1, 1, 1, 1.0, rng=np.random.default_rng(0))
    network = network.combine(network, lambda own, _: np.full_like(own, 0.01 if own.ndim == 2 else 0.0))
    statistics = measure(network, np.ones((1, 1)), np.ones((1, 1)), Architecture(IDENTITY), SQUARED_ERROR)
    exact = weight**depth * (1 - weight ** (depth + 1))  # |ŷ − y| · readout · ∏ w · y₀
    logarithm = float(Decimal(exact.numerator).log10() - Decimal(exact.denominator).log10())
    np.testing.assert_allclose(statistics.gradient, logarithm, rtol=1e-12)
    np.testing.assert_allclose(statistics.signal, -2.0 * np.arange(1, depth + 1), rtol=1e-12)


@pytest.mark.parametrize("norm", BatchNorm)
@pytest.mark.parametrize("scale", [1e-30, 1e-12, 1e60])
@pytest.mark.parametrize("activation", ACTIVATIONS.values(), ids=ACTIVATIONS)
def test_no_statistic_is_ever_nan_or_infinite_unless_it_is_zero(
    activation: Activation, norm: BatchNorm, scale: float
) -> None:
    statistics = measured(activation, scale, 0, norm=norm, depth=40)
    for name in ("mean", "deviation", "signal", "sensitivity", "gradient"):
        values = getattr(statistics, name)
        assert values.shape == (40,)
        assert not (np.isnan(values) | np.isposinf(values)).any(), name


def test_below_the_square_root_of_epsilon_signals_fade_in_spite_of_batch_norm() -> None:
    """x̂ = h/√ε where the variance is far below ε: a linear layer then multiplies a signal by σ_w/√ε."""
    statistics = measured(IDENTITY, 1e-20, 0, norm=BatchNorm.BEFORE_ACTIVATION, depth=40)
    steps = np.diff(statistics.signal)
    assert statistics.signal[-1] < -600.0
    assert steps.mean() == pytest.approx(np.log10(1e-20 / np.sqrt(1e-5)), abs=0.05)


def test_a_network_of_zero_weights_has_zero_statistics() -> None:
    statistics = measured(RELU, 0.0, 0)
    assert statistics.signal.tolist() == statistics.mean.tolist() == [-np.inf] * 12
