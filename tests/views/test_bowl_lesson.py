"""Two directions at once: the verdict beside every limit, the program's numbers, and columns that make odd bowls."""

import itertools
import math
import re
import tracemalloc

import numpy as np
import pandas as pd
import pytest

from gdcore.bowl_theory import Motion, long_run_loss
from gdcore.heavy_ball import Roll
from gdcore.rates import best_heavy_ball, best_learning_rate, best_rate
from tests.views.frame_tables import tables
from tests.views.program_running import printed_by
from tests.views.test_frames import BUDGET, MACHINE, require_drawable, size_of
from views.bowl_table import MOST_ROWS, bowl_script, bowl_table
from views.bowls import BowlProblem, Trouble, chosen_bowl, data_bowl, made_bowl
from views.charts.bowl_contours import contours, halves, start_distances
from views.charts.bowl_frames import DECADE, ERROR, LEAST, bowl_frames, described, encoded, relative, run_at
from views.charts.bowl_ruler import limit_of, motions_at, paces, ruler_end
from views.problem import OWN
from views.setting import defaults
from views.settings import PAGES
from views.tables import car_table, keep, make_table
from views.text import LANGUAGES, load_text
from views.verdicts.bowl import best_pair, bowl_formula, bowl_verdict, expected, measured_factor, steps_at
from views.verdicts.bowl_data import comparison, flat_note, source_note, trouble_note

EN = load_text("en")
BESIDE = (1 - 1e-3, 1.0, 1 + 1e-3)


def values(**changes):
    return {**defaults(PAGES["learning_rate"]), "bowl": OWN, **changes}


def cars(scaling="standardised", **changes) -> BowlProblem:
    found = data_bowl(values(**changes), scaling)
    assert isinstance(found, BowlProblem)
    return found


def own(columns, **changes):
    table = make_table(columns)
    keep(table)
    return values(table=table.key, target=0, first=1, second=2, **changes)


def spoken(problem, pace, momentum, steps=40, text=EN):
    return bowl_verdict(text, problem, pace, momentum, run_at(problem, pace, momentum, steps))


PROBLEMS = {
    "round": made_bowl(1.0),
    "made": made_bowl(20.0),
    "narrow": made_bowl(1000.0),
    "cars": cars(),
    "raw": cars("raw"),
    "slopes": cars("raw", intercept="without"),
    "one": cars("standardised", intercept="without", second=-1),
    "year": cars("raw", second=6),
}
every_problem = pytest.mark.parametrize("problem", PROBLEMS.values(), ids=PROBLEMS)


@pytest.mark.parametrize("momentum", [0.0, 0.9])
@pytest.mark.parametrize("factor", BESIDE)
@every_problem
def test_the_verdict_stands_on_the_right_side_of_the_limit(problem, factor, momentum) -> None:
    pace = factor * limit_of(momentum)
    said = spoken(problem, pace, momentum, 100)
    word = "below" if factor < 1 else "above" if factor > 1 else "exactly at"
    assert f"α is {word} " in said.split("\n")[0]
    needed = steps_at(problem, pace, momentum)
    assert (needed is None) == (factor >= 1)
    assert ("**never**" in said) == (factor >= 1)
    kind = motions_at(problem, pace, momentum)[0]
    assert kind is {1 - 1e-3: Motion.CHANGES_SIDES, 1.0: Motion.TURNS, 1 + 1e-3: Motion.DIVERGES}[factor] or (
        momentum and factor < 1 and kind is Motion.SWINGS
    )


@pytest.mark.parametrize(("factor", "kind"), [(0.999, "ONE_SIDED"), (1.0, "ONE_STEP"), (1.001, "CHANGES_SIDES")])
@every_problem
def test_at_one_over_l_the_steepest_direction_is_there_in_one_step(problem, factor, kind) -> None:
    assert motions_at(problem, factor, 0.0)[0].name == kind
    frames = bowl_frames(EN, problem, factor, 0.0, run_at(problem, factor, 0.0, 40))
    assert frames["problem"]["regime"][0] == kind
    assert EN(f"motion.{kind}") in described(EN, problem, factor, 0.0, run_at(problem, factor, 0.0, 40))


