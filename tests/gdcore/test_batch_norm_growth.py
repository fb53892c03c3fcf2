from dataclasses import replace

import numpy as np
import pytest

from gdcore.activations import IDENTITY, RELU, TANH
from gdcore.batch_norm_growth import DRAWS, Growth, measure_growth, predicted_growth
from gdcore.batch_norm_theory import collapse_scale, growth_with_batch_norm, growth_with_batch_norm_after, stretched
from gdcore.experiment import Absent, Experiment
from gdcore.network import BatchNorm

WIDE = Experiment(26, 192, 8, 1.0, "identity", 0, epsilon=0.0)
AFTER = BatchNorm.AFTER_ACTIVATION


def grown(experiment: Experiment) -> Growth:
    found = measure_growth(experiment)
    assert isinstance(found, Growth)
    return found


@pytest.mark.parametrize(
    "experiment",
    [
        WIDE,
        replace(WIDE, activation="relu", weight_scale=0.5, gamma=-2.0),
        replace(WIDE, activation="tanh", gamma=2.0, beta=0.5),
        replace(WIDE, activation="relu", beta=0.5),
        replace(WIDE, activation="sigmoid", bias_scale=1.0),
        replace(WIDE, place=AFTER, gamma=0.5),
    ],
    ids=["identity", "relu turned over", "tanh moved", "relu moved", "sigmoid with bias", "identity after"],
)
def test_wide_layers_grow_as_predicted(experiment: Experiment) -> None:
    found = grown(experiment)
    assert found.predicted is not None
    assert found.measured == pytest.approx(found.predicted, rel=0.04)


@pytest.mark.parametrize(("activation", "scale"), [("relu", 1.0), ("tanh", 1.0), ("tanh", 3.0), ("sigmoid", 3.0)])
def test_after_the_activation_large_batches_grow_as_predicted(activation: str, scale: float) -> None:
    experiment = Experiment(24, 128, 64, scale, activation, 0, place=AFTER)
    found = grown(experiment)
    assert found.measured == pytest.approx(found.predicted, rel=0.05)


def test_after_a_straight_line_the_order_makes_no_difference() -> None:
    assert growth_with_batch_norm_after(IDENTITY, 16, 0.3) == growth_with_batch_norm(IDENTITY, 16)
    assert growth_with_batch_norm_after(RELU, 16, 0.3) == pytest.approx(np.pi / (np.pi - 1))
    assert growth_with_batch_norm_after(TANH, 64, 1.0) == pytest.approx(growth_with_batch_norm(TANH, None))
    assert growth_with_batch_norm_after(TANH, 64, 1e-3) == pytest.approx(1.0, abs=1e-5)
    with pytest.raises(ValueError, match="scale 0"):
        growth_with_batch_norm_after(TANH, 64, 0.0)


def test_a_stretched_activation_is_the_composition_with_its_slope() -> None:
    z = np.linspace(-3, 3, 61)
    moved = stretched(TANH, -1.5, 0.4)
    np.testing.assert_allclose(moved.function(z), np.tanh(-1.5 * z + 0.4))
    numeric = (moved.function(z + 1e-6) - moved.function(z - 1e-6)) / 2e-6
    np.testing.assert_allclose(moved.derivative(z), numeric, rtol=1e-7, atol=1e-9)
    assert stretched(RELU, -2.0, 0.0) is RELU
    assert stretched(TANH, 1.0, 0.0) is TANH


def test_the_collapse_scale_grows_as_the_slope_falls() -> None:
    assert collapse_scale(1e-4, 0.25) == pytest.approx(0.04)
    with pytest.raises(ValueError, match="slope 0"):
        collapse_scale(1e-4, 0.0)


@pytest.mark.parametrize(("depth", "fitted"), [(14, None), (15, (9, 13)), (50, (9, 48))])
def test_the_fit_needs_five_layers_between_the_ends(depth: int, fitted: tuple[int, int] | None) -> None:
    found = grown(Experiment(depth, 16, 16, 1.0, "tanh", 0))
    assert found.fitted == fitted
    assert (found.measured is None) == (fitted is None) == (found.line is None)


def test_the_fit_is_the_slope_of_the_mean_and_its_error_that_of_the_draws() -> None:
    found = grown(Experiment(20, 32, 32, 1.0, "relu", 1))
    assert found.gradient.shape == (DRAWS, 20)
    slope = np.polyfit(np.arange(9, 19), found.gradient.mean(axis=0)[8:18], 1)[0]
    assert found.measured == pytest.approx(10 ** (-2 * slope))
    assert found.low < found.measured < found.high
    assert np.exp(np.log(found.each).mean()) == pytest.approx(found.measured)
    np.testing.assert_allclose(np.diff(found.line), slope)


@pytest.mark.parametrize(
    "change",
    [
        {"batch": 3},
        {"width": 1},
        {"gamma": 0.0},
        {"weight_scale": 0.0},
        {"place": AFTER, "beta": 0.5, "activation": "tanh"},
        {"place": AFTER, "bias_scale": 0.5, "activation": "relu"},
        {"activation": "relu", "gamma": 0.1, "beta": -3.0},
        {"activation": "relu", "gamma": -0.5, "beta": -3.0},
    ],
)
def test_no_formula_no_prediction(change: dict) -> None:
    assert predicted_growth(replace(WIDE, epsilon=1e-5, **change)) is None


def test_no_batch_norm_no_growth_and_a_gradient_of_zero_is_not_fitted() -> None:
    assert measure_growth(replace(WIDE, batch=1)) is Absent.ONE_SAMPLE
    silent = grown(Experiment(20, 8, 16, 0.0, "tanh", 0))
    assert silent.fitted is None
    assert silent.line is None


def test_how_far_epsilon_has_faded_the_signal_is_measured() -> None:
    assert grown(Experiment(20, 32, 32, 1.0, "tanh", 0)).faded == pytest.approx(1.0, abs=1e-3)
    assert grown(Experiment(20, 32, 32, 1.0, "tanh", 0, gamma=2.0)).faded == pytest.approx(1.0, abs=1e-3)
    assert grown(Experiment(20, 32, 32, 0.002, "tanh", 0)).faded < 0.1


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "relu"])
def test_a_very_small_gamma_leaves_the_growth_of_a_straight_line(activation: str) -> None:
    for gamma in (2e-4, -1e-4, 1e-9, 1e-200):
        growth = predicted_growth(replace(WIDE, epsilon=1e-5, activation=activation, gamma=gamma, beta=0.5))
        assert growth == pytest.approx((WIDE.batch - 2) / (WIDE.batch - 3), rel=1e-6)
