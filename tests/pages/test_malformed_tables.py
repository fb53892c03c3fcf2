"""Hundreds of malformed files: each becomes a finite table or is refused by a sentence that helps; none costs much."""

import random
import time
import tracemalloc
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from pages.tabs import own_table
from tests.pages.malformed_tables import LARGE, SMALL, TABLE, File, expanding, files
from tests.pages.test_every_page import _fresh_process, healthy, query_of  # noqa: F401
from tests.pages.test_own_data import charts, told, upload, visit
from views.csv_table import MOST_CELLS, MOST_ROWS, Reading, read_table
from views.csv_text import LARGEST
from views.tables import LARGEST_NUMBER, MOST_COLUMNS
from views.text import LANGUAGES, load_text

EN = load_text("en")
MOST_MEMORY = 80_000_000  # bytes at once, for a file of 1,000,000
MOST_SECONDS = 10.0  # of the processor, while memory is watched: without that it is one, on a machine that is free
MOST_SAID = 900  # characters, with everything that is left out


@contextmanager
def memory_watched(file: File) -> Iterator[None]:
    if len(file.data) < 10_000:  # too small to be worth the time: nothing is made larger than a row for every byte
        yield
        return
    tracemalloc.start()
    try:
        yield
        memory = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert memory < MOST_MEMORY, f"{file.kind}: {memory / 1e6:.0f} MB"


def require_a_table_or_a_sentence(file: File) -> Reading:
    assert len(file.data) <= LARGEST or file.kind.startswith("one_huge"), file.kind
    start = time.process_time()
    with memory_watched(file):
        reading = read_table(EN, file.data)
    assert time.process_time() - start < MOST_SECONDS, file.kind
    for text in map(load_text, LANGUAGES):
        words = [said.words(text) for said in reading.said]
        assert all(each[-1] in ".。" and "@" not in each.split("`")[0] for each in words), file.kind
        assert sum(map(len, words)) < MOST_SAID, file.kind
    came = TABLE if reading.table else reading.said[0].key
    assert file.outcome is None or came in file.outcome, f"{file.kind}: {came}"
    if reading.table:
        require_finite(reading)
    return reading


def require_finite(reading: Reading) -> None:
    assert reading.table
    columns = reading.table.columns
    assert 2 <= len(columns) <= MOST_COLUMNS
    assert 1 <= reading.table.rows <= MOST_ROWS
    assert len(columns) * reading.table.rows <= MOST_CELLS
    for name, column in columns.items():
        assert name.isprintable()
        known = column[~np.isnan(column)]
        assert known.size
        assert np.abs(known).max() <= LARGEST_NUMBER


def test_hundreds_of_malformed_files_are_read_or_refused_with_a_sentence() -> None:
    read = [require_a_table_or_a_sentence(file) for file in files(seed=0, small=12, large=1)]
    assert len(read) > 250
    assert 50 < sum(reading.table is not None for reading in read) < len(read) - 50


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1, 5))
def test_thousands_of_malformed_files_are_read_or_refused_with_a_sentence(seed: int) -> None:
    for file in files(seed, small=100, large=8):
        require_a_table_or_a_sentence(file)


def test_every_sentence_that_refuses_a_file_is_met() -> None:
    promised = set().union(*(outcome for outcome in (*SMALL.values(), *LARGE.values()) if outcome)) - {TABLE}
    met = set()
    for file in files(seed=0, small=20, large=0):
        reading = read_table(EN, file.data)
        met |= set() if reading.table else {reading.said[0].key}
    assert {each for outcome in SMALL.values() for each in outcome or ()} - {TABLE} <= met
    refusals = {f"csv.{key}" for key in EN.under("csv")} - ABOUT_A_TABLE
    assert refusals - promised - met <= {"csv.gone", "csv.too_large", "csv.too_many_numeric", "csv.web_page"}


ABOUT_A_TABLE = {
    "csv.column", "csv.guessed", "csv.decimal_comma", "csv.no_header", "csv.more", "csv.bad_text", "csv.bad_infinite",
    "csv.left_text", "csv.left_date", "csv.left_infinite", "csv.left_empty",
}  # fmt: skip


def test_a_bomb_would_fill_the_memory_if_it_were_opened() -> None:
    stream = expanding(900)
    assert len(stream) < LARGEST
    assert len(zlib.decompressobj(-15).decompress(stream[:20_000])) > 15_000_000


def require_the_page_to_take(app: object, file: File, language: str) -> None:
    before, reading = query_of(app), read_table(load_text(language), file.data)
    upload(app, file.data)
    assert charts(app) == 1, file.kind
    assert (query_of(app).get("table") == reading.table.key) if reading.table else query_of(app) == before, file.kind
    if not reading.table:
        assert any(reading.said[0].words(load_text(language)) in warning.value for warning in app.warning), file.kind
    assert not [text for text in told(app) if "\u202e" in text or "\x00" in text], file.kind


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_so_and_keeps_its_picture(language: str) -> None:
    app = visit(lang=language)
    offered = list(files(seed=7, small=1, large=1))
    for file in random.Random(language).sample(offered, 4):
        require_the_page_to_take(app, file, language)
    app.file_uploader(key=own_table.UPLOAD).set_value(None).run()
    healthy(app)


@pytest.mark.long
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_so_of_every_kind(language: str) -> None:
    app = visit(lang=language)
    for file in files(seed=8, small=6, large=1):
        require_the_page_to_take(app, file, language)
