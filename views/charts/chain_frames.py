"""The data sets of "n layers": chains of every depth for several sizes of weights, and what four formats make of them.

Run 0 is the learner's own scale, the others are there to compare with. A layer's factors are put together in the
browser from a cube of runs: the signal that enters it, the product of the weights up to it, and the error of the depth
that is shown. All of it is log₁₀, so a factor may stand at 10⁻⁴⁰⁰; a factor of 0 lies far below every picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from gdcore.chain import backpropagate
from gdcore.chain_depths import Depths, Draw, measured_slope, slope
from gdcore.precision import FORMATS
from views.charts.chain_problem import (
    MOST_LAYERS,
    NOTHING,
    WAYS,
    ZERO,
    Factors,
    Problem,
    log10_of,
    product_signs,
    products_of,
    told_in_formats,
)
from views.charts.data_set import DataSet
from views.lazily import pd
from views.numbers import plain
from views.text import Text

COMPARED = {  # sizes that are drawn beside the learner's own
    Draw.EQUAL: (0.5, 0.7, 0.9, 1.1, 1.4),
    Draw.SIGNS: (0.5, 0.7, 0.9, 1.1, 1.4),
    Draw.GAUSSIAN: (0.5, 1.0, 1.5, 1.9, 2.5),
}
STOPS = np.array([1, 2, 3, 4, 5, 6, 8, 10, 12, 15, *range(20, 101, 5), *range(110, 201, 10)])  # depths to hover
SLOPE_FROM = MOST_LAYERS // 2  # the measured slope goes from here to the end
ALWAYS_SHOWN = (-8.0, 5.2)  # log₁₀: the range of float16, so that its limits are never out of sight
HEADROOM = 0.05  # of the axis, above and below what is drawn
OVERVIEW = (-66.0, 66.0)  # log₁₀ of the overview's ends: a line may leave it
BESIDE = 7.0  # decades: how far beside the measured line the one by theory is drawn


def chain_frames(text: Text, problem: Problem, scale: float, depth: int, layer: int) -> dict[str, DataSet]:
    """The data sets of `chain`: the committed chain has `depth` layers, of which `layer` is looked at."""
    # all sizes, the learner's own or not: a run keeps its number, so what is hovered stays the same over a click
    compared = COMPARED[problem.draw]
    runs = [_run(problem, size) for size in (scale, *compared)]
    own = {name: column[0] for name, column in _points(problem.grown(scale), np.array([depth])).items()}
    cube = DataSet.stacked([DataSet(run.cube) for run in runs])
    points = _stacked([run.points for run in runs])
    bands = _stacked([run.bands for run in runs])
    lines = {name: [run.line[name] for run in runs] for name in runs[0].line}
    return {
        "frame": DataSet.row(run=0, **own, layer=layer),
        "cube": cube,
        "points": points.with_columns(row=np.arange(len(points), dtype="i2")),
        "lines": _worded(problem.draw, DataSet({**lines, "scale": [scale, *compared]})),
        "bands": bands,
        "limits": _limits(text),
    }


LETTERS = {Draw.EQUAL: "w", Draw.SIGNS: "|w|", Draw.GAUSSIAN: "σ"}


def _worded(draw: Draw, lines: DataSet) -> DataSet:
    """The runs with what is written of each."""
    return lines.with_columns(
        run=np.arange(len(lines), dtype="i1"),
        letter=LETTERS[draw],
        label=[plain(size, 3) for size in lines["scale"]],
        mean=np.int8(draw is Draw.GAUSSIAN),
        twin=np.array([number > 0 and size == lines["scale"][0] for number, size in enumerate(lines["scale"])], "i1"),
    )


Columns = dict[str, np.ndarray]


@dataclass(frozen=True)
class _Run:
    """One run's share of the data sets."""

    cube: Columns
    points: Columns
    bands: Columns
    line: dict[str, float]


@lru_cache(maxsize=256)
def _run(problem: Problem, scale: float) -> _Run:
    grown = problem.grown(scale)
    cube = {
        "signal": log10_of(grown.signals[:-1]).astype("f4"),
        "product": products_of(grown).astype("f4"),
        "signs": (3 * grown.signals.sign[:-1] + product_signs(grown)).astype("i1"),
    }
    return _Run(cube, _points(grown, STOPS), _bands(problem, scale), _line(problem, scale, grown))


