import math
from typing import get_type_hints

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdcore import cycles
from gdcore.descent import Outcome, descend
from gdcore.descent_theory import Limits, Regime, limits, predict
from gdcore.losses import ALL_LOSSES, absolute, huber, least_squares, log_cosh, quadratic, quartic, softplus
from gdcore.rates import contraction

LOSSES = {
    **{name: make() for name, make in ALL_LOSSES.items()},
    "quadratic λ = 0.1": quadratic(0.1),
    "huber δ = 0.3": huber(0.3),
    "softplus p = 0.5": softplus(0.5),
    "softplus p = 0.02": softplus(0.02),
    "least_squares": least_squares([1.0, 2.0, 4.0], [3.0, 1.0, 5.0]),
}
every_loss = pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES.keys())
AROUND = (0.1, 0.5, 0.9, 0.999, 1.0, 1.001, 1.05, 1.6, 3.0)

EXPECTED_OUTCOMES = {
    Regime.AT_REST: {Outcome.AT_REST},
    Regime.ONE_SIDED: {Outcome.REACHED, Outcome.APPROACHING},
    Regime.ONE_STEP: {Outcome.REACHED},
    Regime.CHANGES_SIDES: {Outcome.REACHED, Outcome.APPROACHING},
    Regime.CYCLES: {Outcome.CYCLING, Outcome.WANDERING},
    Regime.DIVERGES: {Outcome.OVERFLOWED, Outcome.GROWING},
    Regime.UNDECIDED: {Outcome.REACHED, Outcome.APPROACHING, Outcome.CYCLING, Outcome.WANDERING},
}


def around_every_limit(loss, start):
    known = limits(loss, start)
    marks = {known.one_sided, known.converges, known.local, loss.learning_rate}
    return sorted({mark * factor for mark in marks if 0 < mark < math.inf for factor in AROUND})


@every_loss
@pytest.mark.parametrize("offset", [0.0, 0.07, -0.8, 2.3, -6.0])
def test_a_long_run_does_what_theory_expects(loss, offset):
    start = loss.minimiser + offset
    rates = around_every_limit(loss, start)
    run = descend(loss, start, rates, 8000)
    for a, rate in enumerate(rates):
        expected = predict(loss, start, rate)
        if loss.name == "quartic" and expected.regime is Regime.CYCLES:
            continue  # exact arithmetic only: see its own test
        case = (loss.name, start, rate, expected, run.outcome[a])
        assert run.outcome[a] in EXPECTED_OUTCOMES[expected.regime], case
        if expected.regime is Regime.ONE_SIDED:
            assert run.crossings[a] == 0, case
        if expected.regime is Regime.ONE_STEP:
            assert run.reached_at[a] == 1, case
        if expected.cycle:
            assert sorted(run.points[-2:, a]) == pytest.approx(sorted(expected.cycle), rel=1e-4, abs=1e-9), case
            assert (expected.cycle[0] - loss.minimiser) * offset > 0, case


@settings(deadline=None)
@given(st.sampled_from(list(LOSSES)), st.floats(-20, 20), st.floats(1e-3, 0.999))
def test_below_the_guaranteed_limit_the_distance_shrinks_at_every_step(name, offset, fraction):
    loss = LOSSES[name]
    start = loss.minimiser + offset
    rate = limits(loss, start).converges * fraction
    if not 0 < rate < math.inf or abs(offset) < 1e-6:
        return
    distance = np.abs(descend(loss, start, rate, 40).points[:, 0] - loss.minimiser)
    assert (np.diff(distance) <= 1e-14 * (1 + abs(start))).all()
    assert distance[1] < distance[0]


@settings(deadline=None)
@given(st.sampled_from(list(LOSSES)), st.floats(-20, 20), st.floats(1e-3, 0.999))
def test_below_the_one_sided_limit_no_run_changes_sides(name, offset, fraction):
    loss = LOSSES[name]
    start = loss.minimiser + offset
    rate = limits(loss, start).one_sided * fraction
    if not 0 < rate < math.inf or abs(offset) < 1e-6:
        return
    offsets = descend(loss, start, rate, 40).points[:, 0] - loss.minimiser
    assert (offsets * math.copysign(1, offset) >= -1e-14 * (1 + abs(start))).all()


@every_loss
@pytest.mark.parametrize("offset", [0.3, -1.7])
def test_just_above_the_guaranteed_limit_a_distance_does_grow_somewhere_within_reach(loss, offset):
    known = limits(loss, loss.minimiser + offset)
    if known.converges > 0:
        starts = loss.minimiser + np.linspace(-abs(offset), abs(offset), 2001)
        run = descend(loss, starts, np.full(2001, known.converges * 1.01), 1)
        assert (np.abs(run.points[1] - loss.minimiser) > np.abs(run.points[0] - loss.minimiser)).any()


