"""The two catalogues say the same things."""

import re
from string import Template

import pytest

from views.text import LANGUAGES, load_text

EN, ZH = (load_text(language).words for language in LANGUAGES)
FORMULA = re.compile(r"\$\$.*?\$\$|\$[^$]+\$", re.DOTALL)
PLACEHOLDER = re.compile(r"@([a-z][a-z_0-9]*)")


def test_both_languages_have_the_same_keys() -> None:
    assert EN.keys() == ZH.keys()


def test_both_languages_have_the_same_placeholders() -> None:
    assert [key for key in EN if set(PLACEHOLDER.findall(EN[key])) != set(PLACEHOLDER.findall(ZH[key]))] == []


def test_both_languages_have_the_same_formulas() -> None:
    assert [key for key in EN if FORMULA.findall(EN[key]) != FORMULA.findall(ZH[key])] == []


def test_chinese_words_are_chinese_unless_they_are_a_name() -> None:
    names = {
        "chart.step_size.headline",
        "chart.step_size.none",
        "quantity.norm",
        "chart.step_size.theta",
        "chart.step_size.excess",
        "chart.map.profile",
        "action.svg",
        "action.png",
    }
    foreign = {key for key, said in ZH.items() if not re.search(r"[\u4e00-\u9fff]", said)}
    assert {key for key in foreign if not key.startswith(("language.", "option."))} - names == set()


def test_a_missing_key_is_an_error_that_names_the_file_to_mend() -> None:
    with pytest.raises(KeyError, match=r"views/words/en/"):
        load_text("en")("no.such.key")


def test_a_placeholder_is_filled_and_latex_is_left_alone() -> None:
    assert Template("$x$").safe_substitute() == "$x$"
    text = load_text("en")
    assert text("note.refused", key="alpha", written="x", default="0.3").startswith("The link asks for **alpha**")


@pytest.mark.parametrize("words", [EN, ZH], ids=LANGUAGES)
def test_no_word_holds_a_control_character(words: dict[str, str]) -> None:
    assert not [key for key, said in words.items() if re.search(r"[\x00-\x09\x0b-\x1f]", said)]
