"""Every chart keeps one contract: a constant spec over named data sets that its frames deliver, in the theme's ink."""

import json
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from gdcore.chain_depths import Draw
from gdcore.descent import descend
from gdcore.experiment import Experiment
from gdcore.losses import quadratic
from gdcore.three_layers import three_layers
from tests.views.batch_norm_frames import frames_of
from tests.views.spec_reading import data_sets, joined, kept, looked_up, marks, nodes, selected, strings
from views.bowls import made_bowl
from views.charts import ALL_CHARTS
from views.charts.bowl_frames import bowl_frames, run_at
from views.charts.chain_frames import chain_frames
from views.charts.chain_problem import Problem
from views.charts.depth_map_frames import depth_map_frames
from views.charts.dip_frames import dip_frames, dip_run
from views.charts.fit_frames import fit_frames
from views.charts.home_previews import descent_preview_frames, gradient_preview_frames
from views.charts.ink import BLUE, GRAY, GREEN, ORANGE, RED, VIOLET, YELLOW
from views.charts.ruler import ruler
from views.charts.shrink_frames import shrink_frames
from views.charts.slope import slope_frames
from views.charts.start_frames import start_frames
from views.charts.step_size_frames import step_size_frames
from views.charts.three_frames import three_frames
from views.charts.train_frames import train_frames
from views.charts.train_map_frames import train_map_frames
from views.drawing import Frames
from views.fit import Fit, chosen_fit
from views.problem import NO_COLUMN, start_range
from views.schedule_race import chosen_race, chosen_samples
from views.setting import defaults
from views.settings import PAGES
from views.starts import picture
from views.text import LANGUAGES, Text, load_text

