"""Start large, then shrink: the picture can be drawn, the words are true, the program prints the numbers."""

import contextlib
import io
import itertools
import math
import re
import time

import numpy as np
import pandas as pd
import pytest

from gdcore.mini_batch_noise import predicted_floor
from gdcore.schedule_race import SCHEDULES, Race
from tests.views.frame_tables import tables
from tests.views.test_frames import BUDGET, require_drawable, size_of
from views.charts.shrink_frames import DECADES_BELOW, ranks, shown_steps, shrink_frames, shrink_table
from views.numbers import plain
from views.schedule_race import MOST_ROWS, batch_of, chosen_race, chosen_samples, constants
from views.scripts import script
from views.setting import defaults
from views.settings import PAGES
from views.tables import keep, make_table
from views.text import LANGUAGES, load_text
from views.verdicts.shrink import shrink_verdict

DEFAULTS = defaults(PAGES["learning_rate"])
EN = load_text("en")
SMALL, LARGE, BEST = (SCHEDULES.index(name) for name in ("small", "large", "best"))


def settings(**changes):
    return {**DEFAULTS, **changes}


def raced(**changes) -> Race:
    values = settings(**changes)
    return chosen_race(values, chosen_samples(values))


def said(text=EN, **changes) -> str:
    values = settings(**changes)
    return shrink_verdict(text, raced(**changes), str(values["schedule"]), int(values["runs"]))


def says(verdict: str, key: str) -> bool:
    """Whether the verdict holds the catalogue's sentence, whatever its placeholders were filled with."""
    fixed = re.split(r"@[a-z_0-9]+", EN.words[f"verdict.shrink.{key}"].strip())
    return re.search(".+?".join(re.escape(part) for part in fixed), verdict) is not None


def own_table(x, y) -> dict[str, object]:
    table = make_table({"y": y, "x": x})
    keep(table)
    columns = {"target": 0, "first": 1, "second": -1, "intercept": "without", "scaling": "raw"}
    return {"samples": "data", "table": table.key, **columns}


EXTREMES = [
    dict(zip(("small", "large", "updates", "batch"), ends, strict=True))
    for ends in itertools.product((0.001, 1.0), (0.01, 2.5), (20, 1000), (1, 512))
]


@pytest.mark.parametrize("noise", ["on", "off"])
@pytest.mark.parametrize("extreme", EXTREMES, ids=lambda extreme: "-".join(map(str, extreme.values())))
def test_the_picture_can_be_drawn_and_told_at_the_ends_of_every_setting(extreme, noise) -> None:
    for runs, schedule in ((1, "small"), (3, "warmup")):
        changes = {**extreme, "noise": noise, "runs": runs, "schedule": schedule}
        frames = shrink_frames(EN, raced(**changes), schedule)
        require_drawable(frames)
        lines = frames["curves"].table()[["mean", "low", "high"]]
        assert (lines > 0).all(axis=None), "a log axis has no place for zero"
        assert size_of(frames) < BUDGET
        for language in LANGUAGES:
            words = said(load_text(language), **changes)
            assert words
            assert not any(odd in words for odd in ("nan", "inf ", "e+", "0.0000", "@"))


@pytest.mark.parametrize("steps", [20, 100, 101, 200, 999, 1000])
def test_the_drawn_steps_are_few_and_hold_both_ends_and_the_beginning(steps) -> None:
    shown = shown_steps(steps)
    assert shown[:11].tolist() == list(range(11))
    assert shown[-1] == steps
    assert len(shown) <= 120


def test_the_picture_shows_the_race_itself() -> None:
    race = raced()
    frames = tables(shrink_frames(EN, race, "cosine"))
    curves = frames["curves"].query(f"line == {SCHEDULES.index('cosine')}")
    np.testing.assert_allclose(curves["mean"], race.mean[curves.step, SCHEDULES.index("cosine")], rtol=1e-6)
    np.testing.assert_allclose(curves.alpha.max(), 0.5, rtol=1e-6)
    ranking = frames["ranking"]
    np.testing.assert_allclose(ranking.value, race.mean[-1])
    np.testing.assert_allclose(ranking.theory, race.expected[-1])
    assert sorted(ranking.place) == list(range(len(SCHEDULES)))
    assert ranking.sort_values("place").value.is_monotonic_increasing
    floors = predicted_floor(race.noise, race.learning_rates[0, :2]).exact
    np.testing.assert_allclose(frames["floors"]["mean"], floors)
    assert frames["limits"].empty
    assert len(shrink_frames(EN, raced(large=2.5), "cosine")["limits"]) == 1


