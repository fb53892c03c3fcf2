"""Everything works by keyboard alone: Tab reaches every control, shows where it is, and leads out again."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener, settled
from tests.browser.test_look import PLACES
from views.text import load_text

EN = load_text("en")
SLOW = 20_000  # milliseconds for a run of the page on a busy machine
CONTROLS = "button, input, select, textarea, a[href], summary, [role=tab], [role=slider]"
# The controls that are seen, each with a number that stays with it; in a group of radios, one stands for all.
SEEN = f"""() => {{
    const shown = each => each.checkVisibility({{visibilityProperty: true}}) && !each.disabled;
    const away = '[aria-hidden=true], [inert], [data-testid=stElementToolbar]';
    const stepped = each => each.tabIndex < 0 && each.matches('[role=tab], button, input');
    const other = each => each.matches('[role=radio] ~ [role=radio]');
    const name = each => each.getAttribute('aria-label') || each.innerText || each.outerHTML;
    return [...document.querySelectorAll('.stApp :is({CONTROLS})')]
        .filter(each => shown(each) && !each.closest(away) && !stepped(each) && !other(each))
        .map((each, number) => {{
            const group = each.matches('[role=radio]') ? [...each.parentElement.children] : [each];
            for (const one of group) one.dataset.number = String(number);
            return [String(number), name(each).slice(0, 80)];
        }});
}}"""
# Who has the focus, and whether it looks different with it than without.
FOCUSED = """() => {
    const each = document.activeElement;
    if (!each || each === document.body) return null;
    const near = [each, each.parentElement, each.parentElement.parentElement, ...each.parentElement.children];
    const look = () => near.map(part => {
        const style = getComputedStyle(part);
        return [style.outlineStyle, style.outlineWidth, style.outlineColor, style.boxShadow, style.border].join();
    }).join(';');
    const focused = look();
    each.blur();
    const plain = look();
    each.focus({preventScroll: true});
    return {number: each.dataset.number ?? null, seen: focused !== plain, html: each.outerHTML.slice(0, 160)};
}"""


def walk(page: Page) -> list[dict[str, object]]:
    """Every stop of Tab from the top of the page until it leaves, or begins anew."""
    stops: list[dict[str, object]] = []
    for _ in range(120):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop is None or (stops and stop["html"] == stops[0]["html"]):
            return stops
        stops.append(stop)
    raise AssertionError(f"Tab never leaves the page: {[stop['html'] for stop in stops[-3:]]}")


ORDINARY = ("/learning_rate", "/depth?tab=three", "/learning_rate?tab=data")


@pytest.mark.parametrize(
    "place", [pytest.param(place, marks=() if place in ORDINARY else pytest.mark.long) for place in PLACES]
)
def test_tab_reaches_every_control_shows_where_it_is_and_leads_out(visit: Opener, place: str) -> None:
    page = visit(place)
    page.emulate_media(reduced_motion="reduce")
    seen = dict(page.evaluate(SEEN))
    assert len(seen) > 8
    stops = walk(page)
    reached = {stop["number"] for stop in stops}
    assert {name for number, name in seen.items() if number not in reached} == set()
    assert [stop["html"] for stop in stops if not stop["seen"]] == []


KEYS = [
    ("/learning_rate", "learning_rate-alpha-"),
    ("/learning_rate?tab=slope", "learning_rate-start-"),
    ("/learning_rate?tab=shrink", "learning_rate-large-ladder"),
    ("/learning_rate?tab=bowl", "learning_rate-pace-"),
    ("/learning_rate?tab=dip", "learning_rate-dip_alpha"),
    ("/learning_rate?tab=data", "learning_rate-intercept"),
    ("/depth", "depth-scale-"),
    ("/depth?tab=three", "depth-w1-"),
    ("/depth?tab=batch_norm", "depth-scale-ladder"),
    ("/depth?tab=map", "depth-scale-ladder"),
    ("/depth?tab=start", "depth-depth-net_depth"),
]
# The other controls take ArrowLeft. The words of "Your own data" are about the data, so there it is a switch of theirs.
PRESSED = {"learning_rate-dip_alpha": "ArrowUp", "learning_rate-intercept": "Space"}
OFTEN = ("/learning_rate", "/depth?tab=three", "/depth?tab=map")


@pytest.mark.parametrize(
    ("place", "control"), [pytest.param(*key, marks=() if key[0] in OFTEN else pytest.mark.long) for key in KEYS]
)
def test_a_key_changes_the_value_and_words_picture_and_its_description_follow(
    visit: Opener, place: str, control: str
) -> None:
    page = visit(place)
    words = page.locator("[class*=st-key-words-]")
    described = page.locator("[class*=st-key-figure-] > .stElementContainer:first-child").first
    before = words.inner_text(), described.inner_text(), page.locator("svg.marks").first.inner_html(), page.url
    page.locator(f".st-key-{control} input").first.press(PRESSED.get(control, "ArrowLeft"))
    page.wait_for_function("was => location.href !== was", arg=before[3])
    expect(described).not_to_have_text(before[1], use_inner_text=True)
    expect(words).not_to_have_text(before[0], use_inner_text=True)
    settled(page)
    assert page.locator("svg.marks").first.inner_html() != before[2]


def test_what_opens_by_keyboard_closes_by_it_and_gives_the_focus_back(visit: Opener) -> None:
    page = visit("/learning_rate")
    for name in ("action.glossary", "action.examples", "action.share"):
        button = page.get_by_role("button", name=EN(name), exact=True).first
        button.press("Enter")
        dialog = page.get_by_role("dialog")
        expect(dialog).to_be_visible(timeout=SLOW)
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0, timeout=SLOW)
        expect(button).to_be_focused()


def test_tabs_and_languages_are_chosen_by_arrows(visit: Opener) -> None:
    page = visit("/depth?tab=three")
    page.get_by_role("tab", name=EN("tab.three")).press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/depth$|tab=chain"))
    page.get_by_role("radio", name=EN("language.en")).press("ArrowRight")
    page.keyboard.press("Space")
    page.wait_for_url(re.compile("lang=zh"))
