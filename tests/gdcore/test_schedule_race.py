import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdcore.losses import least_squares
from gdcore.mini_batch_noise import expected_excess, mini_batch_noise, predicted_floor
from gdcore.samples import car_loss_data
from gdcore.schedule_race import SCHEDULES, Plan, best_constant, is_quiet, race

X, Y, _ = car_loss_data()
LOSS = least_squares(X, Y)
OFFSET = LOSS.start - LOSS.minimiser
SHRINKING = ("step", "exponential", "inverse_time", "cosine")


def run(small=0.01, large=0.5, steps=200, batch=8, runs=5, seed=0):
    return race(X, Y, Plan(small, large, 1.0, steps), batch, runs, rng=np.random.default_rng(seed))


def end_of(noise, rate, steps):
    return float(expected_excess(noise, OFFSET, np.full((steps, 1), rate / noise.curvature))[-1, 0])


@given(st.floats(0.001, 1.0), st.floats(0.01, 2.5), st.integers(2, 1000))
def test_every_schedule_that_shrinks_starts_at_the_large_rate_and_never_grows(small, large, steps):
    schedules = Plan(small, large, 1.0, steps).schedules()
    for name in SHRINKING:
        rates = schedules[name](np.arange(steps))
        assert rates[0] == pytest.approx(large)
        assert (np.diff(rates) <= 1e-12).all()
    warmup = schedules["warmup"](np.arange(steps))
    assert warmup.max() == pytest.approx(large)
    assert 0 < warmup[-1] <= large


def test_the_parameters_are_the_ones_that_the_page_states():
    plan = Plan(0.01, 0.5, 1.0, 200)
    rates = {name: schedule(np.arange(200)) for name, schedule in plan.schedules().items()}
    assert tuple(rates) == SCHEDULES
    assert np.unique(rates["step"]).tolist() == [0.5 / 2**k for k in range(5, -1, -1)]
    assert rates["exponential"][-1] == pytest.approx(0.01)
    assert rates["inverse_time"][10] == pytest.approx(1 / 12)
    assert rates["warmup"].argmax() + 1 == plan.warmup == 16
    in_units = plan.schedules(4.0)["inverse_time"](10.0)
    assert in_units == pytest.approx(1 / 12 / 4)


@pytest.mark.parametrize("steps", [20, 200, 1000])
@pytest.mark.parametrize("batch", [1, 8, 200])
def test_no_constant_is_expected_to_end_lower_than_the_best_one(steps, batch):
    noise = mini_batch_noise(X, Y, batch)
    best = best_constant(noise, OFFSET, steps)
    lowest = end_of(noise, best, steps)
    limit = noise.mean_square_limit * noise.curvature
    rates = np.geomspace(1e-4, 0.999 * limit, 40) / noise.curvature
    assert (expected_excess(noise, OFFSET, np.tile(rates, (steps, 1)))[-1] >= lowest * (1 - 1e-4)).all()
    assert end_of(noise, 1.2 * best, steps) > lowest < end_of(noise, best / 1.2, steps)


def test_without_noise_the_best_constant_is_one_over_lambda_and_needs_one_step():
    record = run(batch=len(X))
    assert not record.settles
    assert record.plan.best == 1.0
    assert record.reached_at[SCHEDULES.index("best")] == 1
    needed = np.where(record.reached_at < 0, np.inf, record.reached_at)
    assert (needed[:-1] > 1).all()


def test_a_perfect_fit_has_no_floor_although_its_batches_differ():
    noise = mini_batch_noise(X, 3 * X, 4)
    assert noise.curvature_variance > 0
    assert is_quiet(noise, -3.0)
    best = best_constant(noise, -3.0, 50)
    assert best == pytest.approx(noise.curvature / noise.effective_curvature, rel=1e-2)
    assert not is_quiet(mini_batch_noise(X, Y, 4), OFFSET)


def test_the_mean_over_many_seeds_is_the_expected_one_within_four_standard_errors():
    races = [run(runs=50, steps=60, seed=seed) for seed in range(40)]
    ends = np.stack([record.mean[-1] for record in races])
    error = ends.std(axis=0, ddof=1) / np.sqrt(len(ends))
    expected = races[0].expected[-1]
    assert (np.abs(ends.mean(axis=0) - expected) <= 4 * error).all()
    assert (error < 0.06 * expected).all()


def test_a_settled_constant_stands_on_its_exact_floor_within_four_standard_errors():
    record = run(large=0.8, batch=2, runs=400)
    late = record.late[1]
    floor = float(predicted_floor(record.noise, record.learning_rates[0, 1]).exact[0])
    error = late.std(ddof=1) / np.sqrt(late.size)
    assert abs(late.mean() - floor) <= 4 * error
    assert error < 0.05 * floor


def test_what_leaves_float64_is_infinite_from_there_on_and_the_step_is_told():
    record = run(large=2.5, steps=1000, batch=len(X), runs=2)
    large = SCHEDULES.index("large")
    left = record.finite_steps[large] + 1
    assert left < 1000
    assert np.isfinite(record.mean[: left - 1, large]).all()  # the sum over the runs is larger than each
    assert np.isinf(record.mean[left:, large]).all()
    assert not np.isnan(record.band).any()


def test_the_same_seed_gives_the_same_race_and_another_one_another():
    first, again, other = run(seed=1), run(seed=1), run(seed=2)
    np.testing.assert_array_equal(first.mean, again.mean)
    assert (first.mean[-1] != other.mean[-1]).all()


def test_what_remains_of_the_distance_is_the_product_of_the_factors():
    record = run(batch=len(X), runs=1, steps=60)
    distance = np.sqrt(record.mean[-1] / record.mean[0])
    np.testing.assert_allclose(record.remaining[[0, 4]], distance[[0, 4]], rtol=1e-9)