def _stacked(runs: list[Columns]) -> DataSet:
    """The runs one below the other, numbered."""
    columns = {name: np.concatenate([run[name] for run in runs]) for name in runs[0]}
    sizes = [len(next(iter(run.values()))) for run in runs]
    return DataSet({"run": np.repeat(np.arange(len(runs), dtype="i1"), sizes), **columns})


def _points(grown: Depths, depths: np.ndarray) -> Columns:
    """One row a depth: the first layer's gradient, the error, and the ends of the layer picture's axis."""
    at = depths - 1
    low, high = _axis(Factors.of(grown).drawn(depths))
    first = np.maximum(log10_of(grown.first_gradients)[at], ZERO)
    return {
        "depth": depths.astype("u1"),
        "first": first.astype("f4"),
        "error": log10_of(grown.errors)[at].astype("f4"),
        "turn": grown.errors.sign[at].astype("i1"),
        "low": low.astype("f4"),
        "high": high.astype("f4"),
    }


def _axis(heights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The ends of an axis for each row of heights, with some room; what is 0 is not drawn."""
    low, high = ALWAYS_SHOWN
    lowest = np.minimum(np.where(heights > NOTHING, heights, low).min(axis=1), low)
    highest = np.maximum(heights.max(axis=1), high)
    margin = HEADROOM * (highest - lowest)
    return lowest - margin, highest + margin


def _line(problem: Problem, scale: float, grown: Depths) -> dict[str, float]:
    """Where a run's line leaves the overview, and its slope: measured, and by theory."""
    first = np.maximum(log10_of(grown.first_gradients), ZERO)
    inside = np.flatnonzero((first > OVERVIEW[0]) & (first < OVERVIEW[1]))
    last = int(inside[-1]) if inside.size else 0
    theory = slope(problem.draw, scale, problem.bias, problem.x, problem.target, MOST_LAYERS - SLOPE_FROM)
    found = measured_slope(grown)
    known = theory is not None and found is not None
    # the line by theory has its own slope and meets the measured one, moved to the side, at the last point inside
    beside = first[last] + (BESIDE if first[last] < 0 else -BESIDE)
    total = theory.total if theory is not None else 0.0
    return {
        "last": last + 1,
        "height": float(first[last]) if inside.size else ZERO,
        "theory": total,
        "times": theory.times if theory is not None else 0,
        "found": found if found is not None else 0.0,
        "known": int(known),
        "start": float(beside - total * last),
        "end": float(beside),
    }


def _bands(problem: Problem, scale: float) -> Columns:
    """What each format prints for ∂L/∂w₁, in stretches of depths that get the same."""
    rows: list[tuple[int, int, int, int]] = []
    for line, told in enumerate(told_in_formats(problem, scale).values()):
        starts = np.flatnonzero(np.r_[True, told.ways[1:] != told.ways[:-1]])
        ends = np.r_[starts[1:], len(told.ways)]
        rows += [(line, int(a) + 1, int(b), WAYS.index(str(told.ways[a]))) for a, b in zip(starts, ends, strict=True)]
    return dict(zip(("line", "start", "end", "way"), np.array(rows, dtype="u1").T, strict=True))


DRAWN_FORMATS = ("float16", "float32", "float64")


@lru_cache
def _limits(text: Text) -> DataSet:
    ends = [
        (end, f"{name} {text(f'chart.chain.{side}')}")
        for name in DRAWN_FORMATS
        for side, end in (
            ("smallest", FORMATS[name].log10_smallest_subnormal),
            ("largest", FORMATS[name].log10_largest),
        )
    ]
    return DataSet.of_rows({"log10": "f8", "label": str}, ends)


def chain_table(problem: Problem, scale: float, depth: int) -> pd.DataFrame:
    """The committed chain, one row a layer: its weight, and sign and log₁₀ of its gradient and of the three factors."""
    grown = problem.grown(scale)
    weights, error = grown.weights[:depth], grown.errors[[depth - 1] * depth]
    exact = backpropagate(weights, problem.bias, problem.x, problem.target)
    signals = exact.signals[:-1]
    parts = {
        "gradient": error * exact.products * signals,
        "product": exact.products,
        "signal": signals,
        "error": error,
    }
    columns: dict[str, object] = {"layer": range(1, depth + 1), "weight": weights}
    for name, part in parts.items():
        columns[f"{name}_sign"] = part.sign
        columns[f"{name}_log10"] = np.where(part.sign == 0, np.nan, part.log10)
    return pd.DataFrame(columns)
