"""The palette: seen on its background, told apart with any cones of the eye, and never the only sign of anything."""

import tomllib
from collections.abc import Iterator, Mapping
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pytest

from tests.streamlit_client import ROOT
from tests.views.spec_reading import nodes, spread_out, strings
from views.charts import ALL_CHARTS
from views.charts.ink import BLUE, GRAY, GREEN, ORANGE, PAPER, RED, VIOLET, YELLOW
from views.charts.ruler_bands import LIMIT, SIZES
from views.text import load_text

INKS = (RED, ORANGE, YELLOW, GREEN, BLUE, VIOLET, GRAY)
THEMES = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))["theme"]
GROUNDS = {"light": "#ffffff", "dark": "#171614"}  # Streamlit's own
# Machado, Oliveira and Fernandes (2009), severity 1, for linear RGB.
EYES = {
    "all cones": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
APART = 0.06  # in OKLab: three times a difference that is just seen
GRAPHICS, WORDS = 3.0, 4.5  # the contrasts of WCAG 2.2, 1.4.11 and 1.4.3
# OKLab (Ottosson 2020): linear RGB to cones, their cube roots to lightness and two hues
CONES = np.array([[0.4122, 0.5363, 0.0514], [0.2119, 0.6807, 0.1074], [0.0883, 0.2817, 0.6300]])
HUES = np.array([[0.2105, 0.7936, -0.0041], [1.9780, -2.4286, 0.4506], [0.0259, 0.7828, -0.8087]])
# Where a colour has no second sign in the encoding, because what it means is written or stands beside it.
SAID_ELSEWHERE = {
    "step_size": "the bands of the ruler carry their words, and a run stands where its band is",
    "bowl": "as in step_size; the path has the colour of its band",
    "chain": "each bar carries its word",
    "depth_map": "a scale with words; vanishing lies on one side of the healthy band, exploding on the other",
    "start_alone": "each cell carries its word",
    "start_rivals": "each cell carries its word",
    "three": "each box carries the name of its quantity",
}


def light(code: str) -> np.ndarray:
    """Linear RGB of a colour code."""
    return linear(np.array([int(code[place : place + 2], 16) for place in (1, 3, 5)]) / 255)


def linear(shares: np.ndarray) -> np.ndarray:
    return np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)


def oklab(rgb: np.ndarray) -> np.ndarray:
    return HUES @ np.cbrt(CONES @ rgb)


