import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdcore.bowl import bowl, bowl_from_data
from gdcore.descent import iterate, rate_table
from gdcore.heavy_ball import Roll, roll
from gdcore.rates import best_learning_rate, heavy_ball_limit
from gdcore.schedules import cosine

TILTED = bowl(4.0, 0.1, angle=0.6, minimiser=(1.0, -2.0))


def plain_run(hessian, minimiser, theta, rates, momentum):
    """Heavy ball in the coordinates of θ, in plain Python."""
    (a, b), (_, c) = hessian.tolist()
    points, velocity = [list(theta)], [0.0, 0.0]
    for rate in rates:
        x, y = points[-1][0] - minimiser[0], points[-1][1] - minimiser[1]
        velocity = [momentum * velocity[0] + a * x + b * y, momentum * velocity[1] + b * x + c * y]
        points.append([points[-1][i] - rate * velocity[i] for i in range(2)])
    return points


@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9])
def test_the_points_are_those_of_a_plain_python_loop(momentum):
    rates = [0.01, 0.3, 0.49, 0.6]
    record = roll(TILTED, [3.0, 2.5], rates, 40, momentum)
    for a, rate in enumerate(rates):
        expected = plain_run(TILTED.hessian, (1.0, -2.0), (3.0, 2.5), [rate] * 40, momentum)
        np.testing.assert_allclose(record.points[:, a], expected, rtol=1e-9, atol=1e-11 * np.abs(expected).max())


def test_without_momentum_it_is_gradient_descent():
    table = rate_table([0.1, 0.4], 30)
    expected = iterate(TILTED.gradient, [[3.0, 2.5]], table)
    np.testing.assert_allclose(roll(TILTED, [3.0, 2.5], [0.1, 0.4], 30).points, expected, rtol=1e-12)


def test_a_schedule_and_a_table_of_its_values_make_the_same_run():
    by_schedule = roll(TILTED, [3.0, 2.5], cosine(0.4, 20), 20, 0.5)
    by_table = roll(TILTED, [3.0, 2.5], cosine(0.4, 20)(np.arange(20))[:, None], 20, 0.5)
    np.testing.assert_array_equal(by_schedule.points, by_table.points)
    expected = plain_run(TILTED.hessian, (1.0, -2.0), (3.0, 2.5), by_table.learning_rates[:, 0], 0.5)
    np.testing.assert_allclose(by_table.points[:, 0], expected, rtol=1e-11)


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 9), st.integers(1, 5), st.floats(0, 0.99))
def test_every_part_of_the_record_has_its_shape(steps, runs, momentum):
    record = roll(TILTED, [0.0, 1.0], np.linspace(0.01, 1.5, runs), steps, momentum)
    assert record.points.shape == record.components.shape == (steps + 1, runs, 2)
    assert record.learning_rates.shape == (steps, runs)
    assert record.excess.shape == (steps + 1, runs)
    for per_run in (record.outcome, record.reached_at, record.finite_steps):
        assert per_run.shape == (runs,)
    np.testing.assert_allclose(record.excess, TILTED.excess(record.points), rtol=1e-9, atol=1e-12)
    rounding = 1e-13 * np.abs(record.points).max()  # of the points, out of which small components are read back
    np.testing.assert_allclose(TILTED.components(record.points), record.components, rtol=1e-9, atol=1e-11 + rounding)
    assert (record.points[0] == [0, 1]).all()


def test_each_direction_shrinks_by_its_own_factor_far_below_rounding_of_the_others():
    record = roll(bowl(1.0, 1e-3, angle=0.3), [1.0, 1.0], [0.5], 200)
    start = record.components[0, 0]
    np.testing.assert_allclose(record.components[200, 0], start * [0.5**200, (1 - 5e-4) ** 200], rtol=1e-12)


def test_the_outcome_names_every_side_of_the_limit():
    rates = [1e-4, 0.2, best_learning_rate(0.1, 4.0), 0.499, 0.5, 0.501, 5.0]
    names = [outcome.name for outcome in roll(TILTED, [3.0, 2.5], rates, 500).outcome]
    assert names == ["SHRINKING", *["REACHED"] * 2, "SHRINKING", "LEVEL", "GROWING", "OVERFLOWED"]


