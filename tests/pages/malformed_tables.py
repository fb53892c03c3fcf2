"""Files that call themselves CSV, from a seed: what goes wrong in spreadsheets, in transit, and on purpose.

Each kind says what may come of it: TABLE, or the keys of the sentences that may refuse it. None stands for either.
"""

import gzip
import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.views.test_csv_table import HOSTILE

TABLE = "table"
GOOD = "speed,weight,price\n" + "".join(f"{t},{t * t % 7},{3 * t + t % 3}\n" for t in range(12))
ODD_CELLS = [
    "", "NA", "inf", "-inf", "nan", "1e400", "-1e400", "1e-400", "1e150", "1e151", "∞", "0x1F", "1_000", "1e", "--1",
    "1e5e5", "1 000", "1,000", "1.000,5", "€5", "5%", "True", "1j", "１２", "٣", "½", "²", "2020-01-01", "12:30", "一",
    "=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", '=HYPERLINK("http://a.b")', "\u202e1", "1\u200b", "\ufeff1", "#REF!",
    "'1", "-", "−3", "9" * 400, "0." + "0" * 400 + "1", "1\u00a0000", "\u2028", "a" * 5000, *HOSTILE,
]  # fmt: skip
SIGNATURES = [
    b"%PDF-1.7\n",
    b"\x89PNG\r\n\x1a\n",
    b"GIF89a",
    b"\xd0\xcf\x11\xe0",
    b"7z\xbc\xaf\x27",
    b"SQLite format 3\x00",
]
TEXTS = [
    '{"a": [1, 2]}',
    "a: 1\nb: 2\n",
    "<!doctype html><table>",
    "<?xml version='1.0'?><a/>",
    "\\input{a}\n",
    "lorem ipsum",
]


@dataclass(frozen=True)
class File:
    """The bytes of an upload, and what may come of it."""

    kind: str
    data: bytes
    outcome: frozenset[str] | None


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


def encoded(dice: random.Random) -> bytes:
    return GOOD.replace("speed", "Größe").encode(dice.choice(["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"]))


def without_mark(dice: random.Random) -> bytes:
    return GOOD.encode(dice.choice(["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"]))


def cut_short(dice: random.Random) -> bytes:
    return GOOD.encode("utf-16")[: 2 * dice.randrange(5, 100) + 1]


