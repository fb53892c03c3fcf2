"""What theory says of a learning rate on a bowl, direction by direction; what the run did; how many steps it takes."""

import math
from functools import lru_cache

import numpy as np

from gdcore.bowl_theory import HEAVIEST, Motion, long_run_loss, steps_needed
from gdcore.heavy_ball import BowlDescent, Roll
from gdcore.rates import best_heavy_ball
from views.bowls import INDISTINCT, TOLERANCE, BowlProblem
from views.charts.bowl_contours import halves
from views.charts.bowl_ruler import at_limit, limit_of, motions_at
from views.numbers import DIGITS, latex, plain
from views.text import Text

NEAR_ONE = 1e-3  # a factor this near to 1 is written as 1 − what it lacks


def best_pair(problem: BowlProblem) -> tuple[float, float]:
    """αL and β of the best pair, with β no closer to 1 than steps can be counted."""
    beta = best_heavy_ball(problem.bowl.mu, problem.bowl.L)[1]
    if beta <= HEAVIEST:
        return best_heavy_ball(problem.bowl.mu, problem.bowl.L)[0] * problem.bowl.L, beta
    return (1.0 + math.sqrt(HEAVIEST)) ** 2, HEAVIEST


@lru_cache(maxsize=256)
def steps_at(problem: BowlProblem, pace: float, momentum: float) -> int | None:
    """Steps to a millionth of the starting excess, α = pace/L; None if never."""
    if at_limit(pace, momentum) and 0 in problem.live:
        return None
    return steps_needed(problem.bowl, problem.start, pace / problem.bowl.L, momentum, TOLERANCE)


def bowl_formula(problem: BowlProblem, pace: float, momentum: float) -> str:
    """The learning rate, the curvatures and the rule, with the numbers put in, as LaTeX."""
    made = problem.bowl
    rows = [
        rf"\alpha &= {latex(pace)}\,/\,L = {latex(pace / made.L)}",
        rf"L &= {latex(made.L)},\ \ \mu = {latex(made.mu)}",
        rf"\kappa &= L/\mu = {latex(made.condition)}",
    ]
    if momentum:
        rows += [rf"v &\leftarrow {latex(momentum)}\,v + \tfrac{{\partial J}}{{\partial\theta}}"]
        rows += [r"\theta &\leftarrow \theta - \alpha v"]
    joined = r" \\ ".join(rows)
    return rf"$$\begin{{aligned}}{joined}\end{{aligned}}$$"


def bowl_verdict(text: Text, problem: BowlProblem, pace: float, momentum: float, run: BowlDescent) -> str:
    """Theory, direction by direction; then the run; then the steps needed."""
    kinds = motions_at(problem, pace, momentum)
    theory = [_limit(text, problem, pace, momentum), *_directions(text, problem, pace, momentum, kinds)]
    pace_set = [_slowest(text, problem, pace, momentum, kinds)]
    if momentum:
        pace_set.append(text("verdict.bowl.momentum"))
    return "\n\n".join(
        [
            theory[0],
            "\n".join(theory[1:]),
            text.together(pace_set),
            text.together(_run(text, problem, run, kinds)),
            text.together(_needed(text, problem, pace, momentum)),
        ]
    )


def _limit(text: Text, problem: BowlProblem, pace: float, momentum: float) -> str:
    limit = limit_of(momentum)
    where = "at" if at_limit(pace, momentum) else "above" if pace > limit else "below"
    symbol = "2(1 + β)/L" if momentum else "2/L"
    return text(f"verdict.bowl.{where}", symbol=symbol, limit=plain(limit / problem.bowl.L))


def _directions(text: Text, problem: BowlProblem, pace: float, momentum: float, kinds: tuple[Motion, ...]) -> list[str]:
    curved = np.flatnonzero(problem.bowl.curvatures > 0.0).tolist()
    lines = []
    for i in curved:
        curvature = float(problem.bowl.curvatures[i])
        factor = written_factor(pace * curvature / problem.bowl.L, momentum)
        what = text(f"verdict.bowl.motion.{kinds[i].name}", factor=factor)
        place = "only" if len(curved) == 1 else _place(problem, i)
        lines.append(text(f"verdict.bowl.{place}", curvature=plain(curvature), what=what))
    return lines


def _place(problem: BowlProblem, direction: int) -> str:
    if direction not in problem.live:
        return "done"
    return "steep" if direction == problem.shown[0] else "flat" if direction == problem.shown[-1] else "middle"


