"""The map as it is shown: what is sent, where the mark stands, what the formats lose, and what is said."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gdcore.activations import ACTIVATIONS
from gdcore.depth_map import DEPTHS, SCALES, depth_map
from gdcore.depth_theory import critical_weight_scale
from gdcore.experiment import Absent, Experiment
from gdcore.network import BatchNorm
from pages.tabs.depth_map import program
from tests.views.program_running import printed_by
from tests.views.test_frames import BUDGET, require_drawable, size_of
from views.charts.depth_map_frames import MISSING, PLACES, ZERO, axis_of, border_pieces, depth_map_frames
from views.depth_maps import FORMATS, HEALTHY, cell_of, depth_map_table, lost, of_map, place_of, typical_entry
from views.experiments import chosen_experiment
from views.setting import defaults
from views.settings import PAGES
from views.text import LANGUAGES, load_text
from views.verdicts.depth_map import depth_map_verdict, fate, place_note

TEXT = load_text("en")
SMALL = Experiment(depth=20, width=8, batch=8, weight_scale=0.8, activation="sigmoid", seed=0)
AFTER = BatchNorm.AFTER_ACTIVATION
ENDS = [
    replace(SMALL, depth=1, weight_scale=0.0),
    replace(SMALL, depth=200, weight_scale=10.0, activation="identity"),
    replace(SMALL, batch=1, width=1),
    replace(SMALL, batch=2, epsilon=0.0),
    replace(SMALL, activation="relu", place=AFTER, epsilon=0.0),
    replace(SMALL, gamma=0.0, beta=3.0, bias_scale=2.0),
    replace(SMALL, width=1, activation="relu"),
    replace(SMALL, epsilon=1.0, gamma=-3.0, activation="tanh", place=AFTER),
]


@pytest.mark.parametrize("experiment", ENDS, ids=range(len(ENDS)))
def test_the_frames_are_drawable_and_words_are_found_at_the_ends_of_every_setting(experiment: Experiment) -> None:
    require_drawable(depth_map_frames(experiment))
    for language in LANGUAGES:
        said = depth_map_verdict(load_text(language), experiment)
        assert not any(odd in said for odd in ("nan", "inf ", "None", "e+", "e-0", "@"))


def test_another_depth_or_scale_sends_the_same_cells_and_a_new_problem_stays_small() -> None:
    experiment = chosen_experiment(defaults(PAGES["depth"]))
    frames, other = (depth_map_frames(each) for each in (experiment, replace(experiment, depth=30, weight_scale=2.0)))
    assert all(frames[name] is other[name] for name in ("cells", "profiles", "borders", "colours"))
    assert not frames["problem"].table().equals(other["problem"].table())
    assert size_of(frames) < BUDGET


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_layer_of_a_cell_is_sent_finer_than_a_screen_shows_and_found_by_its_number(activation: str) -> None:
    experiment = of_map(replace(SMALL, activation=activation))
    frames, found = depth_map_frames(experiment), depth_map(experiment)
    cells, layers = frames["cells"], frames["profiles"]
    assert not isinstance(found.normalised, Absent)
    for side, profiles in (("without", found.without), ("with", found.normalised)):
        first = 0
        rows = [row for deep in profiles for row in deep]
        for heights, low, high in zip(rows, cells["low"], cells["high"], strict=True):
            parts = layers[side][first : first + len(heights)]
            first += len(heights)
            known = np.isfinite(heights)
            assert (parts <= PLACES).tolist() == known.tolist()
            places = low + parts[known] / PLACES * float(high - low)
            assert places == pytest.approx(heights[known], abs=0.51 / PLACES * (high - low))
        assert first == len(layers)


def test_an_axis_holds_its_profile_and_four_decades_at_least() -> None:
    assert axis_of(np.array([-0.2, 0.1])) == (-2, 2)
    assert axis_of(np.array([-14.3, 0.1, -np.inf])) == (-15, 1)
    assert axis_of(np.array([-np.inf])) == (-2, 2)


def test_every_cell_is_found_at_its_own_place_and_nothing_else_is_a_cell() -> None:
    for row, depth in enumerate(DEPTHS):
        for column, scale in enumerate(SCALES):
            assert place_of(depth, scale) == pytest.approx((column, row), abs=0.03)
            assert cell_of(depth, scale) == row * len(SCALES) + column
    assert cell_of(20, 0.8) == cell_of(21, 0.794) == -1


def test_a_network_between_cells_stands_between_them_and_one_outside_at_the_edge() -> None:
    column, row = place_of(35, 0.8)
    assert row == DEPTHS.index(30) + 0.5
    assert SCALES.index(0.794) < column < SCALES.index(0.794) + 0.5
    assert place_of(1, 0.0) == (-0.5, -0.5)
    assert place_of(200, 20.0) == (len(SCALES) - 0.5, len(DEPTHS) - 0.5)


def test_the_words_say_where_the_mark_stands() -> None:
    assert place_note(TEXT, replace(SMALL, depth=20, weight_scale=0.794)) == ""
    assert place_note(TEXT, SMALL) == TEXT("note.map_between")
    assert "137" in place_note(TEXT, replace(SMALL, depth=137))
    assert "0.05" in place_note(TEXT, replace(SMALL, weight_scale=0.05))


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_loses_an_entry_exactly_where_numpy_does(name: str) -> None:
    fmt, kind = FORMATS[name], {"float16": np.float16, "float32": np.float32}[name]
    tiny, huge = fmt.log10_smallest_subnormal - np.log10(2.0), fmt.log10_largest
    for entry in (tiny - 1e-3, tiny + 1e-3, 0.0, huge - 1e-3, huge + 1e-3):
        with np.errstate(over="ignore", under="ignore"):
            held = kind(10.0**entry)
        expected = -1 if held == 0 else 1 if np.isinf(held) else 0
        assert lost(np.array(entry + typical_entry(SMALL)), fmt, SMALL) == expected
    assert lost(np.array([np.nan, -np.inf]), fmt, SMALL).tolist() == [0, -1]


def test_borders_run_between_cells_of_different_fate_and_nowhere_else() -> None:
    fate_of_cells = np.random.default_rng(0).integers(-1, 2, (5, 7))
    pieces = list(border_pieces(fate_of_cells))
    length = sum((right - left) + (top - bottom) for left, right, bottom, top in pieces)
    changes = np.count_nonzero(np.diff(fate_of_cells, axis=0)) + np.count_nonzero(np.diff(fate_of_cells, axis=1))
    assert length == changes
    for left, right, bottom, top in pieces:
        x, y = (left + right) / 2, (bottom + top) / 2
        if left == right:
            assert fate_of_cells[int(y), int(x - 0.5)] != fate_of_cells[int(y), int(x + 0.5)]
        else:
            column = int(np.ceil(left))
            assert fate_of_cells[int(y - 0.5), column] != fate_of_cells[int(y + 0.5), column]


def test_a_gradient_has_its_word_just_below_on_and_just_above_every_limit() -> None:
    assert [fate(at) for at in (-HEALTHY - 1e-9, -HEALTHY, 0.0, HEALTHY, HEALTHY + 1e-9)] == [
        "vanishes",
        "healthy",
        "healthy",
        "healthy",
        "explodes",
    ]
    assert (fate(-np.inf), fate(np.nan)) == ("silent", "missing")


@pytest.mark.parametrize("activation", ["identity", "relu", "tanh"])
def test_the_verdict_knows_on_which_side_of_the_critical_scale_it_is(activation: str) -> None:
    critical = critical_weight_scale(ACTIVATIONS[activation])
    for factor, word in ((0.97, "it shrinks"), (1.0, "it keeps its size"), (1.03, "it grows")):
        said = depth_map_verdict(TEXT, replace(SMALL, activation=activation, weight_scale=critical * factor))
        assert word in said


def test_theory_and_run_agree_in_a_wide_linear_network_and_in_a_narrow_one_the_verdict_says_why_not() -> None:
    reason = TEXT("verdict.map.differs", rate="|").split("|")[1]
    said = [depth_map_verdict(TEXT, replace(SMALL, activation="identity", width=width)) for width in (48, 1)]
    assert [reason in each for each in said] == [False, True]


def test_the_verdict_counts_the_cells_that_float16_loses() -> None:
    experiment = replace(SMALL, width=16)
    table = depth_map_table(experiment)
    limit = FORMATS["float16"].log10_smallest_subnormal - np.log10(2.0) + typical_entry(experiment)
    count = int((table["log10_without"] <= limit).sum())
    assert count > 50
    assert f"as 0 in {count} of {len(table)} cells" in depth_map_verdict(TEXT, experiment)


def test_missing_networks_and_zeros_travel_as_codes() -> None:
    cells = depth_map_frames(replace(SMALL, batch=1))["cells"]
    assert (cells["with"] == MISSING).all()
    assert (depth_map_frames(replace(SMALL, gamma=0.0, epsilon=0.5))["cells"]["with"] == ZERO).all()


@pytest.mark.parametrize(
    "experiment",
    [
        replace(SMALL, bias_scale=0.4),
        replace(SMALL, activation="relu", place=AFTER, epsilon=0.0),
        replace(SMALL, activation="tanh", place=AFTER, gamma=0.5, beta=0.3),
    ],
    ids=["biases", "missing", "after"],
)
def test_the_program_prints_the_table_of_the_data(experiment: Experiment) -> None:
    place = Path(__file__).parents[2] / "gdcore" / "data" / "digits.npz"
    written = program(experiment)
    assert written.count('"gdcore/data/digits.npz"') == 1
    printed = printed_by(written.replace('"gdcore/data/digits.npz"', repr(str(place))))
    table = depth_map_table(experiment)
    assert list(printed) == list(table)
    assert np.allclose(printed, table, rtol=1e-9, atol=1e-9, equal_nan=True)
