"""The data sets of "Start large, then shrink": thinned curves, the ranking, floors and limits, and what is said.

A log axis has no place for 0, and a run may leave it: what is beyond the axes is drawn just out of sight, and said.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from gdcore.mini_batch_noise import predicted_floor
from gdcore.scaled import FloatArray
from gdcore.schedule_race import SCHEDULES, Race
from views.charts.data_set import DataSet
from views.lazily import pd
from views.numbers import plain
from views.text import Text

POINTS = 100  # of a curve, about; the first steps and the last one are always among them
FIRST = 10
TOUCHED = 5  # every such point of a curve can be found by a pointer
DECADES_ABOVE, DECADES_BELOW = 4, 10  # of the axis, at most, around the excess loss at the start
BENEATH = 60  # the axis reaches so far below the lowest end: a tenth of the runs come far below the mean
MILLIONTH = 1e-6
TOP, FOOT = 1e30, 1e-30  # what float32 can hold with room to spare


def shown_steps(steps: int) -> FloatArray:
    """The steps t that are drawn: the first ones, every k-th, and the last."""
    stride = -(-steps // POINTS)
    return np.unique(np.r_[0 : min(FIRST, steps) + 1, 0 : steps + 1 : stride, steps])


def shrink_table(race: Race) -> pd.DataFrame:
    """The committed numbers of the figure, one row per schedule and drawn step; `learning_rate` is that of step t."""
    steps = shown_steps(race.plan.steps)
    table = {"schedule": np.repeat(SCHEDULES, len(steps)), "step": np.tile(steps, len(SCHEDULES))}
    columns = {
        "learning_rate": race.learning_rates,
        "mean": race.mean,
        "low": race.band[0],
        "high": race.band[1],
        "expected": race.expected,
    }
    return pd.DataFrame(table | {name: _below(values[steps]) for name, values in columns.items()})


def _below(lines: FloatArray) -> FloatArray:
    """The lines of the schedules, one a column, as one column."""
    return lines.T.ravel()


def shrink_frames(text: Text, race: Race, schedule: str) -> dict[str, DataSet]:
    """The data sets of `shrink`; `schedule` is the one that is emphasised."""
    chosen = SCHEDULES.index(schedule)
    excess, alpha_high = _excess_axis(race), _alpha_high(race)
    values = _rank_values(race)
    rank_axis = _rank_axis(race, values)
    problem: dict[str, float | str] = {
        "line": chosen,
        "step_low": 0,
        "step_high": race.plan.steps,
        "alpha_low": 0.0,
        "alpha_high": alpha_high,
    }
    for name, (low, high) in {"excess": excess, "value": rank_axis}.items():
        problem |= {f"{name}_low": low, f"{name}_high": high}
    problem["powers"] = int(race.settles)
    problem["title"] = text(f"chart.shrink.{'ends' if race.settles else 'arrives'}")
    ranking = {
        name: np.clip(np.nan_to_num(each, nan=np.inf), rank_axis[0], rank_axis[1]) for name, each in values.items()
    }
    return {
        "problem": DataSet.row(**problem),
        "curves": _curves(race, excess).with_columns(was=np.int8(chosen)),
        "ranking": DataSet(
            {
                "line": np.arange(len(SCHEDULES), dtype="i1"),
                "place": ranks(race),
                **ranking,
                "name": [text(f"option.schedule.{name}") for name in SCHEDULES],
                "said": [_value(text, race, line) for line in range(len(SCHEDULES))],
                "headline": [headline(text, race, name) for name in SCHEDULES],
                "result": [result(text, race, line) for line in range(len(SCHEDULES))],
            }
        ).with_columns(was=np.int8(chosen)),
        "floors": _floors(text, race, excess),
        "limits": _limits(text, race, alpha_high),
    }


def ranks(race: Race) -> FloatArray:
    """The place of each schedule, 0 for the winner, shape (S,).

    With noise the lowest mean at the end wins, without noise whoever is first at a millionth of the start.
    """
    late = np.where(race.reached_at < 0, np.inf, race.reached_at)
    keys = [race.mean[-1]] if race.settles else [race.mean[-1], late]  # np.lexsort takes the last key first
    order = np.lexsort([-np.arange(len(SCHEDULES)), *keys])
    return np.argsort(order).astype("i1")


def _excess_axis(race: Race) -> tuple[float, float]:
    finite = race.mean[np.isfinite(race.mean) & (race.mean > 0)]
    start = float(min(max(race.mean[0, 0] or finite.max(initial=FOOT), FOOT * 1e11), TOP))
    top = 10.0 ** math.ceil(math.log10(min(finite.max(initial=start), start * 10**DECADES_ABOVE)) - 1e-9)
    foot = start * 10.0**-DECADES_BELOW
    if race.settles:
        foot = max(foot, float(min(race.mean[-1].min(), race.expected[-1].min())) / BENEATH)
    return 10.0 ** math.floor(math.log10(foot)), max(top, 10.0 ** math.ceil(math.log10(foot) + 1))


def _alpha_high(race: Race) -> float:
    return 1.06 * float(race.learning_rates.max()) * race.noise.curvature


def _rank_values(race: Race) -> dict[str, FloatArray]:
    """What the ranking compares: the excess loss at the end, or without noise the steps needed."""
    if race.settles:
        ends = {"value": race.mean[-1], "low": race.band[0, -1], "high": race.band[1, -1], "theory": race.expected[-1]}
        return {name: np.asarray(each) for name, each in ends.items()}
    needed = np.where(race.reached_at < 0, np.inf, np.maximum(race.reached_at, 1))
    return dict.fromkeys(("value", "low", "high", "theory"), needed)


def _rank_axis(race: Race, values: dict[str, FloatArray]) -> tuple[float, float]:
    if not race.settles:
        return 1.0, 10.0 ** math.ceil(math.log10(race.plan.steps + 1))
    low, high = _excess_axis(race)
    tops = values["high"][values["high"] < high]
    return low, min(high, 10.0 ** math.ceil(math.log10(max(float(tops.max(initial=low)), 10 * low))))


def _curves(race: Race, axis: tuple[float, float]) -> DataSet:
    steps = shown_steps(race.plan.steps)
    count = len(steps)
    lines = {"mean": race.mean, "low": race.band[0], "high": race.band[1]}
    seen = {name: np.clip(line[steps], axis[0] / 10, axis[1] * 10).astype("f4") for name, line in lines.items()}
    return DataSet(
        {
            "line": np.repeat(np.arange(len(SCHEDULES), dtype="i1"), count),
            "step": np.tile(steps.astype("i2"), len(SCHEDULES)),
            **{name: _below(line) for name, line in seen.items()},
            "alpha": _below(race.learning_rates[steps] * race.noise.curvature).astype("f4"),
            "near": np.tile((np.arange(count) % TOUCHED == 0).astype("i1"), len(SCHEDULES)),
        }
    )


def _floors(text: Text, race: Race, axis: tuple[float, float]) -> DataSet:
    """The floor of each of the two constants; without noise, what counts as there."""
    rows: list[tuple[int, float, str, str]] = []
    if race.settles:
        rates = np.array([race.plan.small, race.plan.large])
        floors = predicted_floor(race.noise, rates / race.noise.curvature).exact
        for line, (rate, floor) in enumerate(zip(rates.tolist(), floors.tolist(), strict=True)):
            if axis[0] < floor < axis[1]:
                label = text("chart.shrink.floor", alpha=plain(rate))
                rows.append((line, floor, label, ("left", "right")[line]))
    elif race.mean[0, 0] > 0:
        rows.append((-1, MILLIONTH * float(race.mean[0, 0]), text("chart.shrink.millionth"), "right"))
    found = DataSet.of_rows({"line": "i1", "mean": "f8", "label": str, "side": str}, rows)
    step = [(0.1 if side == "left" else 1.0) * race.plan.steps for side in found["side"]]
    return found.with_columns(step=np.array(step, dtype="f8"))


def _limits(text: Text, race: Race, alpha_high: float) -> DataSet:
    """The learning rate from which on the mean grows, where the picture reaches it."""
    limit = race.noise.mean_square_limit * race.noise.curvature
    label = text("chart.shrink.limit", alpha=plain(limit, 3))
    rows: Sequence[tuple[float, str]] = [(limit, label)] if limit < alpha_high else []
    return DataSet.of_rows({"alpha": "f8", "label": str}, rows)


def headline(text: Text, race: Race, name: str) -> str:
    """The name of a schedule and how it goes, with its numbers; α in units of 1/λ."""
    plan = race.plan
    return text(
        f"chart.shrink.{name}",
        small=plain(plan.small),
        large=plain(plan.large),
        best=plain(plan.best),
        last=plain(min(plan.small, plan.large)),
        every=plan.every,
        warmup=plan.warmup,
        t0=plain(1 / plan.large, 3),
    )


def _code(race: Race, line: int) -> str:
    """How a schedule ended: the last word of the catalogue's key."""
    if race.finite_steps[line] < race.plan.steps:
        return "overflowed"
    if race.settles:
        return "ended" if math.isfinite(race.expected[-1, line]) else "ended_alone"
    return "reached" if race.reached_at[line] >= 0 else "not_reached"


def _numbers(race: Race, line: int) -> dict[str, object]:
    return {
        "steps": race.plan.steps,
        "left": int(race.finite_steps[line]) + 1,
        "reached": int(race.reached_at[line]),
        "mean": plain(float(race.mean[-1, line]), 3),
        "expected": plain(float(race.expected[-1, line]), 3),
    }


def _value(text: Text, race: Race, line: int) -> str:
    """What stands at the end of a schedule's row: what it is ranked by."""
    code, numbers = _code(race, line), _numbers(race, line)
    if code in ("ended", "ended_alone", "reached"):
        return str(numbers["reached" if code == "reached" else "mean"])
    return text(f"chart.shrink.value.{code}", **numbers)


def result(text: Text, race: Race, line: int) -> str:
    """What became of a schedule, in a few words."""
    return text(f"chart.shrink.result.{_code(race, line)}", **_numbers(race, line))