def test_the_limits_of_the_quadratic_are_one_and_two_over_the_curvature():
    known = limits(quadratic(4.0), 3.0)
    assert known == Limits(one_sided=0.25, converges=0.5, local=0.5, depends_on_start=False)


def test_softplus_is_safe_below_8_and_locally_stable_below_22():
    loss = softplus(0.9)
    everywhere = limits(loss, -300.0)
    assert everywhere.local == pytest.approx(200 / 9)
    assert everywhere.converges > 8  # 2/L: mean curvature stays below the largest one
    assert everywhere.depends_on_start
    assert predict(loss, -3.0, 7.99).regime is Regime.CHANGES_SIDES
    assert predict(loss, -3.0, 15.0).regime is Regime.UNDECIDED
    assert predict(loss, -3.0, 22.3).regime is Regime.CYCLES
    assert not limits(softplus(0.5), 3.0).depends_on_start


def test_the_guarantee_looks_at_both_sides_of_the_minimiser():
    loss = softplus(0.9)
    flat, steep = limits(loss, loss.minimiser + 1), limits(loss, loss.minimiser - 1)
    assert flat.converges == steep.converges < flat.local
    assert flat.one_sided == pytest.approx(1 / 0.09)  # on the way from the flat side c is largest at the end
    points = descend(loss, loss.minimiser + 1, [0.99 * flat.local], 5).points[:, 0]
    assert (np.diff(np.abs(points - loss.minimiser)) > 0).any()  # stable near θ*, yet not every step comes nearer


def test_the_limit_of_the_quartic_depends_on_the_start_and_its_minimiser_has_none():
    known = limits(quartic(), 2.0)
    assert known == Limits(one_sided=1 / 16, converges=1 / 8, local=math.inf, depends_on_start=True)
    for start in (0.5, -1.5, 10.0):
        edge = 2 / (4 * start**2)
        regimes = [predict(quartic(), start, edge * k).regime for k in (0.25, 0.5, 0.75, 1, 1.001)]
        assert [regime.name for regime in regimes] == ["ONE_SIDED", "ONE_STEP", "CHANGES_SIDES", "CYCLES", "DIVERGES"]


def test_the_cycle_of_the_quartic_is_unstable():
    assert predict(quartic(), 1.5, 2 / 9).cycle == (1.5, -1.5)
    start = 1.3
    edge = 2 / (4 * start**2)
    points = descend(quartic(), start, [edge * (1 + 1e-12)], 6).points[:, 0]
    gap = np.abs(np.abs(points) - start)
    np.testing.assert_allclose(gap[3:] / gap[2:-1], 5, rtol=0.3)


def test_the_absolute_value_converges_only_where_it_lands_exactly():
    known = limits(absolute(), 3.0)
    assert known == Limits(one_sided=0, converges=0, local=0, depends_on_start=False)
    assert predict(absolute(), 3.0, 0.7).cycle == pytest.approx((0.2, -0.5))
    assert predict(absolute(), -3.0, 0.7).cycle == pytest.approx((-0.2, 0.5))
    assert predict(absolute(), 3.0, 5.0).cycle == (3, -2)
    assert predict(absolute(), 3.0, 3.0).regime is Regime.ONE_STEP
    assert predict(absolute(), 3.0, 0.5).regime is Regime.ONE_SIDED
    assert predict(absolute(), 3.0, 0.5).contraction == -math.inf


@settings(deadline=None)
@given(st.floats(0.05, 9), st.floats(0.01, 4))
def test_the_cycle_of_the_absolute_value_is_the_one_that_the_run_ends_in(start, rate):
    run = descend(absolute(), start, [rate], math.ceil(start / rate) + 3)
    cycle = predict(absolute(), start, rate).cycle
    if cycle is None:
        assert run.points[-1, 0] == 0
    else:
        assert sorted(run.points[-2:, 0]) == pytest.approx(sorted(cycle), rel=1e-12, abs=1e-14)
        assert cycle[0] - cycle[1] == pytest.approx(rate, rel=1e-9)


def test_a_tail_too_long_to_be_replayed_ends_in_the_remainder(monkeypatch):
    replayed = predict(absolute(), 100.0, 0.0703).cycle, predict(huber(), 100.0, 3.1).cycle
    monkeypatch.setattr(cycles, "REPLAYED", 3)
    remainders = predict(absolute(), 100.0, 0.0703).cycle, predict(huber(), 100.0, 3.1).cycle
    for known, remainder in zip(replayed, remainders, strict=True):
        assert remainder == pytest.approx(known, rel=1e-9)
    assert predict(absolute(), 100.0, 0.5).regime is Regime.ONE_SIDED