@pytest.mark.parametrize("factor", [0.9, *BESIDE, 1.01])
@pytest.mark.parametrize("name", ["made", "narrow", "cars", "slopes"])
def test_no_learning_rate_near_the_best_one_needs_fewer_steps_in_the_long_run(name, factor) -> None:
    problem = PROBLEMS[name]
    shares = problem.bowl.curvatures / problem.bowl.L
    slowest = min(long_run_loss(factor * problem.best_pace * share) for share in shares)
    best = 1 - best_rate(problem.bowl.mu, problem.bowl.L)
    assert slowest <= best * (1 + 1e-9)
    if factor == 1.0:
        assert slowest == pytest.approx(best, rel=1e-9)
        assert problem.best_pace / problem.bowl.L == pytest.approx(
            best_learning_rate(problem.bowl.mu, problem.bowl.L), rel=1e-14
        )


def test_condition_number_100_takes_691_steps_at_the_best_learning_rate() -> None:
    problem = made_bowl(100.0)
    assert steps_at(problem, problem.best_pace, 0.0) == 346  # the excess is a distance squared: half of 691
    assert f"**{steps_at(problem, 1.0, 0.0)}**" in spoken(problem, 1.0, 0.0)


def test_a_round_bowl_takes_one_step() -> None:
    problem = PROBLEMS["round"]
    assert steps_at(problem, 1.0, 0.0) == 1
    assert problem.best_pace == 1.0
    assert "Every direction is there after one step." in spoken(problem, 1.0, 0.0)
    assert bowl_frames(EN, problem, 1.0, 0.0, run_at(problem, 1.0, 0.0, 40))["limits"]["label"] == [
        "1/L = 2/(L + μ)",
        "2/L",
    ]


@pytest.mark.parametrize("pace", [0.05, 0.5, 1.5, 1.9, 2.1, 2.5])
@pytest.mark.parametrize("name", ["made", "narrow", "cars", "slopes", "one"])
def test_the_measured_factor_is_one_that_theory_predicts_and_the_slowest_where_that_has_won(name, pace) -> None:
    problem = PROBLEMS[name]
    run = run_at(problem, pace, 0.0, 100)
    shares = problem.bowl.curvatures[problem.live] / problem.bowl.L
    losses = [long_run_loss(pace * float(share)) for share in shares]
    measured = measured_factor(run)
    assert min(losses) - 1e-9 <= measured <= max(losses) + 1e-9
    if name in ("one", "slopes", "made") and pace >= 0.5:
        assert measured == pytest.approx(min(losses), rel=0.05)


@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9])
@every_problem
def test_a_run_does_what_theory_expects_or_the_words_say_that_it_does_not_yet(problem, momentum) -> None:
    for factor in (0.02, 0.3, 0.7, 0.95, 1.0, 1.05, 1.2):
        pace = factor * limit_of(momentum)
        run = run_at(problem, pace, momentum, 100)
        agrees = run.outcome[0] in expected(problem, motions_at(problem, pace, momentum))
        said = spoken(problem, pace, momentum, 100)
        assert ("do not show it yet" in said or "hardly show it" in said) is not agrees
        if momentum == 0.0 and problem.bowl.condition < 1e3:
            assert agrees
        if factor > 1:
            assert run.outcome[0] in (Roll.GROWING, Roll.OVERFLOWED)
            assert "leaves the picture" in said


@pytest.mark.parametrize("name", ["made", "narrow", "cars", "slopes", "raw"])
def test_the_best_pair_is_polyaks_and_needs_fewer_steps_than_any_learning_rate_alone(name) -> None:
    problem = PROBLEMS[name]
    pace, momentum = best_pair(problem)
    alpha, beta = best_heavy_ball(problem.bowl.mu, problem.bowl.L)
    assert (pace / problem.bowl.L, momentum) == pytest.approx((alpha, beta), rel=1e-12)
    assert pace < limit_of(momentum)
    assert steps_at(problem, pace, momentum) < steps_at(problem, problem.best_pace, 0.0)


