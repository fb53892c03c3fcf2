import math
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdcore.descent import Outcome, descend, iterate, rate_table
from gdcore.descent_theory import limits
from gdcore.losses import ALL_LOSSES, absolute, huber, least_squares, log_cosh, quadratic, quartic, softplus
from gdcore.schedules import cosine, exponential

GRADIENTS = {  # written once more, with plain floats
    "quadratic": lambda t: t,
    "log_cosh": math.tanh,
    "huber": lambda t: max(-1.0, min(1.0, t)),
    "softplus": lambda t: (1 / (1 + math.exp(-t)) if t > -700 else 0.0) - 0.9,
    "quartic": lambda t: 4 * t * t * t,
    "absolute": lambda t: 0.0 if t == 0 else math.copysign(1.0, t),
}
LANDS = np.array([0.5, 0.75, 3.0])


def plain_run(gradient, theta, rates):
    points = [theta]
    for rate in rates:
        theta = theta - rate * gradient(theta)
        points.append(theta)
    return points


def outcomes(loss, start, learning_rates, steps, **options):
    return [outcome.name for outcome in descend(loss, start, learning_rates, steps, **options).outcome]


@pytest.mark.parametrize("name", ALL_LOSSES)
@pytest.mark.parametrize("start", [-2.0, 0.3, 4.0])
def test_the_points_are_those_of_a_plain_python_loop(name, start):
    rates = [0.01, 0.1, 0.7, 1.3]
    run = descend(ALL_LOSSES[name](), start, rates, 12)
    for a, rate in enumerate(rates):
        expected = np.array(plain_run(GRADIENTS[name], start, [rate] * 12))
        near = np.abs(expected) < 1e5  # chaos and overflow magnify rounding
        if near.all() and name != "quartic":
            np.testing.assert_allclose(run.points[:, a], expected, rtol=1e-9, atol=1e-12)
        else:
            np.testing.assert_allclose(run.points[:3, a], expected[:3], rtol=1e-12)


@settings(deadline=None)
@given(st.sampled_from(list(ALL_LOSSES)), st.integers(1, 9), st.integers(1, 6))
def test_every_part_of_the_record_has_its_shape(name, steps, runs):
    loss = ALL_LOSSES[name]()
    run = descend(loss, loss.start, np.linspace(0.01, 3, runs), steps)
    assert run.points.shape == run.excess.shape == (steps + 1, runs)
    assert run.learning_rates.shape == (steps, runs)
    for per_run in (run.outcome, run.reached_at, run.finite_steps, run.crossings, run.first_crossing):
        assert per_run.shape == (runs,)
    np.testing.assert_array_equal(run.excess, loss.excess(run.points))


def test_a_schedule_and_a_table_of_its_values_make_the_same_run():
    schedule = cosine(0.5, 20)
    table = schedule(np.arange(20))[:, np.newaxis]
    by_schedule, by_table = descend(log_cosh(), 2.0, schedule, 20), descend(log_cosh(), 2.0, table, 20)
    np.testing.assert_array_equal(by_schedule.points, by_table.points)
    np.testing.assert_array_equal(by_schedule.learning_rates, table)
    np.testing.assert_allclose(by_table.points[:, 0], plain_run(math.tanh, 2.0, table[:, 0]), rtol=1e-12)


def test_every_run_may_have_its_own_start():
    run = descend(quadratic(), [1.0, -4.0], [0.5, 0.25], 2)
    assert run.points.tolist() == [[1, -4], [0.5, -3], [0.25, -2.25]]


def test_a_bowl_of_two_dimensions_is_descended_with_every_learning_rate_at_once():
    curvatures = np.array([1.0, 10.0])
    points = iterate(lambda theta: curvatures * theta, [[1.0, 1.0]], rate_table([0.1, 0.15], 3))
    assert points.shape == (4, 2, 2)
    for a, rate in enumerate([0.1, 0.15]):
        expected = (1 - rate * curvatures) ** np.arange(4)[:, np.newaxis]
        np.testing.assert_allclose(points[:, a], expected, atol=1e-15)


def test_a_single_step_already_tells_nearer_from_farther():
    assert outcomes(quadratic(), 1.0, [0.1, 1.0, 1.5, 2.0, 2.5], 1) == [
        *["APPROACHING", "REACHED", "APPROACHING", "APPROACHING", "GROWING"]
    ]


