"""From the bytes of an upload to its text, or to a sentence that says why it is none.

Nothing here is parsed yet: what is no CSV at all is refused before it costs time.
"""

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_BE, BOM_UTF32_LE
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from views.text import Text, verbatim

LARGEST = 1 << 20  # bytes, as `server.maxUploadSize` has it
SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # xlsx, ods and zip; xls
BINARIES = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf", b"SQLite format 3")
MARKS = {  # the longer ones first: UTF-32 begins like UTF-16
    BOM_UTF32_LE: "utf-32",
    BOM_UTF32_BE: "utf-32",
    BOM_UTF8: "utf-8-sig",
    BOM_UTF16_LE: "utf-16",
    BOM_UTF16_BE: "utf-16",
}
LEGACY = {"gb18030": "GBK", "cp1252": "Windows-1252"}
_WEB_PAGE = re.compile(r"\s*<(!doctype|html|\?xml)", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
_HIGH = re.compile(rb"(?P<before>[A-Za-z]?)(?P<run>[\x80-\xff]+)(?P<after>[A-Za-z]?)")


@dataclass(frozen=True)
class Said:
    """A sentence of the catalogue with what it is about, to be said in the language of the moment.

    Strings among `values` were written by a stranger: names and cells of a file.
    """

    key: str
    values: Mapping[str, str | int | tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))

    def words(self, text: Text) -> str:
        """The sentence; what a stranger wrote is shown as it stands, whatever it means in Markdown."""
        return text(self.key, **{name: _shown(text, value) for name, value in self.values.items()})


class Refused(Exception):  # noqa: N818 it is an answer, not an error
    """The file cannot be used, and this is why."""

    def __init__(self, key: str, **values: str | int | tuple[str, ...]) -> None:
        """The sentence under `key`."""
        super().__init__(key)
        self.said = Said(key, values)


def listed(text: Text, names: Iterable[str]) -> str:
    """Names of columns, one after the other."""
    return text.listed(verbatim(name) for name in names)


def _shown(text: Text, value: str | int | tuple[str, ...]) -> str:
    if isinstance(value, tuple):
        return listed(text, value)
    return verbatim(value) if isinstance(value, str) else f"{value:,}"


def decoded(data: bytes) -> tuple[str, tuple[Said, ...]]:
    """The text of a file, lines ending in a line feed, and a note where its encoding had to be guessed.

    Raises:
        Refused: if it is too large, empty, or no text.
    """
    if len(data) > LARGEST:
        raise Refused("csv.too_large")
    if data.startswith(SPREADSHEETS):
        raise Refused("csv.spreadsheet")
    if data.startswith(BINARIES):
        raise Refused("csv.binary")
    text, note = _decoded(data)
    if _CONTROL.search(text):
        raise Refused("csv.binary")
    if not text.strip():
        raise Refused("csv.empty")
    if _WEB_PAGE.match(text):
        raise Refused("csv.web_page")
    return text.replace("\r\n", "\n").replace("\r", "\n"), note


def _decoded(data: bytes) -> tuple[str, tuple[Said, ...]]:
    named = next((name for mark, name in MARKS.items() if data.startswith(mark)), None)
    for encoding in (named,) if named else ("utf-8", *_likely(data)):
        try:
            text = data.decode(encoding)
        except UnicodeError:
            continue
        return text, ((Said("csv.guessed", {"encoding": LEGACY[encoding]}),) if encoding in LEGACY else ())
    raise Refused("csv.encoding")


def _likely(data: bytes) -> tuple[str, ...]:
    """The two old encodings that spreadsheets write, the likelier first.

    A Chinese character is two high bytes and seldom touches a Latin letter; a Western accented letter is one high byte
    within a word.
    """
    chinese = 0
    for found in _HIGH.finditer(data):
        within_a_word = len(found["run"]) <= 2 and found["before"] and found["after"]
        chinese += -1 if len(found["run"]) % 2 or within_a_word else 1
    return ("gb18030", "cp1252") if chinese > 0 else ("cp1252", "gb18030")
