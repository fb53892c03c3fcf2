"""One step of descent, in a formula, in words and in a table."""

import numpy as np

from gdcore.convex_loss import Loss
from gdcore.descent import Descent
from gdcore.descent_theory import EQUAL
from views.numbers import factor, latex, plain
from views.text import Text


def step_formula(run: Descent, loss: Loss, at: int) -> str:
    """The update rule with the numbers of step `at` + 1 put in, as LaTeX."""
    theta, following = (float(point) for point in run.points[at : at + 2, 0])
    rate, slope = float(run.learning_rates[at, 0]), float(loss.gradient(theta))
    symbols = (
        rf"\theta_{{{at + 1}}} &= \theta_{{{at}}} - \alpha\,\frac{{\partial J}}{{\partial\theta}}(\theta_{{{at}}})"
    )
    numbers = rf"&= {latex(theta)} - {latex(rate)} \times {factor(slope)}"
    return rf"$$\begin{{aligned}}{symbols} \\ {numbers} \\ &= {latex(following)}\end{{aligned}}$$"


def slope_verdict(text: Text, loss: Loss, run: Descent, at: int) -> str:
    """What the sign of the slope says about the next step, and whether that step comes closer."""
    theta, following = (float(point) for point in run.points[at : at + 2, 0])
    if not np.isfinite(run.points[: at + 2, 0]).all():
        return text("verdict.slope.left", step=int(run.finite_steps[0]) + 1)
    slope = float(loss.gradient(theta))
    sign = "falls" if slope < 0 else "rises" if slope > 0 else "flat"
    said = [text(f"verdict.slope.{sign}", theta=plain(theta), slope=plain(slope))]
    if slope != 0:
        before, after = abs(theta - loss.minimiser), abs(following - loss.minimiser)
        alike = np.isclose(after, before, rtol=EQUAL, atol=0.0)
        fate = "as_far" if alike else "closer" if after < before else "farther"
        side = "over" if (following - loss.minimiser) * (theta - loss.minimiser) < 0 else "same"
        said += [text(f"verdict.slope.{side}"), text(f"verdict.slope.{fate}")]
    return text.together(said)


def walk_table(text: Text, loss: Loss, run: Descent) -> list[dict[str, str]]:
    """The steps so far and the next one, the newest first, as rows of a table."""
    titles = (text("table.t"), "θ", "∂J/∂θ", "−α ∂J/∂θ", text("table.following"), "J(θ)")
    theta, rates = run.points[:-1, 0], run.learning_rates[:, 0]
    with np.errstate(over="ignore", invalid="ignore"):
        slope = loss.gradient(theta)
        columns = (theta, slope, -rates * slope, run.points[1:, 0], loss.value(theta))
    rows = [[str(t), *(plain(float(column[t])) for column in columns)] for t in range(len(theta))]
    return [dict(zip(titles, row, strict=True)) for row in reversed(rows)]
