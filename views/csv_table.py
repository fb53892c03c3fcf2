"""From an upload to a table of numbers: what can be used is used, what cannot is named, with the remedy.

A column is numeric if at least half of its cells are; the others of its cells become gaps. A row is counted as a
spreadsheet counts it: the header is row 1.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from io import StringIO

import numpy as np
import numpy.typing as npt

from views.csv_text import LARGEST, Refused, Said, decoded
from views.lazily import pd
from views.tables import LARGEST_NUMBER, MOST_COLUMNS, Column, Table, make_table
from views.text import Text

MOST_ROWS = 100_000
MOST_CELLS = LARGEST // 2  # as many as a file of the largest size holds if none is empty; short rows are filled up
MOST_CELLS_IN_A_ROW = 1_000  # numeric or not: a longer first row is not even parsed
MOST_NAMED = 3  # columns of one kind that get a sentence each
LONGEST_NAME = 60
SEPARATORS = "\t;,"  # a comma may be a decimal sign, so it is thought of last
GAPS = frozenset({"", "na", "n/a", "#n/a", "nan", "null", "none", "?", "-", "--", "–", "—", "."})
_QUOTED = re.compile(r'"[^"]*"')
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_DATE = re.compile(r"\d{1,4}[-/.年]\d{1,2}[-/.月]\d{1,4}.*|\d{1,2}:\d{2}.*")

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Reading:
    """What came of an upload: a table with notes, or no table and the reason."""

    table: Table | None
    said: tuple[Said, ...]


@dataclass(frozen=True)
class _Cells:
    """A column as it was read: numbers (NaN elsewhere), and which cells are text or beyond every number of ours."""

    name: str
    written: tuple[str, ...]
    numbers: Column
    text: Flags
    infinite: Flags

    @property
    def numeric(self) -> bool:
        """Whether at least half of what stands here are numbers."""
        known = np.count_nonzero(np.isfinite(self.numbers))
        return bool(0 < known >= np.count_nonzero(self.text))


def read_table(text: Text, data: bytes) -> Reading:
    """The table that the bytes of a CSV file hold; `text` names columns that have no name."""
    try:
        written, notes = decoded(data)
        separator, written = _separator(written)
        rows = _rows(written, separator)
        comma = separator != "," and _decimal_comma(written, separator)
        columns, numbers, unnamed = _columns(text, rows, comma)
    except Refused as refusal:
        return Reading(None, (refusal.said,))
    kept = [column for column in columns if column.numeric]
    left_out = [_why_left_out(column, numbers) for column in columns if not column.numeric]
    if len(kept) < 2:
        found = Said("csv.one_numeric", {"name": kept[0].name}) if kept else Said("csv.no_numeric")
        return Reading(None, (found, *_a_few(left_out)))
    if len(kept) > MOST_COLUMNS:
        return Reading(None, (Said("csv.too_many_numeric", {"count": len(kept), "most": MOST_COLUMNS}),))
    notes += (Said("csv.decimal_comma"),) if comma else ()
    notes += (Said("csv.no_header"),) if unnamed else ()
    bad = [said for column in kept for said in _bad_cells(column, numbers)]
    table = make_table({column.name: column.numbers for column in kept})
    return Reading(table, (*notes, *_a_few(left_out), *_a_few(bad)))


def _separator(written: str) -> tuple[str, str]:
    """The sign between two cells, and the text without a line that names it (`sep=;`, which Excel understands)."""
    if named := re.match(r"sep=([,;\t])\n", written, re.IGNORECASE):
        return named[1], written[named.end() :]
    lines = [_QUOTED.sub("", line) for line in written.split("\n", 30)[:30] if line.strip()]
    counts = {sign: [line.count(sign) for line in lines] for sign in SEPARATORS}
    present = [sign for sign in SEPARATORS if counts[sign][0]]
    if not present:
        raise Refused("csv.one_column")
    best = max(present, key=lambda sign: counts[sign].count(counts[sign][0]))
    if counts[best][0] >= MOST_CELLS_IN_A_ROW:
        raise Refused("csv.too_many_columns", count=counts[best][0] + 1, most=MOST_COLUMNS)
    return best, written


def _decimal_comma(written: str, separator: str) -> bool:
    cell = rf'(^|{separator})[ "]*[+-]?\d+,\d+[ "]*($|{separator})'
    return re.search(cell, written, re.MULTILINE) is not None


def _rows(written: str, separator: str) -> list[tuple[int, list[str]]]:
    """The rows that are not empty, all as long as the first, with their numbers."""
    rows: list[tuple[int, list[str]]] = []
    number = 0
    try:
        reader = csv.reader(StringIO(written, newline=""), delimiter=separator, strict=True, skipinitialspace=True)
        for number, read in enumerate(reader, 1):
            cells = [cell.strip() for cell in read]
            if not any(cells):
                continue
            width = len(rows[0][1]) if rows else len(cells)
            if any(cells[width:]):
                raise Refused("csv.ragged", row=number, cells=len(cells), first=rows[0][0], width=width)
            rows.append((number, cells[:width] + [""] * (width - len(cells))))
            if len(rows) > MOST_ROWS + 1:
                raise Refused("csv.too_many_rows", most=MOST_ROWS)
            if len(rows) * width > MOST_CELLS:
                raise Refused("csv.too_many_cells", most=MOST_CELLS)
    except csv.Error:  # an open quotation mark takes all that follows into one cell, which may get too long that way
        key = "csv.quotes" if '"' in written else "csv.long_cell"
        raise Refused(key, row=number + 1) from None
    if not rows:
        raise Refused("csv.empty")
    return rows


def _columns(text: Text, rows: list[tuple[int, list[str]]], comma: bool) -> tuple[list[_Cells], list[int], bool]:
    """The columns by name, the numbers of their rows, and whether the names had to be made up."""
    read = [_cells(written, comma) for written in zip(*(cells for _, cells in rows), strict=True)]
    named = _has_header(read)
    first = 1 if named else 0
    if len(rows) == first:
        raise Refused("csv.no_rows")
    if len(rows) - first > MOST_ROWS:
        raise Refused("csv.too_many_rows", most=MOST_ROWS)
    names: dict[str, int] = {}
    columns = []
    for place, cells in enumerate(read, 1):
        name = (_name(cells.written[0]) if named else "") or text("csv.column", number=place)
        name = _distinct(name, names)
        if not (named and not any(cells.written)):  # a spreadsheet's empty column
            below = slice(first, None)
            columns.append(
                _Cells(name, cells.written[below], cells.numbers[below], cells.text[below], cells.infinite[below])
            )
    return columns, [number for number, _ in rows[first:]], not named


def _has_header(columns: list[_Cells]) -> bool:
    """Whether the first row holds names: no number in it, or text above numbers."""
    if not any(np.isfinite(column.numbers[0]) for column in columns):
        return True
    return any(column.text[0] and 2 * np.isfinite(column.numbers).sum() >= len(column.text) for column in columns)


def _cells(written: tuple[str, ...], comma: bool) -> _Cells:
    numbers = _parsed([cell.replace(",", ".") for cell in written] if comma else list(written))
    unread = [place for place in np.flatnonzero(np.isnan(numbers)).tolist() if written[place].casefold() not in GAPS]
    odd = [place for place in unread if "," in written[place] or not written[place].isascii()]
    numbers[odd] = _parsed([_plain(written[place], comma) for place in odd])
    text = np.zeros(len(written), dtype=np.bool_)
    text[unread] = np.isnan(numbers[unread])
    infinite = np.abs(numbers) > LARGEST_NUMBER
    numbers[infinite] = np.nan
    return _Cells("", written, numbers, text, infinite)


def _parsed(cells: list[str]) -> Column:
    """The numbers that the cells write, NaN where they write none."""
    return pd.to_numeric(pd.Series(cells, dtype=object), errors="coerce").to_numpy(dtype=np.float64, copy=True)


def _plain(cell: str, comma: bool) -> str:
    """A cell in the signs that programs use, if it is a number in others: １２, −3, 1,234."""
    cell = unicodedata.normalize("NFKC", cell).replace("−", "-").strip()
    if comma:
        return cell.replace(",", ".")
    return cell.replace(",", "") if _THOUSANDS.fullmatch(cell) else cell


def _name(written: str) -> str:
    printable = "".join(sign if sign.isprintable() else " " for sign in written[: 4 * LONGEST_NAME])
    name = " ".join(printable.split())
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"


def _distinct(name: str, names: dict[str, int]) -> str:
    """The name, with a number if it is taken; `names` counts how often each has been asked for, and takes it down."""
    made = name
    while made in names:
        names[name] += 1
        made = f"{name} ({names[name]})"
    names[made] = 1
    return made


def _why_left_out(column: _Cells, numbers: list[int]) -> Said:
    found = np.flatnonzero(column.text | column.infinite)
    if not found.size:
        return Said("csv.left_empty", {"name": column.name})
    cell = column.written[found[0]]
    kind = "infinite" if column.infinite[found[0]] else "date" if _DATE.fullmatch(cell) else "text"
    return Said(f"csv.left_{kind}", {"name": column.name, "cell": cell, "row": numbers[found[0]]})


def _bad_cells(column: _Cells, numbers: list[int]) -> list[Said]:
    """What of a numeric column became a gap although something stands there."""
    found = {"csv.bad_text": np.flatnonzero(column.text), "csv.bad_infinite": np.flatnonzero(column.infinite)}
    return [
        Said(
            key,
            {
                "name": column.name,
                "count": len(places),
                "cell": column.written[places[0]],
                "row": numbers[places[0]],
            },
        )
        for key, places in found.items()
        if places.size
    ]


def _a_few(said: list[Said]) -> list[Said]:
    """The first of many sentences, and how many more there would be."""
    rest = len(said) - MOST_NAMED
    return said if rest <= 0 else [*said[:MOST_NAMED], Said("csv.more", {"count": rest})]
