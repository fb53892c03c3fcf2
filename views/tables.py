"""The table of numbers behind the learner's own loss: the cars, or a table that was uploaded or edited.

A table is known by a key made from its content, so that a setting, a link and a cache can name it. An uploaded one
belongs to the session that brought it (`state.Lab.tables`); the shelf here only lets pure functions find it by its key.
"""

import hashlib
import math
import re
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from gdcore.samples import cars

Column = npt.NDArray[np.float64]

CARS = "cars"
MOST_COLUMNS = 50  # numeric ones of a table
LARGEST_NUMBER = 1e150  # in a cell: its square is still within float64
_KEY = re.compile(r"[0-9a-f]{16}")
MOST_KEPT = 300  # tables that any session may still ask for; a session brings its own back
_MOST_BYTES = 64_000_000  # of them


@dataclass(frozen=True)
class Table:
    """Numeric columns of equal length, NaN for a gap.

    Attributes:
        key: "cars", or 16 hexadecimal digits made from names and numbers.
        columns: by name, each of shape (m,), read-only; at most MOST_COLUMNS.
    """

    key: str
    columns: Mapping[str, Column]

    @property
    def rows(self) -> int:
        """m, rows with gaps included."""
        return len(next(iter(self.columns.values())))

    @property
    def bytes(self) -> int:
        """How much memory its numbers take."""
        return sum(column.nbytes for column in self.columns.values())

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(self.columns)


def make_table(columns: Mapping[str, npt.ArrayLike]) -> Table:
    """A table from columns of equal length (m,), with a key of its own.

    Raises:
        ValueError: if there is no column, there are more than MOST_COLUMNS, or they are not equally long.
    """
    kept = {name: np.array(values, dtype=np.float64) for name, values in columns.items()}
    if not 0 < len(kept) <= MOST_COLUMNS or len({column.shape for column in kept.values()}) != 1:
        raise ValueError(f"got {len(kept)} columns: give 1 to {MOST_COLUMNS} of equal length (m,)")
    digest = hashlib.sha256()
    for name, column in kept.items():
        column.setflags(write=False)
        digest.update(f"{name!r}:{column.size};".encode())
        digest.update(column.tobytes())
    return Table(digest.hexdigest()[:16], MappingProxyType(kept))


@lru_cache(maxsize=1)
def car_table() -> Table:
    """The cars, which are there from the start."""
    return Table(CARS, cars())


def edited(table: Table, changes: Mapping[str, Any]) -> Table | None:
    """The table after what was done to it in an editor; None if no row is left.

    Args:
        table: as it was.
        changes: `edited_rows` (row → column → number or None), `added_rows` (a list of the same) and `deleted_rows`.
    """
    columns = {name: column.tolist() for name, column in table.columns.items()}
    for row, cells in changes.get("edited_rows", {}).items():
        for name in cells.keys() & columns.keys():
            columns[name][int(row)] = _within_reach(cells[name])
    for cells in changes.get("added_rows", []):
        for name, column in columns.items():
            column.append(_within_reach(cells.get(name)))
    gone = set(changes.get("deleted_rows", []))
    kept = {name: [cell for row, cell in enumerate(column) if row not in gone] for name, column in columns.items()}
    return make_table(kept) if all(kept.values()) else None


def _within_reach(cell: float | None) -> float:
    """A number, or a gap in place of none and of one that no computation would survive."""
    return float(cell) if cell is not None and abs(cell) <= LARGEST_NUMBER else math.nan


def is_key(text: str) -> bool:
    """Whether `text` has the form of a table's key."""
    return text == CARS or _KEY.fullmatch(text) is not None


class _Shelf:
    """Tables by key, the newest last; the oldest go when there are too many, or they are too large together."""

    def __init__(self) -> None:
        self.tables: OrderedDict[str, Table] = OrderedDict()
        self.bytes = 0
        self.lock = Lock()

    def put(self, table: Table) -> None:
        with self.lock:
            if self.tables and next(reversed(self.tables.values())) is table:
                return
            before = self.tables.pop(table.key, None)
            self.bytes += table.bytes - (before.bytes if before else 0)
            self.tables[table.key] = table
            while len(self.tables) > MOST_KEPT or (self.bytes > _MOST_BYTES and len(self.tables) > 1):
                self.bytes -= self.tables.popitem(last=False)[1].bytes


_shelf = _Shelf()


def keep(table: Table) -> None:
    """Let `find` know the table, until many others have been kept after it."""
    _shelf.put(table)


def find(key: str) -> Table:
    """The table of this key; the cars if it is not known (any more)."""
    with _shelf.lock:
        return _shelf.tables.get(key) or car_table()
