"""What a learner can set: one table of keys, ranges and defaults.

The URL, the widgets, the reset button and the tests all read it here. A value in the URL is language-independent; one
that is refused falls back to the default and leaves a `Refusal` to be said. A default may depend on settings that
stand earlier in the table: the natural learning rate of a loss is not that of another.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from gdcore.activations import ACTIVATIONS
from gdcore.schedule_race import SCHEDULES
from views.problem import LOSSES, NO_COLUMN, OWN, chosen_loss
from views.tables import CARS, MOST_COLUMNS, is_key

Value = float | int | str
Values = Mapping[str, Value]
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_LONGEST = 32  # characters; no value of ours is longer


@dataclass(frozen=True)
class Number:
    """A number with its admissible range, ends included."""

    key: str
    default: float | Callable[[Values], float]
    low: float
    high: float
    whole: bool = False

    def parse(self, text: str) -> Value:
        """The number that `text` writes; ValueError unless it is a plain one within the range."""
        if len(text) > _LONGEST or not _NUMBER.fullmatch(text):
            raise ValueError(f"{self.key} is not a number.")
        value = float(text)
        if not self.low <= value <= self.high or (self.whole and value != int(value)):
            raise ValueError(f"{self.key} is not between {self.low} and {self.high}.")
        return int(value) if self.whole else value

    def default_for(self, earlier: Values) -> Value:
        """The default, given the settings that stand earlier in the table."""
        return self.default(earlier) if callable(self.default) else self.default


@dataclass(frozen=True)
class Choice:
    """One word out of a few."""

    key: str
    options: tuple[str, ...]
    default: str

    def parse(self, text: str) -> Value:
        """The option that `text` names; ValueError for any other."""
        if text not in self.options:
            raise ValueError(f"{self.key} is none of {', '.join(self.options)}.")
        return text

    def default_for(self, earlier: Values) -> Value:
        """The default, the same for all."""
        return self.default


@dataclass(frozen=True)
class Key:
    """The key of a table of numbers."""

    key: str
    default: str = CARS

    def parse(self, text: str) -> Value:
        """The key that `text` writes; ValueError if it has not the form of one."""
        if not is_key(text):
            raise ValueError(f"{self.key} is not the key of a table.")
        return text

    def default_for(self, earlier: Values) -> Value:
        """The default, the same for all."""
        return self.default


Setting = Number | Choice | Key


@dataclass(frozen=True)
class Refusal:
    """A value in the URL that could not be used."""

    key: str
    written: str
    default: Value


def read(table: Iterable[Setting], query: Mapping[str, list[str]]) -> tuple[dict[str, Value], list[Refusal]]:
    """The values that a query string asks for, and what had to be refused.

    `query` maps a key to every value that the URL gives for it; more than one is refused, an unknown key ignored.
    """
    values: dict[str, Value] = {}
    refusals = []
    for setting in table:
        default = setting.default_for(values)
        given = query.get(setting.key, [])
        try:
            values[setting.key] = setting.parse(given[0]) if len(given) == 1 else default
            refused = len(given) > 1
        except ValueError:
            values[setting.key], refused = default, True
        if refused:
            refusals.append(Refusal(setting.key, " & ".join(given), default))
    return values, refusals


def defaults(table: Iterable[Setting]) -> dict[str, Value]:
    """The values of a page that nobody has touched."""
    return read(table, {})[0]


def write(table: Iterable[Setting], values: Values) -> dict[str, str]:
    """The query string of `values`: every setting that differs from its default, whichever tab is open."""
    query = {}
    for setting in table:
        value = values[setting.key]
        if value != setting.default_for(values):
            query[setting.key] = value if isinstance(value, str) else written(value)
    return query


def written(value: float) -> str:
    """A number as the URL writes it: the shortest text that reads back to the same float64."""
    return str(int(value)) if math.isfinite(value) and value == int(value) and abs(value) < 1e15 else repr(float(value))


def _natural(constant: str) -> Callable[[Values], float]:
    """The chosen loss's own start or learning rate."""
    return lambda values: float(f"{getattr(chosen_loss(values), constant):.6g}")


def natural_descent(values: Values) -> dict[str, Value]:
    """The start and the learning rate that suit the chosen loss: those of the last one would be out of place."""
    return {"start": _natural("start")(values), "alpha": _natural("learning_rate")(values)}


def from_the_start(values: Values) -> dict[str, Value]:
    """A walk begins again where its start is moved."""
    return {"at": 0}


def another_loss(values: Values) -> dict[str, Value]:
    """What changes with the loss."""
    return natural_descent(values) | from_the_start(values)


def another_table(values: Values) -> dict[str, Value]:
    """What changes with the table or its columns: the start and α of a loss that was made of them."""
    return another_loss(values) if values["loss"] == OWN else {}


STARTS = ("constant", "normal", "uniform", "xavier", "he", "lecun", "orthogonal")
_GAINS = {"constant": 0.02, "normal": 0.1, "uniform": 0.2}


