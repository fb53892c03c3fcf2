import math

import numpy as np
import pytest

from gdcore.activations import ACTIVATIONS, IDENTITY, RELU, SIGMOID, TANH, Activation
from gdcore.block_scaled import Block
from gdcore.depth_theory import (
    all_dead_probability,
    critical_weight_scale,
    fixed_variance,
    gradient_growth,
    log10_variances,
    next_variance,
    predicted_log10_gradient_norms,
    signal_moment,
    slope_moment,
)
from gdcore.forward_pass import forward
from gdcore.layer_statistics import layer_norms
from gdcore.network import Architecture, initialise

every_activation = pytest.mark.parametrize("activation", ACTIVATIONS.values(), ids=ACTIVATIONS)


@every_activation
@pytest.mark.parametrize("variance", [1e-4, 0.3, 1.0, 9.0, 400.0, 1e6])
def test_moments_agree_with_a_very_fine_sum(activation: Activation, variance: float) -> None:
    end = 12.0 * math.sqrt(variance)
    t = np.linspace(-end, end, 2_400_000)
    weight = np.exp(-0.5 * t**2 / variance) * (t[1] - t[0]) / math.sqrt(2.0 * math.pi * variance)
    assert signal_moment(activation, variance) == pytest.approx((weight * activation.function(t) ** 2).sum(), rel=1e-6)
    assert slope_moment(activation, variance) == pytest.approx((weight * activation.derivative(t) ** 2).sum(), rel=1e-6)


@every_activation
def test_moments_at_variance_zero_are_the_values_at_zero(activation: Activation) -> None:
    zero = np.zeros(1)
    assert signal_moment(activation, 0.0) == activation.function(zero)[0] ** 2
    if activation is not RELU:
        assert slope_moment(activation, 0.0) == activation.derivative(zero)[0] ** 2


def test_the_critical_scales_are_those_of_the_literature() -> None:
    assert critical_weight_scale(IDENTITY) == critical_weight_scale(IDENTITY, 0.5) == 1.0
    assert critical_weight_scale(RELU) == pytest.approx(math.sqrt(2.0))
    assert critical_weight_scale(TANH) == 1.0
    assert critical_weight_scale(TANH, math.sqrt(0.05)) ** 2 == pytest.approx(1.76095, abs=5e-6)


@pytest.mark.parametrize(("activation", "bias_scale"), [(TANH, 0.1), (TANH, 1.0), (SIGMOID, 0.0), (SIGMOID, 0.5)])
def test_at_the_critical_scale_the_settled_signal_has_growth_one(activation: Activation, bias_scale: float) -> None:
    scale = critical_weight_scale(activation, bias_scale)
    settled = fixed_variance(activation, scale, bias_scale)
    assert gradient_growth(activation, settled, scale) == pytest.approx(1.0, rel=1e-9)


@pytest.mark.parametrize("activation", [TANH, SIGMOID], ids=["tanh", "sigmoid"])
@pytest.mark.parametrize(("weight_scale", "bias_scale"), [(0.5, 0.3), (1.5, 0.0), (3.0, 0.2)])
def test_the_fixed_variance_is_where_iteration_ends(
    activation: Activation, weight_scale: float, bias_scale: float
) -> None:
    variance = 1.0
    for _ in range(200):
        variance = next_variance(activation, variance, weight_scale, bias_scale)
    assert fixed_variance(activation, weight_scale, bias_scale) == pytest.approx(variance, rel=1e-9)


def test_a_linear_signal_dies_settles_or_grows_without_end() -> None:
    assert fixed_variance(IDENTITY, 0.9) == 0.0
    assert fixed_variance(IDENTITY, math.sqrt(0.5), 1.0) == pytest.approx(2.0)
    assert fixed_variance(RELU, 1.5) == fixed_variance(RELU, math.sqrt(2.0) + 1e-12, 0.1) == math.inf
    assert fixed_variance(TANH, 0.99) == fixed_variance(TANH, 1.0) == 0.0


def test_tanh_at_scale_one_decays_like_one_over_the_depth() -> None:
    """Near zero q ← q − 2q², so q falls as 1/(2 · layer), and no faster."""
    last = log10_variances(TANH, 1.0, 2000, 1.0)[-1]
    assert 10.0**last == pytest.approx(1.0 / 4000.0, rel=0.05)


