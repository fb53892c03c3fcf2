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
_SHELF_BYTES = 64_000_000  # of tables that any session may still ask for; a session brings its own back


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


_shelf: OrderedDict[str, Table] = OrderedDict()
_lock = Lock()


def keep(table: Table) -> None:
    """Let `find` know the table, until many others have been kept after it."""
    with _lock:
        _shelf[table.key] = table
        _shelf.move_to_end(table.key)
        while len(_shelf) > 1 and sum(_size(each) for each in _shelf.values()) > _SHELF_BYTES:
            _shelf.popitem(last=False)


def find(key: str) -> Table:
    """The table of this key; the cars if it is not known (any more)."""
    with _lock:
        return _shelf.get(key) or car_table()


def _size(table: Table) -> int:
    return sum(column.nbytes for column in table.columns.values())
