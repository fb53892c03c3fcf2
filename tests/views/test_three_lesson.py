"""The lesson "Three layers": its factors, its verdict at every zero, its table and its program."""

import itertools
import re

import numpy as np
import pytest

from gdcore.three_layers import ThreeLayers, three_layers
from tests.views.program_running import printed_by
from tests.views.test_frames import require_drawable
from views.charts.three_frames import PATHS, factors, headline, three_frames, three_table
from views.scripts import script
from views.settings import PAGES
from views.text import LANGUAGES, load_text
from views.verdicts.three import agreement_table, three_verdict

TEXT = load_text("en")
MACHINE = re.compile(r"nan|\binf\b|∞|None|e[+-]\d|0\.0000|\?|@", re.IGNORECASE)
SETTING = {setting.key: setting for setting in PAGES["depth"]}
ENDS = [(SETTING[key].low, SETTING[key].high) for key in ("w1", "w2", "w3")]
CASES = [*itertools.product(*ENDS), (0.5, 0.8, 1.5), (0.0, 0.8, 1.5), (0.0, 0.0, 0.0), (0.5, 0.5, -0.5)]
EVERY = list(itertools.product(CASES, (-2.0, 0.0, 0.05), (-10.0, 0.0, 1.0), (-10.0, 0.0, 0.6)))


def opening(key: str) -> str:
    return TEXT.words[f"verdict.three.{key}"].split("@")[0]


def test_every_setting_can_be_drawn_and_said_in_words_and_plain_numbers() -> None:
    for (weights, bias, x, target), language in zip(EVERY, itertools.cycle(LANGUAGES), strict=False):
        run = three_layers(weights, bias, x, target)
        frames = three_frames(load_text(language), run, "w2")
        require_drawable({**frames, "frame": frames["frame"].with_columns(low=0, high=1)})
        for layer in (1, 2, 3):
            verdict = three_verdict(load_text(language), run, layer)
            assert not MACHINE.search(verdict), verdict


def test_the_factors_of_a_gradient_multiply_to_it_and_stand_on_its_edges() -> None:
    run = three_layers([0.5, -0.8, 1.5], 0.25, 2.0, 1.0)
    for row in (1, 2, 3):
        chain = factors(run, row)
        assert [edge for edge, *_ in chain] == list(range(5, row - 1, -1))
        assert np.prod([value for *_, value in chain]) == pytest.approx(run.gradients[row - 1])
    symbols, letters, numbers = headline(three_layers([0.5, 0.8, 1.5], 0.0, 1.0, 1.0), 3)
    assert symbols == "∂L/∂w₃ = ∂L/∂ŷ · ∂ŷ/∂y₃ · ∂y₃/∂w₃"
    assert letters == "= (ŷ − y) · 1 · y₂"
    assert numbers == "= (−0.4) · 1 · 0.4 = −0.16"


@pytest.mark.parametrize(
    ("key", "weights", "bias", "x", "target"),
    [
        ("exact", [0.5, 0.8, 1.5], 0.0, 1.0, 0.6),
        ("below", [0.5, 0.8, 1.5], 0.0, 1.0, 0.6001),
        ("above", [0.5, 0.8, 1.5], 0.0, 1.0, 0.5999),
        ("raise", [0.5, 0.8, 1.5], 0.0, 1.0, 1.0),
        ("lower", [0.5, 0.8, 1.5], 0.0, 1.0, 0.0),
        ("zero", [0.5, 0.0, 1.5], 0.0, 1.0, 1.0),
        ("zero", [0.5, 0.8, 1.5], 0.1, 0.0, 1.0),
        ("all_zero", [0.0, 0.0, 1.5], 0.0, 1.0, 1.0),
        ("all_zero", [0.5, 0.8, 1.5], 0.0, 0.0, 1.0),
        ("zero_weight", [0.5, 0.0, 1.5], 0.0, 1.0, 1.0),
        ("zero_weights", [0.0, 0.0, 1.5], 0.1, 1.0, 1.0),
        ("alike", [0.5, -0.5, 0.5], 0.0, 1.0, 1.0),
        ("unlike", [0.5, 0.8, 1.5], 0.0, 1.0, 1.0),
        ("bias", [0.5, 0.8, 1.5], 0.1, 1.0, 1.0),
    ],
)
def test_what_happens_is_said_where_it_happens(
    key: str, weights: list[float], bias: float, x: float, target: float
) -> None:
    assert opening(key) in three_verdict(TEXT, three_layers(weights, bias, x, target), 1)


def test_a_gradient_of_zero_names_the_factors_that_are_zero() -> None:
    said = three_verdict(TEXT, three_layers([0.5, 0.0, 1.5], 0.0, 0.0, 1.0), 1)
    assert "a factor of it is 0: w₂, x." in said
    said = three_verdict(TEXT, three_layers([0.5, 0.0, 1.5], 0.0, 1.0, 1.0), 3)
    assert "a factor of it is 0: y₂." in said


def test_the_smallest_weight_has_the_largest_gradient_and_is_named() -> None:
    for weights in ([0.5, 0.8, 1.5], [2.0, -0.1, 1.5], [2.0, 1.0, 0.9]):
        run = three_layers(weights, 0.0, 1.0, 0.3)
        name = "w₁w₂w₃"[2 * int(np.abs(run.gradients).argmax()) :][:2]
        assert f"smallest size, {name}" in three_verdict(TEXT, run, 1)


def agreement(run: ThreeLayers) -> list[str]:
    return agreement_table(TEXT, run)[TEXT("table.agreement")].tolist()


def test_formula_and_central_difference_are_said_to_agree_wherever_they_do() -> None:
    for weights, bias, x, target in EVERY:
        assert all(said.startswith("yes") for said in agreement(three_layers(weights, bias, x, target)))
    assert agreement(three_layers([0.5, 0.8, 1.5], 0.0, 1.0, 0.6)) == [TEXT("agreement.zero")] * 3


def test_a_formula_that_is_wrong_is_said_not_to_agree() -> None:
    run = three_layers([0.5, 0.8, 1.5], 0.0, 1.0, 1.0)
    run.gradients[2] *= 1 + 1e-5
    assert agreement(run)[2].startswith("no")
    assert not run.agree


@pytest.mark.parametrize(
    ("weights", "bias", "x", "target"),
    [([0.5, 0.8, 1.5], 0.0, 1.0, 1.0), ([-2.95, 0.0, 3.0], -1.95, -9.9, 7.7), ([0.1, 0.7, 1.1], 0.0, 3.0, 0.231)],
)
def test_the_program_prints_the_table(weights: list[float], bias: float, x: float, target: float) -> None:
    shown = three_table(three_layers(weights, bias, x, target))
    printed = printed_by(script("three", WEIGHTS=weights, BIAS=bias, INPUT=x, TARGET=target))
    assert list(printed) == list(shown)
    np.testing.assert_allclose(printed, shown, rtol=1e-9, atol=1e-12)


def test_the_paths_are_those_of_the_setting() -> None:
    assert SETTING["path"].options == PATHS
