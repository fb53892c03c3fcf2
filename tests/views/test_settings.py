"""Every setting reads back what it wrote, and whatever a stranger writes into a link ends in admissible values."""

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from views.problem import LOSSES
from views.setting import SMALLEST, Choice, Key, Number, Refusal, Setting, Value, defaults, read, write, written
from views.settings import PAGES, another_scale, natural_descent

TABLES = sorted(PAGES)
SETTINGS = [(page, setting) for page, table in PAGES.items() for setting in table]
NAMES = [f"{page}.{setting.key}" for page, setting in SETTINGS]
every_setting = pytest.mark.parametrize(("page", "setting"), SETTINGS, ids=NAMES)
every_number = pytest.mark.parametrize(
    "setting",
    [setting for _, setting in SETTINGS if isinstance(setting, Number)],
    ids=[name for name, (_, setting) in zip(NAMES, SETTINGS, strict=True) if isinstance(setting, Number)],
)

NO_NUMBERS = {
    "nothing": "",
    "a blank": " ",
    "blanks around": " 1 ",
    "a line break": "1\n",
    "a word": "abc",
    "not a number": "nan",
    "infinity": "inf",
    "minus infinity": "-Infinity",
    "beyond float64": "1e999",
    "far below": "-1e999",
    "a bad exponent": "1e",
    "two points": "1.1.1",
    "a comma": "1,5",
    "an underscore": "1_0",
    "hexadecimal": "0x10",
    "hexadecimal float": "0x1p4",
    "Arabic digits": "١٠",
    "full-width digits": "１０",
    "a superscript": "1²",
    "a minus of print": "−1",
    "a fraction": "1/2",
    "a formula": "2**9",
    "a complex number": "1j",
    "truth": "True",
    "none": "None",
    "a script": "<script>alert(1)</script>",
    "a placeholder": "@key",
    "a format": "{0}",
    "a formula to call": "__import__('os').getcwd()",
    "a null byte": "1\x00",
    "a hundred thousand digits": "1" * 100_000,
    "a long zero": "0." + "0" * 100_000 + "1",
}


def admissible(setting: Setting) -> st.SearchStrategy[Any]:
    if isinstance(setting, Choice):
        return st.sampled_from(setting.options)
    if isinstance(setting, Key):
        return st.just("cars") | st.text("0123456789abcdef", min_size=16, max_size=16)
    if setting.whole:
        return st.integers(int(setting.low), int(setting.high))
    return st.floats(setting.low, setting.high).filter(lambda value: value == 0.0 or abs(value) >= SMALLEST)


def of_page(page: str) -> st.SearchStrategy[dict[str, Value]]:
    return st.fixed_dictionaries({setting.key: admissible(setting) for setting in PAGES[page]})


def as_query(values: dict[str, str]) -> dict[str, list[str]]:
    return {key: [value] for key, value in values.items()}


def refuses(setting: Setting, text: str) -> bool:
    """Whether the setting refuses this text with a sentence that names it."""
    try:
        setting.parse(text)
    except ValueError as refusal:
        return setting.key in str(refusal)
    return False


def in_the_url(value: Value) -> str:
    return value if isinstance(value, str) else written(value)


@pytest.mark.parametrize("page", TABLES)
def test_no_key_stands_twice_in_a_table_and_none_is_the_language(page: str) -> None:
    keys = [setting.key for setting in PAGES[page]]
    assert len(keys) == len(set(keys))
    assert "lang" not in keys


def test_what_is_next_to_nothing_counts_as_zero_and_a_small_number_stays() -> None:
    gain = next(setting for setting in PAGES["depth"] if setting.key == "gain")
    assert (gain.parse("1e-200"), gain.parse("1e-12")) == (0.0, 1e-12)


@every_setting
def test_the_default_is_admissible_and_reads_back(page: str, setting: Setting) -> None:
    default = defaults(PAGES[page])[setting.key]
    assert setting.parse(in_the_url(default)) == default


@pytest.mark.parametrize("loss", sorted(LOSSES))
@given(curvature=st.floats(0.1, 10.0), p=st.floats(0.05, 0.95))
@settings(max_examples=30, deadline=None)
def test_a_default_that_depends_on_the_loss_is_admissible_for_every_loss(loss: str, curvature: float, p: float) -> None:
    query = as_query({"loss": loss, "curvature": written(curvature), "p": written(p)})
    values, refusals = read(PAGES["learning_rate"], query)
    assert refusals == []
    assert {key: values[key] for key in ("start", "alpha")} == natural_descent(values)
    for setting in PAGES["learning_rate"]:
        assert setting.parse(in_the_url(values[setting.key])) == values[setting.key]


@every_setting
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_what_is_written_reads_back_to_the_same_value(page: str, setting: Setting, data: st.DataObject) -> None:
    value = data.draw(admissible(setting))
    again = setting.parse(in_the_url(value))
    assert again == value
    assert isinstance(again, str | int) or math.isfinite(again)


