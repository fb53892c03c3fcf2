"""What the learner's own data mean for gradient descent, in words: curvatures, limit, goal, theory and this run."""

import math

import numpy as np

from gdcore.bowl import Dependence
from gdcore.bowl_theory import Motion, motions, steps_needed
from gdcore.heavy_ball import BowlDescent, Roll
from views.csv_text import Said, listed
from views.fit import Fit
from views.numbers import DIGITS, plain
from views.text import Text, verbatim
from views.verdicts.bowl import written_factor

ARRIVES = {Roll.AT_REST, Roll.REACHED, Roll.SHRINKING, Roll.LEVEL}
EXPECTED = {"converges": ARRIVES, "limit": {Roll.LEVEL}, "diverges": {Roll.GROWING, Roll.OVERFLOWED}}

ROUNDING = 1e-9  # a factor this small is 0
ALL_DIGITS = 17  # of a number in float64


def fit_verdict(text: Text, fit: Fit, run: BowlDescent) -> str:
    """What theory says of a learning rate on this bowl, and what the run did."""
    rate = float(run.learning_rates[0, 0])
    regime = regime_of(fit, rate)
    pace, limit = rate * fit.bowl.L, 2.0 / fit.bowl.L
    digits = DIGITS if regime == "limit" else _telling((pace, 2.0), (rate, limit))
    numbers = {
        "pace": plain(pace, digits),
        "alpha": plain(rate, digits),
        "limit": plain(limit, digits),
        "factor": _factor(pace),
        "slowest": _factor(rate * fit.bowl.mu),
    }
    if run.outcome[0] is Roll.AT_REST:
        return text("verdict.fit.at_rest")
    theory = [text("verdict.fit.rate", **numbers)]
    theory.append(text(f"verdict.fit.{regime}", **numbers))
    if regime == "converges":
        theory.append(_needed(text, fit, rate))
    return "\n\n".join([text.together(theory), text.together(_ran(text, run, regime))])


def regime_of(fit: Fit, rate: float) -> str:
    """What theory expects: converges, limit or diverges."""
    kinds = set(motions(fit.bowl, rate))
    return "diverges" if Motion.DIVERGES in kinds else "limit" if Motion.TURNS in kinds else "converges"


def _factor(pace: float) -> str:
    """1 − αλ, with the digits that tell it from 1 and from −1."""
    return "0" if abs(1.0 - pace) < ROUNDING else written_factor(pace, 0.0)


def _telling(*pairs: tuple[float, float]) -> int:
    """How many digits it takes until the two numbers of each pair look different."""
    enough = (n for n in range(DIGITS, ALL_DIGITS) if all(plain(one, n) != plain(other, n) for one, other in pairs))
    return next(enough, ALL_DIGITS)


def _needed(text: Text, fit: Fit, rate: float) -> str:
    """How many steps theory counts, with this learning rate and with the best one."""
    best = fit.best_pace / fit.bowl.L
    here, there = (_counted(steps_needed(fit.bowl, fit.start, each)) for each in (rate, best))
    if here is None:
        return text("verdict.fit.beyond_counting")
    if there is None or math.isclose(rate, best, rel_tol=1e-6):
        return text("verdict.fit.needs", steps=here)
    return text("verdict.fit.needs_best", steps=here, alpha=plain(best), best=there)


def _counted(steps: int | None) -> str | None:
    return None if steps is None else f"{steps:,}" if steps < 10_000_000 else plain(float(steps), 3)


def _ran(text: Text, run: BowlDescent, regime: str) -> list[str]:
    outcome, steps = run.outcome[0], len(run.points) - 1
    said = [
        text(
            f"verdict.fit.run_{outcome.name}",
            steps=steps,
            excess=plain(float(run.excess[-1, 0]), 3),
            reached=int(run.reached_at[0]),
            left=int(run.finite_steps[0]) + 1,
        )
    ]
    return said if outcome in EXPECTED[regime] else [*said, text("verdict.fit.disagrees")]


def data_words(text: Text, fit: Fit) -> str:
    """What the data are like: the curvatures that they make, what follows for α, and the line to be reached."""
    bowl = fit.bowl
    values = text.listed(plain(value) for value in bowl.curvatures.tolist())
    numbers = {"values": values, "L": plain(bowl.L), "mu": plain(bowl.mu), "limit": plain(2.0 / bowl.L)}
    count = "one" if len(bowl.curvatures) == 1 else "flat" if bowl.flat else "some"
    said = [text(f"verdict.fit.curvatures_{count}", kappa=plain(bowl.condition), **numbers)]
    if bowl.flat:
        said.append(_why_flat(text, fit, bowl.flat.reason, bowl.flat.columns))
    said.append(_goal(text, fit))
    said.append(rows_words(text, fit))
    return "\n\n".join(said)


def rows_words(text: Text, fit: Fit) -> str:
    """How many rows are used, and how many were dropped for a gap."""
    used, dropped = len(fit.made.y), fit.made.dropped
    if not dropped:
        return text("verdict.fit.rows", used=f"{used:,}")
    names = list(dict.fromkeys((*fit.inputs, fit.target)))
    return text("verdict.fit.rows_dropped", used=f"{used:,}", dropped=f"{dropped:,}", names=listed(text, names))


def no_slope(fit: Fit) -> Said:
    """Why the slope of the first input alone gives no loss, although there is a fit (see `own_loss`)."""
    x = fit.made.X[:, fit.slopes][:, 0]
    still = bool(np.ptp(x) == 0.0) if fit.intercept else not x.any()
    return Said("fit.slope_constant" if still else "fit.slope_beyond", {"name": fit.inputs[0]})


def _goal(text: Text, fit: Fit) -> str:
    """The line of least squares, in the learner's own names."""
    theta, names = fit.bowl.minimiser.tolist(), fit.made.names
    terms = []
    for place, (value, name) in enumerate(zip(theta, names, strict=True)):
        sign = "−" if value < 0 else "+" if place else ""
        size = plain(abs(value))
        intercept = fit.intercept and place == 0
        scaled = text("verdict.fit.scaled", name=verbatim(name)) if fit.standardised else verbatim(name)
        terms.append(f"{sign} {size}" if intercept else f"{sign} {size} · {scaled}")
    kind = "standardised" if fit.standardised else "raw"
    formula = " ".join(terms).strip()
    goal = text("verdict.fit.goal", target=verbatim(fit.target), formula=formula)
    return text.together([goal, text(f"verdict.fit.units_{kind}")])


def _why_flat(text: Text, fit: Fit, reason: Dependence, columns: tuple[int, ...]) -> str:
    """Why a direction is flat, which columns make it so, and what to do."""
    names = [fit.made.names[place] for place in columns if place or not fit.intercept]
    if len(fit.made.y) < len(fit.made.names):  # whatever else holds of so few: more rows are the remedy
        return text("verdict.fit.TOO_FEW_ROWS", rows=len(fit.made.y), columns=len(fit.made.names))
    if reason is Dependence.PROPORTIONAL and fit.intercept and 0 in columns:
        return text("verdict.fit.CONSTANT", names=listed(text, names))
    if reason is Dependence.ZERO and fit.standardised:
        return text("verdict.fit.CONSTANT_STANDARDISED", names=listed(text, names))
    if fit.inputs[0] == fit.inputs[-1] and len(fit.inputs) == 2:
        return text("verdict.fit.TWICE", names=listed(text, fit.inputs[:1]))
    return text(f"verdict.fit.{reason.name}", names=listed(text, names))
