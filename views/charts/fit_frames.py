"""The data sets of the fit: the points, one line for every step, the line to be reached, and the loss.

A line is cut where it leaves the neighbourhood of the picture, so that it keeps its slope however steep it is.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from gdcore.heavy_ball import BowlDescent
from views.charts.data_set import DataSet
from views.fit import Fit
from views.lazily import pd
from views.numbers import plain
from views.text import Text

Array = npt.NDArray[np.float64]
Window = tuple[float, float]

MOST_POINTS = 400  # that are drawn; everything is computed with all rows
MARGIN = 0.05  # of the data's width, to either side of them
EDGE = 0.02  # of the run, before its first and after its last step
SMALLEST = 1e-300  # width of a picture, and loss that an axis can show
DECADES_ABOVE, DECADES_BELOW = 12, 12  # of the log axis, around the excess loss at the start
LONGEST_TITLE = 30  # characters of a column's name beside an axis
SIDES = ("first", "second")
LINE = ("x", "y", "x_end", "y_end")


def fit_frames(text: Text, fit: Fit, run: BowlDescent) -> dict[str, DataSet]:
    """The data sets of `fit_picture` for a run of one learning rate on `fit`."""
    steps = len(run.points) - 1
    across, up = _windows(fit.columns, fit.made.y)
    excess = _excess_window(run.excess[:, 0])
    pieces = [_pieces(fit, run.points[:, 0], place, window, up) for place, window in enumerate(across)]
    goals = [_pieces(fit, fit.bowl.minimiser[np.newaxis], place, window, up) for place, window in enumerate(across)]
    frame = _frame(fit.inputs, fit.target, across, up) | {"points_note": _drawn_note(text, len(fit.made.y))}
    frame |= {"step_low": -EDGE * steps, "step_high": (1 + EDGE) * steps}
    frame |= {"excess_low": excess[0], "excess_high": excess[1]}
    return {
        "frame": DataSet.row(**frame),
        "points": _points(fit.columns, fit.made.y),
        "lines": _lines(pieces),
        "goal": _lines(goals),
        "run": DataSet(
            {
                "step": np.arange(steps + 1, dtype="i2"),
                "excess": _shown(run.excess[:, 0], excess),
                "headline": [_headline(text, run, step, pieces[0][step], up) for step in range(steps + 1)],
            }
        ),
    }


def points_frames(
    text: Text, inputs: tuple[str, ...], target: str, columns: Mapping[str, Array]
) -> dict[str, DataSet] | None:
    """The same data sets with points only, for columns that give no fit; None if no row is complete."""
    rows = np.stack([columns[name] for name in (*inputs, target)])
    *across, up = rows[:, np.isfinite(rows).all(axis=0)]
    if not up.size:
        return None
    frame = _frame(inputs, target, *_windows(across, up)) | {"points_note": _drawn_note(text, len(up))}
    frame |= {"step_low": 0.0, "step_high": 1.0, "excess_low": 0.1, "excess_high": 10.0}
    nothing = _lines([np.empty((0, len(LINE))) for _ in inputs])
    run = DataSet({"step": np.empty(0, dtype="i2"), "excess": np.empty(0), "headline": np.empty(0, dtype=str)})
    return {
        "frame": DataSet.row(**frame),
        "points": _points(across, up),
        "lines": nothing,
        "goal": nothing,
        "run": run,
    }


def _windows(columns: Sequence[Array], target: Array) -> tuple[list[Window], Window]:
    return [_window(column) for column in columns], _window(target, with_zero=True)


def _frame(inputs: tuple[str, ...], target: str, across: list[Window], up: Window) -> dict[str, float | str]:
    """What the axes of the points are called, and from where to where they go."""
    frame: dict[str, float | str] = {"y_title": _short(target), "y_low": up[0], "y_high": up[1]}
    for side, name, window in zip(SIDES, inputs, across, strict=False):
        frame |= {f"{side}_title": _short(name), f"{side}_low": window[0], f"{side}_high": window[1]}
    return frame


def _drawn_note(text: Text, count: int) -> str:
    """How many of the points are drawn, if not all."""
    return text("chart.fit.sample", drawn=MOST_POINTS, count=f"{count:,}") if count > MOST_POINTS else ""


def fit_numbers(run: BowlDescent) -> pd.DataFrame:
    """The numbers of the figure: θ and the loss above its minimum, step by step, while they are within float64."""
    last = int(run.finite_steps[0]) + 1
    theta = {f"theta_{place}": column for place, column in enumerate(run.points[:last, 0].T)}
    return pd.DataFrame({"step": np.arange(last), **theta, "excess": run.excess[:last, 0]})


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_TITLE else name[: LONGEST_TITLE - 1] + "…"


def _points(columns: Sequence[Array], target: Array) -> DataSet:
    """The rows that are drawn: evenly chosen where there are too many."""
    chosen = np.unique(np.linspace(0, len(target) - 1, min(len(target), MOST_POINTS)).round().astype(np.intp))
    points = {side: column[chosen] for side, column in zip(SIDES, columns, strict=False)}
    return DataSet({**points, "y": target[chosen]})


def _window(values: Array, with_zero: bool = False) -> Window:
    """From where to where an axis shows the values; with zero, where that does not push them to the edge."""
    low, high = float(values.min()), float(values.max())
    width = high - low
    if with_zero and width > 0:
        low, high = (min(low, 0.0) if low <= width else low), (max(high, 0.0) if high >= -width else high)
    margin = max(MARGIN * (high - low), 1e-9 * max(abs(low), abs(high)), SMALLEST)
    if low == high:
        margin = max(0.5 * abs(low), 1.0)
    return low - margin, high + margin


def _excess_window(excess: Array) -> Window:
    """Whole decades around what the run shows, few enough to be told apart."""
    first = min(max(float(excess[0]), SMALLEST), 1.0 / SMALLEST)
    decade = math.floor(math.log10(first))
    seen = excess[np.isfinite(excess) & (excess > 0)]
    lowest, highest = (float(seen.min()), float(seen.max())) if seen.size else (first, first)
    low = max(math.floor(math.log10(max(lowest, SMALLEST))), decade - DECADES_BELOW)
    high = min(math.ceil(math.log10(min(highest, 1.0 / SMALLEST)) + 0.02), decade + DECADES_ABOVE)
    return 10.0 ** min(low, decade - 1), 10.0 ** max(high, decade + 1)


def _shown(excess: Array, window: Window) -> Array:
    """Excess losses for a log axis: what is beyond it, or beyond float64, is drawn just outside."""
    return np.clip(np.nan_to_num(excess, nan=np.inf), window[0] / 10, window[1] * 10)


def _pieces(fit: Fit, theta: Array, place: int, across: Window, up: Window) -> Array:
    """The part of each line that lies in and around the picture, shape (T + 1, 4); nan where nothing does."""
    left, right = fit.line(theta, place, across).T
    margin = up[1] - up[0]
    bounds = np.array([up[0] - margin, up[1] + margin])[:, np.newaxis]
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        rise = right - left
        enters, leaves = np.sort((bounds - left) / rise, axis=0)
        level = rise == 0.0
        inside = (left >= bounds[0]) & (left <= bounds[1])
        begin = np.where(level, np.where(inside, 0.0, np.nan), np.maximum(enters, 0.0))
        end = np.where(level, np.where(inside, 1.0, np.nan), np.minimum(leaves, 1.0))
        width = across[1] - across[0]
        pieces = np.stack([across[0] + begin * width, left + begin * rise, across[0] + end * width, left + end * rise])
        pieces[:, ~(begin < end) | ~np.isfinite(pieces).all(axis=0)] = np.nan
    return pieces.T


def _lines(pieces: list[Array]) -> DataSet:
    """One row per line that can be seen; `pieces` by side."""
    rows = np.concatenate(pieces)
    side = np.repeat(SIDES[: len(pieces)], [len(each) for each in pieces])
    step = np.concatenate([np.arange(len(each), dtype="i2") for each in pieces])
    every = DataSet({**dict(zip(LINE, rows.T, strict=True)), "side": side, "step": step})
    return every.where(np.asarray(np.isfinite(rows).all(axis=1)))


def _headline(text: Text, run: BowlDescent, step: int, piece: Array, up: Window) -> str:
    """What is said of one step: the loss, and where the line is if it cannot be seen."""
    excess = float(run.excess[step, 0])
    if step > run.finite_steps[0]:
        return text("chart.fit.overflowed", step=step)
    ends = piece[[1, 3]]
    seen = np.isfinite(piece).all() and ends.min() <= up[1] and ends.max() >= up[0]
    return text("chart.fit.headline" if seen else "chart.fit.outside", step=step, excess=plain(excess, 3))
