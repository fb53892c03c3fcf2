"""The ruler of "Two directions at once": learning rates in units of 1/L, with the limits that theory knows."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from gdcore.bowl_theory import Motion, motions
from gdcore.convex_loss import Array
from gdcore.descent_theory import EQUAL
from views.bowls import INDISTINCT, BowlProblem
from views.charts.data_set import DataSet
from views.charts.ink import BLUE, GRAY, GREEN, RED, VIOLET, YELLOW, cell, named, power_axis
from views.charts.pointer import hover, pick, touched
from views.lazily import alt
from views.text import Text

ROWS = 2300  # of the cube: about 23 kB
FINEST, COARSEST = 60, 22  # paces on the ruler
FARTHEST = 4.5  # αL: the ruler's end, where it would reach farther
ROUNDING = 4.5e-16  # of αL
BEYOND = 1.3  # of the limit: where the ruler ends
EXCESS = 1e-12, 1e4  # the axis of what is left, 1 at the start
MOTION_COLOURS = {
    Motion.FLAT: GRAY,
    Motion.ONE_SIDED: BLUE,
    Motion.ONE_STEP: GREEN,
    Motion.SWINGS: VIOLET,
    Motion.CHANGES_SIDES: GREEN,
    Motion.TURNS: YELLOW,
    Motion.DIVERGES: RED,
}


def limit_of(momentum: float) -> float:
    """αL that a run must stay below."""
    return 2.0 * (1.0 + momentum)


def at_limit(pace: float, momentum: float) -> bool:
    """Whether αL is the limit itself, rounding included: the best α of a narrow valley lies only just below it."""
    return abs(pace - limit_of(momentum)) <= ROUNDING * limit_of(momentum)


def motions_at(problem: BowlProblem, pace: float, momentum: float) -> tuple[Motion, ...]:
    """`motions` of α = pace/L, which takes what is nearly at the limit for at it, told apart as `at_limit` does."""
    beside = Motion.CHANGES_SIDES if pace < limit_of(momentum) else Motion.DIVERGES
    kinds = motions(problem.bowl, pace / problem.bowl.L, momentum)
    return tuple(beside if kind is Motion.TURNS and not at_limit(pace, momentum) else kind for kind in kinds)


def ruler_end(momentum: float, pace: float) -> float:
    """αL at the ruler's end: beyond the limit, and never before the committed pace."""
    return max(min(FARTHEST, round(BEYOND * limit_of(momentum), 1)), pace)


def paces(problem: BowlProblem, momentum: float, steps: int, end: float) -> Array:
    """The paces on the ruler: round ones, and those of theory."""
    finest = end / np.clip(ROWS // (steps + 1), COARSEST, FINEST)
    step = next(tooth for tooth in (0.05, 0.1, 0.2, 0.25, 0.5) if tooth >= finest * (1 - 1e-9))
    exact = [pace for pace, _, _ in ruler_marks(problem, momentum) if pace <= end]
    grid = [float(f"{step * k:.10g}") for k in range(1, math.floor(end / step + 1e-9) + 1)]
    return np.sort([*exact, *(pace for pace in grid if not any(math.isclose(pace, mark) for mark in exact))])


def ruler_marks(problem: BowlProblem, momentum: float) -> list[tuple[float, str, str]]:
    """αL of what theory marks on the ruler, its label, and the side on which that stands."""
    limit, best = limit_of(momentum), problem.best_pace
    if momentum > 0.0:
        near = [(2.0, "2/L", "left")] if limit < FARTHEST else []
        return [(1.0, "1/L", "left"), *near, (limit, "2(1 + β)/L", "right")]
    if math.isclose(best, 1.0, rel_tol=EQUAL):
        one = "1/L" if problem.bowl.L / problem.bowl.mu > INDISTINCT else "1/L = 2/(L + μ)"
        return [(1.0, one, "left"), (2.0, "2/L", "right")]
    return [(1.0, "1/L", "left"), (best, "2/(L + μ)", "right" if best < 1.5 else "left"), (limit, "2/L", "right")]


def ruler_bands(text: Text, problem: BowlProblem, momentum: float, end: float) -> DataSet:
    """What theory expects along the steepest direction: it changes only at these edges."""
    size = math.sqrt(momentum)
    edges = sorted({0.0, end, *(e for e in ((1 - size) ** 2, (1 + size) ** 2, limit_of(momentum)) if 0.0 < e < end)})
    rows = []
    for low, high in pairwise(edges):
        motion = motions(problem.bowl, (low + high) / 2 / problem.bowl.L, momentum)[0]
        word = text(f"motion.{motion.name}") if high - low > 0.08 * end else ""
        rows.append((low, high, (low + high) / 2, motion.name, word))
    return DataSet.of_rows({"low": "f8", "high": "f8", "middle": "f8", "regime": str, "word": str}, rows)


def motion_colour() -> alt.Color:
    """The colour of a motion, without a legend: the band says it in words."""
    scale = alt.Scale(domain=[motion.name for motion in MOTION_COLOURS], range=list(MOTION_COLOURS.values()))
    return alt.Color("regime:N", scale=scale, legend=None)


def ruler(text: Text) -> alt.LayerChart | alt.FacetChart:
    """What is left of the excess loss after T steps, for every learning rate: the view that leads."""
    title = text("chart.bowl.pace")
    across = alt.X(
        "pace:Q",
        title=title,
        scale=alt.Scale(domain=[0, cell("problem", "pace_high", empty="2")], nice=False),
        axis=alt.Axis(tickCount=8, grid=False),
    )
    final_title = text("chart.bowl.final")
    up = alt.Y("excess:Q", scale=alt.Scale(type="log", domain=EXCESS, clamp=True), axis=power_axis(final_title))
    bands, limits, final = named("bands"), named("limits"), named("final")
    share = f"(datum.high - datum.low) / ({cell('problem', 'pace_high', empty='2').expr})"
    room_of_word = alt.ExprRef(f"max(1, {share} * ruler_width - 6)")
    gray, top = alt.value(GRAY), alt.value(0)
    beside = limits.mark_text(dx=-3, dy=-5, baseline="bottom", align="right", fontSize=12)
    labels = [
        mark.transform_filter(f"datum.side == '{side}'").encode(y=top, text="label:N", color=gray)
        for side, mark in (
            ("left", beside),
            ("right", limits.mark_text(dx=3, dy=-5, baseline="bottom", align="left", fontSize=12)),
        )
    ]
    result = alt.layer(
        final.mark_line(strokeWidth=1.5, clip=True).encode(color=gray),
        final.mark_circle(size=22, opacity=0.9).encode(motion_colour()),
    ).encode(y=up)
    return alt.layer(
        bands.mark_rect(opacity=0.13, clip=True).encode(
            alt.X("low:Q", title=title), x2="high:Q", color=motion_colour()
        ),
        bands.mark_text(baseline="top", dy=5, fontSize=12, limit=room_of_word).encode(
            alt.X("middle:Q", title=title), y=top, text="word:N", color=gray
        ),
        limits.mark_rule(strokeDash=[4, 3]).encode(color=gray),
        *labels,
        result,
        touched("final", hover("run"), pick("pace", "was"), key="run").transform_calculate(
            was="data('problem')[0].pace"
        ),
        named("problem")
        .mark_rule(strokeWidth=2.5, clip=True)
        .encode(motion_colour(), opacity=alt.condition("hovered < 0", alt.value(1), alt.value(0.45))),
        final.transform_filter("datum.run == hovered").mark_rule(strokeWidth=2.5).encode(motion_colour()),
    ).encode(x=across)
