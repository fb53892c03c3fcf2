"""A lesson on the page: predict, commit, observe, explain, without a browser."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.test_a_visit import lab_of, visit
from tests.pages.test_every_page import _fresh_process, healthy, opened, query_of, said  # noqa: F401
from views import guide
from views.lesson import Given, Step
from views.lesson_file import LessonError, load_lesson
from views.lesson_summary import score_said
from views.settings import LESSONS
from views.text import load_text

EN, ZH = load_text("en"), load_text("zh")
SIZE = load_lesson("step_size", "en")


def at(key: str, step: int, language: str = "en", **query: str) -> AppTest:
    lesson = load_lesson(key, language)
    return opened(lesson.heading.page, lang=language, lesson=key, step=str(step), **query)


def press(app: AppTest, name: str) -> AppTest:
    return app.button(key=f"guide-{name}").click().run()


def answer(app: AppTest, key: str, turn: int, given: Given) -> AppTest:
    boxes = app.number_input if isinstance(given, float) else app.radio
    next(box for box in boxes if box.key == f"guide-{key}-{turn}").set_value(given)
    return press(app, "commit")


def lab_is_drawn(app: AppTest) -> bool:
    return bool(app.get("vega_lite_chart") or app.get("arrow_vega_lite_chart"))


def verdicts(app: AppTest) -> list[str]:
    return [str(each.value) for each in (*app.success, *app.warning)]


def wrong_answers(step: Step) -> list[Given]:
    if step.guess:
        return [float(step.right) + way * abs(float(step.right)) for way in (-1, 1)]
    return [key for key in step.options if key != step.right]


@pytest.mark.parametrize(("key", "language", "right"), [(k, *rest) for k in LESSONS for rest in (("en", 1), ("zh", 0))])
def test_a_walk_to_the_end(key: str, language: str, right: int) -> None:
    """Every step asks before it shows anything, then sets the lab, says right or why wrong, and is summed up."""
    lesson, text = load_lesson(key, language), load_text(language)
    app = at(key, 0, language)
    press(app, "begin")
    for turn, step in enumerate(lesson.steps, 1):
        assert text("guide.step", step=turn, steps=len(lesson.steps)) in " ".join(said(app))
        assert not lab_is_drawn(app)
        given = step.right if right else wrong_answers(step)[turn % len(wrong_answers(step))]
        answer(app, key, turn, given)
        healthy(app)
        assert lab_is_drawn(app)
        assert lab_of(app).current == dict(step.settings)
        assert bool(app.success) == bool(right)
        assert step.why.get(step.outcome(given), "") in verdicts(app)[0]
        assert step.says(given) in verdicts(app)[0]
        assert step.explanation in said(app)
        press(app, "next")
    healthy(app)
    assert not lab_is_drawn(app)
    assert score_said(text, lesson, lab_of(app).answers[key]) in said(app)
    assert text("guide.missing", missing=0) not in " ".join(said(app))
    links = re.findall(r"\]\(\?(.*?)\)", "\n".join(said(app)))
    assert len(links) == len(lesson.steps)


def test_nothing_is_committed_without_an_answer() -> None:
    app = press(at("step_size", 5), "commit")
    assert EN("guide.empty") in said(app)
    assert not lab_is_drawn(app)
    assert not lab_of(app).answers.get("step_size")


def test_an_answered_step_sets_the_lab_again_whenever_it_is_turned_to() -> None:
    app = answer(at("step_size", 3), "step_size", 3, "cycles")
    app.slider(key="learning_rate-alpha-").set_value(0.9).run()
    assert lab_of(app).current["alpha"] == 0.9
    press(app, "next")
    assert not lab_is_drawn(app)
    press(app, "back")
    assert lab_of(app).current["alpha"] == 1.5
    assert app.slider(key="learning_rate-alpha-").value == 1.5
    assert query_of(app) == {"lesson": "step_size", "step": "3", "alpha": "1.5"}


def test_who_leaves_a_lesson_keeps_the_lab() -> None:
    app = press(answer(at("step_size", 3), "step_size", 3, "cycles"), "leave")
    healthy(app)
    assert query_of(app) == {"alpha": "1.5"}
    assert lab_is_drawn(app)
    assert not verdicts(app)


def test_undo_and_reset_leave_the_place_in_the_lesson_alone() -> None:
    app = answer(at("step_size", 3), "step_size", 3, "cycles")
    app.button(key="reset").click().run()
    assert (query_of(app)["lesson"], query_of(app)["step"]) == ("step_size", "3")
    app.button(key="undo").click().run()
    assert query_of(app)["alpha"] == "1.5"
    assert query_of(app)["step"] == "3"


def test_a_link_into_a_lesson_asks_first_whatever_else_it_sets() -> None:
    app = at("step_size", 4, alpha="0.7")
    healthy(app)
    assert not lab_is_drawn(app)
    assert SIZE.steps[3].question in said(app)
    assert query_of(app) == {"lesson": "step_size", "step": "4", "alpha": "0.7"}


def test_the_summary_says_that_answers_of_another_visit_are_gone() -> None:
    app = at("step_size", SIZE.end)
    healthy(app)
    assert EN("guide.missing", missing=len(SIZE.steps)) in " ".join(said(app))
    assert not any(step.says(step.right) in text for step in SIZE.steps if not step.guess for text in said(app))


def test_a_step_beyond_the_end_is_the_summary_and_an_unknown_lesson_is_named() -> None:
    assert EN("guide.summary") in " ".join(said(at("step_size", 99)))
    app = opened("learning_rate", lang="en", lesson="no_such_lesson", step="2")
    healthy(app)
    assert lab_is_drawn(app)
    assert any("**lesson**" in text for text in said(app))
    assert "lesson" not in query_of(app)


def test_start_again_forgets_the_answers_of_this_lesson_alone() -> None:
    app = answer(at("step_size", 3), "step_size", 3, "cycles")
    lab_of(app).answers["deep_gradients"] = {2: "same"}
    lab_of(app).frame["step"] = SIZE.end
    app.query_params["step"] = str(SIZE.end)
    app.run()
    press(app, "again")
    assert lab_of(app).answers == {"deep_gradients": {2: "same"}}
    assert query_of(app)["lesson"] == "step_size"
    assert "step" not in query_of(app)


def test_the_language_switch_keeps_step_and_answer() -> None:
    app = answer(at("step_size", 3), "step_size", 3, "cycles")
    app.button_group(key="language").set_value("zh").run()
    healthy(app)
    assert load_lesson("step_size", "zh").steps[2].why["cycles"] in verdicts(app)[0]
    assert query_of(app) == {"lang": "zh", "lesson": "step_size", "step": "3", "alpha": "1.5"}


def test_the_other_lab_says_where_the_lesson_goes_on_and_lets_it_be() -> None:
    app = answer(at("step_size", 3), "step_size", 3, "cycles")
    visit(app, "depth")
    healthy(app)
    assert lab_is_drawn(app)
    assert query_of(app)["lesson"] == "step_size"
    visit(app, "learning_rate")
    assert verdicts(app)
    assert lab_of(app).current["alpha"] == 1.5


def test_home_offers_every_lesson() -> None:
    app = opened("home", lang="zh")
    healthy(app)
    links = {link.proto.label: link.proto.query_string for link in app.get("page_link")}
    for key in LESSONS:
        heading = load_lesson(key, "zh").heading
        label = ZH("guide.start", title=heading.title, minutes=heading.minutes)
        assert f"lesson={key}" in links[label]


def test_a_broken_lesson_says_what_is_wrong_and_leaves_the_lab(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(key: str, language: str) -> None:
        raise LessonError("en/mine.toml, step 2 lacks why: write it.")

    monkeypatch.setattr(guide, "load_lesson", broken)
    app = at("step_size", 3)
    healthy(app)
    assert EN("guide.broken", error="`en/mine.toml, step 2 lacks why: write it.`") in [each.value for each in app.error]
    assert lab_is_drawn(app)
