"""What the layers of a chart have in common is said once, and means for every mark what it meant before."""

import json
from typing import Any

import numpy as np
import pytest

from tests.views.spec_reading import spread_out
from views.charts.room import lean
from views.charts.shared import shared

X = {"field": "a", "type": "quantitative", "axis": {"format": "d"}, "scale": {"domain": [0, 1]}}
PARTS: dict[str, list[Any]] = {
    "x": [X, {**X, "field": "b"}, {**X, "title": "t"}, {"datum": 3, "type": "quantitative"}, {"value": 0}],
    "y": [{"field": "c", "scale": {"type": "log"}}, {"field": "c", "type": "quantitative"}, {"value": 1}],
    "color": [{"value": "gray"}, {"value": "red"}, {"field": "d", "legend": None, "scale": {"range": ["red"]}}],
    "tooltip": [[{"field": "a"}, {"field": "c"}], [{"field": "a"}]],
}
TRANSFORMS = [{"filter": "datum.a > 0"}, {"calculate": "datum.a * 2", "as": "b"}, {"calculate": "1", "as": "c"}]


def layered(rng: np.random.Generator, depth: int = 2) -> dict[str, Any]:
    """A chart of layers, some of them in layers of their own, that say alike things by chance."""
    node: dict[str, Any] = {}
    if rng.random() < 0.5:
        node["transform"] = TRANSFORMS[: rng.integers(1, 4)]
    node["encoding"] = {name: each[rng.integers(len(each))] for name, each in PARTS.items() if rng.random() < 0.8}
    if depth == 2 or rng.random() < 0.6:
        node["data"] = {"name": ["runs", "points"][rng.integers(2)]}
    if depth and (depth == 2 or rng.random() < 0.4):
        return {**node, "layer": [layered(rng, depth - 1) for _ in range(rng.integers(2, 6))]}
    return {**node, "mark": {"type": ["line", "point"][rng.integers(2)]}}


@pytest.mark.parametrize("seed", range(40))
def test_every_mark_keeps_its_data_its_transforms_and_its_encoding_in_its_place(seed: int) -> None:
    spec = {"concat": [layered(np.random.default_rng([seed, part])) for part in range(2)]}
    assert spread_out(shared(spec)) == spread_out(spec)


def test_what_layers_repeat_is_said_once() -> None:
    marks = [{"data": {"name": "runs"}, "encoding": {"x": X}, "mark": {"type": kind}} for kind in ("line", "point")]
    found = shared({"layer": marks})
    assert found == {
        "data": {"name": "runs"},
        "encoding": {"x": X},
        "layer": [{"mark": {"type": "line"}}, {"mark": {"type": "point"}}],
    }
    assert len(json.dumps(found)) < len(json.dumps({"layer": marks}))


def test_a_cell_that_is_asked_for_twice_gets_a_name_only_where_it_stands_alone() -> None:
    cell = "isValid(data('frame')[0]) ? data('frame')[0].low : 1"
    asked = [{"expr": cell}, {"expr": f"max({cell}, 2)"}, {"expr": f"-({cell})"}, {"expr": f"{cell} * 2"}]
    found = lean({"concat": asked})
    said = ["asked_0", "max(asked_0, 2)", "-(asked_0)", f"{cell} * 2"]
    assert [each["expr"] for each in found["concat"]] == said
    assert found["params"] == [{"name": "asked_0", "expr": cell}]
