import numpy as np
import pytest

from gdcore.descent import iterate, rate_table
from gdcore.rates import (
    best_heavy_ball,
    best_learning_rate,
    best_rate,
    contraction,
    gradient_noise_variance,
    heavy_ball_limit,
    nesterov_limit,
    noise_floor,
    steps_to,
)


def steps_taken(learning_rate: float, curvatures: np.ndarray, tolerance: float = 1e-6) -> int:
    """Steps until the norm, from equal components, has shrunk to the tolerance."""
    points = iterate(lambda theta: curvatures * theta, np.ones((1, curvatures.size)), rate_table([learning_rate], 3000))
    norm = np.linalg.norm(points[:, 0], axis=1)
    return int(np.argmax(norm <= tolerance * norm[0]))


def momentum_run(learning_rate, beta, gain=1.0, lookahead=0.0, curvature=1.0, steps=4000):
    theta, velocity = 1.0, 0.0
    for _ in range(steps):
        velocity = beta * velocity + gain * curvature * (theta - lookahead * learning_rate * beta * velocity)
        theta -= learning_rate * velocity
        if abs(theta) > 1e6:
            break
    return abs(theta)


def test_a_step_multiplies_the_distance_by_its_contraction():
    assert contraction(0.5, 3.0) == -0.5
    assert contraction(np.inf, 0.1) == -np.inf


def test_condition_number_100_takes_691_steps_at_the_best_learning_rate_and_1341_at_one_over_l():
    curvatures = np.array([0.01, 1.0])
    assert steps_taken(best_learning_rate(0.01, 1.0), curvatures) == 691
    assert steps_to(1e-6, best_rate(0.01, 1.0)) == 691
    assert steps_taken(1.0, curvatures) == 1341  # the steep half of the start is gone in one step:
    assert steps_to(1e-6 * np.sqrt(2), 1 - 0.01) == 1341


def test_no_other_learning_rate_contracts_faster_than_the_best():
    mu, L = 0.3, 7.0
    rates = np.linspace(1e-3, 2 / L, 20001)
    worst = np.maximum(np.abs(1 - rates * mu), np.abs(1 - rates * L))
    assert worst.min() == pytest.approx(best_rate(mu, L), rel=1e-3)
    assert rates[worst.argmin()] == pytest.approx(best_learning_rate(mu, L), rel=1e-3)
    assert best_rate(mu, L) == pytest.approx(abs(contraction(L, best_learning_rate(mu, L))))


def test_steps_to_is_the_smallest_number_that_suffices():
    for rate in (0.001, 0.5, 0.9, 0.999):
        for tolerance in (0.9, 1e-2, 1e-6, 1e-12):
            steps = steps_to(tolerance, rate)
            assert rate**steps <= tolerance * (1 + 1e-9)
            assert steps == 1 or rate ** (steps - 1) > tolerance
    assert steps_to(0.01, 0.1) == 2
    assert steps_to(0.5, 0.0) == 1


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9])
@pytest.mark.parametrize("L", [0.5, 4.0])
def test_momentum_is_stable_just_below_its_limit_and_not_just_above(beta, L):
    conventions = [
        (heavy_ball_limit(L, beta), {}),
        (heavy_ball_limit(L, beta, averaging=True), {"gain": 1 - beta}),
        (nesterov_limit(L, beta), {"lookahead": 1.0}),
    ]
    for limit, convention in conventions:
        assert momentum_run(0.99 * limit, beta, curvature=L, **convention) < 1e-6
        assert momentum_run(1.01 * limit, beta, curvature=L, **convention) > 1e6


def test_without_momentum_all_limits_are_two_over_l():
    assert heavy_ball_limit(4.0, 0.0) == heavy_ball_limit(4.0, 0.0, averaging=True) == nesterov_limit(4.0, 0.0) == 0.5


def test_the_best_heavy_ball_is_a_double_root_in_both_extreme_directions():
    mu, L = 0.01, 1.0
    alpha, beta = best_heavy_ball(mu, L)
    assert beta == pytest.approx((9 / 11) ** 2)
    for curvature in (mu, L):
        roots = np.roots([1, -(1 + beta - alpha * curvature), beta])
        np.testing.assert_allclose(np.abs(roots), np.sqrt(beta), rtol=1e-6)
    for other in ((1.05 * alpha, beta), (0.95 * alpha, beta), (alpha, 0.95 * beta), (alpha, 1.05 * beta)):
        radius = max(np.abs(np.roots([1, -(1 + other[1] - other[0] * k), other[1]])).max() for k in (mu, L))
        assert radius > np.sqrt(beta) * 1.001
    assert momentum_run(alpha, beta, curvature=mu, steps=steps_to(1e-6, np.sqrt(beta))) > 1e-6


@pytest.mark.parametrize(("learning_rate", "curvature"), [(0.1, 1.0), (0.5, 2.0), (1.5, 1.0)])
def test_the_noise_floor_is_where_a_noisy_run_stops(learning_rate, curvature):
    rng = np.random.default_rng(0)
    theta = np.zeros(20_000)
    for _ in range(300):
        theta -= learning_rate * (curvature * theta + 0.7 * rng.standard_normal(theta.size))
    measured = float(np.mean(0.5 * curvature * theta**2))
    assert measured == pytest.approx(noise_floor(learning_rate, curvature, 0.49), rel=0.04)


def test_the_variance_of_a_mini_batch_mean_is_that_of_every_possible_batch():
    from itertools import combinations

    gradients = np.random.default_rng(1).standard_normal(9)
    for batch in (1, 2, 5, 8):
        means = [np.mean(chosen) for chosen in combinations(gradients, batch)]
        expected = gradient_noise_variance(float(gradients.var(ddof=0)), batch, 9)
        assert np.var(means) == pytest.approx(expected, rel=1e-12)
    assert gradient_noise_variance(3.0, 9, 9) == 0
    assert gradient_noise_variance(0.0, 1, 1) == 0


@pytest.mark.parametrize(
    "refused",
    [
        lambda: best_learning_rate(0.0, 1.0),
        lambda: best_rate(2.0, 1.0),
        lambda: best_heavy_ball(1.0, np.inf),
        lambda: steps_to(1.0, 0.5),
        lambda: steps_to(0.1, 1.0),
        lambda: heavy_ball_limit(1.0, 1.0),
        lambda: nesterov_limit(0.0, 0.5),
        lambda: noise_floor(2.0, 1.0, 1.0),
        lambda: noise_floor(0.1, 1.0, -1.0),
        lambda: gradient_noise_variance(1.0, 0, 5),
        lambda: gradient_noise_variance(1.0, 6, 5),
        lambda: gradient_noise_variance(-1.0, 2, 5),
    ],
)
def test_bad_arguments_are_refused_with_the_value(refused):
    with pytest.raises(ValueError, match=r"got .*: "):
        refused()