def test_a_pair_that_the_page_cannot_set_gives_way_to_one_that_it_can() -> None:
    pace, momentum = best_pair(PROBLEMS["year"])  # κ = 4e12
    assert momentum == 0.9999
    assert pace < limit_of(momentum)
    assert "closer to 1 than the 0.9999" in spoken(PROBLEMS["year"], 1.0, 0.0)
    assert steps_at(PROBLEMS["year"], pace, momentum) < steps_at(PROBLEMS["year"], PROBLEMS["year"].best_pace, 0.0)


def ratios():
    """How many times the steps of the standardised columns the raw ones need, for every pair of inputs."""
    names = car_table().names
    for first, second in itertools.combinations(range(1, len(names)), 2):
        for intercept in ("with", "without"):
            chosen = {"first": first, "second": second, "intercept": intercept}
            raw, scaled = (cars(scaling, **chosen) for scaling in ("raw", "standardised"))
            yield steps_at(raw, raw.best_pace, 0.0) / steps_at(scaled, scaled.best_pace, 0.0)


def test_for_some_pairs_raw_needs_ten_times_the_steps_and_for_some_a_hundred_million() -> None:
    found = sorted(ratios())
    assert found[0] < 20
    assert found[-1] > 1e8


def test_the_table_shows_both_columns_and_the_sentence_their_ratio() -> None:
    said = comparison(EN, values())
    assert "| **steps** | **4.54 × 10⁸** | **39** |".replace(" × ", "\u00a0×\u00a0") in said
    assert "1.2 × 10⁷ times the steps" in said
    assert "/depth?tab=batch_norm" in said


@pytest.mark.parametrize(("momentum", "steps", "language"), [(0.0, 100, "en"), (0.9, 100, "zh"), (0.9999, 5, "en")])
@every_problem
def test_every_setting_can_be_drawn_and_said(problem, steps, momentum, language) -> None:
    text = load_text(language)
    for pace in (0.01, 1.0, problem.best_pace, limit_of(momentum), 4.5)[:: 2 if momentum < 0.99 else 3]:
        run = run_at(problem, pace, momentum, steps)
        made = bowl_frames(text, problem, pace, momentum, run)
        require_drawable(made)
        frames = tables(made)
        assert (frames["final"].excess > 0).all()
        assert (frames["others"].error > 0).all()
        assert frames["final"].pace.max() <= frames["problem"].pace_high[0]
        said = bowl_verdict(text, problem, pace, momentum, run) + bowl_formula(problem, pace, momentum)
        assert not MACHINE.search(re.sub(r"\\inf(ty)?\b|infinit\w*", "", said))


@pytest.mark.parametrize("steps", [20, 40, 100])
@every_problem
def test_a_committed_change_sends_little(problem, steps) -> None:
    for pace, momentum in ((1.0, 0.0), (2.5, 0.9)):
        frames = bowl_frames(EN, problem, pace, momentum, run_at(problem, pace, momentum, steps))
        assert size_of(frames) < BUDGET


@every_problem
def test_the_previewed_run_is_the_run_that_a_click_commits(problem) -> None:
    frames = tables(bowl_frames(EN, problem, 1.0, 0.5, run_at(problem, 1.0, 0.5, 40)))
    for index in (0, 9, len(frames["final"]) - 1):
        chosen = frames["final"].iloc[index]
        pace = float(chosen.pace)
        after = tables(bowl_frames(EN, problem, pace, 0.5, run_at(problem, pace, 0.5, 40)))
        same = [
            "regime",
            "way",
            "pace_said",
            "alpha_said",
            "share_said",
            "left",
            "steep_end",
            "flat_end",
            "steep_until",
        ]
        assert after["problem"][same].iloc[0].tolist() == chosen[same].tolist()
        preview = frames["runs"].iloc[chosen["first"] : chosen["first"] + chosen.points]
        committed = after["committed"].iloc[: len(preview)]
        for name in ("steep", "flat"):
            np.testing.assert_array_equal(preview[f"{name}_code"], encoded(committed[name].to_numpy()))
    assert frames["final"].points.sum() == len(frames["runs"])


