from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pytest

from gdcore.initialisers import INITIALISERS
from gdcore.network import initialise
from gdcore.training import PLAIN_INITIALISERS, PLAIN_SCHEDULES, History, Plan, Training, first_network
from gdcore.training_pass import Real, TrainingPass

PLAN = Plan(
    depth=3,
    width=16,
    activation="relu",
    initialiser="he",
    gain=1.0,
    learning_rate=0.1,
    schedule="constant",
    batch=64,
    epochs=2,
    batch_norm=False,
    seed=0,
)


def done(training: Training, slice_: float = 60.0) -> Training:
    while not training.finished:
        training.advance(slice_)
    return training


def trained(**changes: Any) -> Training:
    return done(Training(replace(PLAN, **changes)))


def arrays(history: History) -> dict[str, Any]:
    return asdict(history)


def test_relu_with_he_weights_reads_more_than_nine_in_ten_unseen_digits_through_ten_layers() -> None:
    history = trained(depth=10, width=64, epochs=10, learning_rate=0.05).history
    assert history.held_out_accuracy[-1] > 0.9
    assert history.train_loss[-1] < 0.2 * history.train_loss[0]


def test_twenty_sigmoid_layers_learn_nothing_and_with_batch_norm_they_do() -> None:
    sigmoid: dict[str, Any] = {"depth": 20, "width": 32, "activation": "sigmoid", "initialiser": "lecun", "epochs": 5}
    without, normalised = (trained(**sigmoid, batch_norm=norm).history for norm in (False, True))
    assert without.train_loss[-1] > 0.98 * np.log(10.0)
    assert without.held_out_accuracy[-1] < 0.2
    assert normalised.held_out_accuracy[-1] > 0.8


@pytest.mark.parametrize("batch_norm", [False, True])
def test_the_same_seed_gives_the_same_numbers_however_the_time_is_sliced(batch_norm: bool) -> None:
    plan = replace(PLAN, batch_norm=batch_norm)
    whole, slices = done(Training(plan)).history, done(Training(plan), 0.0).history
    for name, numbers in arrays(whole).items():
        np.testing.assert_array_equal(numbers, arrays(slices)[name])
    other = done(Training(replace(plan, seed=1))).history
    assert (other.batch_loss != whole.batch_loss).all()


