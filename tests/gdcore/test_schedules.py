import numpy as np
import pytest

from gdcore.schedules import ALL_SCHEDULES, constant, cosine, exponential, inverse_time, step_decay, warmup_cosine

EXAMPLES = {
    "constant": constant(0.5),
    "step_decay": step_decay(0.5, 0.1, 10),
    "exponential": exponential(0.5, 0.9),
    "inverse_time": inverse_time(2.0, 4.0),
    "cosine": cosine(0.5, 40, 0.05),
    "warmup_cosine": warmup_cosine(0.5, 5, 40, 0.05),
}
every_schedule = pytest.mark.parametrize("schedule", EXAMPLES.values(), ids=EXAMPLES.keys())


def test_there_is_an_example_of_every_schedule():
    assert set(EXAMPLES) == set(ALL_SCHEDULES)


@every_schedule
def test_a_schedule_takes_one_step_or_an_array_and_keeps_its_shape(schedule):
    table = schedule(np.arange(60).reshape(6, 10))
    assert table.shape == (6, 10)
    assert table.dtype == np.float64
    assert np.shape(schedule(3)) == ()
    assert [float(schedule(t)) for t in range(60)] == pytest.approx(table.ravel(), rel=1e-14)


@every_schedule
def test_learning_rates_are_positive_never_above_the_given_one_and_fall_after_the_warm_up(schedule):
    rates = schedule(np.arange(5, 100))
    assert (rates > 0).all()
    assert rates.max() <= 0.5
    assert (np.diff(rates) <= 0).all()


@every_schedule
def test_a_step_before_the_first_is_refused(schedule):
    with pytest.raises(ValueError, match="count from 0"):
        schedule([-1, 0])


def test_hand_values():
    assert EXAMPLES["step_decay"]([0, 9, 10, 20]) == pytest.approx([0.5, 0.5, 0.05, 0.005])
    assert exponential(1.0, 0.5)(np.arange(4)).tolist() == [1, 0.5, 0.25, 0.125]
    assert inverse_time(2.0, 4.0)([0, 4]).tolist() == [0.5, 0.25]
    assert cosine(1.0, 4)(np.arange(6)) == pytest.approx([1, (2 + 2**0.5) / 4, 0.5, (2 - 2**0.5) / 4, 0, 0], abs=1e-15)
    assert warmup_cosine(1.0, 4, 8)([0, 1, 2, 3, 4, 6, 8]) == pytest.approx([0.25, 0.5, 0.75, 1, 1, 0.5, 0], abs=1e-15)


def test_the_cosine_ends_at_its_final_learning_rate_and_stays_there():
    assert cosine(0.5, 40, 0.05)([0, 40, 1000]) == pytest.approx([0.5, 0.05, 0.05], rel=1e-12)


def test_all_steps_of_an_exponential_decay_together_are_bounded():
    assert exponential(0.5, 0.9)(np.arange(1000)).sum() == pytest.approx(0.5 / (1 - 0.9))


@pytest.mark.parametrize(
    "refused",
    [
        lambda: constant(0.0),
        lambda: constant(np.inf),
        lambda: step_decay(0.1, 0.0, 3),
        lambda: step_decay(0.1, 1.5, 3),
        lambda: step_decay(0.1, 0.5, 0),
        lambda: step_decay(0.1, 0.5, 2.5),
        lambda: exponential(0.1, 1.01),
        lambda: exponential(-0.1, 0.9),
        lambda: inverse_time(0.0, 1.0),
        lambda: inverse_time(1.0, 0.0),
        lambda: cosine(0.1, 0),
        lambda: cosine(0.1, 10, 0.2),
        lambda: warmup_cosine(0.1, 10, 10),
        lambda: warmup_cosine(0.1, -1, 10),
        lambda: warmup_cosine(np.nan, 1, 10),
    ],
)
def test_bad_arguments_are_refused_with_the_value(refused):
    with pytest.raises(ValueError, match=r"got .*: it must"):
        refused()
