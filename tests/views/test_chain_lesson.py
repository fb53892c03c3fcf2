"""The lesson "n layers": its verdict on both sides of every limit, its picture's data, and its program."""

import itertools
import re

import numpy as np
import pandas as pd
import pytest

from gdcore.chain import backpropagate
from gdcore.chain_depths import Draw
from gdcore.precision import FORMATS, first_overflow, first_underflow
from tests.views.frame_tables import tables
from tests.views.program_running import printed_by
from tests.views.test_frames import require_drawable, size_of
from tests.views.test_verdicts import KEYS, keys_of
from views.charts.chain_frames import COMPARED, chain_frames, chain_table
from views.charts.chain_problem import MOST_LAYERS, NOTHING, Problem, parts_at, told_in_formats
from views.numbers import plain
from views.scripts import script
from views.text import LANGUAGES, load_text
from views.verdicts.chain import chain_verdict, layer_said, to_blame

TEXT = load_text("en")
MACHINE = re.compile(r"(?<!\*\*)\b(nan|inf)\b|∞|None|e[+-]\d|0\.0000|\?|@", re.IGNORECASE)
BUDGET = 30_000  # bytes


def equal(bias: float = 0.0, x: float = 1.0, target: float = 1.0) -> Problem:
    return Problem(Draw.EQUAL, 0, bias, x, target)


def keys(problem: Problem, scale: float, depth: int) -> list[str]:
    return keys_of(chain_verdict(KEYS, problem, scale, depth), "chain")


@pytest.mark.parametrize("draw", Draw)
@pytest.mark.parametrize("depth", [1, 2, 200])
def test_the_chain_can_be_drawn_and_said_at_the_ends_of_every_setting(draw: Draw, depth: int) -> None:
    for bias, x, target, scale in itertools.product((-2.0, 0.0, 0.3), (0.0, 1.0), (0.0, 1.0), (0.0, 1.0, 1.1, 3.0)):
        problem = Problem(draw, 0, bias, x, target)
        frames = chain_frames(TEXT, problem, scale, depth, min(depth, 3))
        require_drawable(frames)
        assert size_of(frames) < BUDGET
        for language in LANGUAGES:
            text = load_text(language)
            said = chain_verdict(text, problem, scale, depth) + layer_said(text, problem, scale, depth, 1)
            assert not MACHINE.search(said), said


def test_even_a_weight_that_a_link_makes_absurdly_small_has_a_gradient() -> None:
    heights, signs = parts_at(equal().grown(1e-30), 200)["gradient"]
    np.testing.assert_allclose(heights, -30.0 * 199, rtol=1e-12)
    assert (signs == -1).all()
    assert heights.min() > NOTHING


@pytest.mark.parametrize("draw", Draw)
@pytest.mark.parametrize(("bias", "depth"), [(0.0, 30), (0.25, 30), (0.25, 1)])
def test_the_parts_are_those_of_the_chain(draw: Draw, bias: float, depth: int) -> None:
    problem = Problem(draw, 4, bias, 1.5, 0.4)
    exact = backpropagate(problem.grown(0.9).weights[:depth], bias, 1.5, 0.4)
    parts = parts_at(problem.grown(0.9), depth)
    for name, part in (("gradient", exact.gradients), ("product", exact.products), ("signal", exact.signals[:-1])):
        np.testing.assert_allclose(parts[name][0], part.log10, rtol=1e-11, atol=1e-12)
        np.testing.assert_array_equal(parts[name][1], part.sign)


