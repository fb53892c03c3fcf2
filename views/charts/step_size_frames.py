"""The data sets of the linked view: a cube of runs to preview, the path of the committed one, what is said of each.

A run may leave the picture and float64; the axes stop, the words say so. The cube is for drawing only: it holds whole
numbers, fine enough for any screen (`PLACES`, `LEVELS`); what is read is written out of float64.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from gdcore.convex_loss import Loss
from gdcore.descent import Descent, descend
from gdcore.descent_theory import Regime, predict
from gdcore.step_factors import step_factors
from views.charts.data_set import DataSet
from views.charts.ruler import Ruler
from views.charts.ruler_bands import SIZES, ruler_bands, ruler_marks
from views.numbers import plain
from views.text import Text

DECADES_ABOVE, DECADES_BELOW = 4, 12  # of the log axes, around the excess loss at the start
SMALLEST = 1e-300  # excess loss at the start: from there the axis still ends within float64
OUTSIDE = 6  # widths of the picture: where a point that left is drawn, out of sight but within reach of a renderer
CURVE_POINTS = 121
PLACES = 4000  # of θ across the picture
LEVELS = 1800  # of the excess loss to a decade
SPOTS = 128  # more than a run has points: a point's key in the cube is SPOTS · run + step
COMMITTED = -1  # the run's number in the path; the three that are compared have the numbers below
Three = tuple[float, float, float]


@dataclass(frozen=True)
class Axes:
    """What the picture shows of a problem; the axes stop here, the runs need not."""

    theta: tuple[float, float]
    loss: tuple[float, float]
    excess: tuple[float, float]

    @classmethod
    def of(cls, loss: Loss, start: float) -> "Axes":
        """The loss's own window, widened to hold the start."""
        low, high = loss.window
        reach = 1.1 * abs(start - loss.minimiser)
        low, high = min(low, loss.minimiser - reach), max(high, loss.minimiser + reach)
        top = float(max(loss.excess(low), loss.excess(high)))
        first = max(float(loss.excess(start)), SMALLEST) if start != loss.minimiser else top
        decade = math.ceil(math.log10(first))
        return cls(
            (low, high),
            (loss.minimum - 0.04 * top, loss.minimum + top),
            (10.0 ** (decade - DECADES_BELOW), 10.0 ** (decade + DECADES_ABOVE)),
        )


def place(theta: npt.NDArray[np.float64], axes: Axes) -> npt.NDArray[np.int16]:
    """Where θ lies in the picture, from 0 to PLACES; what left it, or float64, lies out of sight."""
    low, high = axes.theta
    with np.errstate(over="ignore", invalid="ignore"):
        share = (theta - low) / (high - low)
    return np.rint(PLACES * np.clip(np.nan_to_num(share, nan=np.inf), -OUTSIDE, 1 + OUTSIDE)).astype("i2")


def level(excess: npt.NDArray[np.float64], axes: Axes) -> npt.NDArray[np.int16]:
    """Where an excess loss lies on its log axis, from 0 in steps of 1/LEVELS decade; a decade outside at most."""
    foot = math.log10(axes.excess[0])
    with np.errstate(divide="ignore"):
        decades = np.log10(np.nan_to_num(excess, nan=np.inf)) - foot
    return np.rint(LEVELS * np.clip(decades, -1, DECADES_BELOW + DECADES_ABOVE + 1)).astype("i2")


@lru_cache(maxsize=64)
def _preview(text: Text, loss: Loss, start: float, steps: int, scale: Ruler) -> dict[str, DataSet]:
    """The data sets that do not depend on the committed learning rate: the same from commit to commit."""
    axes = Axes.of(loss, start)
    rates = scale.learning_rates
    runs = descend(loss, start, rates, steps)
    regimes = [predict(loss, start, rate).regime for rate in rates.tolist()]
    factors = step_factors(loss, runs)
    final = DataSet(
        {
            "run": np.arange(scale.count, dtype="i1"),
            "alpha": rates,
            "level": level(runs.excess[-1], axes),
            "regime": [regime.name for regime in regimes],
            "said": [plain(rate) for rate in rates.tolist()],
            "result": [result(text, runs, index) for index in range(scale.count)],
            "measured": [_factor(text, value) for value in factors.measured[-1]],
            "predicted": [_factor(text, value) for value in factors.predicted[-1]],
        }
    )
    theta = np.linspace(*axes.theta, CURVE_POINTS)
    height = "f4" if axes.loss[1] < float(np.finfo("f4").max) else "f8"
    return {
        "curve": DataSet({"theta": theta.astype("f4"), "loss": loss.value(theta).astype(height)}),
        "runs": _cube(runs, axes),
        "final": final,
        "bands": ruler_bands(text, loss, start, scale),
    }


