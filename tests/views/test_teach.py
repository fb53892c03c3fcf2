"""The links on the teachers' page lead where they say, and are the same in both languages."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from views.setting import read
from views.settings import FRAME, PAGES
from views.text import LANGUAGES, load_text

LINK = re.compile(r"\]\(([^)]*)\)")


def links(language: str) -> list[str]:
    return LINK.findall(load_text(language)("prose.teach"))


def test_both_languages_have_the_same_links() -> None:
    assert links("en") == links("zh")
    assert len(links("en")) > 5


@pytest.mark.parametrize("link", links(LANGUAGES[0]))
def test_a_link_asks_only_for_what_a_page_has(link: str) -> None:
    address = urlsplit(link)
    query = parse_qs(address.query, strict_parsing=bool(address.query))
    table = (*FRAME, *PAGES[address.path])
    assert set(query) <= {setting.key for setting in table}
    assert read(table, query)[1] == []