def test_what_the_browser_puts_together_from_the_cube_is_the_chain() -> None:
    problem = Problem(Draw.GAUSSIAN, 2, 0.0, 1.0, 1.0)
    frames = tables(chain_frames(TEXT, problem, 1.3, 20, 1))
    for row in (3, 40, len(frames["points"]) - 1):
        point = frames["points"].iloc[row]
        scale = frames["lines"].scale[int(point.run)]
        first = int(point.run) * MOST_LAYERS
        cube = frames["cube"].iloc[first : first + int(point.depth)]
        heights, signs = parts_at(problem.grown(scale), int(point.depth))["gradient"]
        last = cube.iloc[-1]
        together = point.error + (last["product"] - cube["product"]) + cube.signal
        np.testing.assert_allclose(together, heights, rtol=1e-4, atol=1e-3)
        signal = np.round(cube.signs / 3)
        turn = (last.signs - 3 * round(last.signs / 3)) * (cube.signs - 3 * signal)
        np.testing.assert_array_equal(point.turn * turn * signal, signs)  # no weight is 0 here
        assert point["first"] == pytest.approx(heights[0], rel=1e-6)


def test_the_run_that_is_hovered_is_the_run_that_a_click_keeps() -> None:
    before = tables(chain_frames(TEXT, equal(), 0.8, 20, 1))
    size = COMPARED[Draw.EQUAL][1]
    after = tables(chain_frames(TEXT, equal(), size, 20, 1))
    pd.testing.assert_frame_equal(before["points"].query("run == 2"), after["points"].query("run == 2"))
    np.testing.assert_array_equal(
        after["points"].query("run == 0")["first"], after["points"].query("run == 2")["first"]
    )
    assert after["lines"].twin.tolist() == [0, 0, 1, 0, 0, 0]


@pytest.mark.parametrize(
    ("draw", "bias", "key"),
    [(Draw.EQUAL, 0.0, "same"), (Draw.SIGNS, 0.0, "same_size"), (Draw.GAUSSIAN, 0.0, "product_same")]
    + [(draw, 0.3, "differ") for draw in Draw],
)
@pytest.mark.parametrize("scale", [0.5, 1.1, 1.4])
def test_the_layers_are_said_to_be_alike_or_not(draw: Draw, bias: float, key: str, scale: float) -> None:
    assert keys(Problem(draw, 1, bias, 1.0, 0.3), scale, 20)[0] == key
    assert keys(Problem(draw, 1, bias, 1.0, 0.3), scale, 1)[0] == "single"


def test_with_a_bias_the_ratio_of_first_and_last_is_said() -> None:
    assert "**0.0606** times the last" in chain_verdict(TEXT, equal(0.25, 1.0, 0.0), 0.5, 6)


@pytest.mark.parametrize("depth", [1, 2, 7])
def test_an_exact_prediction_is_said_to_have_no_gradient(depth: int) -> None:
    for w in (0.3, 0.5, 1.0, 1.5):
        assert keys(equal(target=round(w**depth, 12)), w, depth)[0] == "exact"


def test_a_chain_without_any_signal_is_silent_and_a_zero_weight_leaves_one_gradient() -> None:
    assert keys(equal(x=0.0), 0.8, 5) == ["silent"]
    assert keys(equal(), 0.0, 5) == ["silent"]
    assert keys(equal(bias=0.5), 0.0, 5)[0] == "some_zero"


@pytest.mark.parametrize(
    ("scale", "target", "kind"),
    [
        (0.5, 1.0, "shrinks_1"),
        (0.99, 1.0, "shrinks_1"),
        (0.9, 0.0, "shrinks_2"),
        (1.0, 0.3, "keeps_1"),
        (1.01, 0.3, "grows_2"),
        (1.4, 1.0, "grows_2"),
    ],
)
def test_the_slope_is_said_and_judged_on_both_sides_of_one(scale: float, target: float, kind: str) -> None:
    said = keys(equal(target=target), scale, 20)
    assert kind in said
    times = 2 if kind.endswith("2") else 1
    assert f"**{plain(scale**times, 3)}**" in chain_verdict(TEXT, equal(target=target), scale, 20)
    assert ("agrees" in said) == (scale != 0.99)
    assert ("not_yet" in said) == (scale == 0.99)


