"""The numbers of a run on one loss as a table, and the program that prints the same table."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from gdcore.convex_loss import Loss
from gdcore.descent import Descent
from gdcore.samples import car_loss_data
from views.fit import MOST_WRITTEN
from views.lazily import pd
from views.problem import OWN, own_loss, own_pairs
from views.scripts import Constant, script, with_loss

Values = Mapping[str, float | int | str]


def descent_table(loss: Loss, runs: Descent) -> pd.DataFrame:
    """Every step of every run, one row each: learning_rate, step, theta, gradient, excess (J − J*), loss (J)."""
    points, count = runs.points.shape
    theta, excess = runs.points.T.ravel(), runs.excess.T.ravel()
    with np.errstate(over="ignore", invalid="ignore"):
        return pd.DataFrame(
            {
                "learning_rate": np.repeat(runs.learning_rates[0], points),
                "step": np.tile(np.arange(points), count),
                "theta": theta,
                "gradient": loss.gradient(theta),
                "excess": excess,
                "loss": loss.minimum + excess,
            }
        )


def descent_program(values: Values, runs: Descent) -> str:
    """The program that prints `descent_table` for the loss that the settings `values` choose."""
    program = script(
        "descent",
        learning_rates=runs.learning_rates[0].tolist(),
        start=float(runs.points[0, 0]),
        steps=len(runs.points) - 1,
    )
    name, constants = str(values["loss"]), dict[str, Constant]()
    if name == "quadratic":
        constants = {"curvature": float(values["curvature"])}
    elif name == "softplus":
        constants = {"p": float(values["p"])}
    elif name in ("cars", OWN):
        name = "least_squares"
        own = own_loss(values) if values["loss"] == OWN else None
        pairs = own_pairs(values) if own else car_loss_data()
        if own and len(pairs.x) > MOST_WRITTEN:
            return with_loss(program, _two_rows(own, len(pairs.x)))
        constants = {"x": pairs.x.tolist(), "y": pairs.y.tolist()}
    return with_loss(program, script(f"losses/{name}", **constants))


def _two_rows(loss: Loss, rows: int) -> str:
    """Least squares on two rows with the means of x², xy and y² of all: those of x² make λ, of xy λθ*, the rest J*."""
    x = math.sqrt(2.0 * loss.curvature_at_minimum)
    y = [x * loss.minimiser, 2.0 * math.sqrt(loss.minimum)]
    program = script("losses/least_squares", x=[x, 0.0], y=y)
    return program.replace(
        "\nx = ", f"\n# Two rows with the same means of x², xy and y² as all {rows:,} of the table.\nx = "
    )
