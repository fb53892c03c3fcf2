"""The data sets of "Two directions at once": contours, the committed run, and a cube of runs to preview.

Along each eigen-direction the distance from θ* is sent in units of the distance at the start, with the start on the
positive side: the cube stays small and the spec the same for every bowl, from κ = 1 to columns in wild units. A
distance may leave the picture and float64; the axes stop, the words say so.
"""

import math
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from gdcore.bowl_theory import long_run_loss
from gdcore.convex_loss import Array
from gdcore.heavy_ball import BowlDescent, Roll, roll
from views.bowls import BowlProblem
from views.charts.bowl_contours import axes_of, contours, halves, start_distances
from views.charts.bowl_ruler import EXCESS, motions_at, paces, ruler_bands, ruler_end, ruler_marks
from views.charts.data_set import Column, DataSet
from views.numbers import plain
from views.text import Text

ERROR = 1e-6, 1e1  # the axis of the errors, 1 at the start
WAYS = tuple(Roll)  # what became of a run travels as a place here
LEAST, MOST = 1e-9, 1e4  # what is drawn of a distance, out of sight
DECADE = 2000  # steps of the cube's log scale to a decade: 0.1 % of a distance, less than a screen shows


def run_at(problem: BowlProblem, pace: float, momentum: float, steps: int) -> BowlDescent:
    """The run of one learning rate, α = pace/L."""
    return roll(problem.bowl, problem.start, [pace / problem.bowl.L], steps, momentum)


def relative(problem: BowlProblem, run: BowlDescent, direction: int | None) -> Array:
    """The distance along one direction in units of that at the start, sign included, shape (T + 1, A)."""
    if direction is None or direction not in problem.live:
        return np.zeros(run.excess.shape)
    with np.errstate(over="ignore", invalid="ignore"):
        shares = run.components[..., direction] / problem.components[direction]
    return np.asarray(np.clip(np.nan_to_num(shares, nan=np.inf), -MOST, MOST))


def _predicted(problem: BowlProblem, offered: Array, momentum: float, steps: int) -> dict[str, npt.NDArray[np.float32]]:
    """Where the predicted line of each direction ends, from 1 at step 0: at the last step, or beneath the axis."""
    columns: dict[str, npt.NDArray[np.float32]] = {}
    for name, direction in zip(("steep", "flat"), axes_of(problem), strict=True):
        ends = [(0.0, 1.0)] * len(offered)
        if direction is not None and direction in problem.live:
            share = float(problem.bowl.curvatures[direction]) / problem.bowl.L
            ends = [_line_end(long_run_loss(float(pace) * share, momentum), steps) for pace in offered]
        until, end = np.array(ends, dtype="f4").T
        columns |= {f"{name}_until": until, f"{name}_end": end}
    return columns


def _line_end(loss: float, steps: int) -> tuple[float, float]:
    slope = math.log1p(-loss) if loss < 1.0 - 1e-9 else math.log(1e-9)
    until = min(float(steps), math.log(LEAST if slope < 0 else MOST) / slope) if slope else float(steps)
    return until, math.exp(slope * until)


@lru_cache(maxsize=64)
def _preview(text: Text, problem: BowlProblem, momentum: float, steps: int, end: float) -> dict[str, DataSet]:
    """The data sets that do not depend on the committed pace."""
    offered = paces(problem, momentum, steps, end)
    runs = roll(problem.bowl, problem.start, offered / problem.bowl.L, steps, momentum)
    kinds = [motions_at(problem, pace, momentum)[0] for pace in offered.tolist()]
    cube, rows = _cube(problem, runs)
    final = DataSet(
        {
            "run": np.arange(len(offered), dtype="i1"),
            **rows,
            "pace": offered,
            "excess": _excess(runs).astype("f4"),
            "regime": [kind.name for kind in kinds],
            **_said(problem, offered, runs),
            **_predicted(problem, offered, momentum, steps),
        }
    )
    marks = [mark for mark in ruler_marks(problem, momentum) if mark[0] <= end]
    return {
        "contours": contours(problem),
        "runs": cube,
        "final": final,
        "bands": ruler_bands(text, problem, momentum, end),
        "limits": DataSet.of_rows({"pace": "f8", "label": str, "side": str}, marks),
    }


def _excess(runs: BowlDescent) -> Array:
    with np.errstate(over="ignore", invalid="ignore"):
        share = runs.excess[-1] / runs.excess[0]
    return np.asarray(np.clip(np.nan_to_num(share, nan=np.inf), EXCESS[0] / 10, EXCESS[1] * 10))


