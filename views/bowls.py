"""Which bowl the settings of "Two directions at once" mean: a made one, or that of a table's columns."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from gdcore.bowl import LARGEST, Bowl, bowl, bowl_from_data
from gdcore.convex_loss import Array
from gdcore.design_matrix import Design
from views.problem import OWN, chosen_columns, chosen_design
from views.tables import find

Values = Mapping[str, float | int | str]
Chosen = tuple[tuple[str, float | int | str], ...]
TOLERANCE = 1e-6  # of the starting excess: what "there" means
INDISTINCT = 1e15  # κ from which on float64 cannot tell 2/(L + μ) from 2/L
UNMOVED = 1e-26  # share of the starting excess: less is rounding of a direction that starts at its minimum
_READ = ("table", "target", "first", "second", "intercept")


@dataclass(frozen=True, eq=False)
class BowlProblem:
    """A bowl and where the run starts.

    Attributes:
        bowl: the loss.
        start: θ₀, shape (d,).
        chosen: the settings that chose the data behind it, if there are any.
    """

    bowl: Bowl
    start: Array
    chosen: Chosen | None = None

    @property
    def design(self) -> Design | None:
        """The data behind it, made anew each time: caches hold many problems, and a design may have 100,000 rows."""
        return None if self.chosen is None else chosen_design(dict(self.chosen))

    @property
    def components(self) -> Array:
        """θ₀ − θ* along each eigen-direction, shape (d,)."""
        return self.bowl.components(self.start)

    @property
    def signs(self) -> Array:
        """Which of the two ways along each direction is called positive: that of the start, shape (d,)."""
        return np.where(self.components < 0.0, -1.0, 1.0)

    @property
    def live(self) -> list[int]:
        """The directions along which there is something to descend, the steepest first."""
        weights = self.bowl.curvatures * self.components**2
        return np.flatnonzero(weights > UNMOVED * weights.sum()).tolist()

    @property
    def shown(self) -> list[int]:
        """The steepest and the flattest of them; or one alone."""
        curved = np.flatnonzero(self.bowl.curvatures > 0.0).tolist()
        chosen = self.live if len(self.live) > 1 else curved
        return chosen if len(chosen) < 2 else [chosen[0], chosen[-1]]

    @property
    def best_pace(self) -> float:
        """αL of the best α without momentum, 2/(L + μ); 1 where that cannot be told from the limit 2/L."""
        flatness = self.bowl.mu / self.bowl.L
        return 1.0 if flatness < 1.0 / INDISTINCT else 2.0 / (1.0 + flatness)


@dataclass(frozen=True)
class Trouble:
    """Why some columns give no bowl: a key of the catalogue, and the names of the columns to blame."""

    reason: str
    columns: tuple[str, ...]


@lru_cache(maxsize=64)
def made_bowl(condition: float) -> BowlProblem:
    """L = 1 and μ = 1/κ, from a start equally far from θ* along both."""
    return BowlProblem(bowl(1.0, 1.0 / condition), np.ones(2))


def chosen_bowl(values: Values) -> BowlProblem | Trouble:
    """The bowl that `bowl` and `condition` say, or that the chosen columns make."""
    if values["bowl"] == OWN:
        return data_bowl(values, str(values["scaling"]))
    return made_bowl(float(values["condition"]))


def data_bowl(values: Values, scaling: str) -> BowlProblem | Trouble:
    """The bowl of the chosen columns, raw or standardised; the same object for the same values."""
    return _data_bowl((*((key, values[key]) for key in _READ), ("scaling", scaling)))


@lru_cache(maxsize=64)
def _data_bowl(chosen: Chosen) -> BowlProblem | Trouble:
    values = dict(chosen)
    inputs, target = chosen_columns(values)
    table = find(str(values["table"])).columns
    columns = {name: table[name] for name in (*inputs, target)}
    for reason, odd in (("infinite", np.inf), ("beyond", LARGEST)):
        large = tuple(name for name, column in columns.items() if (np.abs(column) >= odd).any())
        if large:
            return Trouble(reason, large)
    if np.isnan(np.stack(list(columns.values()))).any(axis=0).all():
        return Trouble("no_row", tuple(columns))
    made = chosen_design(values)
    try:
        found = bowl_from_data(made.X, made.y)
    except ValueError:  # all that else it refuses: columns in which nothing, or next to nothing, is left
        return Trouble("nothing", inputs)
    start = np.zeros(len(found.curvatures))
    if not 1.0 / LARGEST**2 < found.L < LARGEST**2 or not np.isfinite(found.excess(start)):
        return Trouble("beyond", tuple(columns))
    if found.excess(start) == 0.0:
        return Trouble("at_rest", (target,))
    return BowlProblem(found, start, chosen)
