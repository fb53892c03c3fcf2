"""Every cell of the map is one network: the same numbers as that network on its own, whatever the map shares."""

from dataclasses import replace

import numpy as np
import pytest

from gdcore.activations import ACTIVATIONS
from gdcore.comparison import compare
from gdcore.depth_map import AT_ONCE, DEPTHS, SCALES, DepthMap, depth_map, gradient_profiles, layers_shown
from gdcore.depth_theory import critical_weight_scale
from gdcore.experiment import Absent, Experiment
from gdcore.network import BatchNorm
from gdcore.scaled import FloatArray

AFTER = BatchNorm.AFTER_ACTIVATION
SMALL = Experiment(depth=1, width=10, batch=8, weight_scale=1.0, activation="tanh", seed=3)
FEW_DEPTHS, MANY_SCALES = (1, 4, 20), tuple(np.geomspace(0.02, 12.0, AT_ONCE + 3).tolist())


def same(found: FloatArray, alone: FloatArray) -> bool:
    """Equal but for rounding: NumPy may add up a stack of matrices in another order than one."""
    return np.allclose(found, alone, rtol=0.0, atol=1e-9)


def require_each_network(found: DepthMap, experiment: Experiment) -> None:
    for row, depth in enumerate(found.depths):
        shown = np.array(layers_shown(depth)) - 1
        for column, scale in enumerate(found.scales):
            network = compare(replace(experiment, depth=depth, weight_scale=float(scale)))
            assert same(found.without[row][column], network.without.gradient[shown])
            if isinstance(found.normalised, Absent):
                assert network.normalised is found.normalised
            elif isinstance(network.normalised, Absent):
                assert np.isnan(found.normalised[row][column]).all()
            else:
                assert same(found.normalised[row][column], network.normalised.gradient[shown])


@pytest.mark.parametrize("place", [BatchNorm.BEFORE_ACTIVATION, AFTER])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_cell_is_exactly_what_the_network_gives_on_its_own(activation: str, place: BatchNorm) -> None:
    experiment = replace(SMALL, activation=activation, place=place, bias_scale=0.3, gamma=0.7, beta=-0.2)
    require_each_network(depth_map(experiment, FEW_DEPTHS, MANY_SCALES), experiment)


def test_cells_of_the_pages_own_map_are_exactly_those_of_the_comparison() -> None:
    experiment = replace(SMALL, width=64, batch=64, activation="sigmoid")
    found = depth_map(experiment)
    assert (found.depths, tuple(found.scales)) == (DEPTHS, SCALES)
    for row, column in ((0, 0), (7, 18), (11, 20), (11, 40), (9, 6)):
        network = compare(replace(experiment, depth=DEPTHS[row], weight_scale=SCALES[column]))
        shown = np.array(layers_shown(DEPTHS[row])) - 1
        assert not isinstance(network.normalised, Absent)
        assert not isinstance(found.normalised, Absent)
        assert same(found.without[row][column], network.without.gradient[shown])
        assert same(found.normalised[row][column], network.normalised.gradient[shown])


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_gradients_beyond_float64_keep_their_logarithm(activation: str) -> None:
    found = depth_map(replace(SMALL, activation=activation), (50,), (1e-20, 1e20))
    require_each_network(found, replace(SMALL, activation=activation))
    assert found.without[0][0, 0] < -400


def test_a_unit_without_spread_takes_the_network_out_and_no_other() -> None:
    experiment = replace(SMALL, activation="relu", place=AFTER, epsilon=0.0, width=1, batch=4, bias_scale=1.0)
    missing = []
    for seed in range(12):
        found = depth_map(replace(experiment, seed=seed), (1, 2, 3), (0.5, 4.0))
        require_each_network(found, replace(experiment, seed=seed))
        missing.append([np.isnan(row).all(axis=1).tolist() for row in found.normalised])
    assert any(deepest != first for first, *_, deepest in missing)
    assert any(small != large for network in missing for small, large in network)


def test_weights_of_zero_give_gradients_of_exactly_zero() -> None:
    found = depth_map(SMALL, FEW_DEPTHS, (0.0, 1.0))
    assert all(np.isneginf(row[0]).all() for row in found.without[1:])
    require_each_network(found, SMALL)


def test_one_sample_has_no_map_with_batch_norm() -> None:
    found = depth_map(replace(SMALL, batch=1), FEW_DEPTHS, (0.5, 1.0))
    assert found.normalised is Absent.ONE_SAMPLE
    require_each_network(found, replace(SMALL, batch=1))


def test_the_layers_shown_begin_with_the_first_and_end_with_the_last() -> None:
    for depth in range(1, 201):
        layers = layers_shown(depth)
        assert layers[0] == 1
        assert layers[-1] == depth
        assert list(layers) == sorted(set(layers))


def test_the_profiles_of_one_network_are_those_of_the_comparison() -> None:
    experiment = replace(SMALL, depth=7, weight_scale=1.3)
    without, normalised = gradient_profiles(experiment)
    network = compare(experiment)
    assert not isinstance(network.normalised, Absent)
    assert np.array_equal(without, [network.without.sensitivity, network.without.gradient])
    assert np.array_equal(normalised, [network.normalised.sensitivity, network.normalised.gradient])


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_with_batch_norm_the_gradient_falls_as_one_over_the_scale(activation: str) -> None:
    experiment = replace(SMALL, activation=activation, width=32, batch=16, epsilon=0.0)
    found = depth_map(experiment, (4, 10), (0.1, 1.0, 10.0))
    for row in found.normalised:
        assert row[:, 0] + np.log10(found.scales) == pytest.approx(row[1, 0], abs=1e-6)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_along_the_critical_scale_depth_changes_least(activation: str) -> None:
    critical = critical_weight_scale(ACTIVATIONS[activation])
    scales = (critical / 4, critical, critical * 4)
    found = depth_map(replace(SMALL, activation=activation, width=64, batch=16), (10, 40), scales)
    change = np.abs(found.without[1][:, 0] - found.without[0][:, 0])
    assert change[1] < 2.0
    assert min(change[0], change[2]) > 2 * change[1]