@every_number
def test_both_ends_of_a_range_are_admissible_and_what_lies_just_outside_is_not(setting: Number) -> None:
    step = 1.0 if setting.whole else 0.0
    for end, outwards in ((setting.low, -math.inf), (setting.high, math.inf)):
        assert setting.parse(written(end)) == end
        outside = end + math.copysign(step, outwards) if step else math.nextafter(end, outwards)
        with pytest.raises(ValueError, match=setting.key):
            setting.parse(written(outside))


@every_number
def test_what_is_not_a_plain_number_is_refused(setting: Number) -> None:
    assert [name for name, text in NO_NUMBERS.items() if not refuses(setting, text)] == []


@every_number
def test_a_whole_number_may_be_written_with_a_point_but_not_with_a_fraction(setting: Number) -> None:
    if setting.whole:
        value = setting.parse(f"{setting.high}.0")
        assert isinstance(value, int)
        assert value == setting.high
        with pytest.raises(ValueError, match=setting.key):
            setting.parse(f"{setting.low}.5")


@pytest.mark.parametrize("text", ["", " ", "Quadratic", "quadratic ", "both,with", "二次", "0", "<b>", "x" * 100_000])
def test_a_word_that_is_no_option_is_refused(text: str) -> None:
    choices = [setting for _, setting in SETTINGS if isinstance(setting, Choice)]
    assert len(choices) > 10
    assert [setting.key for setting in choices if not refuses(setting, text)] == []


@pytest.mark.parametrize("page", TABLES)
def test_defaults_are_left_out_of_the_query_and_come_back(page: str) -> None:
    values = defaults(PAGES[page])
    assert write(PAGES[page], values) == {}
    assert read(PAGES[page], {}) == (values, [])


@every_setting
def test_a_value_that_is_empty_or_repeated_or_foreign_leaves_the_default_and_a_note(
    page: str, setting: Setting
) -> None:
    default = defaults(PAGES[page])[setting.key]
    good = in_the_url(default)
    for given_values in ([""], [good, good], ["no such thing"], ["1e999"]):
        values, refusals = read(PAGES[page], {setting.key: given_values})
        assert values == defaults(PAGES[page])
        assert refusals == [Refusal(setting.key, " & ".join(given_values), default)]


def test_a_refused_start_falls_back_to_that_of_the_loss_in_the_same_link() -> None:
    asked = {"loss": ["softplus"], "p": ["0.7"], "start": ["nan"], "alpha": ["0"]}
    values, refusals = read(PAGES["learning_rate"], asked)
    natural = natural_descent({"loss": "softplus", "curvature": 1.0, "p": 0.7})
    assert {key: values[key] for key in natural} == natural
    assert [(refusal.key, refusal.default) for refusal in refusals] == list(natural.items())


def test_a_value_that_is_natural_for_another_loss_only_is_written() -> None:
    table = PAGES["learning_rate"]
    values = {**defaults(table), "loss": "quartic"}
    assert write(table, values).keys() == {"loss", "start", "alpha"}
    assert write(table, {**values, **natural_descent(values)}) == {"loss": "quartic"}


@pytest.mark.parametrize("page", TABLES)
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_any_admissible_values_come_back_from_their_link(page: str, data: st.DataObject) -> None:
    values = data.draw(of_page(page))
    assert read(PAGES[page], as_query(write(PAGES[page], values))) == (values, [])


def anything(page: str) -> st.SearchStrategy[dict[str, list[str]]]:
    keys = st.sampled_from([setting.key for setting in PAGES[page]] + ["lang", "no_such_key"])
    word = st.one_of(
        st.text(max_size=40),
        st.sampled_from(list(NO_NUMBERS.values())),
        st.floats().map(repr),
        st.integers().map(str),
        st.sampled_from([option for s in PAGES[page] if isinstance(s, Choice) for option in s.options] or [""]),
    )
    return st.dictionaries(keys, st.lists(word, max_size=3), max_size=8)


@pytest.mark.parametrize("page", TABLES)
@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_any_query_at_all_ends_in_admissible_values_that_stay_the_same(page: str, data: st.DataObject) -> None:
    values, refusals = read(PAGES[page], data.draw(anything(page)))
    assert values.keys() == {setting.key for setting in PAGES[page]}
    for refusal in refusals:
        assert values[refusal.key] == refusal.default
    query = as_query(write(PAGES[page], values))
    assert read(PAGES[page], query) == (values, [])


def test_another_weight_scale_brings_lecuns_number_along_and_leaves_those_of_the_others() -> None:
    assert another_scale({"initialiser": "lecun", "scale": 2.0}) == {"gain": 2.0}
    assert another_scale({"initialiser": "he", "scale": 2.0}) == {}
