import time
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdcore import stochastic_descent
from gdcore.descent import Outcome, descend
from gdcore.losses import least_squares
from gdcore.mini_batch_noise import expected_excess, mini_batch_noise, predicted_floor
from gdcore.samples import car_loss_data
from gdcore.schedules import constant, cosine, exponential, inverse_time, step_decay, warmup_cosine
from gdcore.stochastic_descent import NoisyOutcome, batch_means, descend_on_batches

X, Y, _ = car_loss_data()
LOSS = least_squares(X, Y)
RATE = 1 / LOSS.curvature_at_minimum


def seven(steps):
    return [
        constant(0.05 * RATE),
        constant(0.9 * RATE),
        step_decay(0.9 * RATE, 0.5, steps // 5 + 1),
        exponential(0.9 * RATE, 0.98),
        inverse_time(RATE, 2.0),
        cosine(0.9 * RATE, steps),
        warmup_cosine(0.9 * RATE, steps // 10, steps),
    ]


def run(schedules, steps=60, batch=8, runs=5, seed=0, start=0.0, **options):
    rng = np.random.default_rng(seed)
    return descend_on_batches(X, Y, start, schedules, steps, batch, runs, rng=rng, **options)


@pytest.mark.parametrize("start", [0.0, 60.0])
def test_the_full_batch_is_gradient_descent_digit_by_digit(start):
    noisy = run([*seven(80), constant(2.5 * RATE)], steps=80, batch=400, runs=3, start=start)
    for s, schedule in enumerate([*seven(80), constant(2.5 * RATE)]):
        plain = descend(LOSS, start, schedule, 80)
        for r in range(3):
            np.testing.assert_array_equal(noisy.points[:, s, r], plain.points[:, 0])
            np.testing.assert_array_equal(noisy.excess[:, s, r], plain.excess[:, 0])
        np.testing.assert_array_equal(noisy.learning_rates[:, s], plain.learning_rates[:, 0])
        assert noisy.reached_at[s] == plain.reached_at[0]
        assert (noisy.outcome[s] is NoisyOutcome.REACHED) == (plain.outcome[0] is Outcome.REACHED)


def test_the_full_batch_overflows_as_gradient_descent_does():
    noisy = run([constant(30 * RATE)], steps=400, batch=400, runs=2)
    plain = descend(LOSS, 0.0, constant(30 * RATE), 400)
    np.testing.assert_array_equal(noisy.points[:, 0, 1], plain.points[:, 0])
    assert noisy.finite_steps.tolist() == plain.finite_steps.tolist()
    assert noisy.outcome.tolist() == [NoisyOutcome.OVERFLOWED]


def test_a_step_follows_the_gradient_of_some_mini_batch():
    x, y = X[:6], Y[:6]
    record = descend_on_batches(x, y, 2.0, [constant(0.03)], 40, 2, 1, rng=np.random.default_rng(3))
    points = record.points[:, 0, 0]
    seen = set()
    for before, after in pairwise(points):
        landings = {
            rows: before - 0.03 * sum(x[j] * (before * x[j] - y[j]) for j in rows) / 2
            for rows in combinations(range(6), 2)
        }
        rows = min(landings, key=lambda rows: abs(landings[rows] - after))
        assert landings[rows] == pytest.approx(after, rel=1e-12)
        seen.add(rows)
    assert len(seen) > 10


@pytest.mark.parametrize("batch", [1, 2, 4, 5])
def test_every_batch_is_drawn_equally_often(batch):
    count, powers = 30_000, np.array([[1.0], [2.0], [4.0], [8.0], [16.0], [32.0]])
    means = batch_means(powers - powers.mean(), batch, count, rng=np.random.default_rng(batch))
    sums, times = np.unique(np.rint((means[:, 0] + powers.mean()) * batch), return_counts=True)
    assert sums.tolist() == sorted(sum(2**j for j in rows) for rows in combinations(range(6), batch))
    assert times == pytest.approx(count / len(sums), abs=5 * np.sqrt(count / len(sums)))


def test_batches_are_alike_and_independent_however_many_decks_there_are(monkeypatch):
    monkeypatch.setattr(stochastic_descent, "DECK", 0)  # 64 decks, each shuffled over and over
    terms = np.arange(5.0)[:, np.newaxis] - 2
    means = batch_means(terms, 2, 64 * 400 - 7, rng=np.random.default_rng(1))[:, 0]
    assert means.var() == pytest.approx(2.0 / 2 * 3 / 4, rel=0.03)
    assert np.mean(means[64:] * means[:-64]) == pytest.approx(0, abs=0.02)


def test_every_schedule_sees_the_same_batches():
    record = run([constant(0.1 * RATE), constant(0.1 * RATE), constant(0.05 * RATE)])
    np.testing.assert_array_equal(record.points[:, 0], record.points[:, 1])
    alone = run([constant(0.05 * RATE)])
    np.testing.assert_array_equal(record.points[:, 2], alone.points[:, 0])
    assert len(np.unique(record.points[-1, 0])) == 5


def test_the_same_seed_makes_the_same_run_and_another_seed_another():
    first, again, other = (run(seven(60), seed=seed) for seed in (4, 4, 5))
    np.testing.assert_array_equal(first.points, again.points)
    assert (first.points[1:] != other.points[1:]).any()


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 12), st.sampled_from([1, 7, 200, 399, 400]), st.integers(1, 4), st.integers(1, 3))
def test_every_part_of_the_record_has_its_shape(steps, batch, runs, count):
    record = run(seven(steps)[:count], steps, batch, runs)
    assert record.points.shape == record.excess.shape == (steps + 1, count, runs)
    assert record.learning_rates.shape == (steps, count)
    assert record.mean.shape == (steps + 1, count)
    assert record.band.shape == (2, steps + 1, count)
    for per_schedule in (record.outcome, record.reached_at, record.finite_steps):
        assert per_schedule.shape == (count,)
    np.testing.assert_allclose(record.mean, record.excess.mean(axis=2))
    assert (record.band[0] <= record.band[1]).all()
    np.testing.assert_array_equal(record.excess, LOSS.excess(record.points))


