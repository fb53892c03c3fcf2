"""Columns that make an odd bowl or none are named, with the reason."""

import math

import numpy as np
import pytest

from tests.views.bowl_problems import EN, PROBLEMS, own, spoken
from tests.views.test_frames import MACHINE, require_drawable
from views.bowls import BowlProblem, Trouble, chosen_bowl, made_bowl
from views.charts.bowl_frames import bowl_frames, relative, run_at
from views.text import LANGUAGES, load_text
from views.verdicts.bowl import measured_factor, steps_at
from views.verdicts.bowl_data import comparison, flat_note, source_note, trouble_note

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
