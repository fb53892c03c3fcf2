"""Which starts the settings mean: the chosen one, its rivals, and one for every cell of the table.

A wide and deep network is started fewer times than is set, so that an answer does not take long; the page says so.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import lru_cache

from gdcore.network import BatchNorm
from gdcore.start_theory import Expected, expected, keeping_gain
from gdcore.starts import Start, Started, measured, small_table
from views.setting import Value
from views.settings import STARTS, natural_gain

FEWEST_LAYERS, MOST_LAYERS = 2, 50  # the scalar chain, which shares the depth, goes from 1 to 200
MOST_NUMBERS = 13_000_000  # weights and signals of all starts together: 100 MB
SMALLEST_BATCH = 2  # that batch norm can do


@dataclass(frozen=True)
class Rivals:
    """A start that keeps, without batch norm, and the chosen start with it (None where the batch is too small)."""

    good: Start
    kept: Started
    normalised: Started | None


@dataclass(frozen=True)
class Cell:
    """One entry of the table: an initialiser with its number, an activation, and what they do."""

    initialiser: str
    gain: float
    activation: str
    run: Started


@dataclass(frozen=True)
class Picture:
    """All that is drawn.

    `start` has the number of starts that were run, `asked` is the number that was set; `keeping` is the initialiser's
    number that keeps, to six digits, None where there is none; `rivals` is None while they are not shown.
    """

    start: Start
    asked: int
    run: Started
    expected: Expected | None
    keeping: float | None
    rivals: Rivals | None
    cells: tuple[Cell, ...]


def chosen_start(values: Mapping[str, Value]) -> Start:
    """The start that the settings mean, run as often as there is time for."""
    depth = min(max(int(values["depth"]), FEWEST_LAYERS), MOST_LAYERS)
    width, batch, seeds = (int(values[key]) for key in ("width", "batch", "seeds"))
    most = MOST_NUMBERS // (depth * width * (width + 2 * batch))
    return Start(
        initialiser=str(values["initialiser"]),
        gain=float(values["gain"]),
        activation=str(values["activation"]),
        depth=depth,
        width=width,
        batch=batch,
        seeds=max(1, min(seeds, most)),
        seed=int(values["seed"]),
    )


def picture(values: Mapping[str, Value]) -> Picture:
    """Everything that is drawn for these settings."""
    start = chosen_start(values)
    found = keeping_gain(start.initialiser, start.phi, start.width)
    return Picture(
        start=start,
        asked=int(values["seeds"]),
        run=_measured(start),
        expected=_expected(start),
        keeping=None if found is None else _rounded(found),
        rivals=_rivals(start) if values["beside"] == "rivals" else None,
        cells=_cells(start, values),
    )


def good_start(start: Start) -> Start:
    """The chosen start at the scale that keeps; LeCun's draw where a constant start has no such scale, or always."""
    name = "lecun" if start.initialiser == "constant" else start.initialiser
    gain = keeping_gain(name, start.phi, start.width)
    assert gain is not None, "only a constant start may have none"
    return replace(start, initialiser=name, gain=_rounded(gain))


def _rounded(gain: float) -> float:
    return float(f"{gain:.6g}")


@lru_cache(maxsize=256)  # a class that looks at every depth needs each of them once
def _measured(start: Start, norm: BatchNorm = BatchNorm.NONE) -> Started:
    return measured(start, norm=norm)


@lru_cache(maxsize=256)
def _expected(start: Start) -> Expected | None:
    return expected(start.initialiser, start.gain, start.phi, start.depth, start.width, start.images()[0])


def _rivals(start: Start) -> Rivals:
    good = good_start(start)
    able = start.batch >= SMALLEST_BATCH
    return Rivals(good, _measured(good), _measured(start, BatchNorm.BEFORE_ACTIVATION) if able else None)


def _cells(start: Start, values: Mapping[str, Value]) -> tuple[Cell, ...]:
    """Initialisers with their natural numbers, but the chosen one with its own, times activations."""
    # the activation changes nothing, so the cache has one entry for all; nor does the chosen number, beyond its own row
    chosen = replace(start, activation="identity")
    natural = [replace(chosen, initialiser=name, gain=natural_gain({**values, "initialiser": name})) for name in STARTS]
    rows = dict(zip(STARTS, zip(natural, small_table(tuple(natural)), strict=True), strict=True))
    if rows[start.initialiser][0] != chosen:
        rows[start.initialiser] = chosen, small_table((chosen,))[0]
    return tuple(
        Cell(each.initialiser, each.gain, activation, run)
        for each, columns in rows.values()
        for activation, run in columns.items()
    )


def constants(start: Start) -> dict[str, int | float | str]:
    """The start as the constants of the program that runs it."""
    return {name.upper(): value for name, value in asdict(start).items()}