def test_without_noise_the_ranking_is_by_steps_and_a_constant_wins() -> None:
    race = raced(noise="off")
    frames = tables(shrink_frames(EN, race, "step"))
    ranking = frames["ranking"]
    assert ranking.place[BEST] == 0
    assert ranking.value[BEST] == 1
    never = race.reached_at < 0
    assert (ranking.value[never] == frames["problem"].value_high[0]).all()
    assert set(ranking.said[never]) == {EN("chart.shrink.value.not_reached", steps=200)}
    assert frames["floors"]["mean"][0] == pytest.approx(1e-6 * race.mean[0, 0])
    assert frames["problem"].excess_low[0] <= race.mean[0, 0] * 10.0**-DECADES_BELOW
    words = said(noise="off")
    assert says(words, "quiet")
    assert says(words, "constant_wins")


def test_the_full_batch_is_the_race_without_noise() -> None:
    full, off = raced(batch=400), raced(noise="off")
    np.testing.assert_array_equal(full.mean, off.mean)
    assert said(batch=400) == said(noise="off")
    assert raced(batch=512) is full
    assert not says(said(batch=399), "quiet")


def test_where_the_large_rate_is_the_best_one_the_schedules_only_draw_level() -> None:
    assert says(said(noise="off", large=1.0), "constant_ties")


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_the_verdict_compares_the_schedule_that_is_shown_with_the_winner(schedule) -> None:
    race = raced()
    line, winner = SCHEDULES.index(schedule), int(ranks(race).argmin())
    words = said(schedule=schedule)
    assert plain(float(race.mean[-1, winner]), 3) in words
    assert EN(f"option.schedule.{schedule}") in words
    for rival in {line, SMALL, LARGE, BEST} - {winner}:
        assert f"**{plain(float(race.mean[-1, rival] / race.mean[-1, winner]), 3)} ×**" in words


def test_theory_is_said_to_agree_only_where_it_expects_the_same_winner() -> None:
    seen = set()
    for seed, runs in itertools.product(range(6), (1, 50)):
        race, words = raced(seed=seed, runs=runs), said(seed=seed, runs=runs)
        same = int(race.expected[-1].argmin()) == int(ranks(race).argmin())
        agrees = EN("verdict.shrink.agrees") in words
        assert agrees == same
        seen.add(agrees)
    assert seen == {True, False}


def test_a_constant_that_has_settled_agrees_with_its_floor_and_one_on_its_way_says_how_long_it_takes() -> None:
    race, words = raced(), said()
    floors = predicted_floor(race.noise, race.learning_rates[0, :2]).exact
    error = race.late[LARGE].std(ddof=1) / math.sqrt(50)
    assert abs(race.late[LARGE].mean() - floors[1]) < 3 * error + 0.05 * floors[1]
    assert says(words, "settled")
    assert plain(float(floors[1]), 3) in words
    needed = int(words.split("it takes about ")[1].split(" steps")[0])
    late = raced(updates=1000).expected[:, SMALL]
    assert late[needed] == pytest.approx(1.05 * floors[0], rel=0.01)
    assert says(words, "arriving")
    assert "Small constant α (0.01/λ) stands on its floor" in said(updates=1000).replace("**", "")


def test_one_run_has_no_standard_error() -> None:
    words = said(runs=1)
    assert "±" not in words
    assert says(words, "settled_alone")


def test_the_mean_grows_from_the_mean_square_limit_on_and_not_below() -> None:
    noise = raced(batch=1).noise
    limit = noise.mean_square_limit * noise.curvature
    for factor, beyond in ((0.98, False), (1 - 1e-9, False), (1.0, True), (1 + 1e-9, True), (1.2, True)):
        words = said(batch=1, large=limit * factor)
        assert (says(words, "beyond")) == beyond


def test_a_run_beyond_float64_is_told_with_its_step() -> None:
    changes = {"batch": 128, "large": 2.5, "updates": 1000}
    race, words = raced(**changes), said(**changes)
    left = int(race.finite_steps[LARGE]) + 1
    assert left <= 1000
    assert f"from step {left} on" in words
    frames = tables(shrink_frames(EN, race, "large"))
    assert frames["ranking"].said[LARGE] == EN("chart.shrink.value.overflowed")
    assert str(left) in frames["ranking"].result[LARGE]