def _committed(problem: BowlProblem, run: BowlDescent) -> DataSet:
    """One row per step."""
    steep, flat = (relative(problem, run, direction)[:, 0].astype("f4") for direction in axes_of(problem))
    return DataSet({"step": np.arange(len(run.excess), dtype="i1"), "steep": steep, "flat": flat})


def _cube(problem: BowlProblem, runs: BowlDescent) -> tuple[DataSet, dict[str, Column]]:
    """What a preview can show of each run, up to the first step at which all is beyond the axes, in few bytes.

    The runs stand one below the other, each step a row; with it, in which row each begins, and how many it has.
    """
    sides = [relative(problem, runs, direction).T for direction in axes_of(problem)]
    size = np.maximum(*map(np.abs, sides))
    shown = ((size < ERROR[0]) | (size >= MOST)).cumsum(axis=1) <= 1
    points = shown.sum(axis=1)
    codes = {f"{name}_code": encoded(side[shown]) for name, side in zip(("steep", "flat"), sides, strict=True)}
    return DataSet(codes), {"first": (points.cumsum() - points).astype("i2"), "points": points.astype("i1")}


def encoded(shares: Array) -> npt.NDArray[np.int16]:
    """A distance as a whole number: its sign, and DECADE · log₁₀ above LEAST."""
    logs = np.log10(np.maximum(np.abs(shares), LEAST) / LEAST)
    return np.asarray(np.where(shares < 0.0, -1, 1) * np.rint(DECADE * logs), dtype=np.int16)


def bowl_frames(text: Text, problem: BowlProblem, pace: float, momentum: float, run: BowlDescent) -> dict[str, DataSet]:
    """The data sets of the chart `bowl`; `run` is the committed run, of one learning rate."""
    steps, end = len(run.excess) - 1, ruler_end(momentum, pace)
    up, across, similar = halves(problem)
    kind = motions_at(problem, pace, momentum)[0]
    units = start_distances(problem)
    row = {
        "pace": pace,
        "regime": kind.name,
        "up_unit": units[0],
        "across_unit": units[1],
        "up_high": up,
        "across_high": across,
        "similar": int(similar),
        "pace_high": end,
        "step_high": steps,
    }
    alone = np.array([pace])
    columns = _said(problem, alone, run) | _predicted(problem, alone, momentum, steps)
    row |= {name: column[0] for name, column in columns.items()}
    preview = _preview(text, problem, momentum, steps, end)
    return {
        **preview,
        "problem": DataSet.row(**row),
        "committed": _committed(problem, run),
        "others": _others(text, problem, run),
    }


def _others(text: Text, problem: BowlProblem, run: BowlDescent) -> DataSet:
    """The errors along the directions that the contours do not show."""
    hidden = [i for i in problem.live if i not in problem.shown]
    sizes = [np.maximum(np.abs(relative(problem, run, i)[:, 0]), LEAST) for i in hidden]
    points = len(run.excess)
    return DataSet(
        {
            "step": np.tile(np.arange(points, dtype="i1"), len(hidden)),
            "direction": np.repeat(np.array(hidden, dtype="i1"), points),
            "error": np.concatenate([*sizes, np.empty(0)]).astype("f4"),
        }
    )


def _said(problem: BowlProblem, offered: Array, runs: BowlDescent) -> dict[str, Column]:
    """What the title of the picture says of each run, in pieces that the browser puts into its sentences."""
    return {
        "pace_said": [plain(pace) for pace in offered.tolist()],
        "alpha_said": [plain(pace / problem.bowl.L) for pace in offered.tolist()],
        "way": np.array([WAYS.index(outcome) for outcome in runs.outcome], dtype="i1"),
        "share_said": [plain(_share(runs, index), 3) for index in range(len(offered))],
        "left": (runs.finite_steps + 1).astype("i2"),
    }


def _share(runs: BowlDescent, index: int) -> float:
    last = int(runs.finite_steps[index])
    return float(runs.excess[last, index] / runs.excess[0, index])


def described(text: Text, problem: BowlProblem, pace: float, momentum: float, run: BowlDescent) -> str:
    """The two lines of the picture's title in one paragraph."""
    motion = text(f"motion.{motions_at(problem, pace, momentum)[0].name}")
    said = {key: column[0] for key, column in _said(problem, np.array([pace]), run).items()}
    return text.together(
        [
            text("chart.bowl.headline", pace=said["pace_said"], alpha=said["alpha_said"], motion=motion) + ".",
            text(
                f"roll.{WAYS[int(said['way'])].name}",
                excess=said["share_said"],
                steps=len(run.excess) - 1,
                left=said["left"],
            )
            + ".",
        ]
    )
