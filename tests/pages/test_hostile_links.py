"""Links that somebody bent: thousands of query strings to a running server, and none of them harms a page.

They travel as a browser sends them. A page may refuse what it is asked; it may not fail, nor pass foreign markup on.
"""

import random
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

import pytest
from google.protobuf.message import Message
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.streamlit_client import ROOT, Client, serve
from views.settings import FRAME, PAGES

SHORT, LONG = 20, 3000
MARK = "zzq"  # stands in everything that is foreign, so that it can be found again
SCRIPTS = [
    f"<script>{MARK}()</script>", f"<img src=x onerror={MARK}()>", f"javascript:{MARK}()", f"</style><b>{MARK}</b>",
    f"[{MARK}](javascript:alert(1))", f"![{MARK}](http://example.invalid/x.png)", f"$\\href{{javascript:{MARK}}}{{x}}$",
    f":red[{MARK}]", f"{{{{{MARK}}}}}", f"@{MARK}", f"${{{MARK}}}", f"datum.{MARK}", f"`{MARK}`",
    f"'\"><svg/onload={MARK}>",
]  # fmt: skip
ODD = [
    "", " ", "\x00", "\r\n", "𝟙𝟚", "１", "٣", "−1", "1e999", "-1e999", "nan", "inf", "0x1p4", "1_0", "1,5", "NaN",
    "9" * 400, "-" * 300, "%", "%00", "%zz", "%ed%9f%bf", "+", "&", "=", "?", "#", ";", "../../etc/passwd", "__proto__",
    "constructor", "None", "true", "[]", "{}", "cars", "own", "0123456789abcdef", "F" * 16, "\u202e", "a\u0301" * 50,
    "😀" * 40, "\u200b",
]  # fmt: skip
MARKUP = ("<script", "<img", "<svg", "<b>", "</style", "javascript:", "example.invalid", "](", f"[{MARK}]")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with serve(ROOT / "app.py") as address:
        yield address


def bent_query(page: str, dice: random.Random) -> str:
    """A few pairs: keys of the page or foreign ones, repeated or not, with values that fit none of them."""
    keys = [
        *(each.key for each in (*PAGES[page], *FRAME)),
        "lang",
        "embed",
        "embed_options",
        "__proto__",
        MARK,
        "",
        "ключ",
    ]
    values = [*SCRIPTS, *ODD, MARK * 10]
    pairs = []
    for _ in range(dice.choice([1, 2, 5, 20])):
        key, value = dice.choice(keys), dice.choice(values)
        safe = dice.choice([quote, quote_plus, lambda text: text.replace("&", "").replace("#", "")])
        pairs += [f"{quote(key)}={safe(value)}"] * dice.choice([1, 1, 1, 2, 30])
    if dice.random() < 0.03:
        pairs.append(f"{quote(dice.choice(keys))}={'x' * 100_000}")
    dice.shuffle(pairs)
    return "&".join(pairs)


def foreign(message: Message) -> Iterator[str]:
    """Strings of a message that hold the mark, wherever they stand."""
    for field, value in message.ListFields():
        if field.name in ("query_string", "page_name_override"):
            continue  # the address itself, which no one draws
        several = value if not isinstance(value, str | bytes | Message) and hasattr(value, "__iter__") else [value]
        for each in several:
            if isinstance(each, Message):
                yield from foreign(each)
            elif isinstance(each, str) and MARK in each:
                yield each


def require_unharmed(messages: list[ForwardMsg], page: str, query: str) -> None:
    shown = [message.delta.new_element for message in messages if message.WhichOneof("type") == "delta"]
    assert not [element for element in shown if element.WhichOneof("type") == "exception"], f"{page}?{query[:2000]}"
    assert page == "home" or any(element.WhichOneof("type") == "markdown" for element in shown), (
        f"{page}?{query[:2000]}"
    )
    for text in (text for element in shown for text in foreign(element)):
        assert not [each for each in MARKUP if each in text], f"{page}?{query[:2000]} shows {text[:300]}"


def open_bent_links(server: str, seed: int, count: int) -> None:
    for turn in range(count):
        dice = random.Random(f"{seed} {turn}")
        page = dice.choice(sorted(PAGES))
        query = bent_query(page, dice)
        with Client(server, page="" if page == "home" else page, query=query) as visitor:
            require_unharmed(visitor.open().messages, page, query)


def test_bent_links_open_whole_pages(server: str) -> None:
    open_bent_links(server, 0, SHORT)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1, 4))
def test_thousands_of_bent_links_open_whole_pages(server: str, seed: int) -> None:
    open_bent_links(server, seed, LONG // 3)


def test_a_link_of_a_hundred_thousand_signs_opens_the_page_and_says_little(server: str) -> None:
    with Client(server, page="depth", query="depth=" + "9" * 100_000) as visitor:
        run = visitor.open()
    require_unharmed(run.messages, "depth", "a hundred thousand signs")
    assert max(len(text) for message in run.messages for text in captions(message)) < 400


def captions(message: ForwardMsg) -> Iterator[str]:
    """What the page says in small print."""
    if message.WhichOneof("type") == "delta" and message.delta.new_element.WhichOneof("type") == "markdown":
        markdown = message.delta.new_element.markdown
        if markdown.element_type == markdown.CAPTION:
            yield markdown.body
