import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdcore.bowl import bowl, bowl_from_data
from gdcore.bowl_theory import Motion, log_shrink, long_run_loss, motions, steps_needed
from gdcore.design_matrix import car_design
from gdcore.heavy_ball import Roll, roll
from gdcore.rates import best_heavy_ball, best_learning_rate, heavy_ball_limit

ROUND = bowl(1.0, 0.01)  # κ = 100
EQUAL_START = (1.0, 1.0)


def plain_sizes(pace, momentum, steps):
    """|c_t| from c_0 = 1 at rest, in plain Python."""
    c, v, sizes = 1.0, 0.0, [1.0]
    for _ in range(steps):
        v = momentum * v + pace * c
        c -= v
        sizes.append(abs(c))
    return np.array(sizes)


def cars_bowl(standardised, inputs=("weight", "horsepower"), intercept=True):
    made = car_design(inputs, intercept=intercept, standardised=standardised)
    return bowl_from_data(made.X, made.y)


def test_condition_number_100_takes_691_steps_at_the_best_learning_rate_and_1341_at_one_over_l():
    best = best_learning_rate(0.01, 1.0)
    assert steps_needed(ROUND, EQUAL_START, best, of_distance=True) == 691
    assert steps_needed(ROUND, EQUAL_START, 1.0, of_distance=True) == 1341
    assert steps_needed(ROUND, EQUAL_START, best, tolerance=1e-12) == 691  # both directions alike: loss = distance²


@settings(deadline=None, max_examples=80)
@given(st.floats(0.002, 0.998), st.sampled_from([0.0, 0.1, 0.5, 0.9, 0.97]), st.integers(1, 200))
def test_the_closed_form_is_the_plain_recursion(fraction, momentum, t):
    pace = fraction * 2 * (1 + momentum)
    sizes = plain_sizes(pace, momentum, 200)
    shrunk = np.exp(log_shrink(np.arange(201), pace, momentum))
    np.testing.assert_allclose(shrunk, sizes, rtol=1e-6, atol=1e-9 * sizes.max())
    assert log_shrink(t, pace, momentum).shape == ()
    assert math.exp(log_shrink(t, pace, momentum)) == pytest.approx(shrunk[t])


@pytest.mark.parametrize("momentum", [0.25, 0.5, 0.81, 0.95])
def test_the_closed_form_holds_at_and_beside_the_double_roots(momentum):
    for edge in ((1 - math.sqrt(momentum)) ** 2, (1 + math.sqrt(momentum)) ** 2):
        for pace in edge * (1 + np.array([-1e-3, -1e-9, -1e-15, 0.0, 1e-15, 1e-9, 1e-3])):
            sizes = plain_sizes(pace, momentum, 60)
            np.testing.assert_allclose(np.exp(log_shrink(np.arange(61), pace, momentum)), sizes, rtol=1e-5, atol=1e-12)


def test_without_momentum_the_closed_form_is_a_power():
    for pace in (1e-9, 0.3, 0.999, 1.0, 1.2, 1.999):
        expected = [abs(1 - pace) ** t for t in range(30)]
        np.testing.assert_allclose(np.exp(log_shrink(np.arange(30), pace, 0.0)), expected, rtol=1e-12)
    assert log_shrink(10**20, 1e-20, 0.0) == pytest.approx(-1, rel=1e-12)
    assert log_shrink(10**8, 2 - 1e-8, 0.0) == pytest.approx(-1, rel=1e-7)


@settings(deadline=None, max_examples=60)
@given(
    st.floats(0.05, 0.99),
    st.sampled_from([0.0, 0.0, 0.4, 0.9]),
    st.floats(0.05, 1),
    st.floats(0.1, 6.2),
    st.sampled_from([1e-2, 1e-6, 1e-10]),
)
def test_the_count_is_that_of_a_run(fraction, momentum, mu, angle, tolerance):
    made = bowl(1.0, mu)
    rate = fraction * heavy_ball_limit(1.0, momentum)
    start = [math.cos(angle), math.sin(angle)]
    needed = steps_needed(made, start, rate, momentum, tolerance)
    run = roll(made, start, rate, needed + 60, momentum, tolerance)
    ratio = run.excess[:, 0] / run.excess[0, 0] / tolerance
    assert (ratio[needed:] <= 1 + 1e-9).all()
    assert ratio[needed - 1] > 1 - 1e-9
    assert abs(run.reached_at[0] - needed) <= 1


