"""Names of columns and files that are markup, formulas or expressions: everywhere they are words and nothing else."""

import ast
import json
import re
from collections.abc import Iterator

import pytest
from google.protobuf.message import Message
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block, Element

from pages.tabs import own_table
from tests.pages.test_every_page import _fresh_process, healthy, opened  # noqa: F401
from tests.pages.test_own_data import CODE_SPAN, visit
from views.text import LANGUAGES

MARK = "zzq"  # stands in every foreign name, so that it can be found again
NAMES = [
    f"'+alert('{MARK}')+'", f"datum['{MARK}']", f"']{MARK}[0]", f"\\'{MARK}\\", f"${{{MARK}}}", f"@{MARK}", f"{MARK}.x",
    f"$\\href{{javascript:{MARK}}}{{x}}$", f"$\\unicode{{{MARK}}}$", f"$$\\input{{{MARK}}}$$", f":red[{MARK}]",
    f":material/{MARK}:", f":red-badge[{MARK}]", f"**{MARK}**", f"[{MARK}](javascript:{MARK})", f"<b>{MARK}</b>",
    f"<img src=x onerror={MARK}()>", f"`` {MARK} ``", f'"""{MARK}', f"'''+{MARK}()+'''", f"=cmd|'{MARK}'!A0",
]  # fmt: skip
SETS = [NAMES[place : place + 3] for place in range(0, len(NAMES), 3)]
USED_ON = {"data": {}, "size": {"loss": "data"}, "shrink": {"samples": "data"}, "bowl": {"bowl": "data"}}


def file_of(names: list[str]) -> bytes:
    cells = ",".join('"' + name.replace('"', '""') + '"' for name in names)
    return (cells + "\n" + "".join(f"{t},{t * t % 7},{3 * t + t % 3}\n" for t in range(30))).encode()


def uploaded(names: list[str], language: str = "en") -> AppTest:
    app = visit(lang=language)
    app.file_uploader(key=own_table.UPLOAD).set_value((f"{MARK}<b>$x$:red[y].csv", file_of(names), "text/csv")).run()
    healthy(app)
    return app


def elements(block: Block) -> Iterator[Element]:
    for child in block.children.values():
        if isinstance(child, Block):
            yield from elements(child)
        else:
            yield child


def foreign(message: Message, place: str = "") -> Iterator[tuple[str, str]]:
    """Strings of a message that hold the mark, with where they stand."""
    for field, value in message.ListFields():
        several = value if not isinstance(value, str | bytes | Message) and hasattr(value, "__iter__") else [value]
        for each in several:
            if isinstance(each, Message):
                yield from foreign(each, f"{place}.{field.name}")
            elif isinstance(each, str) and MARK in each:
                yield f"{place}.{field.name}", each


def require_harmless(kind: str, place: str, text: str) -> None:
    if kind == "selectbox" and place.endswith(("options", "raw_value")):
        return  # of a list to choose from, which is no Markdown
    if kind == "code":
        constants = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant | ast.Name)]
        assert not [each for each in constants if isinstance(each, ast.Name) and MARK in each.id], text
        return
    if place.endswith("spec"):
        raise AssertionError(f"a name stands in the spec of a chart: {[*parts(json.loads(text))]}")
    assert MARK not in CODE_SPAN.sub("", text), f"{kind}{place}: {text[:300]}"
    assert not re.search("unsafe|html", kind)


def parts(spec: object) -> Iterator[str]:
    if isinstance(spec, dict | list):
        for each in spec.values() if isinstance(spec, dict) else spec:
            yield from parts(each)
    elif MARK in str(spec):
        yield str(spec)


def require_names_to_be_words(app: AppTest) -> int:
    found = 0
    for element in elements(app._tree):
        for place, text in foreign(element.proto):
            require_harmless(element.type, place, text)
            found += 1
    return found


@pytest.mark.parametrize(
    "names", [pytest.param(each, marks=[pytest.mark.long] * (i > 2)) for i, each in enumerate(SETS)]
)
def test_a_hostile_name_is_a_word_on_every_tab_that_shows_it(names: list[str]) -> None:
    app = uploaded(names)
    assert require_names_to_be_words(app) > 3
    link = app.session_state["lab"].current["table"]
    for tab, setting in USED_ON.items():
        app.query_params.clear()
        app.query_params.update({"lang": LANGUAGES[len(tab) % 2], "tab": tab, "table": link, "second": "1", **setting})
        app.run()
        healthy(app)
        assert app.session_state["lab"].current["table"] == link
        require_names_to_be_words(app)
    assert not [text for element in elements(app._tree) for _, text in foreign(element.proto) if "<b>$x$" in text]


def test_a_name_that_harms_would_be_found() -> None:
    with pytest.raises(AssertionError):
        require_harmless("markdown", ".body", f"**{MARK}** and `{MARK}`")
    with pytest.raises(AssertionError):
        require_harmless("vega_lite_chart", ".spec", json.dumps({"title": {"expr": f"'{MARK}'"}}))
    with pytest.raises(AssertionError):
        require_harmless("code", ".code_text", f"x = {MARK}")
    require_harmless("code", ".code_text", f"x = 1  # {MARK}")