def written_factor(pace: float, momentum: float) -> str:
    """What a step multiplies the error by in the long run, with all the digits that tell it from 1."""
    loss = long_run_loss(pace, momentum)
    swings = (1.0 - math.sqrt(momentum)) ** 2 < pace < (1.0 + math.sqrt(momentum)) ** 2
    minus = pace > 1.0 + momentum and not swings
    if 0.0 < abs(loss) < NEAR_ONE:
        near = f"1 {'−' if loss > 0 else '+'} {plain(abs(loss))}"
        return f"−({near})" if minus else near
    return plain(-(1.0 - loss) if minus else 1.0 - loss)


def _slowest(text: Text, problem: BowlProblem, pace: float, momentum: float, kinds: tuple[Motion, ...]) -> str:
    shares = problem.bowl.curvatures[problem.live] / problem.bowl.L
    losses = [long_run_loss(pace * float(share), momentum) for share in shares]
    if any(kinds[i] is Motion.TURNS for i in problem.live):
        return text("verdict.bowl.level")
    if all(kinds[i] is Motion.ONE_STEP for i in problem.live):
        return text("verdict.bowl.instant")
    least = min(losses)
    size = f"1 {'−' if least > 0 else '+'} {plain(abs(least))}" if 0 < abs(least) < NEAR_ONE else plain(1.0 - least)
    word = "alone" if len(losses) == 1 else "slowest" if least > 0 else "fastest"
    return text(f"verdict.bowl.{word}", factor=size)


def expected(problem: BowlProblem, kinds: tuple[Motion, ...]) -> set[Roll]:
    """The outcomes that agree with theory."""
    found = {kinds[i] for i in problem.live}
    if Motion.DIVERGES in found:
        return {Roll.GROWING, Roll.OVERFLOWED}
    return {Roll.LEVEL} if Motion.TURNS in found else {Roll.REACHED, Roll.SHRINKING, Roll.AT_REST}


def _run(text: Text, problem: BowlProblem, run: BowlDescent, kinds: tuple[Motion, ...]) -> list[str]:
    outcome, steps, last = run.outcome[0], len(run.excess) - 1, int(run.finite_steps[0])
    share = float(run.excess[last, 0] / run.excess[0, 0])
    said = [
        text(
            f"verdict.bowl.run.{outcome.name}",
            steps=steps,
            excess=plain(share, 3),
            reached=int(run.reached_at[0]),
            left=last + 1,
        )
    ]
    outside = np.abs(run.components[: last + 1, 0, problem.shown[0]]) > halves(problem)[0]
    if outside.any():
        said.append(text("verdict.bowl.run.outside", step=int(outside.argmax())))
    measured = measured_factor(run)
    said.append(text("verdict.bowl.run.exact") if measured is None else _measured(text, measured))
    if outcome not in expected(problem, kinds):
        key = "slow" if outcome is Roll.LEVEL else "disagrees"
        said.append(text(f"verdict.bowl.run.{key}", steps=steps))
    return said


def _measured(text: Text, loss: float) -> str:
    near = 0.0 < abs(loss) < NEAR_ONE
    size = f"1 {'−' if loss > 0 else '+'} {plain(abs(loss))}" if near else plain(1.0 - loss)
    return text("verdict.bowl.run.measured", factor=size)


def measured_factor(run: BowlDescent) -> float | None:
    """1 − the mean factor a step of the distance from θ*, over the second half; None if it ends at θ* exactly.

    A run with momentum may pass through θ* just at half-time: then the last step before counts.
    """
    last = int(run.finite_steps[0])
    sizes = np.abs(run.components[: last + 1, 0])
    if not sizes[last].any():
        return None
    half = int(np.flatnonzero(sizes[: last // 2 + 1].any(axis=1))[-1])
    before, after = (float(row.max() * np.linalg.norm(row / row.max())) for row in sizes[[half, last]])
    return -math.expm1(math.log(after / before) / (last - half))


def _needed(text: Text, problem: BowlProblem, pace: float, momentum: float) -> list[str]:
    made = problem.bowl
    far = made.L / made.mu > INDISTINCT
    pair_pace, pair_momentum = best_pair(problem)
    said = [
        text(
            "verdict.bowl.needed",
            here=count(text, steps_at(problem, pace, momentum)),
            best=count(text, steps_at(problem, problem.best_pace, 0.0)),
            pair=count(text, steps_at(problem, pair_pace, pair_momentum)),
            symbol=text("verdict.bowl.at_symbol_one" if far else "verdict.bowl.at_symbol_best"),
        )
    ]
    if far:
        said.append(text("verdict.bowl.indistinct"))
    if pair_momentum == HEAVIEST:
        said.append(text("verdict.bowl.heaviest", beta=plain(HEAVIEST)))
    return said


def count(text: Text, steps: int | None, digits: int = DIGITS) -> str:
    """A number of steps, however large; or that they never suffice."""
    return text("verdict.bowl.never") if steps is None else plain(float(steps), digits)