def test_two_steps_are_enough_to_see_a_cycle():
    assert outcomes(quadratic(), 1.0, [1.9, 2.0, 2.1], 2) == ["APPROACHING", "CYCLING", "GROWING"]
    assert outcomes(softplus(), -3.0, [400.0], 2) == ["GROWING"]


def test_a_quadratic_shows_every_outcome_but_wandering_around_its_limits():
    rates = [1e-300, 1e-4, 0.5, 1.0, 1.5, 2 - 1e-6, 2.0, 2 + 1e-6, 10.0]
    expected = [*["APPROACHING"] * 2, *["REACHED"] * 3, "APPROACHING", "CYCLING", "GROWING", "OVERFLOWED"]
    assert outcomes(quadratic(), 2.5, rates, 500) == expected


def test_a_run_that_starts_at_the_minimiser_stays_at_rest():
    for make in ALL_LOSSES.values():
        loss = make()
        run = descend(loss, loss.minimiser, [0.1, 5.0], 7)
        assert set(run.outcome) == {Outcome.AT_REST}
        assert (run.points == loss.minimiser).all()
        assert run.reached_at.tolist() == [0, 0]


def test_overflow_is_a_value_in_the_record_and_nothing_is_clipped():
    run = descend(quartic(), 1.5, [0.5, 0.1], 40)
    assert run.outcome[0] is Outcome.OVERFLOWED
    last = int(run.finite_steps[0])
    assert np.isfinite(run.points[: last + 1, 0]).all()
    assert np.isfinite(run.excess[: last + 1, 0]).all()
    assert not np.isfinite(run.excess[last + 1, 0])
    assert np.isnan(run.points[-1, 0])
    assert run.finite_steps[1] == 40


def test_a_point_may_be_finite_when_its_loss_is_not():
    run = descend(quadratic(), 1.0, [11.0], 200)
    assert run.finite_steps.tolist() == [154]  # 10^154 squared is within float64, 10^155 squared is not
    assert np.isfinite(run.points[155, 0])


def test_reached_at_is_the_first_step_within_the_tolerance():
    run = descend(quadratic(), 8.0, [0.5, 1.0, 1.5, 0.001], 20)
    assert run.reached_at.tolist() == [10, 1, 10, -1]  # 2^{-2t} ≤ 1e-6 from t = 10 on
    assert descend(quadratic(), 8.0, [0.5], 20, tolerance=0.3).reached_at.tolist() == [1]


def test_passing_by_the_minimiser_is_not_reaching_it():
    run = descend(absolute(), 3.0, [0.3], 40)
    assert np.abs(run.points[:, 0]).min() < 1e-14
    assert run.outcome.tolist() == [Outcome.CYCLING]
    assert run.reached_at.tolist() == [-1]


def test_a_run_that_lands_exactly_has_reached_the_minimiser_and_rests():
    run = descend(absolute(), 3.0, LANDS, 20)
    assert run.outcome.tolist() == [Outcome.REACHED] * 3
    assert run.reached_at.tolist() == [6, 4, 1]
    assert (run.points[-1] == 0).all()


def test_crossings_count_the_changes_of_side():
    run = descend(quadratic(), 1.0, [0.5, 1.0, 1.5, 2.0, 3.0], 6)
    assert run.crossings.tolist() == [0, 0, 6, 6, 6]
    assert run.first_crossing.tolist() == [-1, -1, 1, 1, 1]
    assert descend(huber(), 3.5, [1.9], 10).first_crossing.tolist() == [2]  # 3.5, 1.6, −0.3


def test_rounding_around_the_minimiser_is_no_change_of_side():
    loss = least_squares([3.0], [100.0])
    run = descend(loss, 0.0, [0.9 / 9, 1.5 / 9], 500)
    assert run.crossings[0] == 0
    assert 40 < run.crossings[1] < 60  # 2^{-50} of the distance is rounding


def test_log_cosh_at_its_limit_shrinks_ever_more_slowly_and_is_no_cycle():
    for steps in (30, 500, 5000):
        assert outcomes(log_cosh(), [0.5, 1.0, 3.0, 3.0], [2.0, 2.0, 2.0, 1.99999], steps) == ["APPROACHING"] * 4
    run = descend(log_cosh(), 1.0, [2.0], 5000)
    assert abs(run.points[-1, 0]) == pytest.approx(math.sqrt(3 / (4 * 5000)), rel=0.01)  # d′ = −⅔d³


@pytest.mark.parametrize("start", [0.01, 0.5, 3.0, 17.0])
def test_log_cosh_above_its_limit_cycles(start):
    assert set(outcomes(log_cosh(), start, [2.05, 2.5, 3.0, 5.0, 8.0], 500)) == {"CYCLING"}


