"""One step of a lesson's file, read and checked; its right answer is computed from its settings."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from views.answers import ANSWERS
from views.lesson import Given, Guess, Step
from views.lesson_error import LessonError, listed, require_keys, table_in, words_in
from views.numbers import plain
from views.setting import Refusal, Value, Values, read, written
from views.settings import HIDEABLE, PAGES
from views.text import Text

_NEEDED = {"question", "settings", "answer", "why", "explanation", "observe"}
_POSSIBLE = {"options", "number", "hide"}


def read_step(name: str, page: str, table: Mapping[str, Any], hide: frozenset[str]) -> Step:
    """The step that a table of the file describes; `name` is how errors call it, `hide` holds for the whole lesson.

    Raises:
        LessonError: the table does not fit; the message says where and what to do.
    """
    require_keys(name, table, _NEEDED, _POSSIBLE)
    if ("options" in table) == ("number" in table):
        raise LessonError(f"{name} must ask for either [step.options] or [step.number]; write one of the two.")
    settings = _settings(name, page, table_in(name, "settings", table["settings"]))
    guess = _guess(name, table["number"]) if "number" in table else None
    numbers = {key: plain(value) for key, value in settings.items() if not isinstance(value, str)}
    options = _filled(f"{name}, options", table_in(name, "options", table.get("options", {})), numbers)
    right = _right(name, table["answer"], settings, options, guess)
    numbers_and_answer = numbers | {"answer": options[right] if isinstance(right, str) else plain(right)}
    said = _filled(name, {"question": table["question"]}, numbers)
    said |= _filled(name, {key: table[key] for key in ("explanation", "observe")}, numbers_and_answer)
    why = _filled(f"{name}, why", table_in(name, "why", table["why"]), numbers_and_answer)
    wrong = {"low", "high"} if guess else set(options) - {right}
    if set(why) != wrong:
        raise LessonError(f"{name}: [step.why] must have a reason for each wrong answer: {listed(sorted(wrong))}.")
    hidden = hide | read_hide(name, page, table.get("hide", []))
    asked = MappingProxyType(settings)
    return Step(settings=asked, right=right, guess=guess, options=options, why=why, hide=hidden, **said)


def read_hide(name: str, page: str, names: Any) -> frozenset[str]:
    """The controls that `hide = [...]` takes off the page, by the names that a link's `hide` takes.

    Raises:
        LessonError: it is no list of such names.
    """
    if not isinstance(names, list) or not all(isinstance(each, str) for each in names):
        raise LessonError(f'{name}: hide = {names!r} is no list of names; write hide = ["tabs"] or the like.')
    known = [*sorted(HIDEABLE), *(setting.key for setting in PAGES[page] if setting.key != "tab")]
    if unknown := [each for each in names if each not in known]:
        raise LessonError(f"{name}: hide cannot take {unknown[0]!r} off the page; write names of {listed(known)}.")
    return frozenset(names)


def _right(name: str, answer: Any, settings: Values, options: Mapping[str, str], guess: Guess | None) -> Given:
    """The right answer, as `answer` computes it from the settings."""
    if not isinstance(answer, str) or answer not in ANSWERS:
        raise LessonError(f"{name}: there is no answer {answer!r}; write one of {listed(ANSWERS)}.")
    try:
        right = _computed(answer, tuple(settings.items()))
    except KeyError as error:
        raise LessonError(f"{name}: {answer} asks for {error}, which this lab has not; take another answer.") from None
    except ValueError as error:
        raise LessonError(f"{name}: {answer} has no answer for these settings: {error}.") from None
    if isinstance(right, str) == (guess is not None):
        kind = "[step.options]" if isinstance(right, str) else "[step.number]"
        raise LessonError(f"{name}: {answer} answers with {right!r}; ask for it by {kind}.")
    if isinstance(right, str) and right not in options:
        raise LessonError(f"{name}: the right answer is {right!r}; write it among [step.options].")
    return right


@lru_cache(maxsize=500)
def _computed(answer: str, settings: tuple[tuple[str, Value], ...]) -> Given:
    """Once for all languages."""
    return ANSWERS[answer](dict(settings))


def _guess(name: str, table: Any) -> Guess:
    found = table_in(name, "number", table)
    require_keys(f"{name}, number", found, {"label", "within"})
    within = found["within"]
    if isinstance(within, bool) or not isinstance(within, int | float) or not 0.0 < within < 1.0:
        raise LessonError(f"{name}: within = {within!r} is no tolerance; write a number such as 0.05, for 5 %.")
    return Guess(words_in(name, "label", found["label"]), float(within))


def _settings(name: str, page: str, given: Mapping[str, Any]) -> dict[str, Value]:
    """All settings of the page: the step's own, each read as a link would be, and the defaults of the others."""
    table = {setting.key: setting for setting in PAGES[page]}
    query = {}
    for key, value in given.items():
        if key not in table:
            raise LessonError(f"{name}: the page has no setting {key!r}; write one of {listed(table)}.")
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise LessonError(f"{name}: {key} = {value!r} cannot be set; write a number or a word.")
        query[key] = [value if isinstance(value, str) else written(value)]
        try:
            table[key].parse(query[key][0])
        except ValueError as error:
            raise LessonError(f"{name}: {key} = {value!r} cannot be set. {error}") from None
    values, refusals = read(PAGES[page], query)
    refused: list[Refusal] = refusals
    assert not refused, "each value was parsed before"
    return values


def _filled(name: str, sentences: Mapping[str, Any], numbers: Mapping[str, str]) -> dict[str, str]:
    """The sentences with `@alpha` and the like replaced by the numbers."""
    found = {}
    for key, sentence in sentences.items():
        template = Text("", MappingProxyType({key: words_in(name, key, sentence)}))
        try:
            found[key] = template(key, **numbers)
        except (KeyError, ValueError) as error:
            wrong = f"@{error.args[0]}" if isinstance(error, KeyError) else "an @ that names nothing"
            raise LessonError(f"{name}: {key} has {wrong}; write @ and one of {listed(sorted(numbers))}.") from None
    return found