def test_numbers_that_look_the_same_are_said_to_agree() -> None:
    problem = Problem(Draw.SIGNS, 0, 0.25, 1.0, 1.0)
    assert "**Measured** from depth 100 to 200: **1**." in chain_verdict(TEXT, problem, 1.0, 20)
    assert "agrees" in keys(problem, 1.0, 20)
    assert "luck" in keys(Problem(Draw.GAUSSIAN, 0, 0.0, 1.0, 1.0), 1e-5, 20)


def test_one_gaussian_draw_is_judged_by_the_luck_of_a_draw() -> None:
    said = [keys(Problem(Draw.GAUSSIAN, seed, 0.0, 1.0, 1.0), 1.0, 20) for seed in range(12)]
    assert sum("luck" in each or "agrees" in each for each in said) == 12
    assert sum("luck" in each for each in said) > 6


@pytest.mark.parametrize(("layer", "blame"), [(1, "product"), (10, "product_signal"), (20, "signal")])
def test_the_blame_goes_to_the_product_early_and_to_the_signal_late(layer: int, blame: str) -> None:
    assert to_blame(parts_at(equal().grown(0.6), 20), layer) == blame


def test_who_is_to_blame_where_nothing_vanishes() -> None:
    assert to_blame(parts_at(equal(target=0.5).grown(1.0), 20), 7) == "none"
    assert to_blame(parts_at(equal(bias=0.5).grown(0.0), 3), 1) == "zero"
    assert to_blame(parts_at(equal().grown(1.4), 40), 1) == "product_error"
    assert to_blame(parts_at(equal(x=1e-9, target=1.0).grown(0.99), 3), 2) == "signal"


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("w", [0.1, 0.5, 1.4, 2.0, 3.0])
def test_a_format_fails_about_where_the_powers_of_the_weight_do(name: str, w: float) -> None:
    fails = told_in_formats(equal(), w)[name].fails
    power = first_underflow(w, FORMATS[name]) if w < 1 else first_overflow(w, FORMATS[name])
    assert power is not None
    depth = power + 1 if w < 1 else power / 2 + 1  # of |∂L/∂w₁|: about wⁿ⁻¹ below 1, and w²ⁿ⁻¹ above
    if depth > MOST_LAYERS - 2:
        return
    assert fails is not None
    assert abs(fails - depth) <= 2
    said = chain_verdict(KEYS, equal(), w, 20)
    assert f"[verdict.chain.fails] {fails}" in said


def test_a_number_that_rounding_holds_up_is_called_one_that_should_be_zero() -> None:
    told = told_in_formats(equal(), 0.9)["float16"]
    assert told.ways[[9, 119, 199]].tolist() == ["normal", "subnormal", "stuck"]
    assert "[verdict.chain.prints.stuck]" in chain_verdict(KEYS, equal(), 0.9, 200)
    assert "[verdict.chain.prints.zero]" in chain_verdict(KEYS, equal(), 0.5, 100)
    assert "[verdict.chain.prints.infinite]" in chain_verdict(KEYS, equal(), 1.4, 100)


@pytest.mark.parametrize(
    ("draw", "scale", "depth", "bias", "target"),
    [
        ("equal", 0.8, 20, 0.0, 1.0),
        ("signs", 2.5, 200, 0.0, 0.0),
        ("gaussian", 0.05, 200, -0.3, 1.0),
        ("equal", 0.3, 2, 0.0, 0.09),
        ("gaussian", 1.9, 7, 0.0, 1.0),
    ],
)
def test_the_program_prints_the_table(draw: str, scale: float, depth: int, bias: float, target: float) -> None:
    shown = chain_table(Problem(Draw(draw), 6, bias, 1.2 if bias else 1.0, target), scale, depth)
    constants = {"DRAW": draw, "SCALE": scale, "SEED": 6, "DEPTH": depth, "BIAS": bias, "TARGET": target}
    printed = printed_by(script("chain", INPUT=1.2 if bias else 1.0, **constants))
    assert list(printed) == list(shown)
    np.testing.assert_allclose(printed.astype(float), shown.astype(float), rtol=1e-9, atol=1e-13)
