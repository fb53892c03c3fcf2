import numpy as np
import pytest

from gdcore.activations import IDENTITY, RELU, TANH, Activation
from gdcore.backpropagation import backward
from gdcore.layer_statistics import LayerStatistics, layer_statistics
from gdcore.network import Architecture, BatchNorm, forward, initialise
from gdcore.objectives import CROSS_ENTROPY, one_hot


def measure(
    activation: Activation, scale: float, seed: int, *, norm: BatchNorm = BatchNorm.NONE, depth: int = 12
) -> LayerStatistics:
    rng = np.random.default_rng(seed)
    network = initialise(depth, 64, 64, 10, scale, rng=rng)
    X, targets = rng.normal(size=(32, 64)), one_hot(rng.integers(0, 10, 32), 10)
    architecture = Architecture(activation, norm)
    passed = forward(network, X, architecture)
    return layer_statistics(passed, backward(network, passed, targets, architecture, CROSS_ENTROPY))


@pytest.mark.parametrize("norm", BatchNorm)
def test_the_statistics_are_what_their_names_say(norm: BatchNorm) -> None:
    rng = np.random.default_rng(0)
    network = initialise(3, 6, 5, 4, 1.0, bias_scale=1.0, rng=rng)
    network = network.combine(network, lambda a, _: a + 0.2 * rng.normal(size=a.shape))
    X, targets = rng.normal(size=(9, 5)), one_hot(rng.integers(0, 4, 9), 4)
    architecture = Architecture(TANH, norm)
    passed = forward(network, X, architecture)
    returned = backward(network, passed, targets, architecture, CROSS_ENTROPY)
    statistics = layer_statistics(passed, returned)
    for i in range(3):
        entering = passed.activation_inputs[i]
        assert statistics.mean[i] == pytest.approx(np.sqrt(np.mean(entering.mean(axis=0) ** 2)))
        assert statistics.standard_deviation[i] == pytest.approx(np.sqrt(np.mean(entering.var(axis=0))))
        assert statistics.signal_norm[i] == pytest.approx(np.linalg.norm(passed.signals[i + 1]))
        assert statistics.sensitivity_norm[i] == pytest.approx(np.linalg.norm(returned.sensitivities[i]))
        assert statistics.gradient_norm[i] == pytest.approx(np.linalg.norm(returned.gradients.weights[i]))
    assert statistics.overflow_layer is None


def test_batch_norm_takes_the_offset_out_of_a_relu_network_and_keeps_the_spread() -> None:
    without = measure(RELU, np.sqrt(2.0), 0)
    with_norm = measure(RELU, np.sqrt(2.0), 0, norm=BatchNorm.BEFORE_ACTIVATION)
    assert without.mean[-1] > without.standard_deviation[-1]
    assert (with_norm.mean < 1e-12).all()
    np.testing.assert_allclose(with_norm.standard_deviation, 1.0, rtol=1e-3)


def mean_square(activation: Activation, scale: float, field: str, seeds: int = 150) -> np.ndarray:
    return np.mean([getattr(measure(activation, scale, seed), field) ** 2 for seed in range(seeds)], axis=0)


def test_linear_layers_all_have_the_same_gradient_on_average() -> None:
    """The mean of ‖∂L/∂W_i‖² over 150 seeds; what is left between layers is sampling noise of a few percent."""
    gradients = mean_square(IDENTITY, 0.5, "gradient_norm")
    np.testing.assert_allclose(gradients / gradients.mean(), 1.0, atol=0.12)


def test_a_linear_layer_multiplies_the_squared_sensitivity_by_the_weight_scale_squared() -> None:
    squared = mean_square(IDENTITY, 0.7, "sensitivity_norm")
    assert (squared[0] / squared[-1]) ** (1 / 11) == pytest.approx(0.49, rel=0.015)


def test_a_relu_layer_multiplies_it_by_half_the_weight_scale_squared() -> None:
    squared = mean_square(RELU, 1.0, "sensitivity_norm")
    assert (squared[0] / squared[-1]) ** (1 / 11) == pytest.approx(0.5, rel=0.03)


def test_entries_too_small_to_be_squared_still_have_a_norm() -> None:
    statistics = measure(IDENTITY, 1e-9, 0, depth=24)
    assert 0.0 < statistics.gradient_norm[0] < 1e-200
    assert 0.0 < statistics.sensitivity_norm[0] < 1e-200
    assert 0.0 < statistics.standard_deviation[-1] < 1e-200


def test_layers_after_an_overflow_are_infinite_and_none_is_nan() -> None:
    statistics = measure(IDENTITY, 1e60, 0)
    assert statistics.overflow_layer == 6
    assert np.isfinite(statistics.signal_norm[:5]).all()
    assert np.isinf(statistics.signal_norm[5:]).all()
    assert np.isinf(statistics.gradient_norm).all()
    assert statistics.mean.shape == statistics.standard_deviation.shape == (12,)
    assert not np.isnan(statistics.mean).any()


def test_a_network_of_zero_weights_has_zero_statistics() -> None:
    statistics = measure(RELU, 0.0, 0)
    assert statistics.signal_norm.tolist() == statistics.mean.tolist() == [0.0] * 12
