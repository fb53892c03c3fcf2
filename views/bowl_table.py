"""The numbers of "Two directions at once" as a table, and the program that prints the same ones."""

from __future__ import annotations

import numpy as np

from gdcore.design_matrix import INTERCEPT
from gdcore.heavy_ball import BowlDescent
from views.bowls import BowlProblem
from views.lazily import pd
from views.scripts import script

MOST_ROWS = 600  # of data that the program holds; of more it holds a short table that makes the same bowl


def bowl_table(problem: BowlProblem, run: BowlDescent) -> pd.DataFrame:
    """Step, θ − θ* along each eigen-direction (the steepest first, positive at the start) and J − J*."""
    last = int(run.finite_steps[0]) + 1
    components = run.components[:last, 0] * problem.signs
    columns = {f"component_{i + 1}": components[:, i] for i in range(components.shape[1])}
    return pd.DataFrame({"step": np.arange(last), **columns, "excess": run.excess[:last, 0]})


def bowl_script(problem: BowlProblem, pace: float, momentum: float, steps: int) -> str:
    """The program, with the learner's values at its top."""
    made = problem.design
    if made is None:
        return script("bowl", L=problem.bowl.L, mu=problem.bowl.mu, pace=pace, momentum=momentum, steps=steps)
    intercept = made.names[0] == INTERCEPT and len(made.means) > 1 and bool((made.X[:, 0] == 1.0).all())
    X, y = made.X * made.deviations + made.means, made.y
    columns, standardised = X[:, int(intercept) :], bool((made.means != 0.0).any() or (made.deviations != 1.0).any())
    if len(y) > MOST_ROWS:
        Q, columns = np.linalg.qr(made.X)
        y, intercept, standardised = Q.T @ y, False, False
    return script(
        "bowl_data",
        columns=columns.T.tolist(),
        target=y.tolist(),
        rows=len(made.y),
        intercept=int(intercept),
        standardised=int(standardised),
        pace=pace,
        momentum=momentum,
        steps=steps,
    )