def test_a_distance_is_sent_finer_than_a_screen_shows() -> None:
    shares = np.array([-3e3, -1.0, -1e-6, 2.5e-4, 0.77, 12.0])
    codes = encoded(shares)
    shown = np.where(codes < 0, -LEAST, LEAST) * 10.0 ** (np.abs(codes) / DECADE)
    np.testing.assert_allclose(shown, shares, rtol=6e-4)
    assert encoded(np.zeros(1))[0] == 0
    assert ERROR[0] > LEAST


@every_problem
def test_the_ruler_offers_every_learning_rate_that_theory_names(problem) -> None:
    offered = paces(problem, 0.0, 40, ruler_end(0.0, 1.0))
    assert {1.0, problem.best_pace, 2.0} <= set(offered.tolist())
    assert (np.diff(offered) > 0).all()
    assert 3.8 in paces(problem, 0.9, 40, ruler_end(0.9, 1.0))
    assert ruler_end(0.0, 4.4) == 4.4


@every_problem
def test_along_a_contour_the_loss_is_the_same_and_the_start_is_in_the_picture(problem) -> None:
    frame = contours(problem).table()
    shown = problem.shown
    curvatures = (
        problem.bowl.curvatures[shown] if len(shown) > 1 else np.array([problem.bowl.curvatures[shown[0]], 0.0])
    )
    up, across = start_distances(problem)
    level = curvatures[0] * (frame.steep * up) ** 2 + curvatures[1] * (frame.flat * across) ** 2
    spread = level.groupby(frame.arc).agg(lambda each: each.max() / each.min())
    assert spread.max() < 1.001
    assert len(spread) >= 8
    assert (frame[["steep", "flat"]] >= -1e-6).all(axis=None)
    high, wide, _ = halves(problem)
    assert up < high
    assert across < wide


@pytest.mark.parametrize(
    ("condition", "pace", "momentum", "steps"),
    [(20.0, 1.0, 0.0, 40), (1000.0, 1.9, 0.0, 7), (1.0, 3.85, 0.9, 100), (20.0, 0.4, 0.7, 60)],
)
def test_the_program_of_the_made_bowl_prints_the_table(condition, pace, momentum, steps) -> None:
    problem = made_bowl(condition)
    table = bowl_table(problem, run_at(problem, pace, momentum, steps))
    assert len(table) == steps + 1
    pd.testing.assert_frame_equal(printed_by(bowl_script(problem, pace, momentum, steps)), table, rtol=1e-9)


@pytest.mark.parametrize(
    ("name", "pace", "momentum"),
    [
        ("cars", 1.0, 0.0),
        ("raw", 1.9, 0.0),
        ("slopes", 2.2, 0.0),
        ("one", 0.3, 0.0),
        ("cars", 1.7, 0.8),
        ("year", 0.5, 0.9),
    ],
)
def test_the_program_of_the_data_prints_the_table_to_a_millionth(name, pace, momentum) -> None:
    problem = PROBLEMS[name]
    table = bowl_table(problem, run_at(problem, pace, momentum, 40))
    found = printed_by(bowl_script(problem, pace, momentum, 40))
    assert found.columns.tolist() == table.columns.tolist()
    assert found.step.tolist() == list(range(41))
    first = table.iloc[0].abs()
    for column in table.columns[1:]:  # what has shrunk to rounding is rounding in both
        np.testing.assert_allclose(found[column], table[column], rtol=1e-6, atol=1e-9 * first[column])


def test_of_many_rows_the_program_holds_a_short_table_that_makes_the_same_bowl() -> None:
    rng = np.random.default_rng(1)
    x, z = rng.normal(3.0, 1.0, 4000), rng.normal(0.0, 20.0, 4000)
    problem = chosen_bowl(own({"y": 2 * x - z + rng.normal(size=4000), "x": x, "z": z}))
    assert len(problem.design.y) > MOST_ROWS
    program = bowl_script(problem, 1.5, 0.3, 30)
    assert len(program) < 3000
    table = bowl_table(problem, run_at(problem, 1.5, 0.3, 30))
    np.testing.assert_allclose(printed_by(program), table, rtol=1e-6, atol=1e-9)


