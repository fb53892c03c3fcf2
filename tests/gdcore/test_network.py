import numpy as np
import pytest

from gdcore.activations import ACTIVATIONS, IDENTITY, RELU, TANH, Activation
from gdcore.forward_pass import Forward, forward
from gdcore.network import Architecture, BatchNorm, initialise


def test_the_forward_pass_is_what_the_equations_say() -> None:
    network = initialise(2, 3, 4, 2, 1.1, bias_scale=0.3, rng=np.random.default_rng(0))
    X = np.random.default_rng(1).normal(size=(5, 4))
    passed = forward(network, X, Architecture(RELU))
    for sample in range(5):
        u = X[sample]
        for weights, bias in zip(network.weights, network.biases, strict=True):
            u = np.maximum(weights @ u + bias, 0.0)
        np.testing.assert_allclose(passed.signals[-1].real()[sample], u, rtol=1e-12)
        expected = network.readout @ u + network.readout_bias
        np.testing.assert_allclose(passed.outputs.real()[sample], expected, rtol=1e-12)


def test_batch_norm_stands_before_the_activation() -> None:
    network = initialise(2, 3, 4, 2, 1.1, rng=np.random.default_rng(0))
    X = np.random.default_rng(1).normal(size=(20, 4))
    passed = forward(network, X, Architecture(RELU, BatchNorm.BEFORE_ACTIVATION))
    for entering, signal in values_of(passed):
        np.testing.assert_allclose(entering.mean(axis=0), 0.0, atol=1e-12)
        np.testing.assert_allclose(entering.std(axis=0), 1.0, atol=1e-3)
        np.testing.assert_array_equal(signal, np.maximum(entering, 0.0))


def test_batch_norm_stands_after_the_activation() -> None:
    network = initialise(2, 3, 4, 2, 1.1, rng=np.random.default_rng(0))
    X = np.random.default_rng(1).normal(size=(20, 4))
    passed = forward(network, X, Architecture(RELU, BatchNorm.AFTER_ACTIVATION))
    for entering, signal in values_of(passed):
        u = np.maximum(entering, 0.0)
        expected = (u - u.mean(axis=0)) / np.sqrt(u.var(axis=0) + 1e-5)
        np.testing.assert_allclose(signal, expected, rtol=1e-10, atol=1e-12)


def test_the_same_seed_gives_the_same_weights_rescaled_by_another_weight_scale() -> None:
    one, three = (initialise(3, 5, 7, 2, s, rng=np.random.default_rng(9)) for s in (1.0, 3.0))
    for small, large in zip(one.weights, three.weights, strict=True):
        np.testing.assert_allclose(large, 3.0 * small)
    np.testing.assert_array_equal(one.readout, three.readout)


def test_a_deeper_network_of_the_same_seed_begins_with_the_same_layers() -> None:
    shallow, deep = (initialise(n, 5, 7, 2, 1.0, rng=np.random.default_rng(9)) for n in (3, 8))
    for a, b in zip(shallow.weights, deep.weights, strict=False):
        np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(shallow.readout, deep.readout)


def test_weights_have_variance_weight_scale_squared_over_fan_in() -> None:
    network = initialise(3, 100, 400, 10, 1.5, bias_scale=0.2, rng=np.random.default_rng(0))
    assert network.weights[0].var() == pytest.approx(2.25 / 400, rel=0.05)
    assert network.weights[2].var() == pytest.approx(2.25 / 100, rel=0.05)
    assert network.readout.var() == pytest.approx(1.0 / 100, rel=0.15)
    assert np.std(network.biases) == pytest.approx(0.2, rel=0.15)


def test_combining_two_networks_goes_through_every_array() -> None:
    network = initialise(2, 3, 4, 5, 1.0, rng=np.random.default_rng(0))
    doubled = network.combine(network, lambda a, b: a + b)
    for one, two in zip(network.arrays(), doubled.arrays(), strict=True):
        np.testing.assert_array_equal(two, 2.0 * one)


