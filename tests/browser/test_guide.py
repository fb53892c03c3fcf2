"""Both lessons to their end in a real browser: by keyboard alone, and by mouse in the other language."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener, settled
from views.lesson import RIGHT, Given, Lesson, Step
from views.lesson_file import load_lesson
from views.lesson_summary import PAGE_BREAK
from views.text import Text, load_text

COMPACT = 190  # pixels that the guide may take from a projector once the lab stands below it
SLOW = 20_000  # milliseconds for a run of the page on a busy machine


def given_to(step: Step, turn: int) -> Given:
    """Right, wrong, right, …"""
    if turn % 2:
        return step.right
    return 2 * step.right if step.guess else next(key for key in step.options if key != step.right)


def sees_outcome(page: Page, step: Step, given: Given) -> None:
    """The verdict on this answer, the picture of this very step, and all of it in little room."""
    verdict = page.locator(".st-key-guide :is([role=alert], [role=status])")
    expect(verdict).to_contain_text(step.says(given), timeout=SLOW)
    for key, reason in step.why.items():
        assert (reason in verdict.inner_text()) == (key == step.outcome(given))
    page.locator(f".st-key-lesson-{step.settings['tab']} :is(svg, canvas).marks").first.wait_for()
    assert page.locator(".st-key-guide").bounding_box()["height"] <= COMPACT


def sees_summary(page: Page, lesson: Lesson, text: Text, answers: list[Given]) -> None:
    rights = sum(step.outcome(given) == RIGHT for step, given in zip(lesson.steps, answers, strict=True))
    expect(page.locator(".st-key-guide")).to_contain_text(
        text("guide.score", right=rights, steps=len(lesson.steps)).replace("**", ""), timeout=SLOW
    )
    expect(page.get_by_role("link", name=text("guide.picture"))).to_have_count(len(lesson.steps))
    expect(page.locator("svg.marks")).to_have_count(0)


def tab_to(page: Page, place: str) -> None:
    """Press Tab until the focus is there, as often as it takes to pass everything on the page."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("place => document.activeElement.closest(place) !== null", place):
            return
    raise AssertionError(f"Tab never arrives at {place}.")


def test_the_first_lesson_by_keyboard_alone(visit: Opener) -> None:
    lesson, text = load_lesson("step_size", "en"), load_text("en")
    page = visit("/?lang=en")
    page.get_by_role("link", name=lesson.heading.title).focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("lesson=step_size"))
    tab_to(page, ".st-key-guide-begin")
    page.keyboard.press("Enter")
    answers = [given_to(step, turn) for turn, step in enumerate(lesson.steps, 1)]
    for step, given in zip(lesson.steps, answers, strict=True):
        expect(page.locator(".st-key-guide")).to_contain_text(step.question, timeout=SLOW)
        expect(page.locator("svg.marks")).to_have_count(0)
        if step.guess:
            tab_to(page, ".st-key-guide input")
            page.keyboard.type(f"{given:g}")
            page.keyboard.press("Enter")
        else:
            tab_to(page, ".st-key-guide [role=radiogroup]")
            page.keyboard.press("Space")
            for _ in range(list(step.options).index(given)):
                page.keyboard.press("ArrowDown")
            tab_to(page, ".st-key-guide-commit")
            page.keyboard.press("Enter")
        sees_outcome(page, step, given)
        tab_to(page, ".st-key-guide-next")
        page.keyboard.press("Enter")
    sees_summary(page, lesson, text, answers)


def test_the_second_lesson_in_chinese_and_what_it_leaves_behind(visit: Opener, tmp_path: Path) -> None:
    lesson, text = load_lesson("deep_gradients", "zh"), load_text("zh")
    page = visit("/depth", locale="zh-CN")
    page.goto(page.url + "?lesson=deep_gradients&step=1")
    answers = [given_to(step, turn) for turn, step in enumerate(lesson.steps)]
    for step, given in zip(lesson.steps, answers, strict=True):
        expect(page.locator(".st-key-guide")).to_contain_text(step.question, timeout=SLOW)
        if step.guess:
            page.locator(".st-key-guide input").fill(f"{given:g}")
        else:
            page.get_by_text(step.options[given], exact=True).click()
        page.get_by_role("button", name=text("guide.commit")).click()
        sees_outcome(page, step, given)
        page.get_by_role("button", name=text("guide.next"), exact=True).click()
    sees_summary(page, lesson, text, answers)
    files = {}
    for name in ("save", "sheet"):
        with page.expect_download() as download:
            page.get_by_role("button", name=text(f"guide.{name}"), exact=True).click()
        download.value.save_as(tmp_path / name)
        files[name] = (tmp_path / name).read_text(encoding="utf-8")
    assert all(step.says(given) in files["save"] for step, given in zip(lesson.steps, answers, strict=True))
    assert f"]({page.url.split('?')[0]}?lang=zh&" in files["save"]
    assert PAGE_BREAK in files["sheet"]
    with page.expect_popup() as popup:
        page.get_by_role("link", name=text("guide.picture")).nth(3).click()
    settled(popup.value)
    assert "scale=1.2" in popup.value.url
    expect(popup.value.locator(".st-key-guide")).to_have_count(0)
    expect(popup.value.locator(".st-key-depth-scale-")).to_contain_text("1.20")
