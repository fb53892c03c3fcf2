import math

import numpy as np
import pytest

from gdcore.chain import backpropagate
from gdcore.chain_depths import (
    MEAN_LOG10_NORMAL,
    SPREAD_LOG10_NORMAL,
    Draw,
    draw_weights,
    grow,
    measured_slope,
    slope,
)

every_draw = pytest.mark.parametrize("draw", Draw)


@every_draw
def test_a_shorter_chain_of_the_same_seed_is_the_beginning_of_the_longer_one(draw: Draw) -> None:
    long = draw_weights(draw, 200, 0.8, 3)
    for depth in (1, 7, 50):
        assert draw_weights(draw, depth, 0.8, 3).tolist() == long[:depth].tolist()


@every_draw
@pytest.mark.parametrize("scale", [0.0, 0.3, 1.0, 2.5])
@pytest.mark.parametrize(("bias", "x", "target"), [(0.0, 1.0, 0.7), (0.3, -2.0, 0.0)])
def test_every_depth_is_the_chain_of_that_depth(draw: Draw, scale: float, bias: float, x: float, target: float) -> None:
    weights = draw_weights(draw, 60, scale, 1)
    grown = grow(weights, bias, x, target)
    for n in (1, 2, 17, 60):
        chain = backpropagate(weights[:n], bias, x, target)
        assert grown.first_gradients[n - 1].sign == chain.gradients[0].sign
        for ours, theirs in (
            (grown.signals[n], chain.signals[n]),
            (grown.errors[n - 1], chain.error),
            (grown.products[n - 1], chain.products[0]),
            (grown.first_gradients[n - 1], chain.gradients[0]),
        ):
            assert ours.sign == theirs.sign
            assert ours.sign == 0 or float(ours.log10) == pytest.approx(float(theirs.log10), rel=1e-12, abs=1e-14)


def test_an_error_that_is_the_rounding_of_decimals_is_none_and_a_small_one_is_kept() -> None:
    assert grow([0.3, 0.3], 0.0, 1.0, 0.09).errors.sign.tolist() == [1, 0]
    assert grow([0.3, 0.3], 0.0, 1.0, 0.09 + 1e-13).errors.sign.tolist() == [1, -1]
    assert grow([1e-200] * 4, 0.0, 1.0, 0.0).errors.sign.tolist() == [1, 1, 1, 1]


def test_the_mean_and_the_spread_of_the_log_of_a_normal_number() -> None:
    logs = np.log10(np.abs(np.random.default_rng(0).standard_normal(400_000)))
    assert logs.mean() == pytest.approx(MEAN_LOG10_NORMAL, abs=3e-3)
    assert logs.std() == pytest.approx(SPREAD_LOG10_NORMAL, abs=3e-3)


@pytest.mark.parametrize("draw", [Draw.EQUAL, Draw.SIGNS])
@pytest.mark.parametrize(
    ("w", "bias", "x", "target", "times"),
    [
        (0.5, 0.0, 1.0, 1.0, 1),
        (0.9, 0.0, 1.0, 1.0, 1),
        (0.5, 0.0, 1.0, 0.0, 2),  # the error is the signal, which vanishes as well
        (1.4, 0.0, 1.0, 1.0, 2),
        (2.0, 0.0, -3.0, 0.0, 2),
        (0.7, 0.4, 1.0, 1.0, 1),
        (1.5, 0.4, 1.0, 1.0, 2),
    ],
)
def test_a_deep_chain_has_the_slope_of_theory(
    draw: Draw, w: float, bias: float, x: float, target: float, times: int
) -> None:
    theory = slope(draw, w, bias, x, target, 100)
    found = measured_slope(grow(draw_weights(draw, 200, w, 0), bias, x, target))
    assert theory is not None
    assert theory.times == times
    assert theory.total == pytest.approx(times * math.log10(w))
    assert found == pytest.approx(theory.total, abs=5e-4 if draw is Draw.EQUAL else 0.02)


def test_the_signal_that_is_handed_on_unchanged_makes_an_exception() -> None:
    rest = slope(Draw.EQUAL, 1.5, -0.5, 1.0, 3.0, 100)  # 1.5 · 1 − 0.5 = 1
    assert rest is not None
    assert rest.times == 1
    assert measured_slope(grow([1.5] * 200, -0.5, 1.0, 3.0)) == pytest.approx(rest.total)
    goal = slope(Draw.EQUAL, 0.5, 0.5, 3.0, 1.0, 100)  # the signal tends to 1, the target
    assert goal is not None
    assert goal.times == 2
    assert measured_slope(grow([0.5] * 40, 0.5, 3.0, 1.0)) == pytest.approx(goal.total, abs=1e-3)
    assert slope(Draw.EQUAL, 1.5, -0.5, 1.0, 1.0, 100) is None


@pytest.mark.parametrize(("scale", "times"), [(1.0, 1), (1.7, 1), (2.1, 2), (3.0, 2)])
def test_over_many_draws_gaussian_weights_have_the_slope_of_theory(scale: float, times: int) -> None:
    theory = slope(Draw.GAUSSIAN, scale, 0.0, 1.0, 1.0, 100)
    assert theory is not None
    assert theory.times == times
    found = [measured_slope(grow(draw_weights(Draw.GAUSSIAN, 200, scale, seed), 0.0, 1.0, 1.0)) for seed in range(60)]
    assert np.median(found) == pytest.approx(theory.total, abs=3 * theory.luck / math.sqrt(60) + 0.01)
    assert np.std(found) == pytest.approx(theory.luck, rel=0.35)


def test_where_there_is_no_gradient_there_is_no_slope() -> None:
    assert slope(Draw.EQUAL, 0.0, 0.0, 1.0, 1.0, 100) is None
    assert slope(Draw.EQUAL, 0.5, 0.0, 0.0, 1.0, 100) is None
    assert measured_slope(grow([0.5] * 10, 0.0, 0.0, 1.0)) is None
    assert measured_slope(grow([0.5], 0.0, 1.0, 1.0)) is None


def test_no_layers_or_an_infinite_number_are_refused() -> None:
    for weights, bias in (([], 0.0), ([[1.0]], 0.0), ([math.nan], 0.0), ([1.0], math.inf)):
        with pytest.raises(ValueError, match="finite"):
            grow(weights, bias, 1.0, 1.0)