def test_a_swing_that_comes_back_is_counted():
    run = roll(ROUND, [1.0, 0.0], 0.1, 400, 0.9, tolerance=1e-3)
    within = run.excess[:, 0] <= 1e-3 * run.excess[0, 0]
    assert steps_needed(ROUND, [1.0, 0.0], 0.1, 0.9, tolerance=1e-3) == run.reached_at[0] > within.argmax()


@pytest.mark.parametrize("momentum", [0.0, 0.6, 0.99])
def test_counts_beyond_every_scan_are_those_of_the_slowest_root(momentum):
    needed = steps_needed(bowl(1.0, 1e-9), [0.0, 1.0], 0.1, momentum)
    assert needed == pytest.approx(math.log(1e3) * (1 - momentum) / 1e-10, rel=1e-6)


def test_raw_cars_take_hundreds_of_millions_of_steps_and_standardised_ones_39():
    raw, standardised = cars_bowl(False), cars_bowl(True)
    counts = [steps_needed(made, np.zeros(3), best_learning_rate(made.mu, made.L)) for made in (raw, standardised)]
    assert counts[0] == pytest.approx(4.542e8, rel=1e-3)
    assert counts[1] == 39
    run = roll(standardised, np.zeros(3), best_learning_rate(standardised.mu, standardised.L), 60)
    assert run.reached_at.tolist() == [39]


def test_a_raw_count_is_that_of_the_run_where_it_can_be_run():
    made = cars_bowl(False, intercept=False)
    rate = best_learning_rate(made.mu, made.L)
    needed = steps_needed(made, np.zeros(2), rate)
    assert needed == pytest.approx(8.63e4, rel=1e-2)
    assert roll(made, np.zeros(2), rate, needed + 5).reached_at.tolist() == [needed]


def test_momentum_replaces_the_condition_number_by_its_root():
    made = cars_bowl(False)
    rate, momentum = best_heavy_ball(made.mu, made.L)
    plain = steps_needed(made, np.zeros(3), best_learning_rate(made.mu, made.L))
    with_momentum = steps_needed(made, np.zeros(3), rate, momentum)
    assert 1000 < plain / with_momentum < math.sqrt(made.condition)


def test_a_condition_number_of_1e33_is_counted_too():
    x = np.linspace(0, 1, 100)
    made = bowl_from_data(np.column_stack([np.ones(100), 1e8 + x]), x + 2)
    needed = steps_needed(made, [0.0, 0.0], 1 / made.L)
    assert needed == pytest.approx(5.59e33, rel=0.01)
    assert steps_needed(made, [0.0, 0.0], 2 / made.L) is None


def test_a_count_ends_at_the_limit_and_needs_nothing_at_the_minimiser():
    assert steps_needed(ROUND, EQUAL_START, 2.0) is None
    assert steps_needed(ROUND, EQUAL_START, 2.1, 0.01) is None
    assert steps_needed(ROUND, EQUAL_START, 2.1, 0.2) is not None
    assert steps_needed(ROUND, (0.0, 1.0), 2.1) is not None  # nothing moves in the steep direction
    assert steps_needed(ROUND, (0.0, 0.0), 0.1) == 0
    assert steps_needed(ROUND, (1.0, 0.0), 1.0) == 1
    assert steps_needed(bowl(1.0, 1e-320), (0.0, 1.0), 1e-3) is None


def test_a_flat_direction_does_not_count():
    X = np.array([[1.0, 1.0], [2.0, 2.0], [4.0, 4.0]])
    valley = bowl_from_data(X, [1.0, 2.0, 5.0])
    for of_distance in (False, True):
        assert steps_needed(valley, [3.0, 0.0], 0.5 / valley.L, of_distance=of_distance) in (10, 20)
    assert motions(valley, 0.1)[1] is Motion.FLAT


