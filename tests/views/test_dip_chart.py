"""The picture of "Beyond convex": its data at the ends of every setting, and the program that prints them."""

import io
import itertools
from contextlib import redirect_stdout

import numpy as np
import pandas as pd
import pytest

from gdcore.dip import Fate, gradient, value
from tests.views.frame_tables import tables
from tests.views.test_dip_lesson import ENDS_OF_ALL, SCHEDULES, SETTING, STARTS, TEXT, run_of
from tests.views.test_frames import require_drawable, size_of
from views.charts.dip import LOSS_OF, dip
from views.charts.dip_frames import (
    ENDS,
    OUT_OF_SIGHT,
    SHRINKS,
    STILL,
    UNIT,
    dip_frames,
    dip_run,
    dip_table,
    ruler_rates,
)
from views.scripts import script
from views.text import LANGUAGES, load_text


@pytest.mark.parametrize(("start", "rate", "steps", "schedule"), ENDS_OF_ALL[::2])
def test_every_run_can_be_drawn(start, rate, steps, schedule):
    made = dip_frames(TEXT, run_of(rate, start, steps, schedule), schedule)
    require_drawable(made)
    frames = tables(made)
    for frame in (frames["final"], frames["problem"]):
        assert frame.place.between(*ENDS).all()
    assert frames["committed"].theta.abs().max() <= OUT_OF_SIGHT


@pytest.mark.parametrize(("steps", "budget"), [(60, 30_000), (100, 36_000)])
def test_a_committed_change_is_small(steps, budget):
    for text, start, schedule in itertools.product(map(load_text, LANGUAGES), STARTS, SCHEDULES):
        frames = dip_frames(text, run_of(0.3, start, steps, schedule), schedule)
        assert size_of(frames) < budget


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_previewed_path_is_that_of_its_run_and_straight_only_where_the_run_is_still(schedule):
    frames = tables(dip_frames(TEXT, run_of(0.3, steps=100, schedule=schedule), schedule))
    runs = dip_run(3.05, ruler_rates(100), 100, schedule)
    for index, path in frames["runs"].groupby("run"):
        points = np.clip(runs.points[:, index], -OUT_OF_SIGHT, OUT_OF_SIGHT)
        last = int(path.step.iloc[-1])
        drawn = np.interp(np.arange(last + 1), path.step, path.part / UNIT)
        assert np.abs(drawn - points[: last + 1]).max() <= 2 * STILL + 1 / UNIT
        assert path.step.iloc[0] == 0
        assert last == 100 or (np.abs(points[last:]) == OUT_OF_SIGHT).all()
    assert frames["final"].fate.tolist() == [fate.name for fate in runs.fate]
    assert frames["final"].alpha.tolist() == ruler_rates(100).tolist()


@pytest.mark.parametrize("steps", [10, 60, 61, 100])
def test_the_ruler_holds_the_range_of_the_setting_and_is_dense_where_the_outcome_changes(steps):
    rates = ruler_rates(steps)
    assert rates[0] == SETTING["dip_alpha"].low
    assert rates[-1] == SETTING["dip_alpha"].high
    assert (np.diff(rates) > 0).all()
    assert np.count_nonzero((rates > 0.67) & (rates < 1.136)) >= 12


def test_the_loss_that_the_browser_computes_is_the_loss():
    expression = LOSS_OF.replace("datum.theta", "theta").replace("pow", "np.power").replace("exp", "np.exp")
    theta = np.linspace(-4, 4.5, 50)
    assert eval(expression, {"np": np, "theta": theta}) == pytest.approx(value(theta))


def test_a_word_of_each_fate_is_on_the_chart_in_either_language():
    for language in LANGUAGES:
        text, written = load_text(language), str(dip(load_text(language)))
        for fate in Fate:
            assert text(f"fate.{fate.name}") in written


@pytest.mark.parametrize("start", [3.05, -3.0, 4.5])
@pytest.mark.parametrize(
    ("rate", "schedule"), [(0.3, "constant"), (1.0, "constant"), (22.0, "constant"), (22.0, SHRINKS)]
)
def test_the_program_prints_the_table_of_the_figure(start, rate, schedule):
    table = dip_table(run_of(rate, start, 80, schedule))
    constants = {"START": start, "LEARNING_RATE": rate, "STEPS": 80, "SHRINKS": int(schedule == SHRINKS)}
    written = io.StringIO()
    with redirect_stdout(written):
        exec(script("dip", **constants), {})
    printed = pd.read_csv(io.StringIO(written.getvalue()))
    pd.testing.assert_frame_equal(printed, table, rtol=1e-9, check_dtype=False)


def test_the_table_is_that_of_a_plain_loop():
    table = dip_table(run_of(3.0, steps=20))
    theta = 3.05
    for step in range(20):
        assert table.theta[step] == pytest.approx(theta, abs=1e-9)
        assert table.loss[step] == pytest.approx(float(value(theta)), abs=1e-9)
        theta -= 3.0 * float(gradient(theta))
    assert np.isnan(table.learning_rate[20])
