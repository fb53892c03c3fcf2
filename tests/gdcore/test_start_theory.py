import math

import numpy as np
import pytest

from gdcore.activations import ACTIVATIONS, SIGMOID, TANH
from gdcore.start_theory import CONSTANT_SIGMOID, STARTS, expected, keeping_gain, weight_scale
from gdcore.starts import PIXELS, Start, measured


def start(initialiser: str, gain: float, activation: str, **sizes: int) -> Start:
    wanted = {"depth": 8, "width": 64, "batch": 8, "seeds": 8, "seed": 1} | sizes
    return Start(initialiser, gain, activation, **wanted)


@pytest.mark.parametrize("name", STARTS)
def test_the_weight_scale_is_the_root_of_fan_in_times_the_mean_square_of_drawn_weights(name: str) -> None:
    rng = np.random.default_rng(0)
    for fan_out, fan_in in ((120, 90), (90, 120)):
        weights = STARTS[name](0.7)(fan_out, fan_in, stack=(4,), rng=rng)
        drawn = fan_in * weights.mean() if name == "constant" else math.sqrt(fan_in * np.mean(weights**2))
        assert weight_scale(name, 0.7, fan_out, fan_in) == pytest.approx(drawn, rel=0.02)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("name", ["uniform", "he", "orthogonal"])
def test_at_the_scale_that_keeps_the_measured_sensitivity_keeps_and_at_half_or_twice_it_does_not(
    name: str, activation: str
) -> None:
    gain = keeping_gain(name, ACTIVATIONS[activation], 48)
    assert gain is not None
    half, whole, twice = (
        measured(start(name, factor * gain, activation, depth=16, width=48)).sensitivity.gain_backward
        for factor in (0.5, 1.0, 2.0)
    )
    assert half < 0.75
    assert 0.88 < whole < 1.06
    assert twice > 1.1


def test_four_is_not_the_scale_that_keeps_a_sigmoid() -> None:
    assert keeping_gain("lecun", SIGMOID, 64) == pytest.approx(10.1493, rel=1e-4)
    assert measured(start("lecun", 4.0, "sigmoid", depth=16)).sensitivity.gain_backward < 0.7


def test_the_known_starts_keep_the_activations_that_they_were_made_for() -> None:
    assert keeping_gain("he", ACTIVATIONS["relu"], 64) == pytest.approx(1.0)
    assert keeping_gain("lecun", TANH, 64) == pytest.approx(1.0)
    assert keeping_gain("xavier", TANH, 64) == pytest.approx(1.0)
    assert keeping_gain("normal", ACTIVATIONS["identity"], 100) == pytest.approx(0.1)
    assert keeping_gain("uniform", ACTIVATIONS["identity"], 48) == pytest.approx(0.25)


CASES = [(name, "tanh") for name in STARTS] + [("he", name) for name in ACTIVATIONS if name != "tanh"]


@pytest.mark.parametrize(("name", "activation"), CASES)
def test_the_expected_lines_are_those_of_wide_networks(name: str, activation: str) -> None:
    width = 100
    gain = {"constant": 0.013, "normal": 0.12, "uniform": 0.2}.get(name, 1.2)
    # one sample: then the gradient is exactly ‖δ‖‖u‖; the first layer has 64 inputs whatever the width
    case = start(name, gain, activation, width=width, batch=1, seeds=10 if name == "orthogonal" else 40)
    theory, run = expected(name, gain, case.phi, case.depth, width, case.images()[0]), measured(case)
    assert theory is not None
    np.testing.assert_allclose(run.signal.median, theory.signal, atol=0.12)
    for quantity in ("sensitivity", "gradient"):
        seen = getattr(run, quantity).median
        # the sum over a random read-out that a constant start takes is wide; its median is 0.17 below its mean square
        allowed = 0.4 if name == "constant" else 0.12
        np.testing.assert_allclose(seen - seen[-1], getattr(theory, quantity), atol=allowed)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_constant_start_is_the_chain_of_scalars(activation: str) -> None:
    value, width, depth = 0.03, 24, 7
    case = start("constant", value, activation, width=width, depth=depth, batch=5)
    pixels = case.images()[0]
    theory = expected("constant", value, case.phi, depth, width, pixels)
    assert theory is not None
    h = value * pixels.sum(axis=1)
    norms, slopes = [], []
    for _ in range(depth):
        u = case.phi.function(h)
        norms.append(math.sqrt(width * np.sum(u**2)))
        slopes.append(width * value * case.phi.derivative(h))
        h = width * value * u
    np.testing.assert_allclose(10**theory.signal, norms, rtol=1e-12)
    np.testing.assert_allclose(10 ** measured(case).signal.median, norms, rtol=1e-9)
    # δ_i, the same for every unit, is the product of the later slopes; the read-out's random sum costs √width
    back = [math.sqrt(np.mean(np.prod(slopes[i:-1], axis=0) ** 2) / width) for i in range(depth - 1)]
    np.testing.assert_allclose(10**theory.sensitivity, [*back, 1.0], rtol=1e-12)


def test_no_constant_start_keeps_a_sigmoid_and_the_best_multiplies_by_less_than_said() -> None:
    assert keeping_gain("constant", SIGMOID, 64) is None
    h = np.linspace(0.0, 20.0, 200_001)  # where the chain settles: h = wφ(h), so wφ′(h) = h(1 − φ(h))
    best = (h * (1.0 - SIGMOID.function(h))).max()
    assert best < CONSTANT_SIGMOID < best + 1e-4


def test_nothing_is_expected_of_weights_of_zero() -> None:
    case = start("he", 0.0, "relu")
    assert expected("he", 0.0, case.phi, 8, 64, case.images()[0]) is None
    assert case.images()[0].shape == (8, PIXELS)
