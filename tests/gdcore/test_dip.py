import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdcore.dip import APART, Fate, curvature, descend_into_dip, gradient, landmarks, nudged, value
from gdcore.schedules import constant, cosine, exponential, inverse_time, step_decay


def fates(start, learning_rates, steps=1000):
    return {fate.name for fate in descend_into_dip(start, learning_rates, steps).fate}


def plain_gradient(theta):
    return 0.1 * theta + 0.3 * 2 * (theta - 3) / 0.18 * math.exp(-((theta - 3) ** 2) / 0.18)


def test_the_value_is_that_of_the_formula():
    for theta in (-2.0, 0.0, 2.4, 3.0, 3.7):
        assert value(theta) == pytest.approx(0.05 * theta**2 - 0.3 * math.exp(-((theta - 3) ** 2) / 0.18), rel=1e-14)
    assert value([[0.0, 1.0]]).shape == gradient([[0.0, 1.0]]).shape == curvature([[0.0, 1.0]]).shape == (1, 2)


@given(st.floats(-6, 6))
def test_gradient_and_curvature_are_the_derivatives(theta):
    h = 1e-5
    assert gradient(theta) == pytest.approx((value(theta + h) - value(theta - h)) / (2 * h), abs=1e-8)
    assert curvature(theta) == pytest.approx((gradient(theta + h) - gradient(theta - h)) / (2 * h), abs=1e-7)


def test_the_landmarks_are_those_of_the_theory_and_stationary():
    known = landmarks()
    assert known.shallow == pytest.approx(2.90860, abs=5e-6)
    assert known.barrier == pytest.approx(2.37471, abs=5e-6)
    assert known.shallow_limit == pytest.approx(0.66962, abs=5e-6)
    assert known.deep_limit == pytest.approx(20, rel=1e-12)
    for theta in (known.deep, known.barrier, known.shallow):
        assert gradient(theta - 1e-12) * gradient(theta + 1e-12) < 0  # found to 1e-12
    assert curvature(known.barrier) < 0 < curvature(known.deep) < curvature(known.shallow)
    assert value(known.deep) < value(known.shallow) < value(known.barrier)


def test_the_deep_minimum_is_a_hair_above_0():
    assert landmarks().deep == pytest.approx(0.3 * 2 * 3 / 0.18 * math.exp(-50) / 0.1, rel=1e-9)


def test_there_is_no_other_stationary_point():
    theta = np.linspace(-10, 10, 200_001)
    assert np.count_nonzero(np.diff(np.sign(gradient(theta + 1e-6)))) == 3


@pytest.mark.parametrize("start", [2.5, 3.05, 3.3])
def test_below_its_limit_the_dip_traps(start):
    assert fates(start, np.linspace(0.001, 0.66, 300)) == {"TRAPPED"}


def test_above_its_limit_the_run_rattles_in_the_dip():
    assert fates(3.05, np.linspace(0.68, 1.13, 500)) == {"RATTLES"}
    assert fates(3.3, np.linspace(0.68, 0.98, 500)) == {"RATTLES"}


def test_larger_rates_escape_and_settle_in_the_deep_minimum():
    assert fates(3.05, np.linspace(1.14, 16.4, 2000)) == {"ESCAPED"}
    assert fates(3.3, np.linspace(0.99, 12.7, 2000)) == {"ESCAPED"}


@pytest.mark.parametrize("start", [-3.0, 3.05, 3.3])
def test_too_large_rates_diverge(start):
    assert fates(start, np.linspace(20.1, 40, 300)) == {"DIVERGED"}
    assert fates(start, [1e300]) == {"DIVERGED"}


def test_almost_too_large_rates_leave_and_may_not_settle():
    assert "ESCAPED_UNSETTLED" in fates(3.05, np.linspace(17, 19.9, 500))
    assert fates(3.05, np.linspace(17, 19.9, 500)) == {"ESCAPED", "ESCAPED_UNSETTLED"}
    assert fates(3.05, [5.0], steps=1) == {"ESCAPED_UNSETTLED"}


@pytest.mark.parametrize(
    "schedule", [exponential(18.0, 0.99), cosine(18.0, 500), step_decay(19.0, 0.5, 50), inverse_time(20.0, 1.0)]
)
def test_a_schedule_that_starts_large_and_shrinks_escapes_and_settles(schedule):
    record = descend_into_dip(3.05, schedule, 500)
    assert record.fate.tolist() == [Fate.ESCAPED]
    assert record.points[-1, 0] == pytest.approx(0, abs=1e-12)
    assert record.escaped_at[0] > 0


def test_shrinking_settles_where_the_constant_rate_does_not_and_comes_too_late_from_a_small_one():
    assert fates(3.05, np.linspace(18.6, 19.8, 300), 500) == {"ESCAPED_UNSETTLED"}
    assert fates(3.05, constant(19.0), 500) == {"ESCAPED_UNSETTLED"}
    assert fates(3.05, exponential(19.0, 0.98), 500) == {"ESCAPED"}
    assert fates(3.05, constant(0.9), 500) == {"RATTLES"}
    assert fates(3.05, exponential(0.9, 0.98), 500) == {"TRAPPED"}