def test_a_cycle_that_hardly_moves_any_more_is_a_cycle_although_it_has_not_settled():
    run = descend(log_cosh(), 3.0, [20.0], 500)
    assert run.outcome.tolist() == [Outcome.CYCLING]
    assert abs(run.points[-1, 0] - run.points[-3, 0]) > 1e-4


def test_alternating_convergence_is_never_taken_for_a_cycle():
    rates = np.concatenate([np.linspace(1.001, 1.9999, 180), 2 - np.logspace(-8, -4, 20)])
    for steps in (2, 3, 5, 6, 7, 8, 9, 12, 30, 500):
        for loss in (quadratic(), log_cosh(), huber()):
            run = descend(loss, 3.0, rates, steps)
            assert not {Outcome.CYCLING, Outcome.WANDERING} & set(run.outcome), (loss.name, steps)


@pytest.mark.parametrize("loss", [quadratic(), log_cosh(), huber(), quartic(), softplus(0.5), softplus(0.9)])
def test_no_way_in_is_taken_for_a_cycle_where_convergence_is_guaranteed(loss):
    for start in loss.minimiser + np.array([-5.7, -4.8, -2.1, -0.4, 1.3, 3.0, 6.0]):
        rates = limits(loss, start).converges * np.linspace(0.4, 0.9999, 120)
        for steps in (3, 4, 5, 6, 7, 8, 9, 12, 20, 30):
            run = descend(loss, start, rates, steps)
            assert Outcome.CYCLING not in set(run.outcome), (start, steps)


def test_creeping_along_a_linear_tail_is_approaching():
    for loss in (log_cosh(), huber(), softplus(), absolute()):
        assert outcomes(loss, 1000.0, [0.1], 30) == ["APPROACHING"]


def test_the_flat_bottom_of_a_quartic_is_approached_and_then_reached():
    assert outcomes(quartic(), 1.5, [0.01], 100) == ["APPROACHING"]
    assert outcomes(quartic(), 1.5, [0.01], 20_000) == ["REACHED"]


def test_a_long_cycle_wanders():
    assert outcomes(softplus(), -3.0, [50.0, 400.0], 500) == ["WANDERING", "WANDERING"]


def test_an_exponential_decay_can_freeze_before_it_arrives():
    run = descend(quadratic(), 1.0, exponential(0.1, 0.5), 100)
    assert run.outcome.tolist() == [Outcome.APPROACHING]
    assert run.points[-1, 0] == run.points[-20, 0] > 0.8


def test_outcomes_carry_one_sentence_each():
    assert all(outcome.value.endswith(".") for outcome in Outcome)
    assert len({outcome.value for outcome in Outcome}) == 7


def test_two_hundred_learning_rates_and_five_hundred_steps_take_milliseconds():
    rates = np.linspace(0.1, 20, 200)
    seconds = []
    for _ in range(3):
        begin = time.process_time()
        descend(log_cosh(), 3.0, rates, 500)
        seconds.append(time.process_time() - begin)
    assert min(seconds) < 0.1  # 8 ms on a free core


@pytest.mark.parametrize(
    "refused",
    [
        lambda: descend(quadratic(), 1.0, [0.1], 0),
        lambda: descend(quadratic(), 1.0, [0.1], 2.5),
        lambda: descend(quadratic(), 1.0, [0.1, 0.0], 3),
        lambda: descend(quadratic(), 1.0, [-0.1], 3),
        lambda: descend(quadratic(), 1.0, [np.nan], 3),
        lambda: descend(quadratic(), 1.0, [np.inf], 3),
        lambda: descend(quadratic(), 1.0, [], 3),
        lambda: descend(quadratic(), 1.0, np.ones((2, 4)), 3),
        lambda: descend(quadratic(), 1.0, -np.ones((3, 4)), 3),
        lambda: descend(quadratic(), [1.0, 2.0], [0.1, 0.2, 0.3], 3),
        lambda: descend(quartic(), 1e80, [0.1], 3),
        lambda: iterate(lambda theta: theta, [1.0, 1.0], rate_table([0.1], 3)),
        lambda: descend(quadratic(), np.nan, [0.1], 3),
        lambda: descend(quadratic(), 1.0, [0.1], 3, tolerance=0.0),
    ],
)
def test_bad_arguments_are_refused_with_the_value(refused):
    with pytest.raises(ValueError, match=r"got .*: "):
        refused()
