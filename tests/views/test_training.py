"""A pair in training: both networks grow together, a stop is heard, and nothing heavy is kept."""

import io
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from gdcore.training import Plan, Training
from tests.streamlit_client import ROOT
from views.charts.train_frames import train_table
from views.scripts import script
from views.setting import defaults
from views.settings import PAGES
from views.slices import Places
from views.training import SIDES, Pair, Stage, chosen_plan, constants, planned_updates

SMALL = Plan(3, 12, "tanh", "lecun", 1.0, 0.1, "constant", 64, 1, False, 0)


def pair_of(plan: Plan = SMALL, places: Places | None = None) -> Pair:
    return Pair(plan, places or Places(most=2, lease=60.0))


def run_to_the_end(pair: Pair) -> Pair:
    for _ in range(1000):
        pair.tick()
        if not pair.busy:
            return pair
    raise AssertionError("it never ends")


def test_nothing_is_computed_before_the_first_tick() -> None:
    pair = pair_of()
    assert pair.busy
    assert (pair.progress, pair.curves) == (0.0, {})


def test_both_networks_come_to_the_end_that_a_training_alone_comes_to() -> None:
    pair = run_to_the_end(pair_of())
    assert (pair.stage, pair.progress) == (Stage.FINISHED, 1.0)
    for side, batch_norm in SIDES.items():
        alone = Training(replace(SMALL, batch_norm=batch_norm))
        while not alone.finished:
            alone.advance(1.0)
        np.testing.assert_allclose(pair.curves[side].history.train_loss, alone.history.train_loss, rtol=1e-6)
        assert pair.curves[side].updates == alone.total_updates == planned_updates(SMALL) == pair.total_updates


def test_the_two_grow_together_and_progress_only_rises() -> None:
    pair = pair_of(replace(SMALL, depth=12, width=64, epochs=4))
    seen = [0.0]
    while pair.busy:
        pair.tick()
        seen.append(pair.progress)
        updates = [curve.updates for curve in pair.curves.values()]
        assert max(updates) - min(updates) <= 0.5 * pair.total_updates
    assert seen == sorted(seen)
    assert len(seen) > 2
    assert seen[-1] == 1.0


def test_a_stop_keeps_the_curves_gives_the_place_back_and_lets_the_networks_go() -> None:
    places = Places(most=1, lease=60.0)
    pair, following = pair_of(replace(SMALL, epochs=50), places), pair_of(SMALL, places)
    pair.tick()
    following.tick()
    assert (following.stage, following.ahead, following.curves) == (Stage.WAITING, 1, {})
    pair.stop()
    assert (pair.stage, pair.busy, pair._trainings) == (Stage.STOPPED, False, {})
    assert set(pair.curves) == set(SIDES)
    before = {side: curve.updates for side, curve in pair.curves.items()}
    pair.tick()
    pair.stop(Stage.CHANGED)  # too late: it was stopped already
    assert pair.stage is Stage.STOPPED
    assert {side: curve.updates for side, curve in pair.curves.items()} == before
    following.tick()
    assert following.curves


def test_the_third_begins_by_itself_when_the_first_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    places = Places(most=2, lease=60.0)
    monkeypatch.setattr(places, "work", lambda step, *_: step(0.001))  # slices in which nothing small comes to its end
    first, second, third = (pair_of(SMALL, places) for _ in range(3))
    for pair in (first, second, third):
        pair.tick()
    assert third.stage is Stage.WAITING
    run_to_the_end(first)
    third.tick()
    assert third.stage in (Stage.WORKING, Stage.FINISHED)


def test_a_session_that_asks_no_more_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    places = Places(most=1, lease=6.0, clock=lambda: now[0])
    abandoned, waiting = pair_of(replace(SMALL, epochs=50), places), pair_of(SMALL, places)
    monkeypatch.setattr(places, "work", lambda step, *_: step(0.001))
    abandoned.tick()
    waiting.tick()
    assert waiting.stage is Stage.WAITING
    now[0] = 6.0
    waiting.tick()
    assert waiting.stage is not Stage.WAITING
    abandoned.tick()  # its browser wakes up: it stands in line like everybody, and loses nothing
    assert (abandoned.stage, abandoned.ahead) == (Stage.WAITING, 1)
    assert abandoned.curves


def test_batch_norm_over_a_batch_of_one_is_refused_and_the_other_network_trained() -> None:
    pair = run_to_the_end(pair_of(replace(SMALL, depth=1, width=2, batch=1)))
    assert (pair.refused, list(pair.curves)) == (["with"], ["without"])


@pytest.mark.parametrize("rate", [30.0, 100.0])
def test_a_training_that_explodes_ends_with_the_update_named(rate: float) -> None:
    pair = run_to_the_end(pair_of(replace(SMALL, activation="identity", gain=2.0, learning_rate=rate, epochs=5)))
    assert pair.stage is Stage.FINISHED
    exploded = pair.curves["without"].exploded_at
    assert exploded is not None
    assert 0 < exploded < pair.total_updates
    assert np.isfinite(train_table(pair.curves)).all(axis=None)


def test_the_settings_of_the_page_make_a_plan_and_a_chain_that_is_too_deep_is_cut() -> None:
    values = defaults(PAGES["depth"])
    plan = chosen_plan({**values, "depth": 200})
    assert (plan.depth, plan.batch_norm) == (50, False)
    for initialiser in ("constant", "normal", "uniform", "xavier", "he", "lecun", "orthogonal"):
        for schedule in ("constant", "step", "exponential", "cosine"):
            Training(chosen_plan({**values, "initialiser": initialiser, "rate_schedule": schedule}))


def printed_by(program: str) -> pd.DataFrame:
    """The table that the program prints, run where the digits are."""
    done = subprocess.run(
        [sys.executable, "-I", "-c", program], capture_output=True, text=True, timeout=120, cwd=ROOT, check=True
    )
    assert not done.stderr
    return pd.read_csv(io.StringIO(done.stdout))


PLANS = [
    SMALL,
    replace(SMALL, activation="relu", initialiser="he", schedule="cosine", epochs=2),
    replace(SMALL, activation="sigmoid", initialiser="orthogonal", schedule="step", batch=50, seed=3),
    replace(SMALL, activation="identity", initialiser="xavier", schedule="exponential", width=80),
    replace(SMALL, initialiser="constant", gain=0.02, depth=1),
    replace(SMALL, initialiser="uniform", gain=0.2),
    replace(SMALL, initialiser="normal", gain=30.0, activation="identity", depth=30),
]


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: f"{plan.initialiser}-{plan.activation}-{plan.schedule}")
def test_the_program_prints_the_table_of_the_figure_but_for_float32(plan: Plan) -> None:
    table = train_table(run_to_the_end(pair_of(plan)).curves)
    printed = printed_by(script("train", **constants(plan)))
    pd.testing.assert_frame_equal(printed[["batch_norm", "update"]], table[["batch_norm", "update"]])
    np.testing.assert_allclose(printed.iloc[:, 2:4], table.iloc[:, 2:4], rtol=1e-4)  # sums in another order
    np.testing.assert_allclose(printed.iloc[:, 4:], table.iloc[:, 4:], atol=2 / 360)  # an image or two on the edge
