"""The words and the pictures of "Train it": right for every way in which a training can end, drawable for all."""

import math
import re
from dataclasses import replace

import numpy as np
import pytest

from gdcore.training import History, Plan, Training
from tests.views.test_frames import MACHINE, require_drawable, size_of
from tests.views.test_training import SMALL, pair_of, run_to_the_end
from views.charts.train_frames import ALWAYS_SHOWN, GUESSING, LOSSES, train_frames
from views.outlook import outlook, weight_scale
from views.slices import Places
from views.text import LANGUAGES, load_text
from views.training import SIDES, Curve, Pair, Stage, planned_updates
from views.verdicts.train import headline, progress_said, train_verdict

EN = load_text("en")
DEEP = Plan(20, 64, "sigmoid", "lecun", 0.8, 0.1, "constant", 64, 10, False, 0)


def curve(loss: float, accuracy: float, *, exploded_at: int | None = None, batch_loss: float | None = None) -> Curve:
    """A training that was measured at its start and once more."""
    two = np.array([2.4, loss]), np.array([0.1, accuracy])
    last = np.full(20, loss if batch_loss is None else batch_loss)
    return Curve(History(np.array([0, 20]), two[0], two[0], two[1], two[1], last), 20, exploded_at)


def ended(without: Curve, with_: Curve, plan: Plan = DEEP, stage: Stage = Stage.FINISHED) -> Pair:
    pair = Pair(plan, Places(2, 60.0))
    pair.curves, pair.stage = {"without": without, "with": with_}, stage
    return pair


def verdict(pair: Pair | None, plan: Plan = DEEP) -> str:
    return train_verdict(EN, pair, plan)


def opening(key: str) -> str:
    """The words of a sentence up to its first placeholder but the name."""
    return EN.template(f"verdict.train.{key}").replace("**@name** ", "").split("@")[0]


GOOD, BETTER, STUCK = curve(0.3, 0.90), curve(0.1, 0.96), curve(2.31, 0.1)


def test_before_the_first_start_it_says_what_will_happen() -> None:
    assert verdict(None) == EN("verdict.train.idle")
    assert headline(EN, None) == ""


@pytest.mark.parametrize(
    ("without", "with_", "said"),
    [
        (GOOD, BETTER, ["learned", "better_with"]),
        (BETTER, GOOD, ["learned", "better_without"]),
        (GOOD, curve(0.3, 0.91), ["alike"]),
        (STUCK, GOOD, ["nothing", "reason_vanished", "better_with"]),
        (STUCK, STUCK, ["nothing", "neither"]),
        (curve(7.0, 0.12), GOOD, ["worse", "better_with"]),
        (curve(5.0, 0.1, exploded_at=21), STUCK, ["exploded", "neither"]),
        (GOOD, curve(2.0, 0.5, batch_loss=0.1), ["lag"]),
        (curve(1e9, 0.1), GOOD, ["beyond"]),
        (GOOD, GOOD, ["yet_learned"]),
    ],
)
def test_every_ending_has_its_sentence(without: Curve, with_: Curve, said: list[str]) -> None:
    words = verdict(ended(without, with_))
    for key in said:
        assert opening(key) in words
    endings = {"alike", "better_with", "better_without", "neither"}
    assert sum(opening(key) in words for key in endings) == 1


@pytest.mark.parametrize(("loss", "accuracy"), [(GUESSING - 0.09, 0.24), (GUESSING + 0.09, 0.1)])
def test_just_within_the_limits_a_network_has_learned_nothing(loss: float, accuracy: float) -> None:
    assert opening("nothing") in verdict(ended(curve(loss, accuracy), BETTER))


@pytest.mark.parametrize(("loss", "accuracy"), [(GUESSING - 0.11, 0.1), (GUESSING, 0.26), (GUESSING + 0.11, 0.1)])
def test_just_outside_the_limits_it_is_not_said_that_it_has_learned_nothing(loss: float, accuracy: float) -> None:
    assert opening("nothing") not in verdict(ended(curve(loss, accuracy), BETTER))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"activation": "sigmoid"}, "reason_vanished"),
        ({"initialiser": "constant", "gain": 0.02}, "reason_constant"),
        ({"activation": "tanh", "gain": 0.0}, "reason_zero"),
        ({"activation": "tanh", "depth": 3, "learning_rate": 1e-4}, "reason_rate"),
        ({"activation": "tanh", "depth": 3, "learning_rate": 10.0}, "reason_other"),
    ],
)
def test_the_reason_for_learning_nothing_is_that_of_the_plan(changes: dict, reason: str) -> None:
    assert opening(reason) in verdict(ended(STUCK, BETTER, replace(DEEP, **changes)))


def test_the_first_gradient_is_that_of_the_network_that_is_trained() -> None:
    plan = replace(SMALL, depth=1, batch=32)
    training = Training(replace(plan, learning_rate=1e-3))
    before = training._pass.parameters.layers[0].copy()
    images = training._train.X[:, :32]
    targets = np.eye(10, dtype=np.float32)[training._train.labels[:32]].T
    training._pass = type(training._pass)(training._pass.shape, 32, plan.activation, batch_norm=False)
    training._pass.parameters.layers[0][...] = before
    training._pass.parameters.readout[...] = Training(plan)._pass.parameters.readout
    training._pass.step(np.ascontiguousarray(images), np.ascontiguousarray(targets), 1e-3)
    moved = np.linalg.norm((before - training._pass.parameters.layers[0])[:, :-1]) / 1e-3
    assert outlook(plan).first["without"] == pytest.approx(math.log10(moved), abs=1e-3)


