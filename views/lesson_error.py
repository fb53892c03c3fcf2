"""What the file of a lesson must hold: whatever does not fit is refused, with its place and what to do."""

from collections.abc import Iterable, Mapping
from typing import Any


class LessonError(ValueError):
    """A file that is no lesson: which one, where, and what to do."""


def words_in(name: str, key: str, value: Any) -> str:
    """The sentence under a key of the place `name`."""
    if not isinstance(value, str) or not value.strip():
        raise LessonError(f"{name}: {key} = {value!r} says nothing; write a sentence in quotation marks.")
    return value.strip()


def table_in(name: str, key: str, value: Any) -> Mapping[str, Any]:
    """The lines below [step.<key>]."""
    if not isinstance(value, dict):
        raise LessonError(f"{name}: {key} = {value!r} is no table; write [step.{key}] and its lines below.")
    return value


def require_keys(name: str, table: Any, needed: set[str], possible: Iterable[str] = ()) -> None:
    """Refuse a table that lacks a key, or has one that means nothing."""
    if not isinstance(table, dict):
        raise LessonError(f"{name} is no table: write [[step]] and its lines below.")
    if missing := needed - set(table):
        raise LessonError(f"{name} lacks {listed(sorted(missing))}: write it.")
    if unknown := set(table) - needed - set(possible):
        raise LessonError(f"{name} has {listed(sorted(unknown))}, which means nothing there: take it out.")


def listed(names: Iterable[str]) -> str:
    """Names one after the other."""
    return ", ".join(names)