def natural_gain(values: Values) -> float:
    """The number that suits the chosen initialiser; LeCun's, N(0, σ_w²/fan_in), follows the page's weight scale."""
    return float(values["scale"]) if values["initialiser"] == "lecun" else _GAINS.get(str(values["initialiser"]), 1.0)


def another_gain(values: Values) -> dict[str, Value]:
    """What changes with the initialiser, or with the weight scale."""
    return {"gain": natural_gain(values)}


ALPHA = 1e-12, 1e12  # learning rates that can be set
MOST_STEPS = 100  # that can be walked by hand

PAGES: dict[str, tuple[Setting, ...]] = {
    "home": (),
    "learning_rate": (
        Choice("tab", ("slope", "size", "shrink", "bowl", "dip", "data"), "size"),
        # the table of "Your own data", which the other lessons can take over
        Key("table"),
        Number("target", 0, 0, MOST_COLUMNS - 1, whole=True),
        Number("first", 4, 0, MOST_COLUMNS - 1, whole=True),
        Number("second", 3, NO_COLUMN, MOST_COLUMNS - 1, whole=True),
        Choice("intercept", ("without", "with"), "with"),
        Choice("scaling", ("raw", "standardised"), "standardised"),
        # one parameter
        Choice("loss", (*LOSSES, OWN), "quadratic"),
        Number("curvature", 1.0, 0.1, 10.0),
        Number("p", 0.9, 0.05, 0.95),
        Number("start", _natural("start"), -1e12, 1e12),
        Number("alpha", _natural("learning_rate"), *ALPHA),
        Number("steps", 30, 1, 100, whole=True),
        Number("at", 0, 0, MOST_STEPS, whole=True),
        Choice("axis", ("linear", "log"), "linear"),
        Choice("compare", ("one", "three"), "one"),
        # schedules on mini-batches; learning rates in units of 1/λ
        Choice("samples", ("cars", OWN), "cars"),
        Choice("schedule", SCHEDULES, "step"),
        Number("small", 0.01, 0.001, 1.0),
        Number("large", 0.5, 0.01, 2.5),
        Number("updates", 200, 20, 1000, whole=True),
        Number("batch", 8, 1, 512, whole=True),
        Number("runs", 50, 1, 50, whole=True),
        Choice("noise", ("on", "off"), "on"),
        Number("seed", 0, 0, 9999, whole=True),
        # two directions; the learning rate in units of 1/L
        Choice("bowl", ("made", OWN), "made"),
        Number("condition", 20.0, 1.0, 1000.0),
        Number("pace", 1.0, 0.01, 4.5),
        Number("momentum", 0.0, 0.0, 0.9999),
        Number("rolls", 40, 5, 100, whole=True),
        # the bowl with a dip
        Number("dip_start", 3.05, -4.0, 4.5),
        Number("dip_alpha", 0.3, 0.05, 40.0),
        Number("dip_steps", 60, 10, 100, whole=True),
        Choice("dip_schedule", ("constant", "shrinks"), "constant"),
        # the fit of the learner's own data; the learning rate in units of 1/L
        Number("fit_pace", 1.0, 0.01, 2.5),
        Number("fit_steps", 30, 1, 100, whole=True),
    ),
    "depth": (
        Choice("tab", ("three", "chain", "batch_norm", "map", "start", "train"), "chain"),
        # a chain of scalars
        Number("depth", 20, 1, 200, whole=True),
        Number("scale", 0.8, 0.0, 10.0),
        Number("bias", 0.0, -2.0, 2.0),
        Number("input", 1.0, -10.0, 10.0),
        Number("target", 1.0, -10.0, 10.0),
        Number("w1", 0.5, -3.0, 3.0),
        Number("w2", 0.8, -3.0, 3.0),
        Number("w3", 1.5, -3.0, 3.0),
        Choice("weights", ("equal", "signs", "gaussian"), "equal"),
        # wide layers
        Choice("activation", tuple(ACTIVATIONS), "sigmoid"),
        Number("width", 64, 1, 256, whole=True),
        Number("batch", 64, 1, 256, whole=True),
        Number("bias_scale", 0.0, 0.0, 2.0),
        Number("seed", 0, 0, 9999, whole=True),
        # batch norm
        Choice("bn", ("both", "without", "with"), "both"),
        Choice("place", ("before", "after"), "before"),
        Number("gamma", 1.0, -3.0, 3.0),
        Number("beta", 0.0, -3.0, 3.0),
        Number("epsilon", 1e-5, 0.0, 1.0),
        # how weights start: the initialiser and its number
        Choice("initialiser", STARTS, "lecun"),
        Number("gain", natural_gain, 0.0, 10.0),
        Number("seeds", 20, 1, 50, whole=True),
        # training
        Number("rate", 0.1, 0.0001, 100.0),
        Choice("rate_schedule", ("constant", "step", "exponential", "cosine"), "constant"),
        Number("epochs", 10, 1, 50, whole=True),
    ),
}
