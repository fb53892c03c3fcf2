"""Whatever reaches the browser, by any way, is a word of the catalogue, a number, a formula or a name of the machine.

The messages themselves are read, with the charts and tables in them: so no kind of element can be forgotten.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa
import pytest
from google.protobuf.message import Message
from streamlit.testing.v1 import local_script_runner

from tests.pages.test_every_page import _fresh_process, opened  # noqa: F401
from tests.pages.test_nothing_but_the_catalogue import LESSON_TITLES, marked
from views import state
from views.settings import PAGES
from views.tables import car_table

UNSEEN = {  # names by which browser and server know things, never shown
    *("id", "form_id", "fragment_id", "element_id", "script_path", "page_script_hash", "main_script_hash"),
    "url",
    *("code_text", "language"),  # a program speaks English to everyone
    *("icon", "default_icon", "favicon", "format", "theme", "selection_mode", "type", "kind", "query_string"),
    *("url_pathname", "page", "page_name_override", "widget_id", "external", "css", "active_script_hash", "hash"),
    *("vega_lite_theme", "default_tab", "cache_hash"),
}
CODES = {"regime", "fate", "quantity", "side", "row", "line", "way"}  # columns that stay English: words are looked up
TITLES = {"title", "text", "label", "description"}
NO_WORDS = re.compile(  # formulas, style and script, a link quoted
    r"\$\$.*?\$\$|\$[^$]+\$|<(style|script)>.*?</\1>|“.*?”", re.DOTALL
)
WORD = re.compile(r"[A-Za-z]{3,}|[\u4e00-\u9fff]")
COLUMNS = set(car_table().names)  # of the data; they are called as in their file
FORMATS = {"float", "bfloat"}  # number formats; the letters of mathematics are shorter than a word


def strings(message: Message) -> Iterator[tuple[str, str]]:
    """Every string of a message with the name of its field; charts and tables opened."""
    for field, value in message.ListFields():
        several = value if not isinstance(value, str | bytes | Message) and hasattr(value, "__iter__") else [value]
        for each in several:
            if isinstance(each, Message):
                yield from strings(each)
            elif field.name == "spec":
                yield from in_chart(json.loads(each))
            elif isinstance(each, bytes):
                yield from in_table(each)
            elif isinstance(each, str):
                yield field.name, each


def in_chart(spec: object, key: str = "") -> Iterator[tuple[str, str]]:
    """The words of a chart: titles, and those that legends look up."""
    if isinstance(spec, Mapping):
        for name, value in spec.items():
            yield from in_chart(value, key if name == "value" else name)
    elif isinstance(spec, list):
        for value in spec:
            yield from in_chart(value, key)
    elif isinstance(spec, str) and key in ("labelExpr", "expr") and spec.startswith("({"):
        yield from (("labelExpr", word) for word in json.loads(spec[1 : spec.index("})") + 1]).values())
    elif isinstance(spec, str) and key in TITLES:
        yield key, spec


def in_table(data: bytes) -> Iterator[tuple[str, str]]:
    try:
        table = pa.ipc.open_stream(data).read_all()
    except pa.ArrowInvalid:
        return
    for name in set(table.column_names) - CODES:
        yield from (("cell", value) for value in table.column(name).to_pylist() if isinstance(value, str))


@pytest.fixture
def messages(monkeypatch: pytest.MonkeyPatch) -> list[Message]:
    """What the server sends; the pages speak in marks."""
    text, sent = marked(), []
    read = local_script_runner.parse_tree_from_messages

    def keep(all_messages: list[Any]) -> Any:
        sent.extend(all_messages)
        return read(all_messages)

    monkeypatch.setattr(local_script_runner, "parse_tree_from_messages", keep)
    monkeypatch.setattr(state, "load_text", lambda language: text)
    return sent


CASES: list[tuple[str, dict[str, str]]] = [("home", {})]
CASES += [(page, {"tab": tab}) for page, table in PAGES.items() if table for tab in table[0].options]
CASES += [("learning_rate", {"tab": tab, "loss": loss}) for tab in ("slope", "size") for loss in ("cars", "absolute")]
CASES += [
    ("learning_rate", {"tab": "slope", "at": "5"}),
    ("learning_rate", {"tab": "shrink", "noise": "off", "schedule": "warmup"}),
    ("learning_rate", {"tab": "shrink", "large": "2.5", "updates": "1000", "schedule": "cosine"}),
    ("learning_rate", {"tab": "dip", "dip_alpha": "22", "dip_schedule": "shrinks"}),
    ("learning_rate", {"tab": "bowl", "momentum": "0.9", "pace": "4"}),
    ("learning_rate", {"tab": "bowl", "bowl": "data", "scaling": "raw", "second": "4"}),
    ("learning_rate", {"tab": "bowl", "bowl": "data", "second": "-1", "intercept": "without"}),
    ("learning_rate", {"alpha": "2.0001", "start": "banana"}),
    ("depth", {"depth": "200", "scale": "3", "bias": "0.5"}),
    ("depth", {"weights": "gaussian"}),
    ("depth", {"tab": "batch_norm", "depth": "200", "batch": "1"}),
    ("depth", {"tab": "map", "width": "8", "depth": "30", "activation": "relu"}),
    ("depth", {"tab": "start", "beside": "rivals", "initialiser": "constant"}),
    *(("depth", {"tab": "batch_norm", "look": look}) for look in ("unit", "readings", "growth")),
]


def own_words(messages: list[Message], kinds: set[str]) -> set[tuple[str, str]]:
    """Words that no catalogue holds, with the field that they stand in."""
    seen = [found for sent in messages if sent.WhichOneof("type") in kinds for found in strings(sent)]
    assert seen
    return {
        (field, word) for field, text in seen if field not in UNSEEN for word in WORD.findall(NO_WORDS.sub("", text))
    }


@pytest.mark.parametrize(("page", "query"), CASES)
def test_no_message_holds_a_word_of_its_own(messages: list[Message], page: str, query: dict[str, str]) -> None:
    app = opened(page, **query)
    assert not app.exception, app.exception[0].stack_trace
    allowed = FORMATS | COLUMNS | LESSON_TITLES | query.keys() | set(query.values())
    assert not {found for found in own_words(messages, {"delta", "navigation"}) if found[1] not in allowed}


def test_the_title_of_the_browsers_tab_comes_from_the_catalogue(messages: list[Message]) -> None:
    opened("home")
    assert not own_words(messages, {"page_config_changed"})
