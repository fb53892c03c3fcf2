"""Both lessons to their end in a real browser, in both languages, by keyboard alone, right and wrong."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener, appears, settled
from views.lesson import RIGHT, Given, Lesson, Step
from views.lesson_file import load_lesson
from views.lesson_summary import PAGE_BREAK, picture_query
from views.text import Text, load_text

COMPACT = 190  # pixels that the guide may take from a projector once the lab stands below it
SLOW = 20_000  # milliseconds for a run of the page on a busy machine
VERDICT = ".st-key-guide :is([role=alert], [role=status])"
PICTURE = 4  # the step whose picture is opened at the end


def given_to(step: Step, turn: int, first: int) -> Given:
    """Right, wrong, right, … or the other way round."""
    if (turn + first) % 2:
        return step.right
    return 2 * step.right if step.guess else next(key for key in step.options if key != step.right)


def tab_to(page: Page, place: str) -> None:
    """Press Tab until the focus is there, as often as it takes to pass everything on the page."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("place => document.activeElement.closest(place) !== null", place):
            return
    raise AssertionError(f"Tab never arrives at {place}.")


def press(page: Page, place: str, key: str = "Enter") -> None:
    tab_to(page, place)
    page.keyboard.press(key)


def answers_by_keyboard(page: Page, step: Step, given: Given) -> None:
    appears(page, ".st-key-guide", step.question)
    expect(page.locator(".st-key-guide")).to_contain_text(step.question, timeout=SLOW)
    expect(page.locator("svg.marks")).to_have_count(0)
    if step.guess:
        tab_to(page, ".st-key-guide input")
        page.keyboard.type(f"{given:g}")
        page.keyboard.press("Enter")
    else:
        press(page, ".st-key-guide [role=radiogroup]", "Space")
        for _ in range(list(step.options).index(given)):
            page.keyboard.press("ArrowDown")
        press(page, ".st-key-guide-commit")


def sees_outcome(page: Page, step: Step, given: Given) -> None:
    """The verdict on this answer, the picture of this very step, and all of it in little room."""
    appears(page, VERDICT, step.says(given))
    verdict = page.locator(VERDICT)
    expect(verdict).to_contain_text(step.says(given), timeout=SLOW)
    for key, reason in step.why.items():
        assert (reason in verdict.inner_text()) == (key == step.outcome(given))
    picture = f".st-key-picture-{step.settings['tab']} :is(svg, canvas).marks"
    appears(page, picture)
    page.locator(picture).first.wait_for()
    assert page.locator(".st-key-guide").bounding_box()["height"] <= COMPACT
    expect(page.get_by_role("tab")).to_have_count(0)


def sees_summary(page: Page, lesson: Lesson, text: Text, answers: list[Given]) -> None:
    rights = sum(step.outcome(given) == RIGHT for step, given in zip(lesson.steps, answers, strict=True))
    score = text("guide.score", right=rights, steps=len(lesson.steps)).replace("**", "")
    appears(page, ".st-key-guide", score)
    expect(page.locator(".st-key-guide")).to_contain_text(score, timeout=SLOW)
    expect(page.get_by_role("link", name=text("guide.picture"))).to_have_count(len(lesson.steps))
    expect(page.locator("svg.marks")).to_have_count(0)


def saved(page: Page, place: str, file: Path) -> str:
    with page.expect_download() as download:
        press(page, place)
    download.value.save_as(file)
    return file.read_text(encoding="utf-8")


def takes_home(page: Page, lesson: Lesson, language: str, answers: list[Given], folder: Path) -> None:
    """The summary as a file, the worksheet on the page and as a file, and the picture of a step."""
    summary = saved(page, ".st-key-guide-save", folder / "summary")
    assert all(step.says(given) in summary for step, given in zip(lesson.steps, answers, strict=True))
    assert f"]({page.url.split('?')[0]}?lang={language}&" in summary
    press(page, ".st-key-guide-sheet")
    expect(page.locator(".st-key-sheet")).to_contain_text(lesson.steps[-1].question, timeout=SLOW)
    assert PAGE_BREAK in saved(page, ".st-key-guide-save_sheet", folder / "worksheet")
    press(page, ".st-key-guide-fold")
    query = picture_query(lesson, lesson.steps[PICTURE - 1], language)
    with page.expect_popup() as popup:
        press(page, f'.st-key-guide a[href$="{query}"]')
    settled(popup.value)
    expect(popup.value.locator(".st-key-guide")).to_have_count(0)
    expect(popup.value.get_by_role("tab")).not_to_have_count(0)
    assert all(part in popup.value.url for part in query[1:].split("&") if not part.startswith("lang="))
    popup.value.close()


@pytest.mark.parametrize(
    ("key", "language", "first"),
    [
        ("step_size", "en", 0),
        pytest.param("deep_gradients", "zh", 1, marks=pytest.mark.long),
        pytest.param("step_size", "zh", 1, marks=pytest.mark.long),
        pytest.param("deep_gradients", "en", 0, marks=pytest.mark.long),
    ],
)
def test_a_lesson_by_keyboard_alone(visit: Opener, tmp_path: Path, key: str, language: str, first: int) -> None:
    lesson, text = load_lesson(key, language), load_text(language)
    page = visit(f"/?lang={language}", locale="zh-CN" if language == "zh" else "en-US")
    press(page, f'a[href*="lesson={key}"]')
    page.wait_for_url(re.compile(f"lesson={key}"))
    press(page, ".st-key-guide-begin")
    answers = [given_to(step, turn, first) for turn, step in enumerate(lesson.steps, 1)]
    for step, given in zip(lesson.steps, answers, strict=True):
        answers_by_keyboard(page, step, given)
        sees_outcome(page, step, given)
        press(page, ".st-key-guide-next")
    sees_summary(page, lesson, text, answers)
    takes_home(page, lesson, language, answers, tmp_path)


def test_the_navigation_link_of_the_open_lab_keeps_the_lesson(visit: Opener) -> None:
    page, text = visit("/learning_rate?lesson=step_size&step=3", drawn=False), load_text("en")
    question = load_lesson("step_size", "en").steps[2].question
    expect(page.locator(".st-key-guide")).to_contain_text(question, timeout=SLOW)
    page.get_by_role("link", name=text("page.learning_rate"), exact=True).click()
    page.wait_for_url("**/learning_rate?lesson=step_size&step=3")
    expect(page.locator(".st-key-guide")).to_contain_text(question)
