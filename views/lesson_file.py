"""The file of a lesson, read and checked: what does not fit is refused, with its place and what to do.

`python -m views.lesson_file` checks all lessons and prints the right answers.
"""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from views.lesson import Heading, Lesson
from views.lesson_error import LessonError, listed, require_keys, words_in
from views.lesson_step import read_hide, read_step
from views.settings import LESSONS, PAGES
from views.text import LANGUAGES

FOLDER = Path(__file__).parent / "lessons"
_NEEDED = {"page", "title", "minutes", "lead", "step"}


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
    hide = read_hide(name, heading.page, table.get("hide", []))
    read = (read_step(f"{name}, step {turn}", heading.page, each, hide) for turn, each in enumerate(steps, 1))
    return Lesson(heading, tuple(read))


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
    require_keys(name, table, _NEEDED, {"hide"})
    page, minutes = table["page"], table["minutes"]
    if not isinstance(page, str) or not PAGES.get(page):
        raise LessonError(f"{name}: there is no lab {page!r}; write one of {listed(p for p in PAGES if PAGES[p])}.")
    if not isinstance(minutes, int) or isinstance(minutes, bool) or minutes < 1:
        raise LessonError(f"{name}: minutes = {minutes!r} is no length of time; write a whole number.")
    title, lead = (words_in(name, each, table[each]) for each in ("title", "lead"))
    return Heading(key, page, title, minutes, lead)


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