def test_rounding_at_the_limit_is_level():
    for L in np.random.default_rng(0).uniform(0.1, 9, 40):
        for steps in (1, 2, 7, 1000):
            at_limit = roll(bowl(L, 0.02), [1.0, 0.0], [2 / L], steps)
            assert at_limit.outcome.tolist() == [Roll.LEVEL], (L, steps)


@pytest.mark.parametrize("momentum", [0.0, 0.3, 0.9])
def test_momentum_is_stable_just_below_its_limit_and_not_just_above(momentum):
    limit = heavy_ball_limit(4.0, momentum)
    below, above = roll(TILTED, [3.0, 2.5], [0.99 * limit, 1.01 * limit], 3000, momentum).outcome
    assert below is Roll.REACHED
    assert above in (Roll.GROWING, Roll.OVERFLOWED)


def test_growth_in_a_direction_that_hardly_shows_yet_is_growth():
    start = TILTED.minimiser + TILTED.directions @ [1e-12, 1.0]
    record = roll(TILTED, start, [0.51], 60)
    assert record.excess[-1, 0] < record.excess[0, 0]
    assert record.outcome.tolist() == [Roll.GROWING]


def test_a_direction_too_flat_to_move_is_level_and_a_flat_one_does_not_matter():
    assert roll(bowl(1.0, 1e-18), [0.0, 1.0], [0.5], 50).outcome.tolist() == [Roll.LEVEL]
    assert roll(bowl(1.0, 1e-9), [0.0, 1.0], [0.5], 50).outcome.tolist() == [Roll.SHRINKING]
    X = np.array([[1.0, 1.0], [2.0, 2.0], [4.0, 4.0]])
    valley = bowl_from_data(X, [1.0, 2.0, 5.0])
    flat = roll(valley, [3.0, 0.0], [0.1, 1e-4], 100)
    assert flat.outcome.tolist() == [Roll.REACHED, Roll.SHRINKING]
    assert (flat.components[:, 0, 1] == flat.components[0, 0, 1]).all()


def test_reached_at_is_the_step_from_which_on_the_run_stays():
    record = roll(bowl(1.0, 1.0), [8.0, 0.0], [0.5, 1.0], 30)
    assert record.reached_at.tolist() == [10, 1]  # 2^{-2t} ≤ 1e-6 from t = 10 on
    swinging = roll(bowl(1.0, 1.0), [8.0, 0.0], [0.1], 400, 0.9, tolerance=1e-3)
    at = int(swinging.reached_at[0])
    within = swinging.excess[:, 0] <= 1e-3 * swinging.excess[0, 0]
    assert within[at:].all()
    assert not within[at - 1]
    assert within[: at - 1].any()  # it had passed through before


def test_a_start_at_the_minimiser_stays_at_rest():
    record = roll(TILTED, [1.0, -2.0], [0.1, 9.0], 5, 0.9)
    assert set(record.outcome) == {Roll.AT_REST}
    assert (record.points == [1, -2]).all()


def test_overflow_is_a_value_in_the_record_and_nothing_is_clipped():
    record = roll(TILTED, [3.0, 2.5], [30.0, 0.1], 300)
    assert record.outcome[0] is Roll.OVERFLOWED
    last = int(record.finite_steps[0])
    assert np.isfinite(record.excess[: last + 1, 0]).all()
    assert not np.isfinite(record.excess[last + 1, 0])
    assert record.finite_steps[1] == 300


@pytest.mark.parametrize(
    "refused",
    [
        lambda: roll(TILTED, [1.0], [0.1], 5),
        lambda: roll(TILTED, [1.0, np.nan], [0.1], 5),
        lambda: roll(TILTED, [1.0, 1e200], [0.1], 5),
        lambda: roll(TILTED, [1.0, 1.0], [0.0], 5),
        lambda: roll(TILTED, [1.0, 1.0], [0.1], 0),
        lambda: roll(TILTED, [1.0, 1.0], [0.1], 5, 1.0),
        lambda: roll(TILTED, [1.0, 1.0], [0.1], 5, -0.1),
        lambda: roll(TILTED, [1.0, 1.0], [0.1], 5, tolerance=0.0),
    ],
)
def test_bad_arguments_are_refused_with_the_value(refused):
    with pytest.raises(ValueError, match=r"got .*: "):
        refused()