@settings(deadline=None, max_examples=50)
@given(st.floats(-5, 5), st.floats(0.001, 19))
def test_the_points_are_those_of_a_plain_python_loop(start, rate):
    points = descend_into_dip(start, [rate], 4).points[:, 0]
    theta = start
    for t in range(4):
        theta -= rate * plain_gradient(theta)
        assert points[t + 1] == pytest.approx(theta, rel=1e-6, abs=1e-9)


def test_the_record_tells_when_and_where_a_run_ends():
    record = descend_into_dip(3.05, [0.3, 0.9, 2.0, 30.0], 600)
    assert [fate.name for fate in record.fate] == ["TRAPPED", "RATTLES", "ESCAPED", "DIVERGED"]
    assert record.points.shape == record.values.shape == (601, 4)
    assert record.in_dip[:3].tolist() == [True, True, False]
    assert record.escaped_at[:2].tolist() == [-1, -1]
    at = int(record.escaped_at[2])
    assert (record.points[at:, 2] < landmarks().barrier).all()
    assert record.points[at - 1, 2] > landmarks().barrier
    assert record.finite_steps[:3].tolist() == [600] * 3
    last = int(record.finite_steps[3])
    assert np.isfinite(record.values[: last + 1, 3]).all()
    assert not np.isfinite(record.values[last + 1, 3])


def test_a_run_on_its_way_is_not_rattling():
    assert fates(3.05, [1e-4], 40) == {"TRAPPED"}
    assert fates(-3.0, [1e-2], 40) == {"ESCAPED"}
    assert fates(10.0, [1e-3], 40) == {"TRAPPED"}
    assert fates(3.05, [0.3], 1) == {"TRAPPED"}


def test_turning_round_in_the_bowl_without_settling_is_said():
    assert fates(2.0, [19.99], 100) == {"ESCAPED_UNSETTLED"}
    assert fates(2.0, [19.99], 20_000) == {"ESCAPED"}
    assert fates(2.0, [20.5], 2000) == {"ESCAPED_UNSETTLED"}  # thrown back by the dip, for ever


def test_growth_within_float64_is_divergence_and_a_start_far_out_is_not():
    assert fates(3.05, [20.5], 400) == {"DIVERGED"}
    assert np.isfinite(descend_into_dip(3.05, [20.5], 400).points).all()
    assert fates(100.0, [0.01], 50) == {"TRAPPED"}
    assert descend_into_dip(-1.0, [0.5], 5).escaped_at.tolist() == [0]


@pytest.mark.parametrize(
    "refused",
    [
        lambda: descend_into_dip(np.nan, [0.1], 5),
        lambda: descend_into_dip(1e200, [0.1], 5),
        lambda: descend_into_dip([1.0, 2.0], [0.1], 5),
        lambda: descend_into_dip(1.0, [-0.1], 5),
        lambda: descend_into_dip(1.0, [0.1], 0),
    ],
)
def test_bad_arguments_are_refused_with_the_value(refused):
    with pytest.raises(ValueError, match=r"got .*: "):
        refused()


def test_every_pass_over_the_barrier_is_counted():
    record = descend_into_dip(3.05, [0.3, 2.0, 17.4, 19.0], 100)
    barrier = landmarks().barrier
    for run, count in enumerate(record.crossings.tolist()):
        sides = [point > barrier for point in record.points[:, run]]
        assert count == sum(a != b for a, b in itertools.pairwise(sides))
    assert record.crossings.tolist()[:2] == [0, 1]
    assert record.crossings[3] > 1


def test_a_run_beyond_float64_passes_the_barrier_no_more():
    record = descend_into_dip(3.05, [1e3], 400)
    assert not np.isfinite(record.points[-1, 0])
    assert record.crossings[0] == np.isfinite(record.points[:, 0]).sum() - 1  # it jumps across at every step


def test_only_where_the_run_is_chaotic_does_a_thousandth_of_the_learning_rate_decide():
    calm = nudged(descend_into_dip(3.05, [0.05, 0.3, 0.64, 1.5, 5.0, 16.0, 25.0, 40.0], 60))
    assert not calm.fate.any()
    assert not calm.place.any()
    rattling = nudged(descend_into_dip(3.05, [1.0, 1.05, 1.1], 60))
    assert not rattling.fate.any()
    assert rattling.place.all()
    edge = nudged(descend_into_dip(3.05, np.linspace(1.138, 1.146, 9), 60))
    assert edge.fate.any()
    assert (edge.place | ~edge.fate).all()


def test_nudged_runs_are_those_of_nudged_learning_rates():
    rates = np.geomspace(0.05, 40, 200)
    record, found = descend_into_dip(3.05, rates, 60), nudged(descend_into_dip(3.05, rates, 60))
    for factor in (0.999, 1.001):
        other = descend_into_dip(3.05, factor * rates, 60)
        finite = (record.fate != Fate.DIVERGED) | (other.fate != Fate.DIVERGED)
        moved = np.abs(other.points[-1] - record.points[-1]) > APART
        assert found.place[finite & moved].all()
        assert found.fate[finite & moved & (other.fate != record.fate)].all()
    assert 0 < np.count_nonzero(found.fate) < np.count_nonzero(found.place) < 40
