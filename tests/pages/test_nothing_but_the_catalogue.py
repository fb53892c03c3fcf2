"""With every word of the catalogue replaced by a mark, no word is left on any page."""

import json
import re
from collections.abc import Iterator
from types import MappingProxyType

import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.test_every_page import _fresh_process, opened  # noqa: F401
from views import drawing, state
from views.lesson_file import load_heading
from views.settings import LESSONS
from views.tables import car_table
from views.text import Text, load_text

MARK = "▮"
PLACEHOLDER = re.compile(r"@[a-z][a-z_0-9]*")
FORMULA = re.compile(r"\$\$.*?\$\$|\$[^$]+\$", re.DOTALL)
WORD = re.compile(r"[A-Za-z]{3,}|[\u4e00-\u9fff]")
NAMES = {"float", "bfloat", "learning_rate", "depth", *car_table().names}  # formats, pages, columns of the data
LESSON_TITLES = {word for key in LESSONS for word in WORD.findall(load_heading(key, "en").title)}  # in no catalogue
CODES = {"regime", "fate", "quantity", "side", "row", "line", "way"}  # columns that stay English: words are looked up


def marked() -> Text:
    words = {
        key: " ".join([f"{MARK}{number}", *PLACEHOLDER.findall(said)])  # numbered: no two tabs may bear the same label
        for number, (key, said) in enumerate(load_text("en").words.items())
    }
    return Text("marks", MappingProxyType(words))


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Everything that charts write; the pages speak in marks."""
    text, written = marked(), []

    def collect(spec: dict, **options: object) -> None:
        written.extend(titles({**spec, "datasets": None}))
        written.append(str(options["alt"]))
        for content in spec["datasets"].values():
            frame = pa.ipc.open_stream(content).read_pandas()
            for name in frame.columns.difference(CODES):
                written.extend(value for value in frame[name] if isinstance(value, str))

    monkeypatch.setattr(state, "load_text", lambda language: text)
    monkeypatch.setattr(drawing.st, "vega_lite_chart", collect)
    return written


def titles(spec: object) -> Iterator[str]:
    """Every fixed word in a chart: titles, and the words that legends look up."""
    if isinstance(spec, dict):
        for key, value in spec.items():
            if key == "title" and isinstance(value, str):
                yield value
            elif key == "labelExpr" and value.startswith("({"):
                yield from json.loads(value[1 : value.index("})") + 1]).values()
            yield from titles(value)
    elif isinstance(spec, list):
        for each in spec:
            yield from titles(each)


def words_of(app: AppTest) -> Iterator[str]:
    for element in app:
        told = (getattr(element, name, "") for name in ("label", "help", "placeholder"))
        yield from (each for each in told if isinstance(each, str))
        if element.type in ("markdown", "caption", "title", "header"):
            yield str(element.value)
        yield from (each for each in getattr(element, "options", []) if isinstance(each, str))


@pytest.mark.parametrize(
    ("page", "query"),
    [
        ("home", {}),
        ("learning_rate", {}),
        ("learning_rate", {"loss": "cars", "alpha": "banana"}),
        ("learning_rate", {"loss": "softplus", "alpha": "25"}),
        ("learning_rate", {"loss": "quartic", "alpha": "900"}),
        ("learning_rate", {"tab": "shrink"}),
        ("learning_rate", {"tab": "shrink", "noise": "off", "batch": "512", "schedule": "warmup"}),
        ("learning_rate", {"tab": "shrink", "large": "2.5", "updates": "1000", "schedule": "cosine"}),
        ("learning_rate", {"tab": "dip", "dip_alpha": "1.14"}),
        ("learning_rate", {"tab": "dip", "dip_alpha": "22", "dip_schedule": "shrinks"}),
        ("learning_rate", {"tab": "bowl", "momentum": "0.9", "pace": "4"}),
        ("learning_rate", {"tab": "bowl", "bowl": "data", "scaling": "raw"}),
        ("learning_rate", {"tab": "bowl", "bowl": "data", "second": "4"}),
        ("learning_rate", {"tab": "data"}),
        ("depth", {}),
        ("depth", {"scale": "3", "bias": "0.5", "depth": "200"}),
        ("depth", {"weights": "gaussian", "scale": "10"}),
        ("depth", {"tab": "three"}),
        ("depth", {"tab": "map", "width": "8", "depth": "137"}),
        ("depth", {"tab": "map", "width": "8", "batch": "1", "scale": "0"}),
        ("depth", {"tab": "batch_norm", "depth": "200"}),
        ("depth", {"tab": "batch_norm", "batch": "2"}),
        ("depth", {"tab": "batch_norm", "look": "unit"}),
        ("depth", {"tab": "batch_norm", "look": "readings", "activation": "identity", "scale": "0.5"}),
        ("depth", {"tab": "batch_norm", "look": "growth", "activation": "relu"}),
        ("depth", {"tab": "train", "depth": "200"}),
        ("depth", {"tab": "start", "beside": "rivals"}),
    ],
)
def test_a_page_shows_nothing_that_is_not_in_the_catalogue(shown: list[str], page: str, query: dict[str, str]) -> None:
    app = opened(page, **query)
    assert not app.exception, app.exception[0].stack_trace
    said = [*shown, *words_of(app)]
    assert any(MARK in each for each in shown)
    assert any(MARK in each for each in said)
    left = {word for each in said for word in WORD.findall(re.sub("“.*?”", "", FORMULA.sub("", each)))}
    assert left - NAMES - LESSON_TITLES - set(query) - {"banana"} == set()
