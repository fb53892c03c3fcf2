"""The data sets of "Beyond convex": a cube of runs to preview, the committed run, and where each of them ends.

A run may leave the picture; it is drawn just out of sight, or at the edge of the ruler, and the words say so.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from gdcore.convex_loss import Array
from gdcore.dip import WINDOW, DipDescent, Fate, descend_into_dip, landmarks, nudged, value
from gdcore.schedules import constant, exponential
from views.charts.data_set import DataSet
from views.lazily import pd
from views.numbers import plain
from views.text import Text
from views.verdicts.dip import leaves_at

SHRINKS = "shrinks"  # the schedule α·50^(−t/T); the other one is constant
FALL = 50.0
PIECES = (  # of the ruler: α from, to, how many runs; and how many where they are long, for all of them are sent
    (0.05, 0.6, 20, 12),
    (0.6, 1.5, 24, 24),
    (1.5, 14.0, 28, 16),
    (14.0, 21.0, 13, 13),
    (21.0, 40.0, 8, 6),
)
LONG = 60  # steps
ALPHA = PIECES[0][0], PIECES[-1][1]  # from, to
LOW, HIGH = WINDOW[0] - 0.3, WINDOW[1] + 0.3  # of the θ axes
ENDS = -1.3, 4.0  # of the ruler's θ axis
EDGE = 0.12  # from the end of that axis: where a run that ended beyond it is drawn
UNIT = 2000  # θ travels as a whole number of these parts: two bytes
OUT_OF_SIGHT = 16.0
STILL = 1e-2  # a run that stays within this distance of its end is drawn as a straight line to it
CURVE_POINTS = 221


@lru_cache
def ruler_rates(steps: int) -> Array:
    """The learning rates on the ruler, to three digits: close together where the outcome changes."""
    rates = [np.geomspace(low, high, many if steps <= LONG else few) for low, high, many, few in PIECES]
    return np.unique([float(f"{rate:.3g}") for rate in np.concatenate(rates)])


def dip_run(start: float, learning_rates: Iterable[float], steps: int, schedule: str) -> DipDescent:
    """T steps for each of A learning rates, constant or shrinking."""
    make = (lambda rate: exponential(rate, FALL ** (-1 / steps))) if schedule == SHRINKS else constant
    table = np.column_stack([make(float(rate))(np.arange(steps)) for rate in learning_rates])
    return descend_into_dip(start, table, steps)


def dip_table(run: DipDescent) -> pd.DataFrame:
    """The committed run, one row a step: θ_t, J(θ_t) and the learning rate of the step from θ_t; none for the last."""
    return pd.DataFrame(
        {
            "step": np.arange(len(run.points)),
            "theta": run.points[:, 0],
            "loss": run.values[:, 0],
            "learning_rate": np.append(run.learning_rates[:, 0], np.nan),
        }
    )


def dip_frames(text: Text, run: DipDescent, schedule: str) -> dict[str, DataSet]:
    """The data sets of `dip`; `run` is the committed run, of one learning rate."""
    start, steps = float(run.points[0, 0]), len(run.points) - 1
    rate = float(run.learning_rates[0, 0])
    runs, final = _preview(start, steps, schedule)
    problem = _final(run).with_columns(
        alpha=rate,
        steps=steps,
        shrinks=int(schedule == SHRINKS),
        fall=float(run.learning_rates[-1, 0]) / rate,
        step_low=0,
        step_high=steps,
    )
    return {
        **_landscape(text),
        "runs": runs,
        "final": final,
        "problem": problem,
        "committed": _committed(run),
    }


@lru_cache(maxsize=64)
def _preview(start: float, steps: int, schedule: str) -> tuple[DataSet, DataSet]:
    """The runs of the ruler's learning rates, and where they end."""
    rates = ruler_rates(steps)
    runs = dip_run(start, rates, steps, schedule)
    final = _final(runs).with_columns(alpha=rates, run=np.arange(len(rates), dtype="i1"))
    return _paths(runs), final


def _final(runs: DipDescent) -> DataSet:
    """What became of each run, one row each."""
    ends = runs.points[-1]
    near = nudged(runs)
    rattles = runs.fate == Fate.RATTLES
    return DataSet(
        {
            "fate": [fate.name for fate in runs.fate],
            "place": np.clip(ends, ENDS[0] + EDGE, ENDS[1] - EDGE).astype("f4"),
            "end": [plain(end, 3) for end in ends.tolist()],
            "fragile": (near.fate | (near.place & rattles)).astype("i1"),
            "at": runs.escaped_at.astype("i1"),
            "crossings": runs.crossings.astype("i1"),
            "out": leaves_at(runs).astype("i1"),
        }
    )


def _paths(runs: DipDescent) -> DataSet:
    """One row per run and step while the run moves; of a run that is still, the last row."""
    points = np.clip(runs.points, -OUT_OF_SIGHT, OUT_OF_SIGHT)
    moves = np.abs(points - points[-1]) > STILL
    to_come = np.logical_or.accumulate(moves[::-1])[::-1]
    seen = to_come | np.roll(to_come, 1, axis=0)
    seen[0] = seen[-1] = True
    run, step = np.nonzero((seen & _in_reach(points)).T)
    assert max(points.shape) < 128, "steps and runs travel in one byte"
    parts = np.rint(UNIT * points[step, run]).astype("i2")
    return DataSet({"run": run.astype("i1"), "step": step.astype("i1"), "part": parts})


def _in_reach(points: Array) -> npt.NDArray[np.bool_]:
    """Which points are drawn: a path ends where it is out of sight for good."""
    back = np.logical_or.accumulate((np.abs(points) < OUT_OF_SIGHT)[::-1])[::-1]
    return back | np.roll(back, 1, axis=0)


def _committed(run: DipDescent) -> DataSet:
    points = np.clip(run.points, -OUT_OF_SIGHT, OUT_OF_SIGHT)
    step = np.flatnonzero(_in_reach(points)[:, 0])
    theta = points[step, 0]
    return DataSet({"step": step.astype("i2"), "theta": theta.astype("f4"), "loss": value(theta).astype("f4")})


@lru_cache
def _landscape(text: Text) -> dict[str, DataSet]:
    """What never changes: the curve, its three landmarks, and the zones of the ruler that theory knows."""
    known = landmarks()
    theta = np.linspace(LOW, HIGH, CURVE_POINTS)
    places, lines = np.array([known.deep, known.barrier, known.shallow]), ["deep", "barrier", "shallow"]
    edges = np.array([ALPHA[0], known.shallow_limit, known.deep_limit, ALPHA[1]])
    rows = ["both", "only_deep", "neither"]
    words = [text(f"landmark.{line}") for line in lines]
    return {
        "curve": DataSet({"theta": theta.astype("f4"), "loss": value(theta).astype("f4")}),
        "marks": DataSet({"theta": places, "line": lines, "loss": value(places), "word": words}),
        "zones": DataSet(
            {
                "low": edges[:-1],
                "high": edges[1:],
                "row": rows,
                "middle": np.sqrt(edges[:-1] * edges[1:]),
                "word": [text(f"chart.dip.{row}") for row in rows],
                "brief": [text(f"chart.dip.{row}_brief") for row in rows],
                "limit": ["", *(f"2/J″ = {plain(edge)}" for edge in edges[1:3].tolist())],
            }
        ),
    }