def falsely_marked(dice: random.Random) -> bytes:
    return dice.choice([b"\xef\xbb\xbf", b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff"]) + GOOD.encode("utf-16")


def with_zeros(dice: random.Random) -> bytes:
    place = dice.randrange(len(GOOD))
    return GOOD[:place].encode() + b"\x00" * dice.randrange(1, 9) + GOOD[place:].encode()


def long_row(dice: random.Random) -> bytes:
    return (GOOD + ",".join("1" * dice.randrange(4, 40)) + "\n").encode()


def short_rows(dice: random.Random) -> bytes:
    return (GOOD + "".join(dice.choice(["1\n", "1,2\n", ",\n", "\n", " \n"]) for _ in range(20))).encode()


def open_quotes(dice: random.Random) -> bytes:
    lines = GOOD.split("\n")
    lines[dice.randrange(1, 12)] = dice.choice(['1,"2,3', '"1"2,3,4', '1,"2" 3,4', '"1,2,3'])
    return "\n".join(lines).encode()


def mixed_signs(dice: random.Random) -> bytes:
    return "".join(dice.choice(",;\t| ") if sign == "," else sign for sign in GOOD).encode()


def mixed_ends(dice: random.Random) -> bytes:
    ends = ["\n", "\r", "\r\n", "\n\n", "\r\r"]
    return "".join(dice.choice(ends) if sign == "\n" else sign for sign in GOOD).encode()


def odd_cells(dice: random.Random) -> bytes:
    rows = [[quoted(dice.choice(ODD_CELLS)) for _ in range(4)] for _ in range(dice.randrange(1, 15))]
    return "\n".join(",".join(row) for row in rows).encode()


def odd_cells_as_they_are(dice: random.Random) -> bytes:
    sign = dice.choice(",;\t")
    rows = [[dice.choice([*ODD_CELLS, "1", "2"]) for _ in range(3)] for _ in range(dice.randrange(1, 15))]
    return "\n".join(sign.join(row) for row in rows).encode()


def odd_names(dice: random.Random) -> bytes:
    names = [dice.choice([*HOSTILE, "", "same", "same", "\u2066x\u2069", "e\u0301" * 30]) for _ in range(5)]
    return (",".join(map(quoted, names)) + "\n" + "1,2,3,4,5\n2,3,4,5,7\n").encode()


def thousands(dice: random.Random) -> bytes:
    return ("a,b\n" + "".join(f'"{dice.randrange(10**9):,}",{t}\n' for t in range(9))).encode()


def dates_only(dice: random.Random) -> bytes:
    return ("a,b\n" + "".join(f"{dice.randrange(1900, 2100)}-0{t}-01,1{t}:30\n" for t in range(1, 9))).encode()


def beyond(dice: random.Random) -> bytes:
    return ("a,b\n" + "".join(f"{dice.choice(['inf', 'nan', '1e400', '-1e999'])},{t}\n" for t in range(8))).encode()


def hardly_a_table(dice: random.Random) -> bytes:
    return dice.choice(
        [b"", b"\n", b" ", b",", b",,\n,,\n", b"1", b"a", b"a,b", b"a\n1\n2\n", b"\xef\xbb\xbf", b"\xff\xfe", b'"']
    )


def too_wide(dice: random.Random) -> bytes:
    return dice.choice([b"1,", b"c,", b",", b'"",', b"x;", b"1\t"]) * 100_000 + b"\n1,2\n"


def filled_up(dice: random.Random) -> bytes:
    """Few bytes, but every short row is to be filled up to the width of the first."""
    width, row = dice.choice([(50, b"1\n"), (900, b"1\n"), (1000, b",1\n")])
    return b",".join([b"1"] * width) + b"\n" + row * 90_000


def too_long(dice: random.Random) -> bytes:
    return b"a,b\n" + dice.choice([b"1,2\n", b"x,y\n", b",1\n"]) * 150_000


def one_huge_cell(dice: random.Random) -> bytes:
    return b"a,b\n" + dice.choice([b"9", b"x", b"\xe4\xb8\x80", b"1.", b" 1", b"0x"]) * 300_000 + b",2\n3,4\n"


def huge_quotes(dice: random.Random) -> bytes:
    return b"a,b\n1,2\n" + dice.choice([b'"', b'"' + b"\n", b'"",', b'"x']) * 250_000


def noise(dice: random.Random) -> bytes:
    return dice.randbytes(dice.randrange(1, 3000))


def foreign(dice: random.Random) -> bytes:
    return dice.choice(SIGNATURES) + GOOD.encode()


def foreign_text(dice: random.Random) -> bytes:
    return dice.choice(TEXTS).encode() * dice.randrange(1, 50)


def packed(dice: random.Random) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(dice.choice(["xl/workbook.xml", "../../t.csv", "mimetype"]), GOOD)
    return file.getvalue()


def squeezed(dice: random.Random) -> bytes:
    return gzip.compress(GOOD.encode() * dice.randrange(1, 50))


def expanding(times: int) -> bytes:
    """A stream of `times` MB of zeros, as one of them repeated."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(bytes(2**20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return block * times + zlib.compressobj(9, zlib.DEFLATED, -15).flush()


def bomb(dice: random.Random) -> bytes:
    """Up to 900 MB of zeros within 1 MB."""
    stream = expanding(dice.choice([100, 500, 900]))
    if dice.random() < 0.5:
        return b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff" + stream + bytes(8)
    size = len(stream)
    return struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 8, 0, 0, 0, size, 2**30, 5, 0) + b"t.csv" + stream


def damaged(dice: random.Random) -> bytes:
    data = bytearray(GOOD.encode(dice.choice(["utf-8", "utf-8", "utf-16", "gb18030"])))
    for _ in range(dice.randrange(1, 12)):
        place = dice.randrange(len(data))
        match dice.randrange(3):
            case 0:
                data[place] = dice.randrange(256)
            case 1:
                del data[place : place + dice.randrange(1, 20)]
            case _:
                data[place:place] = dice.choice(
                    [b'"', b",", b"\n", b"\r", b"\xed\xa0\x80", b"\xc0", b"\x1a", b"e", b"-"]
                )
    return bytes(data)


SMALL: dict[Callable[[random.Random], bytes], set[str] | None] = {
    encoded: {TABLE},
    without_mark: {"csv.binary"},
    cut_short: {"csv.encoding"},
    falsely_marked: {"csv.encoding", "csv.binary"},
    with_zeros: {"csv.binary"},
    long_row: {"csv.ragged"},
    short_rows: {TABLE},
    open_quotes: {"csv.quotes"},
    mixed_signs: None,
    mixed_ends: {TABLE},
    odd_cells: None,
    odd_cells_as_they_are: None,
    odd_names: {TABLE},
    thousands: {TABLE},
    dates_only: {"csv.no_numeric"},
    beyond: {TABLE, "csv.one_numeric"},
    hardly_a_table: {"csv.empty", "csv.one_column", "csv.no_rows", "csv.quotes"},
    noise: None,
    foreign: {"csv.binary", "csv.spreadsheet"},
    foreign_text: None,
    packed: {"csv.spreadsheet"},
    squeezed: {"csv.binary"},
    damaged: None,
}
LARGE: dict[Callable[[random.Random], bytes], set[str] | None] = {
    too_wide: {"csv.too_many_columns"},
    filled_up: {"csv.too_many_cells"},
    too_long: {"csv.too_many_rows"},
    one_huge_cell: {"csv.long_cell"},
    huge_quotes: None,
    bomb: {"csv.spreadsheet", "csv.binary"},
}


def files(seed: int, small: int, large: int) -> Iterator[File]:
    """So many files of every small and of every large kind."""
    for kinds, count in ((SMALL, small), (LARGE, large)):
        for make, outcome in kinds.items():
            for turn in range(count):
                data = make(random.Random(f"{seed} {make.__name__} {turn}"))
                yield File(f"{make.__name__} {seed}/{turn}", data, frozenset(outcome) if outcome else None)
