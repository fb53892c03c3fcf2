"""Which fit the settings mean: columns of a table, the bowl that they make, and a run of descent on it from θ = 0."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from gdcore.bowl import Bowl, bowl_from_data
from gdcore.design_matrix import Design
from gdcore.heavy_ball import BowlDescent, roll
from views.csv_text import Said
from views.problem import NO_COLUMN, Values, chosen_columns, chosen_design
from views.scripts import script
from views.tables import Table, find

Array = npt.NDArray[np.float64]
_CHOSEN = ("target", "first", "second", "intercept", "scaling")
KEPT = 8  # fits in memory: one of 100,000 rows takes 3 MB
MOST_WRITTEN = 1000  # rows that a program holds


@dataclass(frozen=True)
class Fit:
    """A linear fit to a table, as gradient descent meets it.

    Attributes:
        inputs: the names of the input columns, one or two.
        target: the name of the column to predict.
        made: its design matrix.
        bowl: the loss 1/(2m)‖Xθ − y‖².
        intercept: whether the first column of the design is one.
        standardised: whether the inputs are.
    """

    inputs: tuple[str, ...]
    target: str
    made: Design
    bowl: Bowl
    intercept: bool
    standardised: bool

    @property
    def start(self) -> Array:
        """θ₀: all zero, shape (d,)."""
        return np.zeros(len(self.made.names))

    @property
    def slopes(self) -> slice:
        """Where the inputs stand among the columns of the design."""
        return slice(1 if self.intercept else 0, None)

    @property
    def columns(self) -> tuple[Array, ...]:
        """The inputs in the units of the table, each of shape (m,)."""
        rows = self.made.X * self.made.deviations + self.made.means
        return tuple(rows[:, self.slopes].T)

    @property
    def best_pace(self) -> float:
        """αL of the best constant learning rate, 2L/(L + μ)."""
        return 2.0 / (1.0 + self.bowl.mu / self.bowl.L)

    def run(self, pace: float, steps: int) -> BowlDescent:
        """Descent from zero with α = pace/L."""
        return roll(self.bowl, self.start, pace / self.bowl.L, steps)

    def line(self, theta: Array, place: int, at: npt.ArrayLike) -> Array:
        """What θ, shape (T, d), predicts where input `place` has the values `at`, shape (n,), and the other its mean.

        Shape (T, n).
        """
        which = place + self.slopes.start
        row = self.made.X.mean(axis=0)
        with np.errstate(over="ignore", invalid="ignore"):
            rest = np.delete(theta, which, axis=-1) @ np.delete(row, which)
            moved = (np.asarray(at) - self.made.means[which]) / self.made.deviations[which]
            return np.asarray(rest[:, np.newaxis] + theta[:, which, np.newaxis] * moved)


def sensible_columns(table: Table) -> dict[str, int]:
    """Settings for a table that was just brought: the last column is predicted from the first one or two.

    Columns that do not vary are passed over, as long as two others are left.
    """
    varied = [
        place for place, column in enumerate(table.columns.values()) if np.unique(column[~np.isnan(column)]).size > 1
    ]
    places = varied if len(varied) > 1 else list(range(len(table.names)))
    return {"target": places[-1], "first": places[0], "second": places[1] if len(places) > 2 else NO_COLUMN}


def chosen_fit(values: Values) -> Fit | Said:
    """The fit that the settings mean, or the reason why there is none."""
    return _fit(find(str(values["table"])).key, tuple((key, values[key]) for key in _CHOSEN))


@lru_cache(maxsize=KEPT)
def _fit(table: str, chosen: tuple[tuple[str, float | int | str], ...]) -> Fit | Said:
    values = {"table": table, **dict(chosen)}
    inputs, target = chosen_columns(values)
    columns = find(table).columns
    empty = [name for name in (*inputs, target) if np.isnan(columns[name]).all()]
    if empty:
        return Said("fit.empty", {"names": tuple(empty)})
    try:
        made = chosen_design(values)
    except ValueError:
        return Said("fit.no_row", {"names": tuple(dict.fromkeys((*inputs, target)))})
    try:
        bowl = bowl_from_data(made.X, made.y)
    except ValueError:
        return Said("fit.constant", {"names": inputs})
    fit = Fit(inputs, target, made, bowl, values["intercept"] == "with", values["scaling"] == "standardised")
    if not _within_float64(fit):
        return Said("fit.beyond", {"names": tuple(dict.fromkeys((*inputs, target)))})
    return fit


def _within_float64(fit: Fit) -> bool:
    """Whether the run can begin: its loss, its distance from the goal and its learning rate are numbers."""
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        numbers = [*fit.bowl.minimiser, fit.bowl.minimum, float(fit.bowl.excess(fit.start)), 100.0 / fit.bowl.L]
    return bool(np.isfinite(numbers).all())


def fit_program(fit: Fit, rate: float, steps: int) -> str:
    """The program that prints the steps of a run on `fit` with learning rate `rate`.

    It holds the rows used; where those are very many, as few rows that make the same bowl: R and Qᵀy of X = QR.
    """
    made, m = fit.made, len(fit.made.y)
    if m <= MOST_WRITTEN:
        columns, target, own = fit.columns, made.y, (fit.intercept, fit.standardised)
    else:
        Q, R = np.linalg.qr(made.X)
        share = np.sqrt(len(R) / m)
        columns, target, own = tuple(share * R.T), share * (Q.T @ made.y), (False, False)
    return script(
        "fit",
        inputs=[column.tolist() for column in columns],
        target=target.tolist(),
        intercept=own[0],
        standardise=own[1],
        alpha=rate,
        steps=steps,
    )