def test_theory_and_measurement_agree_on_how_the_gradient_grows() -> None:
    for gain, activation in ((0.5, "identity"), (1.0, "relu"), (1.5, "identity")):
        plan = replace(DEEP, width=256, depth=12, gain=gain, activation=activation)
        expected = 11 * math.log10(weight_scale(plan) * (math.sqrt(0.5) if activation == "relu" else 1.0))
        assert outlook(plan).growth["without"] == pytest.approx(expected)


def test_a_stop_a_change_and_other_settings_are_said_and_the_curves_named() -> None:
    assert opening("stopped") in verdict(ended(GOOD, GOOD, stage=Stage.STOPPED))
    assert opening("changed") in verdict(ended(GOOD, GOOD, stage=Stage.CHANGED))
    assert opening("other") in verdict(ended(GOOD, GOOD), replace(DEEP, seed=1))
    assert opening("other") not in verdict(ended(GOOD, GOOD))
    assert headline(EN, ended(GOOD, GOOD)) == "depth 20, sigmoid, LeCun, σ_w = 0.8, α = 0.1"


def test_who_waits_is_told_how_many_are_ahead() -> None:
    places = Places(most=1, lease=60.0)
    places.ask(places.ticket())
    pair = pair_of(SMALL, places)
    pair.tick()
    assert verdict(pair).startswith(opening("waiting"))
    assert progress_said(EN, pair) == "waiting; ahead of you: 1"
    pair.stop()  # before anything was computed
    assert verdict(pair) == EN("verdict.train.idle")


def test_a_batch_of_one_is_explained_in_place_of_batch_norm() -> None:
    pair = run_to_the_end(pair_of(replace(SMALL, depth=1, width=1, batch=1)))
    assert EN("verdict.train.one") in verdict(pair)


ENDS = [
    {},
    {"depth": 1, "width": 1},
    {"depth": 50, "width": 2, "activation": "relu", "initialiser": "he"},
    {"batch": 2, "depth": 2, "width": 2},
    {"batch": 256},
    {"gain": 0.0},
    {"gain": 10.0, "initialiser": "normal", "depth": 50, "activation": "identity"},
    {"gain": 10.0, "initialiser": "constant"},
    {"learning_rate": 100.0, "activation": "relu", "epochs": 3},
    {"learning_rate": 1e-4},
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("changes", ENDS, ids=str)
def test_at_the_ends_of_every_setting_words_and_picture_are_whole(changes: dict, language: str) -> None:
    text = load_text(language)
    pair = run_to_the_end(pair_of(replace(SMALL, **changes)))
    words = train_verdict(text, pair, pair.plan)
    assert words
    assert not MACHINE.search(re.sub(r"[?？]", "", words)), words
    frames = train_frames(text, pair.curves, planned_updates(pair.plan), headline(text, pair))
    require_drawable(frames)
    assert size_of(frames) < 20_000


def test_before_the_start_the_axes_are_empty_and_drawable() -> None:
    frames = train_frames(EN, {}, 220)
    require_drawable(frames)
    assert len(frames["measured"]) == len(frames["batches"]) == len(frames["exploded"]) == 0
    assert frames["frame"]["note"][0] == EN("chart.train.empty")


def test_the_loss_axis_shows_all_losses_but_never_less_than_guessing_and_never_beyond_its_ends() -> None:
    for low, high in ((0.001, 50.0), (1.0, 2.0), (1e-9, 1e30)):
        frame = train_frames(EN, {"without": curve(low, 0.5), "with": curve(high, 0.5)}, 20)["frame"].table().iloc[0]
        assert frame.loss_low <= max(min(low, ALWAYS_SHOWN[0]), LOSSES[0])
        assert frame.loss_high >= min(max(high, ALWAYS_SHOWN[1]), LOSSES[1])


def test_stretches_of_mini_batches_keep_their_places_while_the_training_grows() -> None:
    losses = np.linspace(3.0, 1.0, 700)
    grown = [Curve(replace(GOOD.history, batch_loss=losses[:count]), count, None) for count in (350, 700)]
    early, late = (train_frames(EN, {"with": each}, 700)["batches"].table() for each in grown)
    assert early.iloc[:-1].equals(late.iloc[: len(early) - 1])
    assert len(late) <= 120


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_side_and_stage_is_named_in_every_language(language: str) -> None:
    text = load_text(language)
    for side in SIDES:
        assert text(f"verdict.train.name_{side}")
    for stage in (Stage.STOPPED, Stage.CHANGED, Stage.FINISHED):
        assert train_verdict(text, ended(GOOD, STUCK, stage=stage), DEEP)


def test_theory_foretells_no_growth_by_batch_norm_for_one_unit_or_where_epsilon_rules() -> None:
    plan = replace(DEEP, depth=4, activation="tanh", initialiser="lecun", gain=1.0)
    assert "with" in outlook(plan).growth
    assert "with" not in outlook(replace(plan, width=1)).growth
    assert "with" not in outlook(replace(plan, gain=1e-4)).growth
