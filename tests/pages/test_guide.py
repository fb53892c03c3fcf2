"""A lesson on the page: predict, commit, observe, explain, without a browser."""

import re
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.test_a_visit import controls, lab_of, visit
from tests.pages.test_every_page import _fresh_process, healthy, opened, query_of, said  # noqa: F401
from views import guide
from views.lesson import Given, Heading, Step
from views.lesson_error import LessonError
from views.lesson_file import load_heading, load_lesson
from views.lesson_summary import score_said
from views.setting import write
from views.settings import HIDEABLE, LESSONS, PAGES
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


def controls_of(app: AppTest, page: str) -> set[str]:
    """The settings that the page has a control for."""
    ladders = {ladder.key.split("-")[1] for ladder in app.select_slider}
    return ladders | controls(app, page).keys()


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
        assert not controls_of(app, lesson.heading.page) & step.hide
        assert bool(app.tabs) != ("tabs" in step.hide)
        assert "hide" not in query_of(app)
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


def test_the_summary_of_a_visit_without_answers_tells_nothing_and_leads_to_the_questions() -> None:
    app = at("step_size", SIZE.end)
    healthy(app)
    assert EN("guide.none") in said(app)
    assert not any(step.says(step.right) in text for step in SIZE.steps if not step.guess for text in said(app))
    assert not any(EN("guide.picture") in text for text in said(app))
    press(app, "go-4")
    assert SIZE.steps[3].question in said(app)
    answer(app, "step_size", 4, "cycles")
    lab_of(app).frame["step"] = SIZE.end
    app.query_params["step"] = str(SIZE.end)
    app.run()
    summed = " ".join(said(app))
    assert EN("guide.score", right=1, steps=1) in summed
    assert EN("guide.missing", missing=8) in summed
    assert summed.count(EN("guide.picture")) == 1
    assert "guide-go-4" not in {button.key for button in app.button}


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


@pytest.mark.parametrize("key", LESSONS)
def test_a_lesson_hides_controls_that_would_be_there(key: str) -> None:
    lesson = load_lesson(key, "en")
    everywhere, there = frozenset.intersection(*(step.hide for step in lesson.steps)) - HIDEABLE, set()
    for step in lesson.steps:
        page = lesson.heading.page
        shown = controls_of(opened(page, lang="en", **write(PAGES[page], step.settings)), page)
        assert step.hide - HIDEABLE - everywhere <= shown
        assert shown - step.hide
        there |= shown
    assert everywhere <= there


def test_what_a_lesson_hides_is_back_when_it_is_left_or_waits_in_the_other_lab() -> None:
    app = answer(at("step_size", 3), "step_size", 3, "cycles")
    assert {"loss", "curvature"} <= lab_of(app).hidden
    visit(app, "depth")
    assert app.tabs
    visit(app, "learning_rate")
    assert not app.tabs
    press(app, "leave")
    assert app.tabs
    assert {"loss", "curvature"} <= controls_of(app, "learning_rate")


def test_the_words_that_a_step_hides_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    hiding = replace(SIZE, steps=tuple(replace(step, hide=frozenset({"words"})) for step in SIZE.steps))
    monkeypatch.setattr(guide, "load_lesson", lambda key, language: hiding)
    app = answer(at("step_size", 3), "step_size", 3, "cycles")
    assert any("st-key-words-" in each.proto.body and "display: none" in each.proto.body for each in app.get("html"))


def test_the_navigation_link_of_the_open_page_keeps_the_lesson_and_the_lab() -> None:
    app = answer(at("step_size", 3), "step_size", 3, "cycles")
    app.slider(key="learning_rate-alpha-").set_value(0.9).run()
    before = query_of(app)
    visit(app, "learning_rate")
    healthy(app)
    assert verdicts(app)
    assert query_of(app) == before == {"lesson": "step_size", "step": "3", "alpha": "0.9"}


def test_home_names_a_broken_lesson_once_and_offers_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(key: str, language: str) -> Heading:
        if key == "step_size":
            raise LessonError("en/step_size.toml lacks title: write it.")
        return load_heading(key, language)

    monkeypatch.setattr(guide, "load_heading", broken)
    app = opened("home", lang="en")
    assert [each.value for each in app.error] == [
        EN("guide.broken", error="`en/step_size.toml lacks title: write it.`")
    ]
    assert any("lesson=deep_gradients" in link.proto.query_string for link in app.get("page_link"))


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
