import math

import numpy as np
import pytest

from gdcore.activations import ACTIVATIONS, IDENTITY, RELU, SIGMOID, TANH, Activation
from gdcore.batch_norm_theory import (
    _two_coordinates,
    collapse_scale,
    growth_with_batch_norm,
    predicted_log10_gradient_norms_with_batch_norm,
    relu_takeover_scale,
)
from gdcore.forward_pass import forward
from gdcore.layer_statistics import measure
from gdcore.network import Architecture, BatchNorm, initialise
from gdcore.objectives import SQUARED_ERROR

every_activation = pytest.mark.parametrize("activation", ACTIVATIONS.values(), ids=ACTIVATIONS)

TABLE = {
    8: [1.2, 1.7882, 1.3585, 1.2236],
    16: [1.0769, 1.5900, 1.2463, 1.1056],
    64: [1.0164, 1.4931, 1.1923, 1.0488],
    None: [1.0, 1.4669, 1.1778, 1.0336],
}


@pytest.mark.parametrize("batch", TABLE)
def test_the_growth_is_that_of_the_table(batch: int | None) -> None:
    growth = [growth_with_batch_norm(activation, batch) for activation in (IDENTITY, RELU, TANH, SIGMOID)]
    np.testing.assert_allclose(growth, TABLE[batch], atol=5.001e-5)


@pytest.mark.parametrize("batch", [4, 5, 8, 64, 1000])
def test_identity_grows_by_b_minus_two_over_b_minus_three(batch: int) -> None:
    assert growth_with_batch_norm(IDENTITY, batch) == pytest.approx((batch - 2) / (batch - 3), rel=1e-11)


@every_activation
def test_a_very_large_batch_is_an_infinite_one(activation: Activation) -> None:
    assert growth_with_batch_norm(activation, 10**7) == pytest.approx(
        growth_with_batch_norm(activation, None), rel=1e-6
    )


@pytest.mark.parametrize(("batch", "bend"), [(8, 1.0), (8, -0.6), (16, 2.0), (64, 3.0)])
def test_a_relu_that_bends_elsewhere_is_integrated_just_as_well(batch: int, bend: float) -> None:
    """The moments of one coordinate, by a fine sum over the marginal of the sphere."""
    a, b, probability = _two_coordinates(batch, bend)
    x = np.linspace(-1.0, 1.0, 2_000_001)[1:-1] * math.sqrt(batch - 1)
    density = (1.0 - x**2 / (batch - 1)) ** ((batch - 4) / 2)
    density /= density.sum()
    on = density[x > bend].sum()
    value = (density * np.maximum(x - bend, 0.0) ** 2).sum()
    for coordinate in (a, b):
        assert (probability * (coordinate > bend)).sum() == pytest.approx(on, rel=1e-4)
        assert (probability * np.maximum(coordinate - bend, 0.0) ** 2).sum() == pytest.approx(value, rel=1e-4)


def test_relu_tends_to_pi_over_pi_minus_one() -> None:
    assert growth_with_batch_norm(RELU, None) == pytest.approx(math.pi / (math.pi - 1.0), rel=1e-12)
    norm_after_fifty_layers = growth_with_batch_norm(RELU, None) ** 25
    assert norm_after_fifty_layers == pytest.approx(1.4e4, rel=0.05)