def test_the_band_holds_its_share_of_the_runs():
    record = run([constant(0.2 * RATE)], runs=101, quantiles=(0.1, 0.9))
    inside = (record.excess > record.band[0][..., None]) & (record.excess < record.band[1][..., None])
    assert set(inside.sum(axis=2)[1:, 0]) == {79}


@pytest.mark.parametrize("batch", [1, 8, 300])
def test_runs_settle_on_the_predicted_floor(batch):
    noise = mini_batch_noise(X, Y, batch)
    rates = noise.mean_square_limit * np.array([0.1, 0.3, 0.5])
    record = run([constant(rate) for rate in rates], steps=400, batch=batch, runs=300, start=LOSS.minimiser)
    measured = record.mean[100:].mean(axis=0)
    np.testing.assert_allclose(measured, predicted_floor(noise, rates).exact, rtol=0.06)


def test_with_single_samples_the_simple_floor_is_visibly_too_low():
    noise = mini_batch_noise(X, Y, 1)
    rate = 0.6 * noise.mean_square_limit
    measured = run([constant(rate)], 400, batch=1, runs=300).mean[100:].mean()
    floor = predicted_floor(noise, rate)
    assert measured == pytest.approx(floor.exact[0], rel=0.06)
    assert measured > 1.2 * floor.simple[0]


def test_the_mean_over_many_seeds_is_the_expected_curve():
    record = run(seven(60), batch=8, runs=3000)
    expected = expected_excess(mini_batch_noise(X, Y, 8), -LOSS.minimiser, record.learning_rates)
    np.testing.assert_allclose(record.mean, expected, rtol=0.12)


def test_with_noise_a_decay_beats_the_constant_rates_and_without_noise_the_best_constant_wins():
    schedules = [constant(0.02 * RATE), constant(RATE), inverse_time(RATE, 1.0), cosine(RATE, 200)]
    with_noise = run(schedules, 200, batch=8, runs=50).mean[-1]
    assert max(with_noise[2:]) < 0.3 * min(with_noise[:2])
    without = run(schedules, 200, batch=400, runs=1).mean
    assert without[1, 1] < 1e-20 * without[0, 1]
    assert without[1, 1] <= without[1].min()


def test_the_outcome_says_what_the_mean_did():
    schedules = [constant(0.001 * RATE), constant(0.5 * RATE), constant(2.1 * RATE)]
    assert [o.name for o in run(schedules, 200).outcome] == ["LOWER", "LOWER", "NOT_LOWER"]
    assert run([constant(0.5 * RATE)], start=LOSS.minimiser).outcome.tolist() == [NoisyOutcome.NOT_LOWER]
    rest = run([constant(0.5 * RATE)], batch=400, start=LOSS.minimiser)
    assert (rest.outcome.tolist(), rest.reached_at.tolist()) == ([NoisyOutcome.AT_REST], [0])
    assert run([constant(0.5 * RATE)], steps=1).outcome.tolist() == [NoisyOutcome.LOWER]


def test_reached_means_that_every_run_stays_within_the_tolerance():
    record = run([cosine(0.3 * RATE, 60)], 60, batch=300, runs=20, tolerance=1e-5)
    at = int(record.reached_at[0])
    within = record.excess[:, 0] <= 1e-5 * record.excess[0, 0]
    assert record.outcome.tolist() == [NoisyOutcome.REACHED]
    assert within[at:].all()
    assert not within[at - 1].all()
    assert within[at - 1].any()


def test_overflow_is_a_value_and_the_other_schedules_are_not_touched():
    record = run([constant(1e3 * RATE), constant(0.5 * RATE)], steps=200)
    assert [o.name for o in record.outcome] == ["OVERFLOWED", "LOWER"]
    last = int(record.finite_steps[0])
    assert 40 < last < 60
    assert np.isfinite(record.excess[: last + 1, 0]).all()
    assert not np.isfinite(record.excess[last + 1, 0]).all()
    assert record.finite_steps[1] == 200


def test_seven_schedules_with_fifty_runs_of_500_steps_take_less_than_a_moment():
    taken = []
    for _ in range(3):
        before = time.perf_counter()
        run(seven(500), 500, batch=32, runs=50)
        taken.append(time.perf_counter() - before)
    assert min(taken) < 0.3


@pytest.mark.parametrize(
    "refused",
    [
        lambda: run(seven(60), batch=0),
        lambda: run(seven(60), batch=401),
        lambda: run(seven(60), runs=0),
        lambda: run([]),
        lambda: run(seven(60), steps=0),
        lambda: run(seven(60), start=np.inf),
        lambda: run(seven(60), start=1e200),
        lambda: run(seven(60), tolerance=1.0),
        lambda: run(seven(60), quantiles=(0.9, 0.1)),
        lambda: run([lambda t: -np.ones_like(t)]),
    ],
)
def test_bad_arguments_are_refused_with_the_value(refused):
    with pytest.raises(ValueError, match=r"got .*: "):
        refused()