def test_a_schedule_whose_first_steps_are_too_large_is_told_to_have_flown() -> None:
    race = raced(large=2.5, schedule="cosine")
    mean = race.mean[:, SCHEDULES.index("cosine")]
    words = said(large=2.5, schedule="cosine")
    assert plain(float(mean.max()), 3) in words
    assert f"at step {mean.argmax()}" in words
    assert says(words, "flew")
    assert not says(said(schedule="cosine"), "flew")


def test_the_exponential_is_said_to_freeze_where_its_steps_cover_too_little_and_only_there() -> None:
    frozen = {"small": 0.001, "large": 0.05, "updates": 50}
    race, words = raced(**frozen), said(**frozen)
    assert says(words, "frozen")
    following = race.plan.large * race.plan.rate ** np.arange(50, 5000)
    ever = race.remaining[SCHEDULES.index("exponential")] * np.prod(1 - following)
    assert plain(100 * float(ever), 3) in words
    assert not says(said(), "frozen")
    assert not says(said(small=0.05, large=0.05, updates=50), "frozen")
    assert says(said(small=0.5, large=0.5), "no_smaller")
    assert not says(said(small=0.4, large=0.5), "no_smaller")
    assert says(said(small=0.001, large=0.05, updates=20, schedule="inverse_time"), "short")


def test_the_learners_own_table_is_raced_and_a_table_that_gives_no_loss_gives_way_to_the_cars() -> None:
    rng = np.random.default_rng(5)
    x = rng.normal(size=60)
    own = own_table(x, 2 * x + rng.normal(size=60))
    samples = chosen_samples(settings(**own))
    assert samples.own
    np.testing.assert_array_equal(samples.x, x)
    require_drawable(shrink_frames(EN, raced(**own), "cosine"))
    assert says(said(**own), "wins")
    none = chosen_samples(settings(**own_table(np.zeros(9), np.ones(9))))
    assert none.refused
    assert not none.own
    assert len(none.x) == 400


def test_a_long_table_is_thinned_evenly() -> None:
    x = np.arange(1.0, 4001.0)
    samples = chosen_samples(settings(**own_table(x, 3 * x + np.sin(x))))
    assert samples.rows == 4000
    assert len(samples.x) == MOST_ROWS
    assert (samples.x[0], samples.x[-1]) == (1.0, 4000.0)
    assert set(np.diff(samples.x)) <= {7.0, 8.0}


def test_samples_that_fit_perfectly_have_no_floor_although_their_batches_differ() -> None:
    x = np.arange(1.0, 31.0)
    own = own_table(x, 3 * x)
    race = raced(**own, batch=2)
    assert not race.settles
    require_drawable(shrink_frames(EN, race, "step"))
    assert says(said(**own, batch=2), "quiet")


def test_a_start_below_the_floor_rises_to_it() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=200)
    luck = rng.normal(size=200)
    own = own_table(x, 0.001 * x + luck - x * (luck @ x) / (x @ x))
    race = raced(**own, batch=2, large=0.3, updates=20, small=0.001)
    floor = predicted_floor(race.noise, race.learning_rates[0, :1]).exact[0]
    assert race.expected[-1, SMALL] < 0.95 * floor
    assert says(said(**own, batch=2, large=0.3, updates=20, small=0.001), "rising")


PROGRAMS = [
    {},
    {"noise": "off", "large": 1.0},
    {"batch": 1, "large": 1.4, "updates": 20, "runs": 1, "seed": 7},
    {"batch": 300, "updates": 101, "runs": 3, "small": 0.2, "large": 0.1},
    {"batch": 200, "large": 2.5, "updates": 1000, "runs": 50},
]


@pytest.mark.parametrize("changes", PROGRAMS, ids=str)
def test_the_program_prints_the_table(changes) -> None:
    values = settings(**changes)
    samples = chosen_samples(values)
    race = chosen_race(values, samples)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(script("shrink", **constants(values, samples, race)), {})
    table = pd.read_csv(io.StringIO(printed.getvalue()))
    pd.testing.assert_frame_equal(table, shrink_table(race), rtol=1e-9, atol=1e-18, check_dtype=False)


def test_the_program_also_reproduces_a_table_of_the_learners_own() -> None:
    rng = np.random.default_rng(9)
    x = rng.normal(size=37)
    test_the_program_prints_the_table({**own_table(x, x**2), "batch": 5, "updates": 30})


def test_a_race_is_run_once_and_the_default_one_quickly() -> None:
    start = time.perf_counter()
    first = raced(seed=4321)
    assert time.perf_counter() - start < 1.0  # about 0.04 s on a quiet machine
    assert raced(seed=4321, schedule="cosine") is first
    values = settings(batch=512)
    assert batch_of(values, chosen_samples(values)) == 400
