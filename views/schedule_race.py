"""Which samples and which race of schedules the settings of the learning-rate lab mean."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from gdcore.losses import least_squares
from gdcore.samples import Array, car_loss_data
from gdcore.schedule_race import Plan, Race, race
from views.problem import OWN, own_loss, own_pairs

Values = Mapping[str, float | int | str]
MOST_ROWS = 512  # of the learner's own table: enough for every batch, and few enough to be sent with the program


@dataclass(frozen=True)
class Samples:
    """x and y, shapes (N,).

    Attributes:
        rows: complete rows of the table that they were taken from, evenly; N ≤ rows.
        dropped: rows with a gap.
        own: whether they come from the learner's own table.
        refused: whether the learner's own table was asked for, but gives no loss that can be walked on.
    """

    x: Array
    y: Array
    rows: int
    dropped: int
    own: bool
    refused: bool = False


def chosen_samples(values: Values) -> Samples:
    """The samples under `samples`; where the learner's own table gives none, the cars stand in."""
    if values["samples"] == OWN and own_loss(values) is not None:
        x, y, dropped = own_pairs(values)
        kept = np.unique(np.linspace(0, len(x) - 1, min(len(x), MOST_ROWS)).round().astype(int))
        if _walkable(x[kept], y[kept]):
            return Samples(x[kept], y[kept], len(x), dropped, own=True)
    cars = car_loss_data()
    return Samples(cars.x, cars.y, len(cars.x), cars.dropped, own=False, refused=values["samples"] == OWN)


def _walkable(x: Array, y: Array) -> bool:
    try:
        return bool(least_squares(x, y).curvature_at_minimum > 0)
    except ValueError:  # every x that was kept is zero
        return False


def batch_of(values: Values, samples: Samples) -> int:
    """m, no larger than N; N where the noise is off."""
    return min(int(values["batch"]), len(samples.x)) if values["noise"] == "on" else len(samples.x)


def chosen_race(values: Values, samples: Samples) -> Race:
    """The race that the settings ask for, on these samples."""
    plan = Plan(float(values["small"]), float(values["large"]), 1.0, int(values["updates"]))
    runs, seed = int(values["runs"]), int(values["seed"])
    return _race(samples.x.tobytes(), samples.y.tobytes(), plan, batch_of(values, samples), runs, seed)


def constants(values: Values, samples: Samples, race: Race) -> dict[str, float | int | list[float]]:
    """The constants of the program that runs this race again."""
    return {
        "X": samples.x.tolist(),
        "Y": samples.y.tolist(),
        "START": least_squares(samples.x, samples.y).start,
        "SMALL": race.plan.small,
        "LARGE": race.plan.large,
        "BEST": race.plan.best,
        "STEPS": race.plan.steps,
        "BATCH": batch_of(values, samples),
        "RUNS": int(values["runs"]),
        "SEED": int(values["seed"]),
    }


@lru_cache(maxsize=32)
def _race(x: bytes, y: bytes, plan: Plan, batch: int, runs: int, seed: int) -> Race:
    rng = np.random.default_rng(seed)
    return race(np.frombuffer(x), np.frombuffer(y), plan, batch, runs, rng=rng)
