from dataclasses import replace

import numpy as np
import pytest

from gdcore.activations import ACTIVATIONS
from gdcore.backpropagation import backward
from gdcore.depth_theory import all_dead_probability
from gdcore.forward_pass import forward
from gdcore.layer_statistics import measure
from gdcore.network import Architecture, BatchNorm, Network
from gdcore.objectives import CROSS_ENTROPY
from gdcore.start_theory import STARTS
from gdcore.starts import KEEPS, Spread, Start, kind, measured, small_table

PLAIN = Start("lecun", 1.0, "tanh", depth=6, width=20, batch=12, seeds=11, seed=3)


def alone(network: Network, number: int) -> Network:
    """One network of a stack."""
    return network.combine(network, lambda a, _: a[number])


@pytest.mark.parametrize("norm", [BatchNorm.NONE, BatchNorm.BEFORE_ACTIVATION])
def test_the_spread_is_that_of_networks_that_are_measured_one_by_one(norm: BatchNorm) -> None:
    network, (images, targets) = PLAIN.draw(), PLAIN.images()
    architecture = Architecture(PLAIN.phi, norm)
    runs = [measure(alone(network, k), images, targets, architecture, CROSS_ENTROPY) for k in range(PLAIN.seeds)]
    found = measured(PLAIN, norm=norm)
    for quantity in ("signal", "sensitivity", "gradient"):
        ordered = np.sort([getattr(run, quantity) for run in runs], axis=0)
        spread = getattr(found, quantity)
        np.testing.assert_allclose(spread.low, ordered[1], rtol=0, atol=1e-12)
        np.testing.assert_allclose(spread.median, ordered[5], rtol=0, atol=1e-12)
        np.testing.assert_allclose(spread.high, ordered[9], rtol=0, atol=1e-12)


def test_a_stack_that_is_at_hand_is_not_drawn_again() -> None:
    silent = PLAIN.draw().rescaled(0.0)
    assert np.isneginf(measured(PLAIN, silent).signal.median).all()


def test_the_spread_of_an_even_number_of_runs_has_the_mean_of_the_middle_two_and_knows_zero() -> None:
    runs = np.array([[4.0, -np.inf], [1.0, -np.inf], [2.0, 0.0], [3.0, -np.inf]])
    spread = Spread.over(runs)
    assert spread.low.tolist() == [1.0, -np.inf]
    assert spread.median.tolist() == [2.5, -np.inf]
    assert spread.high.tolist() == [4.0, 0.0]
    assert spread.gain_forward == 0.0
    assert np.isposinf(spread.unevenness)


def test_gains_are_per_layer_and_in_opposite_directions() -> None:
    spread = Spread.over(np.array([[0.0, 1.0, 2.0, 3.0, 4.0]]))
    assert (spread.gain_forward, spread.gain_backward) == pytest.approx((10.0, 0.1))
    assert spread.unevenness == pytest.approx(4.0)


def test_a_gain_keeps_between_nine_tenths_and_its_inverse() -> None:
    assert kind(0.0) == "silent"
    assert kind(KEEPS * (1 - 1e-12)) == "shrinks"
    assert kind(KEEPS) == kind(1.0) == kind(1 / KEEPS) == "keeps"
    assert kind(1 / KEEPS * (1 + 1e-12)) == "grows"


def test_an_orthogonal_start_of_a_linear_network_does_not_fluctuate() -> None:
    found = measured(replace(PLAIN, initialiser="orthogonal", gain=1.1, activation="identity", width=64))
    np.testing.assert_allclose(found.signal.low, found.signal.high, atol=1e-12)
    np.testing.assert_allclose(np.diff(found.signal.median), np.log10(1.1), atol=1e-12)
    for edge in (found.sensitivity.low, found.sensitivity.high):
        np.testing.assert_allclose(np.diff(edge), -np.log10(1.1), atol=1e-12)
    random = measured(replace(PLAIN, activation="identity", width=64))
    assert (random.signal.high - random.signal.low)[-1] > 0.02


def test_the_units_of_a_constant_start_get_the_same_gradient_but_in_the_last_layer() -> None:
    start = replace(PLAIN, initialiser="constant", gain=0.05)
    network, (images, targets) = alone(start.draw(), 0), start.images()
    architecture = Architecture(start.phi)
    passed = forward(network, images, architecture)
    gradients = backward(network, passed, targets, architecture, CROSS_ENTROPY).gradients.weights
    for gradient in gradients[:-1]:
        np.testing.assert_allclose(gradient, np.broadcast_to(gradient[0], gradient.shape), rtol=1e-12)
        assert np.linalg.matrix_rank(gradient) == 1
    assert np.ptp(gradients[-1], axis=0).max() > 0.1 * np.abs(gradients[-1]).max()
    assert np.linalg.matrix_rank(network.weights[1]) == 1


def test_as_many_narrow_relu_networks_are_silent_as_theory_says() -> None:
    start = Start("he", 1.0, "relu", depth=10, width=3, batch=1, seeds=2000, seed=0)
    chance = all_dead_probability(3, 10)
    deviation = np.sqrt(chance * (1 - chance) / start.seeds)
    assert measured(start).silent / start.seeds == pytest.approx(chance, abs=4 * deviation)
    assert measured(replace(start, activation="tanh", seeds=50)).silent == 0


@pytest.mark.parametrize("name", STARTS)
def test_the_small_networks_of_the_table_show_what_the_wide_one_does(name: str) -> None:
    gain = {"constant": 0.015, "normal": 0.12, "uniform": 0.2}.get(name, 1.1)
    start = Start(name, gain, "identity", depth=6, width=80, batch=16, seeds=5, seed=2)
    column = small_table((replace(start, initialiser="he"), start))[1]
    assert list(column) == list(ACTIVATIONS)
    for activation, small in column.items():
        wide = measured(replace(start, activation=activation))
        assert small.sensitivity.gain_backward == pytest.approx(wide.sensitivity.gain_backward, rel=0.12)
        assert small.signal.gain_forward == pytest.approx(wide.signal.gain_forward, rel=0.12)
        for quantity in ("signal", "sensitivity", "gradient"):
            apart = getattr(small, quantity).median - getattr(wide, quantity).median
            # a constant start sums over the read-out, whose random sum is wide
            assert np.abs(apart).max() < (0.8 if name == "constant" else 0.45), quantity


def test_a_small_enough_start_is_itself_in_the_table() -> None:
    found, whole = small_table((replace(PLAIN, seeds=5),))[0]["tanh"], measured(replace(PLAIN, seeds=5))
    np.testing.assert_array_equal(found.gradient.median, whole.gradient.median)


def test_a_gain_below_zero_is_refused_with_a_word() -> None:
    with pytest.raises(ValueError, match="at least 0"):
        measured(replace(PLAIN, gain=-1.0))
