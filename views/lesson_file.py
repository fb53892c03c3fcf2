"""The file of a lesson, read and checked: what does not fit is refused, with its place and what to do.

`python -m views.lesson_file` checks all lessons and prints the right answers.
"""

import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from views.answers import ANSWERS
from views.lesson import Given, Guess, Heading, Lesson, Step
from views.numbers import plain
from views.setting import Refusal, Value, Values, read, written
from views.settings import LESSONS, PAGES
from views.text import LANGUAGES, Text

FOLDER = Path(__file__).parent / "lessons"
_LESSON = {"page", "title", "minutes", "lead", "step"}
_STEP = {"question", "settings", "answer", "why", "explanation", "observe"}


class LessonError(ValueError):
    """A file that is no lesson: which one, where, and what to do."""


@lru_cache(maxsize=100)
def load_lesson(key: str, language: str) -> Lesson:
    """The lesson `key`, one of LESSONS, in `language`; in the other language if it was written in that one only.

    Raises:
        LessonError: the file does not fit; the message says where and what to do.
    """
    return read_lesson(key, *_file(key, language))


@lru_cache(maxsize=100)
def load_heading(key: str, language: str) -> Heading:
    """What stands above the lesson; its steps are not looked at, which takes a second where they compute much.

    Raises:
        LessonError: as `load_lesson`.
    """
    content, name = _file(key, language)
    return _heading(key, _parsed(content, name), name)


def read_lesson(key: str, content: str, name: str) -> Lesson:
    """The lesson that a file's content describes; `name` is how errors call the file.

    Raises:
        LessonError: as `load_lesson`.
    """
    table = _parsed(content, name)
    heading, steps = _heading(key, table, name), table["step"]
    if not isinstance(steps, list) or not steps:
        raise LessonError(f"{name} has no step: write at least one [[step]].")
    return Lesson(
        heading, tuple(_step(f"{name}, step {turn}", heading.page, each) for turn, each in enumerate(steps, 1))
    )


def _file(key: str, language: str) -> tuple[str, str]:
    """The content of the lesson's file, and how errors call it."""
    files = [FOLDER / each / f"{key}.toml" for each in (language, *LANGUAGES)]
    file = next((file for file in files if file.is_file()), files[0])
    name = f"{file.parent.name}/{file.name}"
    try:
        return file.read_text(encoding="utf-8"), name
    except (OSError, UnicodeDecodeError) as error:
        raise LessonError(f"{name} cannot be read as UTF-8: {error}.") from None


def _parsed(content: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        raise LessonError(f"{name} is not TOML: {error}.") from None


def _heading(key: str, table: Mapping[str, Any], name: str) -> Heading:
    _require_keys(name, table, _LESSON)
    page, minutes = table["page"], table["minutes"]
    if not isinstance(page, str) or not PAGES.get(page):
        raise LessonError(f"{name}: there is no lab {page!r}; write one of {_listed(p for p in PAGES if PAGES[p])}.")
    if not isinstance(minutes, int) or isinstance(minutes, bool) or minutes < 1:
        raise LessonError(f"{name}: minutes = {minutes!r} is no length of time; write a whole number.")
    title, lead = (_words(name, each, table[each]) for each in ("title", "lead"))
    return Heading(key, page, title, minutes, lead)


def _step(name: str, page: str, table: Mapping[str, Any]) -> Step:
    _require_keys(name, table, _STEP, {"options", "number"})
    if ("options" in table) == ("number" in table):
        raise LessonError(f"{name} must ask for either [step.options] or [step.number]; write one of the two.")
    settings = _settings(name, page, _table(name, "settings", table["settings"]))
    guess = _guess(name, table["number"]) if "number" in table else None
    numbers = {key: plain(value) for key, value in settings.items() if not isinstance(value, str)}
    options = _filled(f"{name}, options", _table(name, "options", table.get("options", {})), numbers)
    right = _right(name, table["answer"], settings, options, guess)
    numbers_and_answer = numbers | {"answer": options[right] if isinstance(right, str) else plain(right)}
    said = _filled(name, {"question": table["question"]}, numbers)
    said |= _filled(name, {key: table[key] for key in ("explanation", "observe")}, numbers_and_answer)
    why = _filled(f"{name}, why", _table(name, "why", table["why"]), numbers_and_answer)
    wrong = {"low", "high"} if guess else set(options) - {right}
    if set(why) != wrong:
        raise LessonError(f"{name}: [step.why] must have a reason for each wrong answer: {_listed(sorted(wrong))}.")
    return Step(settings=MappingProxyType(settings), right=right, guess=guess, options=options, why=why, **said)


def _right(name: str, answer: Any, settings: Values, options: Mapping[str, str], guess: Guess | None) -> Given:
    """The right answer, as `answer` computes it from the settings."""
    if not isinstance(answer, str) or answer not in ANSWERS:
        raise LessonError(f"{name}: there is no answer {answer!r}; write one of {_listed(ANSWERS)}.")
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
    found = _table(name, "number", table)
    _require_keys(f"{name}, number", found, {"label", "within"})
    within = found["within"]
    if isinstance(within, bool) or not isinstance(within, int | float) or not 0.0 < within < 1.0:
        raise LessonError(f"{name}: within = {within!r} is no tolerance; write a number such as 0.05, for 5 %.")
    return Guess(_words(name, "label", found["label"]), float(within))


def _settings(name: str, page: str, given: Mapping[str, Any]) -> dict[str, Value]:
    """All settings of the page: the step's own, each read as a link would be, and the defaults of the others."""
    table = {setting.key: setting for setting in PAGES[page]}
    query = {}
    for key, value in given.items():
        if key not in table:
            raise LessonError(f"{name}: the page has no setting {key!r}; write one of {_listed(table)}.")
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
        template = Text("", MappingProxyType({key: _words(name, key, sentence)}))
        try:
            found[key] = template(key, **numbers)
        except (KeyError, ValueError) as error:
            wrong = f"@{error.args[0]}" if isinstance(error, KeyError) else "an @ that names nothing"
            raise LessonError(f"{name}: {key} has {wrong}; write @ and one of {_listed(sorted(numbers))}.") from None
    return found


def _words(name: str, key: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise LessonError(f"{name}: {key} = {value!r} says nothing; write a sentence in quotation marks.")
    return value.strip()


def _table(name: str, key: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise LessonError(f"{name}: {key} = {value!r} is no table; write [step.{key}] and its lines below.")
    return value


def _require_keys(name: str, table: Any, needed: set[str], possible: Iterable[str] = ()) -> None:
    if not isinstance(table, dict):
        raise LessonError(f"{name} is no table: write [[step]] and its lines below.")
    if missing := needed - set(table):
        raise LessonError(f"{name} lacks {_listed(sorted(missing))}: write it.")
    if unknown := set(table) - needed - set(possible):
        raise LessonError(f"{name} has {_listed(sorted(unknown))}, which means nothing there: take it out.")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)


def _check_all() -> None:
    for key in LESSONS:
        for language in LANGUAGES:
            try:
                lesson = load_lesson(key, language)
            except LessonError as error:
                print(error)
                continue
            print(f"{language}/{key}.toml: {lesson.heading.title}")
            for turn, step in enumerate(lesson.steps, 1):
                print(f"  {turn}. {step.says(step.right)}")


if __name__ == "__main__":
    _check_all()
