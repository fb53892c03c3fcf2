import math
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdcore.mini_batch_noise import expected_excess, mini_batch_noise, predicted_floor, sample_terms
from gdcore.rates import noise_floor
from gdcore.samples import car_loss_data

X = [1.0, -2.0, 0.5, 3.0, 1.5]
Y = [2.0, -1.0, 4.0, 5.0, -3.0]
THETA = sum(x * y for x, y in zip(X, Y, strict=True)) / sum(x * x for x in X)
LAMBDA = sum(x * x for x in X) / 5


def every_batch(size):
    """(curvature, gradient at θ*) of each possible mini-batch, in plain Python."""
    for rows in combinations(range(5), size):
        yield sum(X[j] ** 2 for j in rows) / size, sum(X[j] * (THETA * X[j] - Y[j]) for j in rows) / size


def every_excess(size, offset, rates):
    """The mean excess loss after each step over every possible sequence of mini-batches."""
    batches, means = list(every_batch(size)), []
    for t in range(len(rates) + 1):
        ends = []
        for sequence in product(batches, repeat=t):
            e = offset
            for rate, (h, g) in zip(rates, sequence, strict=False):
                e -= rate * (h * e + g)
            ends.append(0.5 * LAMBDA * e * e)
        means.append(sum(ends) / len(ends))
    return means


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
def test_the_moments_are_those_of_every_possible_batch(size):
    noise = mini_batch_noise(X, Y, size)
    h, g = np.array(list(every_batch(size))).T
    assert noise.curvature == pytest.approx(h.mean())
    assert noise.curvature_variance == pytest.approx(h.var(), abs=1e-14)
    assert noise.gradient_variance == pytest.approx(g.var(), abs=1e-14)
    assert noise.covariance == pytest.approx(np.mean((h - h.mean()) * g), abs=1e-14)


@pytest.mark.parametrize("size", [1, 2, 4, 5])
@pytest.mark.parametrize("offset", [0.0, 1.7, -3.0])
def test_the_expected_curve_is_the_mean_over_every_sequence_of_batches(size, offset):
    rates = [0.3, 0.05, 0.4]
    curve = expected_excess(mini_batch_noise(X, Y, size), offset, np.array([rates, [0.1] * 3]).T)
    np.testing.assert_allclose(curve[:, 0], every_excess(size, offset, rates), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(curve[:, 1], every_excess(size, offset, [0.1] * 3), rtol=1e-12, atol=1e-14)


@settings(deadline=None, max_examples=12)
@given(st.sampled_from([1, 2, 3, 4]), st.floats(0.02, 0.95), st.floats(-9, 9))
def test_the_floor_is_where_the_expected_curve_ends(size, fraction, offset):
    noise = mini_batch_noise(X, Y, size)
    rate = fraction * noise.mean_square_limit
    curve = expected_excess(noise, offset, np.full((4000, 1), rate))
    assert curve[-1, 0] == pytest.approx(predicted_floor(noise, rate).exact[0], rel=1e-9)


@pytest.mark.parametrize("size", [1, 3])
def test_the_mean_square_is_stable_just_below_the_limit_and_not_just_above(size):
    noise = mini_batch_noise(X, Y, size)
    around = noise.mean_square_limit * np.array([[0.99, 1.01]])
    curve = expected_excess(noise, 1.0, np.repeat(around, 20_000, axis=0))
    assert curve[-1, 0] == pytest.approx(curve[-2, 0])
    assert curve[-1, 1] > 1e6 * curve[0, 1]
    floor = predicted_floor(noise, around[0])
    assert np.isfinite(floor.exact).tolist() == [True, False]
    assert np.isfinite(floor.simple).all()


def test_gaussian_inputs_with_a_single_sample_are_stable_below_two_thirds_over_the_curvature():
    x = np.random.default_rng(0).standard_normal(1_000_000)
    noise = mini_batch_noise(x, 2 * x + 1, 1)
    assert noise.mean_square_limit * noise.curvature == pytest.approx(0.667, abs=0.005)


def test_the_simple_floor_forgets_the_noise_that_grows_with_the_distance():
    x, y, _ = car_loss_data()
    noise = mini_batch_noise(x, y, 1)
    rates = np.array([0.001, 0.5]) / noise.curvature
    floor = predicted_floor(noise, rates)
    assert floor.simple.tolist() == [noise_floor(rate, noise.curvature, noise.gradient_variance) for rate in rates]
    assert floor.exact[0] == pytest.approx(floor.simple[0], rel=1e-3)
    assert floor.exact[1] > 1.1 * floor.simple[1]
    above = predicted_floor(noise, [1.8 / noise.curvature, 2.1 / noise.curvature])
    assert above.exact.tolist() == [math.inf, math.inf]
    assert np.isinf(above.simple).tolist() == [False, True]


def test_the_full_batch_has_no_noise_and_the_usual_limit():
    noise = mini_batch_noise(X, Y, 5)
    assert (noise.curvature_variance, noise.gradient_variance, noise.covariance) == (0, 0, 0)
    assert noise.mean_square_limit == pytest.approx(2 / LAMBDA)
    assert predicted_floor(noise, 0.1).exact.tolist() == [0.0]


def test_the_terms_of_the_samples_have_mean_zero():
    for term in sample_terms(X, Y):
        assert term.shape == (5,)
        assert np.mean(term) == pytest.approx(0, abs=1e-14)


def test_a_curve_beyond_float64_is_inf_without_a_warning():
    curve = expected_excess(mini_batch_noise(X, Y, 1), 1e100, np.full((900, 1), 1e3))
    assert not np.isfinite(curve[-1, 0])


@pytest.mark.parametrize(
    "refused",
    [
        lambda: mini_batch_noise(X, Y, 0),
        lambda: mini_batch_noise(X, Y, 6),
        lambda: mini_batch_noise(X, Y[:-1], 2),
        lambda: predicted_floor(mini_batch_noise(X, Y, 2), [0.1, 0.0]),
        lambda: predicted_floor(mini_batch_noise(X, Y, 2), np.inf),
        lambda: expected_excess(mini_batch_noise(X, Y, 2), 1.0, np.ones(3)),
    ],
)
def test_bad_arguments_are_refused_with_the_value(refused):
    with pytest.raises(ValueError, match=r"got .*: "):
        refused()