@settings(deadline=None)
@given(st.floats(-9, 9), st.floats(2.05, 9), st.sampled_from([0.3, 1.0, 4.0]))
def test_the_cycle_of_huber_is_the_one_that_the_run_ends_in(start, rate, threshold):
    loss = huber(threshold)
    if abs(start) < 1e-3:
        return
    run = descend(loss, start, [rate], 800)
    expected = predict(loss, start, rate)
    if expected.cycle is None:
        assert run.points[-1, 0] == 0
    else:
        assert sorted(run.points[-2:, 0]) == pytest.approx(sorted(expected.cycle), rel=1e-6)


@pytest.mark.parametrize(("start", "ends"), [(0.4, 0.4), (-0.4, -0.4), (3.0, 1.0), (2.5, 0.5), (-7.3, -0.7)])
def test_huber_at_its_limit_turns_round_where_the_tail_left_it(start, ends):
    expected = predict(huber(), start, 2.0)
    assert expected.regime is Regime.CYCLES
    assert np.abs(expected.cycle) == pytest.approx([abs(ends)] * 2)
    last = descend(huber(), start, [2.0], 60).points[-2:, 0]
    assert sorted(last) == pytest.approx(sorted(expected.cycle), rel=1e-9)


def test_huber_that_lands_from_its_tail_converges():
    assert predict(huber(), 6.0, 3.0).regime is Regime.ONE_SIDED
    assert descend(huber(), 6.0, [3.0], 5).outcome.tolist() == [Outcome.REACHED]


def test_log_cosh_at_two_and_a_half_cycles_between_plus_and_minus_088801():
    a, b = predict(log_cosh(), 3.0, 2.5).cycle
    assert (a, b) == (pytest.approx(0.88801, abs=5e-6), -a)
    assert 2 * a == pytest.approx(2.5 * math.tanh(a), rel=1e-14)
    assert sorted(descend(log_cosh(), 3.0, [2.5], 500).points[-2:, 0]) == pytest.approx([-a, a], rel=1e-9)


def test_log_cosh_at_its_limit_still_converges():
    assert predict(log_cosh(), 3.0, 2.0).regime is Regime.CHANGES_SIDES
    assert predict(log_cosh(), 3.0, 2.0).contraction == -1
    assert predict(log_cosh(), 3.0, 2 * (1 + 1e-10)).regime is Regime.CHANGES_SIDES
    assert predict(log_cosh(), 3.0, 2 * (1 + 1e-8)).regime is Regime.CYCLES


def test_where_the_minimiser_repels_a_landing_must_be_exact_to_count():
    rate = 3.0 / math.tanh(3.0)
    assert predict(log_cosh(), 3.0, rate * (1 + 1e-10)).regime is Regime.CYCLES
    assert predict(log_cosh(), 0.5, 0.5 / math.tanh(0.5)).regime is Regime.ONE_STEP


@pytest.mark.parametrize("factor", [1 - 1e-10, 1, 1 + 1e-10])
def test_a_learning_rate_within_rounding_of_a_limit_is_the_limit(factor):
    for curvature in (0.1, 1.0, 3.0, 1 / 7):
        for start in (0.3, -2.7):
            loss = quadratic(curvature)
            assert predict(loss, start, factor / curvature).regime is Regime.ONE_STEP
            assert predict(loss, start, 2 * factor / curvature).regime is Regime.CYCLES


@every_loss
def test_the_contraction_is_that_of_the_curvature_at_the_minimiser(loss):
    assert predict(loss, loss.start, 0.3).contraction == contraction(loss.curvature_at_minimum, 0.3)
    assert predict(loss, loss.minimiser, 0.3).regime is Regime.AT_REST


def test_regimes_carry_one_sentence_each():
    assert len({regime.value for regime in Regime}) == len(Regime) == 7
    assert set(get_type_hints(Limits)) == {"one_sided", "converges", "local", "depends_on_start"}


@pytest.mark.parametrize(
    "refused",
    [
        lambda: predict(quadratic(), 1.0, 0.0),
        lambda: predict(quadratic(), 1.0, math.nan),
        lambda: predict(quadratic(), 1.0, math.inf),
        lambda: limits(quadratic(), math.inf),
    ],
)
def test_bad_arguments_are_refused_with_the_value(refused):
    with pytest.raises(ValueError, match=r"got .*: "):
        refused()