def steps_of(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> list[tuple[Real, Real, Real, float]]:
    """Weights of the second layer, images, targets and learning rate of every update."""
    steps: list[tuple[Real, Real, Real, float]] = []
    original = TrainingPass.step

    def recorded(self: TrainingPass, X: Real, T: Real, learning_rate: float) -> float:
        steps.append((self.parameters.layers[1][:, : PLAN.width].copy(), X, T, learning_rate))
        return original(self, X, T, learning_rate)

    with monkeypatch.context() as patch:
        patch.setattr(TrainingPass, "step", recorded)
        trained(**changes)
    return steps


def test_without_and_with_batch_norm_start_from_the_same_weights_and_see_the_same_batches(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    without, normalised = (steps_of(monkeypatch, batch_norm=norm) for norm in (False, True))
    np.testing.assert_array_equal(without[0][0], normalised[0][0])
    assert not np.array_equal(without[1][0], normalised[1][0])
    for one, other in zip(without, normalised, strict=True):
        np.testing.assert_array_equal(one[1], other[1])
        np.testing.assert_array_equal(one[2], other[2])
    assert not np.array_equal(without[0][1], without[22][1])  # another epoch, another order


def test_an_epoch_shows_every_digit_once_and_leaves_out_a_short_last_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = steps_of(monkeypatch, epochs=1)
    assert len(steps) == 1437 // 64
    assert len({column.tobytes() for _, X, _, _ in steps for column in X.T}) == 64 * len(steps)


def test_the_network_it_starts_from_is_the_one_of_the_other_tabs() -> None:
    expected = initialise(3, 16, 64, 10, 0.7, rng=np.random.default_rng(5))
    start = first_network(replace(PLAN, initialiser="lecun", gain=0.7, seed=5), 64)
    for got, want in zip(start.arrays(), expected.arrays(), strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-15)


@pytest.mark.parametrize("initialiser", PLAIN_INITIALISERS)
@pytest.mark.parametrize("batch_norm", [False, True])
def test_every_initialiser_can_be_trained(initialiser: str, batch_norm: bool) -> None:
    training = trained(initialiser=initialiser, gain=0.1, batch_norm=batch_norm, epochs=1)
    assert training.exploded_at is None
    assert training.updates == training.total_updates == 1437 // 64
    assert initialiser in INITIALISERS or f"{initialiser}_normal" in INITIALISERS


@pytest.mark.parametrize(
    ("schedule", "last"), [("constant", 1.0), ("step", 1 / 32), ("exponential", 0.01), ("cosine", 0.0)]
)
def test_a_schedule_covers_all_updates_of_the_plan(schedule: str, last: float, monkeypatch: pytest.MonkeyPatch) -> None:
    rates = [step[-1] for step in steps_of(monkeypatch, schedule=schedule, epochs=4, learning_rate=0.2)]
    assert len(rates) == 4 * (1437 // 64)
    assert rates[0] == pytest.approx(0.2)
    assert rates[-1] == pytest.approx(0.2 * last, rel=0.06, abs=1e-4)
    assert rates == sorted(rates, reverse=True)
    assert set(PLAIN_SCHEDULES) >= {schedule}


def test_before_any_work_nothing_is_known() -> None:
    training = Training(PLAN)
    assert not training.finished
    assert training.total_updates == 2 * (1437 // 64)
    assert all(len(numbers) == 0 for numbers in arrays(training.history).values())


def test_it_is_measured_before_the_first_update_often_in_the_first_epoch_and_after_each() -> None:
    history = trained(epochs=3).history
    np.testing.assert_array_equal(history.update, [0, 1, 4, 9, 13, 18, 22, 44, 66])
    assert len(history.batch_loss) == 66
    assert history.train_loss[0] == pytest.approx(history.batch_loss[0], rel=0.2)


@pytest.mark.parametrize("batch_norm", [False, True])
@pytest.mark.parametrize("changes", [{"learning_rate": 1e30}, {"gain": 1e30}, {"learning_rate": 100.0, "depth": 10}])
def test_an_explosion_ends_the_training_and_is_named_and_no_number_of_it_is_infinite(
    changes: dict[str, Any], batch_norm: bool
) -> None:
    training = trained(**changes, batch_norm=batch_norm, epochs=50)
    assert training.finished
    if batch_norm and "gain" in changes:
        assert training.exploded_at is None or training.exploded_at >= 1
    else:
        assert training.exploded_at is not None
        assert 1 <= training.exploded_at <= training.updates + 1
    for numbers in arrays(training.history).values():
        assert np.isfinite(numbers).all()
    before = training.updates
    training.advance(0.0)
    assert training.updates == before


@pytest.mark.parametrize("batch_norm", [False, True])
@pytest.mark.parametrize(
    "changes",
    [
        {"width": 1, "depth": 50, "batch": 256},
        {"gain": 0.0},
        {"initialiser": "constant", "gain": 1.0},
        {"batch": 2, "epochs": 1, "depth": 1},
        {"depth": 1},
        {"activation": "identity", "depth": 50},
        {"activation": "sigmoid", "gain": 1e-20},
        {"epsilon": 1e-30, "gain": 0.0},
    ],
)
def test_the_ends_of_every_setting_give_finite_numbers(changes: dict[str, Any], batch_norm: bool) -> None:
    history = trained(**{"epochs": 2, **changes}, batch_norm=batch_norm).history
    assert len(history.update) >= 1
    for numbers in arrays(history).values():
        assert np.isfinite(numbers).all()


def test_a_batch_of_one_trains_without_batch_norm_and_is_refused_with_it() -> None:
    Training(replace(PLAN, batch=1)).advance(0.0)
    with pytest.raises(ValueError, match="at least 2"):
        Training(replace(PLAN, batch=1, batch_norm=True))


@pytest.mark.parametrize(
    "changes",
    [
        {"depth": 0},
        {"depth": 51},
        {"width": 257},
        {"batch": 0},
        {"epochs": 51},
        {"activation": "step"},
        {"initialiser": "zeros"},
        {"schedule": "none"},
        {"learning_rate": 0.0},
        {"learning_rate": np.inf},
        {"gain": -1.0},
        {"gain": np.nan},
        {"batch_norm": True, "epsilon": 0.0},
    ],
)
def test_a_plan_that_cannot_be_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="got "):
        Training(replace(PLAN, **changes))