def test_what_is_kept_of_a_table_of_100_000_rows_is_small_whatever_was_chosen() -> None:
    columns = np.random.default_rng(2).normal(size=(3, 100_000))
    chosen = own(dict(zip("yxz", columns, strict=True)))
    tracemalloc.start()
    try:
        for first, second, intercept in itertools.product((1, 2), (-1, 1, 2), ("with", "without")):
            problem = data_bowl({**chosen, "first": first, "second": second, "intercept": intercept}, "raw")
            assert steps_at(problem, 1.0, 0.0) is not None
            bowl_frames(EN, problem, 1.0, 0.0, run_at(problem, 1.0, 0.0, 5))
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert problem.design.y.shape == (100_000,)
    assert kept < 12e6  # the pictures; one design has 3 to 5 MB


CONSTANT = np.full(6, 0.1)  # its mean, as NumPy sums it, is not 0.1


@pytest.mark.parametrize(
    "columns",
    [
        {"y": np.arange(6.0) % 4, "x": np.arange(6.0), "z": CONSTANT},
        {"y": [4.0], "x": [2.0], "z": [3.0]},
        {"y": [4.0, 8.0], "x": [2.0, 3.0], "z": [3.0, 1.0]},
    ],
    ids=["a constant column", "one row", "two rows"],
)
@pytest.mark.parametrize("scaling", ["raw", "standardised"])
def test_the_program_prints_the_table_of_a_bowl_of_few_rows_or_of_a_constant_column_too(columns, scaling) -> None:
    intercept = "without" if columns["z"] is CONSTANT else "with"  # a round bowl has no directions to be told apart
    problem = chosen_bowl(own(columns, scaling=scaling, intercept=intercept))
    table = bowl_table(problem, run_at(problem, 0.9, 0.0, 20))
    found = printed_by(bowl_script(problem, 0.9, 0.0, 20))
    assert found.columns.tolist() == table.columns.tolist()
    np.testing.assert_allclose(found, table, rtol=1e-6, atol=1e-9)


def test_a_run_beyond_float64_ends_where_the_table_and_the_program_end() -> None:
    y = np.array([1e140, -3e140, 2e140, 5e139])
    problem = chosen_bowl(own({"y": y, "x": np.arange(4.0), "z": np.array([1.0, 0.0, 1.0, 5.0])}))
    run = run_at(problem, 4.5, 0.0, 100)
    table = bowl_table(problem, run)
    assert run.outcome[0] is Roll.OVERFLOWED
    assert np.isfinite(table.to_numpy()).all()
    assert f"from step {len(table)} on" in spoken(problem, 4.5, 0.0, 100)
    assert len(printed_by(bowl_script(problem, 4.5, 0.0, 100))) == len(table)
    require_drawable(bowl_frames(EN, problem, 4.5, 0.0, run))


COUNT = np.arange(6.0)
ODD = COUNT**2 - 3 * COUNT
TARGET = np.array([1.0, 5.0, 2.0, 0.0, 3.0, 4.0])
GAPS = np.where(COUNT < 3, np.nan, COUNT), np.where(COUNT < 3, COUNT, np.nan)


@pytest.mark.parametrize(
    ("first", "second", "changes", "reason", "named"),
    [
        (COUNT, np.full(6, 7.0), {"scaling": "standardised"}, "ZERO", ["z"]),
        (COUNT, np.full(6, 7.0), {"scaling": "raw"}, "PROPORTIONAL", ["the intercept", "z"]),
        (COUNT, 3 * COUNT, {"scaling": "raw", "intercept": "without"}, "PROPORTIONAL", ["x", "z"]),
        (COUNT, 3 * COUNT + 2, {"scaling": "raw"}, "COMBINATION", ["x", "z"]),
    ],
)
def test_columns_that_say_the_same_are_named_and_the_rest_is_drawn(first, second, changes, reason, named) -> None:
    chosen = own({"y": TARGET, "x": first, "z": second}, **changes)
    problem = chosen_bowl(chosen)
    assert isinstance(problem, BowlProblem)
    assert problem.bowl.flat.reason.name == reason
    note = flat_note(EN, problem)
    assert all(name in note for name in named)
    require_drawable(bowl_frames(EN, problem, 1.0, 0.0, run_at(problem, 1.0, 0.0, 40)))
    assert "∞" in comparison(EN, chosen)
    assert not MACHINE.search(spoken(problem, 1.0, 0.0))