@pytest.mark.parametrize("activation", [IDENTITY, RELU, TANH], ids=["identity", "relu", "tanh"])
@pytest.mark.parametrize("weight_scale", [1e-3, 1.0, 1e3])
def test_a_thousand_layers_leave_float64_without_harm(activation: Activation, weight_scale: float) -> None:
    norms = predicted_log10_gradient_norms(activation, weight_scale, 1000, 1.0)
    assert norms.shape == (1000,)
    assert norms[-1] == 0.0
    assert np.isfinite(norms).all()


@pytest.mark.parametrize("activation", [IDENTITY, RELU], ids=["identity", "relu"])
def test_identity_and_relu_have_the_same_gradient_in_every_layer(activation: Activation) -> None:
    np.testing.assert_allclose(predicted_log10_gradient_norms(activation, 0.4, 60, 3.0), 0.0, atol=1e-9)


def test_more_inputs_make_the_first_gradient_larger_by_their_root() -> None:
    norms = predicted_log10_gradient_norms(IDENTITY, 1.0, 5, 1.0, inputs_per_width=100.0)
    np.testing.assert_allclose(norms, [1.0, 0.0, 0.0, 0.0, 0.0], atol=1e-12)


@pytest.mark.parametrize(
    ("activation", "weight_scale", "bias_scale"),
    [
        (IDENTITY, 0.8, 0.0),
        (RELU, 1.0, 0.0),
        (TANH, 1.0, 0.0),
        (TANH, 2.0, 0.3),
        (SIGMOID, 1.0, 0.0),
        (SIGMOID, 3.0, 1.0),
    ],
)
def test_the_prediction_agrees_with_wide_networks(
    activation: Activation, weight_scale: float, bias_scale: float
) -> None:
    """One sample, width 300, the mean square over 20 seeds; within 8 % of every layer's norm."""
    depth, squared = 10, np.zeros(10)
    architecture = Architecture(activation)
    for seed in range(20):
        rng = np.random.default_rng(seed)
        network = initialise(depth, 300, 150, 1, weight_scale, bias_scale=bias_scale, rng=rng)
        X = rng.normal(size=(1, 150))
        X *= math.sqrt(1.5) / np.sqrt(np.mean(X**2))
        passed = forward(network, X, architecture)
        # an error of exactly 1, so that its size does not weight the seeds
        _, gradient = layer_norms(network, passed, Block.of(np.ones((1, 1))), architecture)
        squared += 10.0 ** (2.0 * gradient)
    measured = 0.5 * np.log10(squared / squared[-1])
    predicted = predicted_log10_gradient_norms(
        activation, weight_scale, depth, 1.5, bias_scale=bias_scale, inputs_per_width=0.5
    )
    np.testing.assert_allclose(measured, predicted, atol=math.log10(1.08))


@pytest.mark.parametrize(("width", "depth"), [(1, 3), (2, 4), (3, 10)])
def test_the_chance_that_all_units_are_dead_agrees_with_drawing_them(width: int, depth: int) -> None:
    rng, dead, trials = np.random.default_rng(0), 0, 4000
    for _ in range(trials):
        u = np.ones(width)
        for _ in range(depth):
            u = np.maximum(rng.standard_normal((width, width)) @ u, 0.0)
        dead += not u.any()
    expected = all_dead_probability(width, depth)
    assert dead / trials == pytest.approx(expected, abs=4.0 * math.sqrt(expected * (1.0 - expected) / trials))


def test_a_tiny_chance_keeps_its_digits() -> None:
    assert all_dead_probability(64, 50) == pytest.approx(50.0 * 2.0**-64, rel=1e-12)


@pytest.mark.parametrize(("scale", "moment", "bias"), [(0.0, 1.0, 0.0), (1.0, 0.0, 0.0), (1.0, 1.0, -0.1)])
def test_scales_out_of_range_are_refused(scale: float, moment: float, bias: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        predicted_log10_gradient_norms(RELU, scale, 5, moment, bias_scale=bias)


def test_a_depth_or_width_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="depth"):
        log10_variances(RELU, 1.0, 0, 1.0)
    with pytest.raises(ValueError, match="width"):
        all_dead_probability(0, 1)