INK = {RED, ORANGE, YELLOW, GREEN, BLUE, VIOLET, GRAY}
OTHER_COLOURS = {"black", "white", "steelblue", "grey", "pink", "purple", "brown", "cyan", "magenta", "navy", "teal"}
CODED_COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl)a?\(")


def _frames_of(name: str, text: Text) -> Frames:
    loss = quadratic()
    run = descend(loss, 2.5, 0.3, 30)
    if name == "descent_preview":
        return descent_preview_frames()
    if name == "gradient_preview":
        return gradient_preview_frames()
    if name.startswith("step_size"):
        return step_size_frames(text, loss, 2.5, 0.3, run, ruler(loss, 2.5, 0.3, 30, log=name.endswith("_log")))
    if name == "slope":
        return slope_frames(text, loss, run, 3, start_range(loss))
    if name == "shrink":
        values = defaults(PAGES["learning_rate"])
        return shrink_frames(text, chosen_race(values, chosen_samples(values)), "cosine")
    if name == "dip":
        return dip_frames(text, dip_run(3.05, np.array([3.0]), 30, "shrinks"), "shrinks")
    if name == "depth_map":
        return depth_map_frames(Experiment(20, 8, 8, 0.8, "tanh", 0))
    if name == "bowl":
        problem = made_bowl(20.0)
        return bowl_frames(text, problem, 1.9, 0.0, run_at(problem, 1.9, 0.0, 30))
    if name == "three":
        return three_frames(text, three_layers([0.5, 0.8, 1.5], 0.0, 1.0, 1.0), "w1")
    if name == "chain":
        return chain_frames(text, Problem(Draw.SIGNS, 0, 0.0, 1.0, 1.0), 0.8, 20, 1)
    if name.startswith("start_"):
        values = defaults(PAGES["depth"]) | {"width": 8, "depth": 4, "beside": name.removeprefix("start_")}
        return start_frames(text, picture(values))
    if name == "train":
        return train_frames(text, {}, 20)
    if name == "train_map":
        return train_map_frames(text, 0.1, 1.0)
    if name in ("fit_one", "fit_two"):
        fit = chosen_fit({**defaults(PAGES["learning_rate"]), "second": 3 if name == "fit_two" else NO_COLUMN})
        assert isinstance(fit, Fit)
        return fit_frames(text, fit, fit.run(1.0, 30))
    assert name.startswith("batch_norm"), f"say here which frames the chart {name} is drawn with"
    return frames_of(name.removeprefix("batch_norm_"), text, Experiment(5, 16, 16, 1.0, "tanh", 0))


CASES = [(name, load_text(language)) for name in ALL_CHARTS for language in LANGUAGES]
every_chart = pytest.mark.parametrize(("name", "text"), CASES, ids=[f"{name}-{text.language}" for name, text in CASES])


@every_chart
def test_a_chart_is_a_plain_dict_that_json_can_write(name: str, text: Text) -> None:
    spec = ALL_CHARTS[name](text)
    assert json.loads(json.dumps(spec, allow_nan=False)) == spec


@every_chart
def test_a_chart_is_built_once(name: str, text: Text) -> None:
    assert ALL_CHARTS[name](text) is ALL_CHARTS[name](text)


@every_chart
def test_drawing_with_data_leaves_the_spec_alone(name: str, text: Text) -> None:
    before = json.dumps(ALL_CHARTS[name](text))
    _frames_of(name, text)
    assert json.dumps(ALL_CHARTS[name](text)) == before


@every_chart
def test_a_chart_holds_no_data_of_its_own(name: str, text: Text) -> None:
    spec = ALL_CHARTS[name](text)
    assert "datasets" not in spec
    for node in nodes(spec):
        if "data" in node:
            assert node["data"].keys() == {"name"}
    assert all(mark.data for mark in marks(spec))


@every_chart
def test_the_data_sets_are_those_that_the_chart_uses_and_no_others(name: str, text: Text) -> None:
    assert data_sets(ALL_CHARTS[name](text)) == _frames_of(name, text).keys()


@every_chart
def test_every_column_that_the_chart_reads_is_there(name: str, text: Text) -> None:
    spec, frames = ALL_CHARTS[name](text), _frames_of(name, text)
    wanted = {(mark.data, column) for mark in marks(spec) for column in mark.columns}
    wanted |= {*selected(spec), *joined(spec)}
    wanted |= {(data, field) for data, field in looked_up(spec) if not data.endswith("_store")}
    assert wanted, "a chart without any column cannot show data"
    missing = {(data, column) for data, column in wanted if column not in frames[data].columns}
    assert not missing


@every_chart
def test_a_key_tells_the_rows_of_its_data_set_apart(name: str, text: Text) -> None:
    """Marks with the same key would be drawn as one."""
    spec, frames = ALL_CHARTS[name](text), _frames_of(name, text)
    for data, columns in {*kept(spec), *((data, (field,)) for data, field in joined(spec))}:
        assert not frames[data].table().duplicated(list(columns)).any(), f"{data}: {columns}"


@every_chart
def test_the_same_data_set_names_and_columns_come_in_every_language(name: str, text: Text) -> None:
    here, english = _frames_of(name, text), _frames_of(name, load_text("en"))
    assert {data: list(frame.columns) for data, frame in here.items()} == {
        data: list(frame.columns) for data, frame in english.items()
    }


def _inks(channel: Any) -> list[str]:
    """The colours that a colour channel names: its value, its condition's value, its scale's range."""
    return [word for key, word in strings(channel) if key in ("value", "range")]


@every_chart
def test_a_colour_is_one_of_the_seven_names_and_stands_where_the_theme_replaces_it(name: str, text: Text) -> None:
    spec = ALL_CHARTS[name](text)
    inside: list[str] = []
    for node in nodes(spec):
        for channel in ("color", "fill", "stroke"):
            inside += _inks(node.get("encoding", {}).get(channel, {}))
    assert set(inside) <= INK
    everywhere = [(key, word) for key, word in strings(spec) if key != "$schema"]
    assert sum(word in INK for _, word in everywhere) == len(inside)
    assert not [word for _, word in everywhere if word in OTHER_COLOURS]
    assert not [(key, word) for key, word in everywhere if CODED_COLOUR.search(word)]


@every_chart
def test_every_mark_that_is_seen_names_its_colour(name: str, text: Text) -> None:
    def bare(node: Mapping[str, Any], coloured: bool) -> list[Any]:
        coloured = coloured or "color" in node.get("encoding", {})
        if "mark" not in node:
            children = [child for part in ("layer", "concat", "vconcat", "hconcat") for child in node.get(part, [])]
            return [found for child in children for found in bare(child, coloured)]
        unseen = isinstance(node["mark"], dict) and node["mark"].get("opacity") == 0
        return [] if coloured or unseen else [node["mark"]]

    assert not bare(ALL_CHARTS[name](text), False)
