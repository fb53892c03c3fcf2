"""A setting: its key, range and default, and how it is read from a query string and written back.

A value in the URL is language-independent; one that is refused falls back to the default and leaves a `Refusal` to be
said. A default may depend on settings that stand earlier in the table: the natural learning rate of a loss is not that
of another.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from views.tables import CARS, is_key

Value = float | int | str
Values = Mapping[str, Value]
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
SMALLEST = 1e-60  # what is nearer to 0 counts as 0: its square, or a product of a few, would leave float64
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
        if abs(value) < SMALLEST:
            value = 0.0
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


@dataclass(frozen=True)
class Names:
    """Any of some names, separated by commas; none by default."""

    key: str
    options: frozenset[str]
    default: str = ""

    def parse(self, text: str) -> Value:
        """The names as they are written; ValueError if one of them is not among the options."""
        if not text or not set(text.split(",")) <= self.options:
            raise ValueError(f"{self.key} has a name that is none of {', '.join(sorted(self.options))}.")
        return text

    def default_for(self, earlier: Values) -> Value:
        """The default, the same for all."""
        return self.default


Setting = Number | Choice | Key | Names


@dataclass(frozen=True)
class Refusal:
    """A value in the URL that could not be used."""

    key: str
    written: str
    default: Value


def admits(setting: Setting, value: Value) -> bool:
    """Whether a query string may ask for this value."""
    try:
        return setting.parse(value if isinstance(value, str) else written(value)) == value
    except ValueError:
        return False


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