def test_the_motions_without_momentum_change_at_one_and_two():
    made = bowl(1.0, 1.0)
    rates = [0.5, 1 - 1e-6, 1.0, 1 + 1e-6, 1.5, 2 - 1e-6, 2.0, 2 + 1e-6]
    names = [motions(made, rate)[0].name for rate in rates]
    expected = ["ONE_SIDED"] * 2 + ["ONE_STEP"] + ["CHANGES_SIDES"] * 3 + ["TURNS", "DIVERGES"]
    assert names == expected
    assert motions(bowl(4.0, 0.1), 0.4) == (Motion.CHANGES_SIDES, Motion.ONE_SIDED)


@pytest.mark.parametrize("momentum", [0.04, 0.5, 0.9])
def test_a_long_run_moves_as_theory_expects(momentum):
    size = math.sqrt(momentum)
    edges = [(1 - size) ** 2, (1 + size) ** 2, 2 * (1 + momentum)]
    for pace in [edge * factor for edge in edges for factor in (0.5, 0.95, 0.99, 1.01, 1.05)]:
        motion = motions(bowl(1.0, 1.0), pace, momentum)[0]
        run = roll(bowl(1.0, 1.0), [1.0, 0.0], pace, 4000, momentum)
        sides = np.sign(run.components[:, 0, 0])
        changes = np.count_nonzero(sides[1:] * sides[:-1] < 0)
        case = (pace, momentum, motion, changes, run.outcome[0])
        assert (motion is Motion.DIVERGES) == (run.outcome[0] in (Roll.GROWING, Roll.OVERFLOWED)), case
        assert (motion is Motion.ONE_SIDED) == (changes == 0), case
        every_step = changes == np.count_nonzero(sides) - 1
        assert motion is not Motion.CHANGES_SIDES or every_step, case
        assert motion is not Motion.SWINGS or not every_step, case
    assert motions(bowl(1.0, 1.0), edges[2], momentum)[0] is Motion.TURNS


@pytest.mark.parametrize(
    "refused",
    [
        lambda: steps_needed(ROUND, EQUAL_START, 0.0),
        lambda: steps_needed(ROUND, EQUAL_START, np.inf),
        lambda: steps_needed(ROUND, EQUAL_START, 0.1, 0.99999),
        lambda: steps_needed(ROUND, EQUAL_START, 0.1, tolerance=1.0),
        lambda: steps_needed(ROUND, (1.0,), 0.1),
        lambda: motions(ROUND, -1.0),
        lambda: motions(ROUND, 0.1, 1.0),
    ],
)
def test_bad_arguments_are_refused_with_the_value(refused):
    with pytest.raises(ValueError, match=r"got .*: "):
        refused()


@pytest.mark.parametrize("momentum", [0.0, 0.3, 0.81, 0.99])
@pytest.mark.parametrize("fraction", [1e-9, 0.01, 0.3, 0.7, 0.999, 1.0, 1.1, 1.7])
def test_the_long_run_factor_is_the_larger_root(fraction, momentum):
    pace = fraction * 2 * (1 + momentum)
    roots = np.roots([1.0, pace - 1.0 - momentum, momentum])
    assert 1 - long_run_loss(pace, momentum) == pytest.approx(np.abs(roots).max(), rel=1e-7)


def test_the_long_run_factor_keeps_its_digits_beside_one_and_refuses_nonsense():
    assert long_run_loss(1e-20) == 1e-20
    assert long_run_loss(1e-20, 0.9) == pytest.approx(1e-19, rel=1e-12)
    assert long_run_loss(1.0) == 1.0
    assert long_run_loss(3.0) == -1.0
    for pace, momentum in ((-1.0, 0.0), (math.inf, 0.0), (math.nan, 0.0), (1.0, 1.0)):
        with pytest.raises(ValueError, match="got"):
            long_run_loss(pace, momentum)
