"""The worksheet of a lesson on the page: its questions, its solutions, and the way back."""

import pytest

from tests.pages.test_a_visit import lab_of
from tests.pages.test_every_page import _fresh_process, healthy, opened, query_of, said  # noqa: F401
from tests.pages.test_guide import answer, at, lab_is_drawn, press, verdicts
from views.lesson_file import load_lesson
from views.settings import LESSONS


@pytest.mark.parametrize(("key", "language"), [(key, language) for key in LESSONS for language in ("en", "zh")])
def test_the_worksheet_asks_all_questions_and_solves_them_only_if_wanted(key: str, language: str) -> None:
    lesson = load_lesson(key, language)
    app = press(at(key, 0, language), "sheet")
    assert not app.exception
    assert query_of(app)["sheet"] == "questions"
    for turn in (0, 1):
        shown = "\n".join(said(app))
        assert all(step.question in shown for step in lesson.steps)
        assert all(f"☐ {words}" in shown for step in lesson.steps for words in step.options.values())
        assert [step.explanation in shown for step in lesson.steps] == [bool(turn)] * len(lesson.steps)
        assert [reason in shown for step in lesson.steps for reason in step.why.values()].count(not turn) == 0
        assert not lab_is_drawn(app)
        if not turn:
            app.toggle(key="guide-solutions").set_value(True).run()
    assert query_of(app)["sheet"] == "solutions"


def test_who_closes_the_worksheet_is_where_the_lesson_was() -> None:
    app = answer(at("step_size", 3), "step_size", 3, "cycles")
    lab_of(app).frame["sheet"] = "questions"
    app.query_params["sheet"] = "questions"
    app.run()
    assert not lab_is_drawn(app)
    press(app, "fold")
    assert verdicts(app)
    assert lab_is_drawn(app)
    assert query_of(app) == {"lesson": "step_size", "step": "3", "alpha": "1.5"}


def test_a_worksheet_without_its_lesson_is_the_lab() -> None:
    app = opened("learning_rate", lang="en", sheet="solutions")
    healthy(app)
    assert lab_is_drawn(app)
