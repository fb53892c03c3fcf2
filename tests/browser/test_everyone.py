"""For everyone: axe-core on what opens and follows, motion, small and magnified screens, and what is told aloud."""

import re
from collections.abc import Callable
from contextlib import suppress

import pytest
from playwright.sync_api import Page, TimeoutError, expect

from tests.browser.conftest import POLL, Opener, settled
from tests.browser.test_look import PLACES, require_accessible, turn
from views.text import load_text

EN = load_text("en")
LABS = [place for place in PLACES if place != "/"]
ROOMS = [(320, 640), (390, 844), (640, 360)]  # the projector at 400 %, a phone, the projector at 200 %
# WCAG 2.2, 1.4.12
SPACED = """
.stApp * { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
.stApp p { margin-bottom: 2em !important; }"""
SIDEWAYS = """() => [document.scrollingElement, document.querySelector('[data-testid=stMain]')]
    .filter(each => each.scrollWidth > each.clientWidth + 1)
    .map(each => `${each.scrollWidth} px in ${each.clientWidth}`)"""
UNSEEN = "svg, .katex, pre, code, .told, [class*=st-key-figure-] > .stElementContainer:first-child"
CUT = """() => [...document.querySelectorAll('[data-testid=stMain] *')].filter(each => {
    const own = [...each.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
    if (!own || each.closest(UNSEEN)) return false;
    if (!each.checkVisibility({visibilityProperty: true})) return false;
    const box = each.getBoundingClientRect();
    if (box.width < 2) return false;
    for (let place = each; place.dataset?.testid !== 'stMain'; place = place.parentElement) {
        const style = getComputedStyle(place), room = place.getBoundingClientRect();
        if (/auto|scroll/.test(style.overflowX + style.overflowY)) return false;
        if (/hidden|clip/.test(style.overflowX) && box.right > room.right + 2) return true;
        if (/hidden|clip/.test(style.overflowY) && box.bottom > room.bottom + 3) return true;
    }
    return false;
}).map(each => each.innerText.slice(0, 60))""".replace("UNSEEN", f"'{UNSEEN}'")
LIVE = "[role=status].told"
MOVING = """() => document.getAnimations().filter(each => each.playState === 'running'
    && each.effect.getComputedTiming().duration > 10).map(each => each.animationName || each.transitionProperty)"""


def press(name: str) -> Callable[[Page], None]:
    return lambda page: page.get_by_role("button", name=EN(name), exact=True).first.click()


def answer(page: Page) -> None:
    page.locator(".st-key-guide [role=radiogroup] label").first.click()
    page.locator(".st-key-guide-commit button").click()
    settled(page)


OPENED = {
    "symbols": ("/learning_rate", press("action.glossary")),
    "examples": ("/learning_rate", press("action.examples")),
    "share": ("/learning_rate", press("action.share")),
    "take away": ("/learning_rate", press("action.take_away")),
    "more settings": ("/depth?tab=batch_norm", press("note.more")),
    "a refused link": ("/depth?depth=-5", lambda page: None),
    "the projector": ("/depth?present=1", lambda page: None),
}


OFTEN = ("symbols", "share", "more settings", "the projector")


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in OFTEN else pytest.mark.long) for name in OPENED]
)
@pytest.mark.parametrize("dark", [False, pytest.param(True, marks=pytest.mark.long)])
def test_what_a_button_or_a_link_opens_is_accessible_in_either_theme(visit: Opener, name: str, dark: bool) -> None:
    place, act = OPENED[name]
    page = visit(place, dark=dark ^ (list(OPENED).index(name) % 2 == 1))
    page.emulate_media(reduced_motion="reduce")
    act(page)
    page.wait_for_timeout(700)
    require_accessible(page)


def test_a_guided_step_is_accessible_before_and_after_the_answer(visit: Opener) -> None:
    page = visit("/learning_rate?lesson=step_size&step=1", drawn=False)
    page.emulate_media(reduced_motion="reduce")
    page.locator(".st-key-guide-commit").wait_for()
    for act in (lambda _: None, answer):
        act(page)
        for dark in (False, True):
            turn(page, dark=dark)
            require_accessible(page)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_for_teachers_is_accessible(visit: Opener, language: str) -> None:
    page = visit(f"/teach?lang={language}", drawn=False)
    page.emulate_media(reduced_motion="reduce")
    expect(page.get_by_role("heading", level=1)).to_have_text(load_text(language)("page.teach"))
    for dark in (False, True):
        turn(page, dark=dark)
        require_accessible(page)
    page.set_viewport_size({"width": 320, "height": 640})
    page.wait_for_timeout(300)
    assert page.evaluate(SIDEWAYS) == []


def require_room(page: Page) -> None:
    """Nothing scrolls sideways and no words are cut, once the pictures have followed."""
    with suppress(TimeoutError):
        page.wait_for_function(f"() => !({SIDEWAYS})().length && !({CUT})().length", polling=POLL, timeout=3_000)
    assert page.evaluate(SIDEWAYS) == []
    assert page.evaluate(CUT) == []


@pytest.mark.parametrize(
    "place",
    [
        LABS[0],
        "/depth",
        *(pytest.param(each, marks=pytest.mark.long) for each in PLACES if each not in (LABS[0], "/depth")),
    ],
)
def test_small_and_magnified_screens_scroll_one_way_and_spaced_words_are_whole(visit: Opener, place: str) -> None:
    page = visit(place)
    for width, height in ROOMS:
        page.set_viewport_size({"width": width, "height": height})
        settled(page)
        require_room(page)
    page.add_style_tag(content=SPACED)
    require_room(page)


def test_nothing_moves_by_itself_where_motion_is_unwelcome(visit: Opener) -> None:
    page = visit("/learning_rate?steps=12")
    page.emulate_media(reduced_motion="reduce")
    page.get_by_role("button", name=EN("action.examples"), exact=True).click()
    assert page.evaluate(MOVING) == []
    page.keyboard.press("Escape")
    step = page.get_by_label(EN("player.step"))
    step.press("ArrowLeft")
    shown = step.input_value()
    assert shown == "11"
    page.wait_for_timeout(500)
    assert step.input_value() == shown


def test_a_change_is_told_once_when_it_has_come_to_rest(visit: Opener) -> None:
    page = visit("/learning_rate")
    expect(page.locator(LIVE)).to_have_text("")
    page.wait_for_timeout(1500)
    page.evaluate(
        f"""() => {{ window.told = 0; new MutationObserver(() => window.told++)
        .observe(document.querySelector('{LIVE}'), {{childList: true}}); }}"""
    )
    alpha = page.locator(".st-key-learning_rate-alpha- input")
    for _ in range(3):
        alpha.press("ArrowRight")
    page.wait_for_url(re.compile("alpha=0.45"))
    expect(page.locator(LIVE)).to_contain_text("0.45")
    page.wait_for_timeout(1200)
    assert page.evaluate("window.told") <= 2
