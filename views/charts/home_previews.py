"""The two small charts of the home page: one real result of each lab."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from gdcore.comparison import Side, compare
from gdcore.descent import descend
from gdcore.experiment import Experiment
from gdcore.losses import quadratic
from views.charts.data_set import DataSet
from views.charts.ink import BLUE, GREEN, RED, exponent_axis, named, stroke_legend
from views.charts.room import Spec, lean
from views.charts.shipped import once
from views.lazily import alt
from views.text import Text

RATES = {"small": 0.08, "good": 0.6, "large": 2.15}  # with curvature 1: creeps, converges, diverges
STEPS = 20
DEPTH, WIDTH, BATCH, SCALE = 20, 64, 64, 1.0
HEIGHT = 300  # px


def _lines(text: Text, colours: dict[str, str], dashes: list[list[int]], x: str, y: str) -> Spec:
    codes = list(colours)
    label = stroke_legend({code: text(f"home.{code}") for code in codes}, columns=alt.ExprRef("width < 320 ? 2 : 0"))
    chart: Spec = (
        named("lines")
        .mark_line(strokeWidth=3)
        .encode(
            alt.X("x:Q", title=x, axis=alt.Axis(grid=False, format="d", tickMinStep=1), scale=alt.Scale(nice=False)),
            alt.Y("log10:Q", title=y, axis=exponent_axis(y, tickCount=5)),
            alt.Color("line:N", scale=alt.Scale(domain=codes, range=list(colours.values())), legend=label),
            alt.StrokeDash("line:N", scale=alt.Scale(domain=codes, range=dashes), legend=label),
        )
        .properties(height=HEIGHT)
        .configure_mark(tooltip=None)
        .to_dict()
    )
    return lean(chart)


@once
def descent_preview(text: Text) -> Spec:
    """Excess loss against step for three learning rates. Data set: lines."""
    colours = {"small": BLUE, "good": GREEN, "large": RED}
    return _lines(text, colours, [[2, 2], [1, 0], [7, 3]], text("chart.step"), "J − J*")


@once
def gradient_preview(text: Text) -> Spec:
    """Gradient norm against layer, without and with batch norm. Data set: lines."""
    colours = {"without": RED, "with": GREEN}
    return _lines(text, colours, [[7, 3], [1, 0]], text("chart.layer"), "‖∂L/∂Wᵢ‖")


def _long(x: np.ndarray, lines: dict[str, np.ndarray]) -> dict[str, DataSet]:
    names = np.repeat(list(lines), len(x))
    return {"lines": DataSet({"line": names, "x": np.tile(x, len(lines)), "log10": np.concatenate([*lines.values()])})}


@lru_cache(maxsize=1)
def descent_preview_frames() -> dict[str, DataSet]:
    """J = ½θ² from θ₀ = 2.5 with the three learning rates."""
    runs = descend(quadratic(), 2.5, list(RATES.values()), STEPS)
    return _long(np.arange(STEPS + 1), dict(zip(RATES, np.log10(runs.excess.T), strict=True)))


@lru_cache(maxsize=1)
def gradient_preview_frames() -> dict[str, DataSet]:
    """A sigmoid network on digits; the seed is that of the lab."""
    comparison = compare(Experiment(DEPTH, WIDTH, BATCH, SCALE, "sigmoid", 0))
    assert isinstance(comparison.normalised, Side)
    lines = {"without": comparison.without.gradient, "with": comparison.normalised.gradient}
    return _long(np.arange(1, DEPTH + 1), lines)
