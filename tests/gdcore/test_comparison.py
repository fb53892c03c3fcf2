from dataclasses import replace

import numpy as np
import pytest

from gdcore.activations import ACTIVATIONS
from gdcore.comparison import SHARES, Side, compare
from gdcore.experiment import Absent, Experiment, digit_batch
from gdcore.forward_pass import forward
from gdcore.layer_statistics import measure
from gdcore.network import BatchNorm
from gdcore.objectives import CROSS_ENTROPY

SMALL = Experiment(6, 20, 16, 1.2, "tanh", 3)
AFTER = BatchNorm.AFTER_ACTIVATION


def with_it(experiment: Experiment) -> Side:
    side = compare(experiment).normalised
    assert isinstance(side, Side)
    return side


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_gradients_are_those_of_the_engine(activation: str) -> None:
    experiment = replace(SMALL, activation=activation, bias_scale=0.3, gamma=1.5, beta=-0.2)
    network, images, targets = experiment.draw()
    found = compare(experiment)
    assert isinstance(found.normalised, Side)
    for side, architecture in ((found.without, experiment.plain), (found.normalised, experiment.normalised)):
        known = measure(network, images, targets, architecture, CROSS_ENTROPY)
        np.testing.assert_array_equal(side.gradient, known.gradient)
        np.testing.assert_array_equal(side.sensitivity, known.sensitivity)
        np.testing.assert_array_equal(side.deviation, known.deviation)


@pytest.mark.parametrize("place", [BatchNorm.BEFORE_ACTIVATION, AFTER])
def test_what_is_watched_is_what_batch_norm_gives(place: BatchNorm) -> None:
    experiment = replace(SMALL, place=place, gamma=-2.0, beta=0.5, epsilon=0.0)
    side = with_it(experiment)
    np.testing.assert_allclose(side.mean, np.log10(0.5), atol=1e-12)
    np.testing.assert_allclose(side.deviation, np.log10(2.0), atol=1e-12)
    network, images, _ = experiment.draw()
    passed = forward(network, images, experiment.normalised)
    watched = passed.activation_inputs if experiment.before else passed.signals[1:]
    for layer, block in enumerate(watched):
        expected = np.quantile(block.real(), SHARES)
        np.testing.assert_allclose(side.signs[:, layer] * 10.0 ** side.sizes[:, layer], expected, rtol=1e-12)


def test_quantiles_of_signals_below_float64_keep_their_logarithms() -> None:
    tiny = compare(replace(SMALL, activation="identity", depth=50, weight_scale=1e-12)).without
    assert np.isfinite(tiny.sizes).all()
    assert tiny.sizes[-1, -1] < -500
    assert abs(tiny.sizes[-1, -1] - tiny.deviation[-1]) < 1.0


def test_batch_norm_takes_the_mean_away_whatever_the_scale() -> None:
    for scale in (0.5, 1.0, 10.0):
        side = with_it(replace(SMALL, weight_scale=scale))
        assert (side.mean < -14.0).all()
        assert (compare(replace(SMALL, weight_scale=scale)).without.mean > -4.0).all()


def test_why_there_is_no_batch_norm_is_told() -> None:
    assert compare(replace(SMALL, batch=1)).normalised is Absent.ONE_SAMPLE
    assert compare(replace(SMALL, weight_scale=0.0, epsilon=0.0)).normalised is Absent.CONSTANT
    dead = Experiment(20, 16, 4, 0.8, "relu", 0, epsilon=0.0, place=AFTER)
    assert compare(dead).normalised is Absent.CONSTANT
    assert isinstance(compare(replace(dead, epsilon=1e-12)).normalised, Side)


def test_bad_sizes_are_refused_and_not_taken_for_a_constant_column() -> None:
    with pytest.raises(ValueError, match="depth"):
        compare(replace(SMALL, depth=0, epsilon=0.0))


def test_one_unit_a_layer_is_silent_but_for_the_first_layer_and_the_read_out() -> None:
    for activation in ACTIVATIONS:
        exact = with_it(Experiment(8, 1, 64, 0.8, activation, 0, epsilon=0.0))
        assert (exact.gradient[1:] < -14.0).all()
        assert exact.gradient[0] > -3.0
        assert exact.readout > -3.0
        rest = with_it(Experiment(8, 1, 64, 0.8, activation, 0, epsilon=1e-5))
        assert (rest.gradient[1:] < -2.5).all()


def test_two_samples_leave_nothing_of_the_gradient() -> None:
    side = with_it(Experiment(8, 16, 2, 0.8, "sigmoid", 0, epsilon=0.0))
    assert (side.gradient < -13.0).all()


def test_images_have_mean_square_one_over_all_and_labels_are_one_hot() -> None:
    images, targets = digit_batch(1797, rng=np.random.default_rng(0))
    assert np.mean(images**2) == pytest.approx(1.0)
    assert images.min() >= 0.0
    np.testing.assert_array_equal(targets.sum(axis=1), 1.0)


def test_another_scale_is_the_same_network_rescaled() -> None:
    small, large = (replace(SMALL, weight_scale=scale).draw()[0] for scale in (0.5, 1.5))
    np.testing.assert_allclose(3.0 * small.weights[2], large.weights[2], rtol=1e-12)
