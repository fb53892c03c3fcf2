"""One step on screen is one step of the equation."""

import numpy as np
import pytest

from gdcore.descent import descend
from gdcore.losses import least_squares
from views.charts.slope import slope_frames
from views.problem import LOSSES, beside, start_range
from views.text import load_text
from views.verdicts.step import slope_verdict, step_formula, walk_table

EN = load_text("en")


@pytest.mark.parametrize("name", LOSSES)
def test_the_tangent_touches_the_curve_and_has_its_slope(name: str) -> None:
    loss = LOSSES[name](1.0, 0.9)
    run = descend(loss, loss.start, loss.learning_rate, 4)
    place = slope_frames(EN, loss, run, 3, start_range(loss))["point"].table().iloc[0]
    rise = (place.tangent_y2 - place.tangent_y) / (place.tangent_x2 - place.tangent_x)
    assert rise == pytest.approx(float(loss.gradient(place.theta)), abs=1e-9)
    middle = (place.tangent_y + place.tangent_y2) / 2
    assert middle == pytest.approx(float(loss.value(place.theta)), rel=1e-9)
    assert place.next_theta == run.points[4, 0]
    assert place.theta == run.points[3, 0]


@pytest.mark.parametrize("name", LOSSES)
def test_p_lies_left_of_the_minimum_where_the_curve_falls_and_q_right_of_it(name: str) -> None:
    loss = LOSSES[name](1.0, 0.9)
    p, q = beside(loss, -1), beside(loss, +1)
    assert p < loss.minimiser < q
    assert loss.gradient(p) < 0 < loss.gradient(q)
    low, high, _ = start_range(loss)
    assert low <= p < q <= high


def test_the_table_has_a_row_a_step_and_the_rule_in_every_row() -> None:
    loss = LOSSES["quadratic"](1.0, 0.9)
    rows = walk_table(EN, loss, descend(loss, 2.0, 0.5, 3))
    assert [list(row.values()) for row in rows] == [
        ["2", "0.5", "0.5", "−0.25", "0.25", "0.125"],
        ["1", "1", "1", "−0.5", "0.5", "0.5"],
        ["0", "2", "2", "−1", "1", "2"],
    ]


def test_the_formula_puts_the_numbers_of_its_step_in() -> None:
    loss = LOSSES["quadratic"](1.0, 0.9)
    formula = step_formula(descend(loss, 2.0, 1.5, 2), loss, 1)
    assert r"\theta_{2} &= \theta_{1}" in formula
    assert r"&= -1 - 1.5 \times (-1)" in formula
    assert r"&= 0.5" in formula


@pytest.mark.parametrize(
    ("rate", "words"),
    [(0.5, ("same", "closer")), (1.5, ("over", "closer")), (2.0, ("over", "as_far")), (3.0, ("over", "farther"))],
)
def test_the_verdict_says_on_which_side_a_step_lands_and_how_far(rate: float, words: tuple[str, str]) -> None:
    loss = LOSSES["quadratic"](1.0, 0.9)
    said = slope_verdict(EN, loss, descend(loss, 2.0, rate, 1), 0)
    for word in words:
        assert EN(f"verdict.slope.{word}") in said


@pytest.mark.parametrize("size", [1e-12, 1e-6, 1.0, 1e9])
def test_a_slider_for_the_start_has_a_step_whatever_the_size_of_the_loss(size: float) -> None:
    x = np.arange(1.0, 21.0)
    loss = least_squares(x, size * x)
    low, high, step = start_range(loss)
    assert 0 < step < high - low
    assert low <= beside(loss, -1) < loss.minimiser < beside(loss, +1) <= high
    run = descend(loss, loss.start, loss.learning_rate, 1)
    places = slope_frames(EN, loss, run, 0, (low, high, step))["places"].table()
    assert places.theta.is_unique
    assert len(places) > 30