def contrast(one: np.ndarray, other: np.ndarray) -> float:
    bright, dark = sorted((float(each @ [0.2126, 0.7152, 0.0722]) for each in (one, other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def tinted(ground: str, code: str, opacity: float) -> np.ndarray:
    """What is seen of a colour that lets the ground shine through, as browsers mix them."""
    shares = [np.array([int(each[place : place + 2], 16) for place in (1, 3, 5)]) / 255 for each in (ground, code)]
    return linear((1 - opacity) * shares[0] + opacity * shares[1])


def ink_of(theme: str, name: str) -> str:
    return str(THEMES[theme][f"{name}Color"])


def views(spec: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every mark of a spec with its encoding."""
    for node in nodes(spec):
        if "type" in node.get("mark", {}):  # not the settings of all marks
            yield node


def inks_of(channel: Any) -> set[str]:
    return {word for _, word in strings(channel) if word in INKS}


@pytest.mark.parametrize("theme", GROUNDS)
@pytest.mark.parametrize("eye", EYES)
def test_any_two_colours_stay_apart_for_every_eye(theme: str, eye: str) -> None:
    seen = {name: oklab(np.clip(EYES[eye] @ light(ink_of(theme, name)), 0, 1)) for name in INKS}
    near = {pair: float(np.linalg.norm(seen[pair[0]] - seen[pair[1]])) for pair in combinations(INKS, 2)}
    assert {pair: apart for pair, apart in near.items() if apart < APART} == {}


@pytest.mark.parametrize("theme", GROUNDS)
def test_every_colour_is_seen_on_the_page_and_those_of_words_are_read(theme: str) -> None:
    ground = light(GROUNDS[theme])
    found = {name: contrast(light(ink_of(theme, name)), ground) for name in INKS}
    assert {name: value for name, value in found.items() if value < GRAPHICS} == {}
    written = {name for spec in map(_english, ALL_CHARTS) for name in _inks_of_words(spec)}
    assert GRAY in written
    assert {name: found[name] for name in written if found[name] < WORDS} == {}
    assert contrast(light(THEMES[theme]["primaryColor"]), ground) >= WORDS


@pytest.mark.parametrize("theme", GROUNDS)
def test_gray_words_are_read_on_any_tint_and_a_casing_parts_a_line_from_any_cell(theme: str) -> None:
    paper = light(GROUNDS[theme])
    for name in INKS:
        assert contrast(light(ink_of(theme, GRAY)), tinted(GROUNDS[theme], ink_of(theme, name), 0.22)) >= WORDS - 0.05
    for name in (GRAY, VIOLET, RED, ORANGE, GREEN):  # of the lines and signs on maps
        assert contrast(light(ink_of(theme, name)), paper) >= GRAPHICS


@pytest.mark.parametrize(("name", "at_least"), [("depth_map", 7), ("train_map", 3)])
def test_every_line_and_sign_over_a_map_is_cased(name: str, at_least: int) -> None:
    cased = 0
    for node in nodes(_english(name)):
        layers = node.get("layer", [])
        cells = [place for place, each in enumerate(layers) if _painted(each)]
        for below, mark in pairwise(layers[max(cells) :] if cells else ()):
            if "strokeWidth" in mark["mark"] and not _casing(mark) and "9999" not in str(mark.get("transform")):
                assert _casing(below), mark
                assert below["mark"]["strokeWidth"] > mark["mark"]["strokeWidth"]
                cased += 1
    assert cased >= at_least


@pytest.mark.parametrize("name", ALL_CHARTS)
def test_no_colour_is_the_only_sign_of_what_it_means(name: str) -> None:
    spec = _english(name)
    by_field: dict[str, set[str]] = {}
    for mark in views(spec):
        for channel, definition in mark.get("encoding", {}).items():
            if isinstance(definition, dict) and "field" in definition:
                by_field.setdefault(definition["field"], set()).add(channel)
    alone = {field for field, channels in by_field.items() if channels == {"color"} and len(_range(spec, field)) > 1}
    assert not alone or name in SAID_ELSEWHERE, alone


def _english(name: str) -> dict[str, Any]:
    return spread_out(ALL_CHARTS[name](load_text("en")))


def _inks_of_words(spec: Mapping[str, Any]) -> Iterator[str]:
    for mark in views(spec):
        if mark["mark"]["type"] == "text":
            colour = mark.get("encoding", {}).get("color", {})
            scale = colour.get("scale") or {}
            if LIMIT in scale.get("domain", ()):  # of `ruler_marks`: its words say these, and no regime
                inks = dict(zip(scale["domain"], scale["range"], strict=True))
                colour = [inks[named] for named in (*SIZES, LIMIT)]
            yield from inks_of(colour)


def _painted(mark: Mapping[str, Any]) -> bool:
    """Cells, whose strength is their opacity."""
    kind = mark.get("mark", {})
    return kind.get("type") == "rect" and kind.get("filled", True) and "opacity" in mark.get("encoding", {})


def _casing(mark: Mapping[str, Any]) -> bool:
    return mark.get("encoding", {}).get("color", {}).get("value") == {"expr": PAPER}


def _range(spec: Mapping[str, Any], field: str) -> set[str]:
    """The colours that stand for the values of a field."""
    scales = (mark["encoding"]["color"] for mark in views(spec) if "color" in mark.get("encoding", {}))
    return {ink for each in scales if each.get("field") == field for ink in inks_of(each.get("scale", {}))}