@pytest.mark.parametrize(
    ("columns", "changes", "reason", "named"),
    [
        ((TARGET, *GAPS), {}, "no_row", ["x", "z", "y"]),
        ((TARGET, COUNT, np.full(6, np.inf)), {}, "infinite", ["z"]),
        ((TARGET, COUNT * 1e155, ODD), {}, "beyond", ["x"]),
        ((TARGET, np.full(6, 2.0), np.full(6, 3.0)), {"intercept": "without"}, "nothing", ["x", "z"]),
        ((np.zeros(6), COUNT, ODD), {}, "at_rest", ["y"]),
    ],
)
def test_columns_that_give_no_bowl_are_named_with_the_reason(columns, changes, reason, named) -> None:
    chosen = own(dict(zip(("y", "x", "z"), columns, strict=True)), scaling="standardised", **changes)
    found = chosen_bowl(chosen)
    assert isinstance(found, Trouble)
    assert found.reason == reason
    for language in LANGUAGES:
        note = trouble_note(load_text(language), found)
        assert all(f"`{name}`" in note for name in named)
        assert "|" in comparison(load_text(language), chosen)


def test_one_parameter_is_one_direction_with_condition_number_one() -> None:
    problem = PROBLEMS["one"]
    assert problem.bowl.condition == 1.0
    assert len(problem.shown) == 1
    assert steps_at(problem, 1.0, 0.0) == 1
    frame = bowl_frames(EN, problem, 1.5, 0.0, run_at(problem, 1.5, 0.0, 40))["committed"]
    assert (frame["flat"] == 0).all()
    assert "**The only** direction" in spoken(problem, 1.5, 0.0)


def test_a_valley_narrower_than_float64_takes_one_over_l_for_the_best_and_says_so() -> None:
    x = np.array([1.0, 2.0, -1.0, 0.5, 3.0, -2.0])
    problem = chosen_bowl(own({"y": TARGET, "x": x * 1e9, "z": ODD}, scaling="raw", intercept="without"))
    assert problem.bowl.L / problem.bowl.mu > 1e16
    assert problem.best_pace == 1.0
    said = spoken(problem, 1.0, 0.0)
    assert "cannot tell 2/(L + μ) from 2/L" in said
    assert steps_at(problem, 1.0, 0.0) > 1e16


def test_a_direction_that_starts_at_its_minimum_is_left_out() -> None:
    x = np.array([1.0, -1.0, 1.0, -1.0])
    problem = chosen_bowl(
        own({"y": x, "x": x, "z": np.array([5.0, 5.0, -5.0, -5.0])}, scaling="raw", intercept="without")
    )
    assert problem.live == [1]
    assert (relative(problem, run_at(problem, 1.0, 0.0, 5), 0) == 0).all()
    assert "at its minimum from the start" in spoken(problem, 1.0, 0.0)


def test_a_column_may_be_called_anything() -> None:
    name = "`*$x_{1}$* | [a](b) :smile:"
    chosen = own({"y": TARGET, name: COUNT, "z": 2 * COUNT}, scaling="raw", intercept="without")
    problem = chosen_bowl(chosen)
    for said in (flat_note(EN, problem), source_note(EN, chosen, problem.design)):
        assert f"`` {name} ``" in said
    assert math.isinf(problem.bowl.condition)


def test_a_run_that_passes_through_the_minimum_at_half_time_still_has_a_factor() -> None:
    problem = made_bowl(1.0)
    run = run_at(problem, 0.5, 0.5, 5)
    assert (run.components[2, 0] == 0).all()
    assert measured_factor(run) is not None