@every_activation
@pytest.mark.parametrize("batch", [5, 8, 16])
def test_the_growth_agrees_with_random_points_on_the_sphere(activation: Activation, batch: int) -> None:
    """Every matrix of the formula is built for 40,000 points; the tolerance is about four standard errors."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((40_000, batch))
    x -= x.mean(axis=1, keepdims=True)
    x *= math.sqrt(batch) / np.linalg.norm(x, axis=1, keepdims=True)
    values, slopes = activation.function(x), activation.derivative(x)
    kappa = np.mean(values**2) - np.mean(values.sum(axis=1) ** 2 - (values**2).sum(axis=1)) / (batch * (batch - 1))
    Q = np.eye(batch) - 1.0 / batch
    P = Q - x[:, :, None] * x[:, None, :] / batch
    DQ = slopes[:, :, None] * Q * slopes[:, None, :]
    trace = np.mean(np.einsum("sij,sjk,ski->s", P, DQ, P, optimize=True))
    measured = batch / ((batch - 3) * kappa) * trace / (batch - 1)
    assert growth_with_batch_norm(activation, batch) == pytest.approx(measured, rel=0.015)


@every_activation
@pytest.mark.parametrize("weight_scale", [0.5, 2.0])
def test_wide_networks_grow_as_predicted_at_every_weight_scale(activation: Activation, weight_scale: float) -> None:
    """Width 384, B = 16, 3 seeds: the slope of the mean log-norm without the first eight layers and the last two."""
    depth, batch, logarithms = 26, 16, []
    architecture = Architecture(activation, BatchNorm.BEFORE_ACTIVATION, epsilon=0.0)
    for seed in range(3):
        rng = np.random.default_rng(seed)
        network = initialise(depth, 384, 384, 10, weight_scale, rng=rng)
        X, targets = rng.normal(size=(batch, 384)), rng.normal(size=(batch, 10))
        measured = measure(network, X, targets, architecture, SQUARED_ERROR)
        logarithms.append(math.log(10.0) * measured.sensitivity)
    mean = np.mean(logarithms, axis=0)[8:-2]
    slope = np.polyfit(np.arange(len(mean)), mean, 1)[0]
    # finite width adds up to one percent
    assert math.exp(-2.0 * slope) == pytest.approx(growth_with_batch_norm(activation, batch), rel=0.02)


@pytest.mark.parametrize("batch", [0, 1, 2, 3])
def test_three_samples_or_fewer_are_refused_with_the_reason(batch: int) -> None:
    with pytest.raises(ValueError, match=rf"batch {batch}: it must be at least 4.*infinite"):
        growth_with_batch_norm(RELU, batch)


def test_the_prediction_is_a_straight_line_that_ends_at_zero() -> None:
    norms = predicted_log10_gradient_norms_with_batch_norm(RELU, 8, 5)
    assert norms[-1] == 0.0
    np.testing.assert_allclose(np.diff(norms), -0.5 * math.log10(1.7881900), rtol=1e-6)
    with pytest.raises(ValueError, match="depth"):
        predicted_log10_gradient_norms_with_batch_norm(RELU, 8, 0)


def test_the_thresholds_are_those_of_the_text() -> None:
    assert collapse_scale(1e-5) == pytest.approx(0.0032, abs=5e-5)
    assert relu_takeover_scale(64, 1e-5) == pytest.approx(0.0045, abs=5e-5)


@pytest.mark.parametrize(("activation", "threshold"), [(IDENTITY, collapse_scale())], ids=["identity"])
def test_below_the_collapse_scale_a_signal_fades_and_above_it_stays(activation: Activation, threshold: float) -> None:
    spreads = []
    for factor in (0.5, 2.0):
        rng = np.random.default_rng(0)
        network = initialise(60, 128, 128, 2, factor * threshold, rng=rng)
        passed = forward(network, rng.normal(size=(32, 128)), Architecture(activation, BatchNorm.BEFORE_ACTIVATION))
        spreads.append(passed.activation_inputs[-1].real().std())
    assert spreads[0] < 1e-10
    assert spreads[1] > 0.5


@pytest.mark.parametrize("factor", [0.7, 1.5])
def test_below_the_takeover_scale_one_sample_rules_a_relu_network(factor: float) -> None:
    batch = 16
    rng = np.random.default_rng(1)
    network = initialise(150, 128, 128, 2, factor * relu_takeover_scale(batch), rng=rng)
    passed = forward(network, rng.normal(size=(batch, 128)), Architecture(RELU, BatchNorm.BEFORE_ACTIVATION))
    spread = passed.activation_inputs[-1].real().std()
    assert (spread < 1e-3) == (factor < 1.0)


def test_bad_thresholds_are_refused() -> None:
    with pytest.raises(ValueError, match="epsilon"):
        collapse_scale(-1.0)
    with pytest.raises(ValueError, match="batch"):
        relu_takeover_scale(1)