@pytest.mark.parametrize("activation", ACTIVATIONS.values(), ids=ACTIVATIONS)
def test_batch_norm_makes_the_network_blind_to_the_weight_scale(activation: Activation) -> None:
    X = np.random.default_rng(1).normal(size=(16, 8))
    architecture = Architecture(activation, BatchNorm.BEFORE_ACTIVATION, epsilon=0.0)
    outputs = [
        forward(initialise(10, 32, 8, 3, s, rng=np.random.default_rng(2)), X, architecture).outputs.real()
        for s in (1e-20, 1.0, 1e20)
    ]
    np.testing.assert_allclose(outputs[0], outputs[1], rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(outputs[2], outputs[1], rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize(
    ("activation", "scale"),
    [*((each, scale) for each in (IDENTITY, RELU) for scale in (1e-30, 0.01, 1e20)), (TANH, 1e-30), (TANH, 0.01)],
)
def test_signals_beyond_float64_keep_their_size(activation: Activation, scale: float) -> None:
    """A homogeneous network's signal is the one at scale 1 times σ_wⁱ; tanh is linear where signals are tiny."""
    one = initialise(200, 16, 8, 3, 1.0, rng=np.random.default_rng(0))
    X = 1e-30 * np.random.default_rng(1).normal(size=(4, 8))
    other = IDENTITY if activation is TANH else activation
    reference = [signal.log10_norm for signal in forward(one, X, Architecture(other)).signals]
    passed = forward(one.rescaled(scale), X, Architecture(activation))
    for i, (signal, unit) in enumerate(zip(passed.signals, reference, strict=True)):
        assert float(signal.log10_norm) == pytest.approx(float(unit) + i * np.log10(scale), rel=1e-12)


def test_a_bias_is_all_that_is_left_of_a_signal_below_float64() -> None:
    network = initialise(30, 8, 8, 3, 1e-20, bias_scale=0.5, rng=np.random.default_rng(0))
    passed = forward(network, np.ones((4, 8)), Architecture(IDENTITY))
    np.testing.assert_allclose(passed.signals[-1].real(), np.tile(network.biases[-1], (4, 1)), rtol=1e-15)


def test_a_stack_of_networks_goes_through_as_each_alone() -> None:
    scales = np.array([0.0, 1e-9, 0.5, 1.0, 3.0, 1e30])
    one = initialise(12, 6, 5, 3, 1.0, bias_scale=0.0, rng=np.random.default_rng(0))
    X = np.random.default_rng(1).normal(size=(7, 5))
    for activation in ACTIVATIONS.values():
        for norm in BatchNorm:
            architecture = Architecture(activation, norm)
            stacked = forward(one.rescaled(scales), X, architecture)
            for k, scale in enumerate(scales):
                alone = forward(one.rescaled(scale), X, architecture)
                for ours, single in zip(stacked.signals[1:], alone.signals[1:], strict=True):
                    np.testing.assert_allclose(ours.log10_norm[k], single.log10_norm, rtol=1e-12)
                np.testing.assert_allclose(stacked.outputs.real()[k], alone.outputs.real(), rtol=1e-9, atol=1e-300)


def test_the_first_layers_of_a_deep_pass_are_the_pass_of_the_shallow_network() -> None:
    deep, shallow = (initialise(n, 6, 5, 3, 1.3, bias_scale=0.2, rng=np.random.default_rng(4)) for n in (9, 4))
    X, architecture = np.random.default_rng(1).normal(size=(7, 5)), Architecture(TANH, BatchNorm.BEFORE_ACTIVATION)
    cut = forward(deep, X, architecture).first(4, deep)
    alone = forward(shallow, X, architecture)
    np.testing.assert_array_equal(cut.outputs.real(), alone.outputs.real())
    assert len(cut.signals) == len(alone.signals)
    assert len(cut.normalised) == len(deep.first(4).weights) == 4


def values_of(passed: Forward) -> list[tuple[np.ndarray, np.ndarray]]:
    """What enters φ and what leaves the layer, layer by layer."""
    return [(a.real(), u.real()) for a, u in zip(passed.activation_inputs, passed.signals[1:], strict=True)]


@pytest.mark.parametrize("sizes", [(0, 1, 1, 1), (1, 0, 1, 1), (1, 1, 0, 1), (1, 1, 1, 0)])
def test_a_size_below_one_is_refused(sizes: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        initialise(*sizes, 1.0, rng=np.random.default_rng(0))


@pytest.mark.parametrize("scale", [-1.0, np.nan, np.inf])
def test_a_scale_that_is_negative_or_not_finite_is_refused(scale: float) -> None:
    with pytest.raises(ValueError, match="weight_scale"):
        initialise(1, 1, 1, 1, scale, rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match="bias_scale"):
        initialise(1, 1, 1, 1, 1.0, bias_scale=scale, rng=np.random.default_rng(0))


@pytest.mark.parametrize("X", [np.ones((3, 5)), np.ones(4), np.ones((0, 4)), np.full((3, 4), np.nan)])
def test_a_batch_that_does_not_fit_is_refused(X: np.ndarray) -> None:
    with pytest.raises(ValueError, match="batch"):
        forward(initialise(1, 3, 4, 2, 1.0, rng=np.random.default_rng(0)), X, Architecture(RELU))


def test_batch_norm_refuses_a_single_sample() -> None:
    network = initialise(1, 3, 4, 2, 1.0, rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match="B >= 2"):
        forward(network, np.ones((1, 4)), Architecture(RELU, BatchNorm.BEFORE_ACTIVATION))
