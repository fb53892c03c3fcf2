"""The data sets of the linked view: a cube of runs to preview, the committed run, and what is said of each.

A run may leave the picture and float64; the axes stop, the words say so.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from gdcore.convex_loss import Loss
from gdcore.descent import Descent, descend
from gdcore.descent_theory import Regime, limits, predict
from views.charts.ruler import Ruler
from views.numbers import plain
from views.text import Text

DECADES_ABOVE, DECADES_BELOW = 4, 12  # of the log axes, around the excess loss at the start
SMALLEST = 1e-24  # excess loss at the start: from there the axis still ends within the float32 that is sent
OUTSIDE = 20  # widths of the picture: where a point that left is drawn, out of sight but within reach of a renderer
CURVE_POINTS = 161


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


@lru_cache(maxsize=64)
def _preview(text: Text, loss: Loss, start: float, steps: int, scale: Ruler) -> dict[str, pd.DataFrame]:
    """The data sets that do not depend on the committed learning rate: the same from commit to commit."""
    axes = Axes.of(loss, start)
    runs = descend(loss, start, scale.learning_rates, steps)
    regimes = [predict(loss, start, rate).regime for rate in scale.learning_rates.tolist()]
    final = pd.DataFrame(
        {
            "run": np.arange(scale.count, dtype="i2"),
            "alpha": scale.learning_rates,
            "excess": _shown(runs.excess[-1], axes.excess),
            "regime": [regime.name for regime in regimes],
            "headline": [
                headline(text, rate, regime)
                for rate, regime in zip(scale.learning_rates.tolist(), regimes, strict=True)
            ],
            "result": [result(text, runs, index) for index in range(scale.count)],
        }
    )
    theta = np.linspace(*axes.theta, CURVE_POINTS)
    return {
        "curve": pd.DataFrame({"theta": theta.astype("f4"), "loss": loss.value(theta).astype("f4")}),
        "runs": _in_sight(_long(runs, axes), axes),
        "final": final,
        "bands": _bands(text, loss, start, scale.end),
        "limits": _limits(loss, start, scale.end),
    }


def _shown(excess: npt.NDArray[np.float64], window: tuple[float, float]) -> npt.NDArray[np.float64]:
    """Excess losses for a log axis: what is beyond it, or beyond float64, is drawn just outside."""
    return np.clip(np.nan_to_num(excess, nan=np.inf), window[0] / 10, window[1] * 10)


def _long(runs: Descent, axes: Axes) -> pd.DataFrame:
    """One row per run and step."""
    points, count = runs.points.shape
    low, high = axes.theta
    outside = OUTSIDE * (high - low)
    theta = np.clip(np.nan_to_num(runs.points, nan=np.inf), low - outside, high + outside)
    return pd.DataFrame(
        {
            "run": np.repeat(np.arange(count, dtype="i2"), points),
            "step": np.tile(np.arange(points, dtype="i2"), count),
            "theta": theta.T.ravel().astype("f4"),
            "excess": _shown(runs.excess, axes.excess).T.ravel().astype("f4"),
        }
    )


def _in_sight(runs: pd.DataFrame, axes: Axes) -> pd.DataFrame:
    """Only the rows that a preview can show: up to the first beyond the log axis, and the last."""
    gone = ((runs.excess <= axes.excess[0]) | (runs.excess >= axes.excess[1])).groupby(runs.run).cumsum()
    last = (runs.step == runs.step.max()) & (runs.excess <= axes.excess[0])
    shown: pd.DataFrame = runs[(gone <= 1) | last].reset_index(drop=True)
    return shown


def _bands(text: Text, loss: Loss, start: float, end: float) -> pd.DataFrame:
    """The regimes along the ruler, from theory: they change only at its limits."""
    known = limits(loss, start)
    edges = sorted({0.0, end, *(mark for mark in (known.one_sided, known.converges, known.local) if 0 < mark < end)})
    rows = []
    for low, high in pairwise(edges):
        middle = (low + high) / 2
        regime = predict(loss, start, middle).regime.name
        rows.append({"low": low, "high": high, "middle": middle, "regime": regime, "word": text(f"regime.{regime}")})
    return pd.DataFrame(rows)


def _limits(loss: Loss, start: float, end: float) -> pd.DataFrame:
    """1/L and 2/L, where the loss has a largest curvature."""
    steepest = loss.curvature_bounds[1]
    marks = [(1 / steepest, "1/L"), (2 / steepest, "2/L")] if math.isfinite(steepest) else []
    return pd.DataFrame([mark for mark in marks if mark[0] <= end], columns=["alpha", "label"]).astype({"alpha": float})


def step_size_frames(
    text: Text, loss: Loss, start: float, learning_rate: float, run: Descent, scale: Ruler
) -> dict[str, pd.DataFrame]:
    """The data sets of `step_size`; `run` is the committed run, of one learning rate."""
    steps = len(run.points) - 1
    axes = Axes.of(loss, start)
    regime = predict(loss, start, learning_rate).regime
    problem = {
        "alpha": learning_rate,
        "regime": regime.name,
        "headline": headline(text, learning_rate, regime),
        "result": result(text, run, 0),
        "minimum": loss.minimum,
        "minimiser": loss.minimiser,
        "alpha_low": 0.0,
        "alpha_high": scale.end,
        "step_low": 0,
        "step_high": steps,
    }
    for name, (low, high) in {"theta": axes.theta, "loss": axes.loss, "excess": axes.excess}.items():
        problem |= {f"{name}_low": low, f"{name}_high": high}
    committed = _long(run, axes).assign(regime=regime.name)
    committed["loss"] = committed.excess + loss.minimum
    preview = _preview(text, loss, start, steps, scale)
    return {
        **preview,
        # a click counts as new even on a learning rate that was clicked before
        "final": preview["final"].assign(was=learning_rate),
        "problem": pd.DataFrame([problem]),
        "committed": committed,
    }


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