def _path(runs: Descent, axes: Axes, first: int = COMMITTED) -> DataSet:
    """One row per run and step; the runs are numbered from `first` downwards."""
    points, count = runs.points.shape
    numbers = first - np.arange(count)
    return DataSet(
        {
            "run": np.repeat(numbers.astype("i1"), points),
            "step": np.tile(np.arange(points, dtype="i1"), count),
            "place": place(runs.points, axes).T.ravel(),
            "level": level(runs.excess, axes).T.ravel(),
        }
    )


def _cube(runs: Descent, axes: Axes) -> DataSet:
    """The points that a preview can show, one row each: those up to the first beyond the log axis, and the last.

    The path looks them up by their key, so that a preview costs the browser one run and not all.
    """
    points, count = runs.points.shape
    levels = level(runs.excess, axes).T
    gone = ((levels <= 0) | (levels >= LEVELS * (DECADES_BELOW + DECADES_ABOVE))).cumsum(axis=1)
    shown = gone <= 1
    shown[:, -1] |= levels[:, -1] <= 0
    keys = SPOTS * np.arange(count)[:, np.newaxis] + np.arange(points)
    return DataSet(
        {"key": keys[shown].astype("i2"), "place": place(runs.points, axes).T[shown], "level": levels[shown]}
    )


def step_size_frames(
    text: Text,
    loss: Loss,
    start: float,
    learning_rate: float,
    run: Descent,
    scale: Ruler,
    three: Three | None = None,
) -> dict[str, DataSet]:
    """The data sets of `step_size`; `run` is the committed run, of one learning rate.

    `three` are the small, the good and the large learning rate that take its place where they are compared.
    """
    steps = len(run.points) - 1
    axes = Axes.of(loss, start)
    regime = predict(loss, start, learning_rate).regime
    paths = [_path(run, axes)]
    said = headline(text, learning_rate, regime), result(text, run, 0)
    if three is not None:
        compared = descend(loss, start, three, steps)
        paths.append(_path(compared, axes, COMMITTED - 1))
        said = comparison(text, three, compared)
    problem = {
        "alpha": learning_rate,
        "regime": regime.name,
        "headline": said[0],
        "result": said[1],
        "three": three is not None,
        "minimum": loss.minimum,
        "minimiser": loss.minimiser,
        "alpha_low": scale.low,
        "alpha_high": scale.end,
        "steps": steps,
    }
    exponents = (round(math.log10(axes.excess[0])), round(math.log10(axes.excess[1])))
    for name, (low, high) in {"theta": axes.theta, "loss": axes.loss, "exponent": exponents}.items():
        problem |= {f"{name}_low": low, f"{name}_high": high}
    return {
        **_preview(text, loss, start, steps, scale),
        "path": DataSet.stacked(paths),
        "marks": ruler_marks(text, loss, scale, three),
        "problem": DataSet.row(**problem),
        "numbers": _numbers(text, loss, run),
    }


def told(frames: Mapping[str, DataSet]) -> str:
    """What the figure shows, in the two lines that it says itself."""
    said = frames["problem"]
    return f"{said['headline'][0]}\n\n{said['result'][0]}"


def _numbers(text: Text, loss: Loss, run: Descent) -> DataSet:
    """What is said of each point of the committed run, one row a step; the factors are those of the step before it."""
    factors = step_factors(loss, run)
    with np.errstate(over="ignore", invalid="ignore"):
        columns = {"theta": run.points, "slope": loss.gradient(run.points), "excess": run.excess}
    said = {name: [_written(text, value) for value in column[:, 0].tolist()] for name, column in columns.items()}
    for name, column in factors._asdict().items():
        said[name] = [text("chart.step_size.none"), *(_factor(text, value) for value in column[:, 0])]
    return DataSet(said)


def _written(text: Text, value: float) -> str:
    return plain(value) if math.isfinite(value) else text("chart.step_size.beyond")


def _factor(text: Text, value: float) -> str:
    return plain(float(value)) if math.isfinite(value) else text("chart.step_size.none")


def headline(text: Text, learning_rate: float, regime: Regime) -> str:
    """What theory expects of a learning rate, in a few words."""
    return text("chart.step_size.headline", alpha=plain(learning_rate), regime=text(f"regime.{regime.name}"))


def result(text: Text, runs: Descent, index: int) -> str:
    """What one run did, in a few words."""
    outcome, steps = runs.outcome[index], len(runs.points) - 1
    return text(
        f"result.{outcome.name}",
        excess=plain(float(runs.excess[-1, index]), 3),
        steps=steps,
        reached=int(runs.reached_at[index]),
        left=int(runs.finite_steps[index]) + 1,
    )


def comparison(text: Text, three: Three, runs: Descent) -> tuple[str, str]:
    """The three learning rates that are compared, and how far each one's run came, in a line each."""
    rates = {size: plain(rate) for size, rate in zip(SIZES, three, strict=True)}
    ends = {
        size: plain(float(end), 3) if math.isfinite(end) else text("chart.step_size.beyond")
        for size, end in zip(SIZES, runs.excess[-1], strict=True)
    }
    return text("chart.step_size.three", **rates), text("chart.step_size.ends", steps=len(runs.points) - 1, **ends)
