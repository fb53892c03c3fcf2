"""Whatever is uploaded, there is a table or a sentence that names what is wrong and what to do."""

import io
import time
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from views.csv_table import MOST_ROWS, Reading, read_table
from views.csv_text import LARGEST, Said
from views.tables import MOST_COLUMNS
from views.text import LANGUAGES, load_text, verbatim

EN = load_text("en")
HOSTILE = [
    "a.b", "x[0]", "it's", 'say "hi"', "**bold**", "_i_", "# title", "$x^2$", r"\frac{1}{2}", "<b>b</b>",
    "<script>alert(1)</script>", "😀", "`code`", "``", ":red[x]", ":smile:", "[a](http://b.c)", "https://a.b", "a|b",
    "~~s~~", "@name", "{x}", "$$", "%d", "‮abc", "名字", "datum.x", "&amp;", "  spaced  out ", "-", "x" * 500,
]  # fmt: skip


def read(data: bytes) -> Reading:
    return read_table(EN, data)


def keys(reading: Reading) -> list[str]:
    return [said.key for said in reading.said]


def columns(data: bytes) -> dict[str, list[float]]:
    table = read(data).table
    assert table is not None
    return {name: column.tolist() for name, column in table.columns.items()}


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return file.getvalue()


REFUSED = {
    "csv.too_large": b"a,b\n" + b"1,2\n" * (LARGEST // 4 + 1),
    "csv.empty": b" \n\n",
    "csv.spreadsheet": zipped(),
    "csv.binary": b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
    "csv.web_page": b"<!DOCTYPE html><html><body>a,b</body></html>",
    "csv.encoding": b"a,b\n1,\x81\x20\x8d\xff\n",
    "csv.one_column": b"speed\n1\n2\n",
    "csv.no_rows": b"speed,weight\n",
    "csv.quotes": b'speed,weight\n1,"2\n3,4\n',
    "csv.ragged": b"speed,weight\n1,2\n3,4,5\n",
    "csv.too_many_columns": b",".join(b"c%d" % place for place in range(2000)),
    "csv.too_many_numeric": b",".join(b"c%d" % place for place in range(51)) + b"\n" + b",".join([b"1"] * 51),
    "csv.too_many_rows": b"a,b\n" + b"1,2\n" * (MOST_ROWS + 1),
    "csv.one_numeric": b"speed,when\n1,2020-01-01\n2,2020-01-02\n",
    "csv.no_numeric": b"who,where\nAnn,here\nBob,there\n",
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", REFUSED)
def test_what_cannot_be_read_is_refused_with_a_sentence(key: str, language: str) -> None:
    reading = read(REFUSED[key])
    assert reading.table is None
    assert keys(reading)[0] == key
    for said in reading.said:
        words = said.words(load_text(language))
        assert words[-1] in ".。"
        assert "@" not in words


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_names_the_column_that_is_to_blame_and_the_row(language: str) -> None:
    text = load_text(language)
    said = [each.words(text) for each in read(REFUSED["csv.one_numeric"]).said]
    assert "`speed`" in said[0]
    assert "`when`" in said[1]
    assert "`2020-01-01`" in said[1]
    assert "2" in said[1]
    assert "3" in read(REFUSED["csv.quotes"]).said[0].words(text) or "2" in read(REFUSED["csv.quotes"]).said[0].words(
        text
    )
    assert "3" in read(REFUSED["csv.ragged"]).said[0].words(text)


LEFT_OUT = {
    "csv.left_text": ("who", "Ann", b"who,x,y\nAnn,1,2\nBob,3,4\n"),
    "csv.left_date": ("when", "1/2/2020", b"when,x,y\n1/2/2020,1,2\n2/2/2020,3,4\n"),
    "csv.left_infinite": ("big", "inf", b"big,x,y\ninf,1,2\n-inf,3,4\n"),
    "csv.left_empty": ("none", "", b"none,x,y\n,1,2\nNA,3,4\n"),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", LEFT_OUT)
def test_a_column_that_is_not_numeric_is_left_out_and_named_with_its_first_bad_cell(key: str, language: str) -> None:
    name, cell, data = LEFT_OUT[key]
    reading = read(data)
    assert keys(reading) == [key]
    assert columns(data) == {"x": [1, 3], "y": [2, 4]}
    words = reading.said[0].words(load_text(language))
    assert f"`{name}`" in words
    assert not cell or f"`{cell}`" in words


def test_bad_cells_of_a_numeric_column_become_gaps_and_are_counted() -> None:
    data = b"x,y\n1,2\noops,3\n4,inf\n5,-1e200\n6,?\n7,8\n"
    reading = read(data)
    assert reading.table is not None
    np.testing.assert_array_equal(reading.table.columns["x"], [1, np.nan, 4, 5, 6, 7])
    np.testing.assert_array_equal(reading.table.columns["y"], [2, 3, np.nan, np.nan, np.nan, 8])
    assert [(said.key, said.values["name"], said.values["count"], said.values["row"]) for said in reading.said] == [
        ("csv.bad_text", "x", 1, 3),
        ("csv.bad_infinite", "y", 2, 4),
    ]


@pytest.mark.parametrize("gap", ["", "NA", "n/a", "?", "-", "nan", "NaN", "null", "None", "#N/A"])
def test_a_gap_is_a_gap_and_no_complaint(gap: str) -> None:
    reading = read(f"x,y\n1,2\n{gap},3\n4,5\n".encode())
    assert not reading.said
    assert reading.table is not None
    assert np.isnan(reading.table.columns["x"]).tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("encoding", "key"),
    [("utf-8", None), ("utf-8-sig", None), ("utf-16", None), ("gb18030", "csv.guessed"), ("utf-32", None)],
)
def test_chinese_names_arrive_in_every_encoding_that_a_spreadsheet_writes(encoding: str, key: str | None) -> None:
    data = "马力,车重\r\n130,3504\r\n165,3693\r\n".encode(encoding)
    assert columns(data) == {"马力": [130, 165], "车重": [3504, 3693]}
    assert keys(read(data)) == ([key] if key else [])


def test_western_letters_arrive_from_an_old_spreadsheet() -> None:
    data = "Größe,Länge,né\n1,2,3\n".encode("cp1252")
    assert list(columns(data)) == ["Größe", "Länge", "né"]
    assert read(data).said[0].values["encoding"] == "Windows-1252"


@pytest.mark.parametrize(
    "written",
    ["x,y\n1.5,2\n-3,4e1\n", "x;y\n1.5;2\n-3;4e1\n", "x\ty\n1.5\t2\n-3\t4e1\n", 'x,y\n"1.5","2"\n"-3","4e1"\n',
     "x,y\r1.5,2\r-3,4e1\r", "sep=;\nx;y\n1.5;2\n-3;4e1\n", "\n\nx,y\n\n1.5,2\n,\n-3,4e1\n\n",
     "x , y\n 1.5, 2\n−3, ４e1\n"],
)  # fmt: skip
def test_the_same_numbers_are_read_whatever_separates_or_quotes_them(written: str) -> None:
    assert columns(written.encode()) == {"x": [1.5, -3], "y": [2, 40]}


def test_a_comma_may_be_a_decimal_sign_or_group_thousands() -> None:
    assert columns(b"x;y\n1,5;2\n3,25;4\n") == {"x": [1.5, 3.25], "y": [2, 4]}
    assert columns(b"1,5;2,5\n3,1;4,2\n") == {"column 1": [1.5, 3.1], "column 2": [2.5, 4.2]}
    assert "csv.decimal_comma" in keys(read(b"x;y\n1,5;2\n3,25;4\n"))
    assert columns(b'x,y\n"1,234",2\n"5,678.5",4\n') == {"x": [1234, 5678.5], "y": [2, 4]}


def test_columns_without_a_name_are_called_by_their_place_and_equal_names_are_told_apart() -> None:
    assert list(columns(b"1,2\n3,4\n")) == ["column 1", "column 2"]
    assert keys(read(b"1,2\n3,4\n")) == ["csv.no_header"]
    assert list(columns(b"a,a,,a\n1,2,3,4\n")) == ["a", "a (2)", "column 3", "a (3)"]
    assert list(columns(b"x,2020,2021\n1,2,3\n4,5,6\n")) == ["x", "2020", "2021"]
    assert list(read_table(load_text("zh"), b"1,2\n3,4\n").table.names) == ["第 1 列", "第 2 列"]


def test_one_row_and_a_row_that_is_too_short_are_a_table() -> None:
    assert columns(b"x,y\n1,2\n") == {"x": [1], "y": [2]}
    np.testing.assert_array_equal(columns(b"x,y\n1\n3,4\n")["y"], [np.nan, 4])


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_kept_as_data_and_shown_as_code(name: str) -> None:
    cell = '"' + name.replace('"', '""') + '"'
    reading = read(f"{cell},y,z\nabc,1,2\nde,3,4\n".encode())
    assert reading.table is not None
    words = reading.said[0].words(EN)
    shown = verbatim(str(reading.said[0].values["name"]))
    assert words.startswith(shown)
    assert shown[0] == shown[-1] == "`"
    fence = len(shown) - len(shown.lstrip("`"))
    assert "`" * fence not in shown[fence:-fence].strip()
    assert len(shown) < 60
    assert shown[fence:-fence].isprintable()


def test_many_sentences_of_a_kind_become_a_few() -> None:
    data = ",".join([f"t{place}" for place in range(40)] + ["x", "y"]) + "\n" + "a," * 40 + "1,2\n"
    reading = read(data.encode())
    assert keys(reading) == ["csv.left_text"] * 3 + ["csv.more"]
    assert reading.said[-1].values["count"] == 37


def test_as_many_columns_of_numbers_as_are_admitted_are_read() -> None:
    data = b",".join(b"c%d" % place for place in range(MOST_COLUMNS)) + b"\n" + b",".join([b"1"] * MOST_COLUMNS)
    assert len(columns(data)) == MOST_COLUMNS


@pytest.mark.parametrize("line", [b"," * 1_000_000, b"c," * 500_000, b"7," * 500_000, b'"c",' * 250_000])
def test_a_million_columns_are_refused_in_half_a_second(line: bytes) -> None:
    start = time.process_time()
    assert read(line).table is None
    assert time.process_time() - start < 0.5


def test_a_hundred_thousand_rows_are_read_in_two_seconds() -> None:
    rng = np.random.default_rng(0)
    data = b"x,y\n" + b"".join(b"%.2f,%.1f\n" % (x, y) for x, y in rng.random((MOST_ROWS, 2)))
    start = time.process_time()
    reading = read(data)
    assert time.process_time() - start < 2.0
    assert reading.table is not None
    assert reading.table.rows == MOST_ROWS


def test_a_thousand_equal_names_become_a_thousand_different_ones_at_once() -> None:
    start = time.process_time()
    reading = read(b",".join([b"a"] * 1000) + b"\n" + b",".join([b"1", *[b"word"] * 998, b"2"]))
    assert time.process_time() - start < 1.5
    assert reading.table is not None
    assert list(reading.table.columns) == ["a", "a (1000)"]
    assert list(columns(b"a (2),a,a,a (2),a\n1,2,3,4,5\n")) == ["a (2)", "a", "a (3)", "a (2) (2)", "a (4)"]


def require_an_answer(data: bytes) -> None:
    reading = read(data)
    assert reading.table is not None or reading.said
    for language in LANGUAGES:
        assert all(said.words(load_text(language)) for said in reading.said)
    if reading.table is not None:
        assert 2 <= len(reading.table.names) <= MOST_COLUMNS
        for column in reading.table.columns.values():
            assert not np.isinf(column).any()
            assert np.isfinite(column).any()


@given(st.binary(max_size=300))
def test_no_bytes_whatever_raise_an_exception(data: bytes) -> None:
    require_an_answer(data)


CELL = st.one_of(
    st.floats().map(repr),
    st.integers(-(10**6), 10**6).map(str),
    st.sampled_from(["", "NA", "inf", "1,5", "1;2", "2020-01-01", '"', "'", "１２", "−3", "1e999", *HOSTILE]),
    st.text(max_size=8),
)
ROWS = st.lists(st.lists(CELL, min_size=1, max_size=5), max_size=12)
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "gb18030", "cp1252"]


@settings(max_examples=150, deadline=None)
@given(ROWS, st.sampled_from(",;\t"), st.sampled_from(["\n", "\r\n", "\r"]), st.sampled_from(ENCODINGS))
def test_nothing_that_looks_like_a_table_raises_an_exception(
    rows: list[list[str]], separator: str, ending: str, encoding: str
) -> None:
    require_an_answer(ending.join(separator.join(row) for row in rows).encode(encoding, errors="replace"))


def test_a_sentence_groups_digits_and_lists_names() -> None:
    assert "1,000,001" in Said("csv.too_many_columns", {"count": 1_000_001, "most": 50}).words(EN)
    assert "`a`, `b`" in Said("fit.no_row", {"names": ("a", "b")}).words(EN)
