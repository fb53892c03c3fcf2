"""What the chart of "Two directions at once" is sent: little, and exactly what theory and run say."""

import re

import numpy as np
import pytest

from tests.views.bowl_problems import EN, every_problem
from tests.views.frame_tables import tables
from tests.views.test_frames import BUDGET, MACHINE, require_drawable, size_of
from views.charts.bowl_contours import contours, halves, start_distances
from views.charts.bowl_frames import DECADE, ERROR, LEAST, bowl_frames, encoded, run_at
from views.charts.bowl_ruler import limit_of, paces, ruler_end
from views.text import load_text
from views.verdicts.bowl import bowl_formula, bowl_verdict


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
