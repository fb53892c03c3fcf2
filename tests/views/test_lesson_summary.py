"""What a lesson leaves behind: the summary tells outcomes, the worksheet keeps solutions for its last page."""

import re
from urllib.parse import parse_qs

import pytest

from views.lesson_file import load_lesson
from views.lesson_summary import (
    PAGE_BREAK,
    picture_query,
    score,
    score_said,
    summary_markdown,
    worksheet_markdown,
)
from views.setting import read
from views.settings import LESSONS, PAGES
from views.text import LANGUAGES, load_text

BOTH = [(key, language) for key in LESSONS for language in LANGUAGES]
every_lesson = pytest.mark.parametrize(("key", "language"), BOTH)


def wrong_answer(step):
    return 3 * step.right if step.guess else next(key for key in step.options if key != step.right)


@every_lesson
def test_the_link_of_a_step_leads_back_to_its_settings(key: str, language: str) -> None:
    lesson = load_lesson(key, language)
    for step in lesson.steps:
        query = parse_qs(picture_query(lesson, step, language).removeprefix("?"))
        assert query.pop("lang") == [language]
        assert read(PAGES[lesson.heading.page], query) == (step.settings, [])


@every_lesson
def test_the_summary_tells_question_prediction_outcome_and_link_of_every_step(key: str, language: str) -> None:
    lesson, text = load_lesson(key, language), load_text(language)
    answers = {turn: step.right if turn % 2 else wrong_answer(step) for turn, step in enumerate(lesson.steps, 1)}
    file = summary_markdown(text, lesson, answers, "http://lab/there")
    assert score(lesson, answers) == (len(lesson.steps) + 1) // 2
    parts = re.split(r"^## ", file, flags=re.MULTILINE)[1:]
    assert len(parts) == len(lesson.steps)
    for turn, (part, step) in enumerate(zip(parts, lesson.steps, strict=True), 1):
        assert part.startswith(f"{turn}. {step.question}")
        assert ("✓" if turn % 2 else "✗") in part
        assert step.says(answers[turn]) in part
        assert step.says(step.right) in part
        assert f"(http://lab/there{picture_query(lesson, step, language)})" in part


@every_lesson
def test_a_question_without_an_answer_keeps_it_to_itself_and_is_counted(key: str, language: str) -> None:
    lesson, text = load_lesson(key, language), load_text(language)
    answers = {1: lesson.steps[0].right}
    file = summary_markdown(text, lesson, answers, "")
    assert text("guide.missing", missing=len(lesson.steps) - 1) in score_said(text, lesson, answers)
    assert file.count(text("guide.was_open")) == len(lesson.steps) - 1
    assert not [step for step in lesson.steps[1:] if step.explanation in file]
    assert file.count(text("guide.picture")) == 1  # the pictures would tell
    assert text("guide.missing", missing=0) not in score_said(text, lesson, dict.fromkeys(range(1, 10), "x"))
    assert text("guide.score", right=1, steps=1) in score_said(text, lesson, answers)
    assert score_said(text, lesson, {}) == text("guide.none")


@every_lesson
def test_the_worksheet_asks_first_and_solves_on_a_page_of_its_own(key: str, language: str) -> None:
    lesson, text = load_lesson(key, language), load_text(language)
    questions, solutions = worksheet_markdown(text, lesson).split(PAGE_BREAK)
    for step in lesson.steps:
        assert questions.count(step.question) == 1
        assert all(f"☐ {words}" in questions for words in step.options.values())
        assert step.explanation not in questions
        assert step.explanation in solutions
        assert f"{step.says(step.right)}**" in solutions
        assert all(reason in solutions and reason not in questions for reason in step.why.values())
    assert questions.count("_" * 72) == 3 * len(lesson.steps)
