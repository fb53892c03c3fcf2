"""The program of "Two directions at once" prints the table of the figure."""

import itertools
import tracemalloc

import numpy as np
import pandas as pd
import pytest

from gdcore.heavy_ball import Roll
from tests.views.bowl_problems import EN, PROBLEMS, own, spoken
from tests.views.program_running import printed_by
from tests.views.test_frames import require_drawable
from views.bowl_table import MOST_ROWS, bowl_script, bowl_table
from views.bowls import chosen_bowl, data_bowl, made_bowl
from views.charts.bowl_frames import bowl_frames, run_at
from views.verdicts.bowl import steps_at


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
