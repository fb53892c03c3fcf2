"""Every page and tab is drawn, fits its room and says nothing odd."""

import re
from contextlib import suppress

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, TimeoutError

from tests.browser.conftest import POLL, Opener, appears, settled
from tests.streamlit_client import ROOT, serve
from views.settings import PAGES
from views.text import LANGUAGES, load_text

PLACES = [
    "/", "/learning_rate", "/learning_rate?tab=slope", "/learning_rate?tab=shrink",
    "/learning_rate?tab=bowl", "/learning_rate?tab=bowl&bowl=data&scaling=raw",
    "/learning_rate?tab=dip", "/learning_rate?tab=data", "/depth", "/depth?tab=batch_norm",
    "/depth?tab=start", "/depth?tab=three", "/depth?tab=map",
    "/depth?tab=train",
]  # fmt: skip
ONE_SCREEN = [  # the main picture and this control share one screen
    ("/learning_rate", ".st-key-learning_rate-alpha-"),
    ("/learning_rate?tab=slope", ".st-key-learning_rate-start-"),
    ("/learning_rate?tab=shrink", ".st-key-learning_rate-large-ladder"),
    ("/learning_rate?tab=dip", ".st-key-learning_rate-dip_alpha"),
    ("/learning_rate?tab=bowl", ".st-key-learning_rate-pace-"),
    ("/learning_rate?tab=bowl&bowl=data", ".st-key-learning_rate-pace_pair"),
    ("/learning_rate?tab=data", ".st-key-learning_rate-scaling"),
    ("/depth", ".st-key-depth-scale-"),
    ("/depth?tab=three", ".st-key-depth-path"),
    ("/depth?tab=batch_norm", ".st-key-depth-scale-ladder"),
    ("/depth?tab=map", ".st-key-depth-map_critical"),
    ("/depth?tab=start&beside=rivals", ".st-key-depth-beside"),
    ("/depth?tab=train", ".st-key-depth-train_button"),
]
MISFITS = """spare => [...document.querySelectorAll('[data-testid=stVegaLiteChart]')]
    .map(chart => [chart, chart.querySelector('svg.marks')].map(box => box?.getBoundingClientRect().width ?? 0))
    .filter(([room, picture]) => picture < room - spare || picture > room + 1)
    .map(([room, picture]) => `a picture of ${picture} px in ${room} px`)
    .concat([document.scrollingElement, document.querySelector('[data-testid=stMain]')]
        .filter(each => each.scrollWidth > each.clientWidth + 1).map(() => 'the page scrolls sideways'))"""
BRIGHTNESS = """getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor
    .match(/\\d+/g).slice(0, 3).reduce((sum, part) => sum + Number(part) / 3, 0)"""
BACKGROUND = "getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"
ROOM_TO_SPARE = 40  # px: axis titles and labels that lean over differ from view to view
ODD = re.compile(r"NaN|undefined|\[object|Infinity|0\.0000\b")


def link(place: str, language: str) -> str:
    return f"{place}{'&' if '?' in place else '?'}lang={language}"


def require_drawn(page: Page, dark: bool) -> None:
    assert not ODD.search(page.locator("body").inner_text())
    assert page.locator("svg.marks path, svg.marks line").count() > 15
    brightness = sum(int(part) for part in re.findall(r"\d+", page.evaluate(BACKGROUND))[:3]) / 3
    assert (brightness < 128) == dark


AXE = Axe()
WCAG = {  # levels A and AA up to version 2.2; the size of targets is a rule that axe leaves off
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}


def require_accessible(page: Page) -> None:
    """axe-core finds nothing, not even something minor."""
    found = AXE.run(page, options=WCAG).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"][:300]) for each in found] == []


def turn(page: Page, *, dark: bool) -> None:
    """Into the other theme, and wait until all of the page has followed."""
    page.emulate_media(color_scheme="dark" if dark else "light")
    page.wait_for_function(f"(({BRIGHTNESS}) < 128) === {str(dark).lower()}")
    page.wait_for_timeout(300)


def require_accessible_in_both_themes(page: Page, dark: bool) -> None:
    """In this theme and then in the other one; comes back to this one."""
    page.emulate_media(reduced_motion="reduce")  # a colour that is still changing has no contrast of its own
    require_accessible(page)
    turn(page, dark=not dark)
    settled(page)
    require_drawn(page, not dark)
    require_accessible(page)
    turn(page, dark=dark)


def speak(page: Page, language: str) -> None:
    """Choose the language by the page's own switch."""
    page.locator(".st-key-language").get_by_role("radio", name=load_text(language)(f"language.{language}")).click()
    appears(page, f"[role=radiogroup][aria-label='{load_text(language)('action.language')}']")
    page.get_by_role("radiogroup", name=load_text(language)("action.language")).wait_for()
    settled(page)


def require_fit(page: Page, width: int) -> None:
    """Nothing is too wide once the window has this width and the pictures have followed."""
    page.set_viewport_size({"width": width, "height": 844})
    settled(page)
    with suppress(TimeoutError):
        page.wait_for_function(f"spare => !({MISFITS})(spare).length", arg=ROOM_TO_SPARE, polling=POLL, timeout=4_000)
    assert page.evaluate(MISFITS, ROOM_TO_SPARE) == []


def require_one_screen(page: Page, place: str) -> None:
    """The picture and its control stand on the first screen, the words beside the picture, below the controls."""
    for control in (control for each, control in ONE_SCREEN if each == place):
        for box in (page.locator("svg.marks").first.bounding_box(), page.locator(control).bounding_box()):
            assert box["y"] >= 0
            assert box["y"] + box["height"] <= 720
    controls, picture, words = (
        page.locator(f"[class*=st-key-{part}-]").first.bounding_box() for part in ("controls", "picture", "words")
    )
    assert words["x"] + words["width"] < picture["x"]
    assert words["y"] >= controls["y"] + controls["height"] - 1


ALL_PLACES = list(dict.fromkeys([*PLACES, *(place for place, _ in ONE_SCREEN)]))
# Each place is opened once: on a projector, in one language and theme; the others are switched to.
# From place to place the languages swap, and from every second to the next the themes.
LOOKS = [(place, LANGUAGES[i % 2], i // 2 % 2 == 1) for i, place in enumerate(ALL_PLACES)]
OPENED_ON_A_PHONE = ("/", "/learning_rate", "/depth?tab=map")  # the others in the long suite


def other_than(language: str) -> str:
    return next(each for each in LANGUAGES if each != language)


@pytest.mark.parametrize(("place", "language", "dark"), LOOKS)
def test_a_place_is_accessible_is_drawn_in_the_other_language_and_theme_and_fits_every_room(
    visit: Opener, place: str, language: str, dark: bool
) -> None:
    page = visit(link(place, language), dark=dark)
    require_drawn(page, dark)
    if place != "/":
        require_one_screen(page, place)
    if place in PLACES:
        page.emulate_media(reduced_motion="reduce")  # a colour that is still changing has no contrast of its own
        require_accessible(page)
        speak(page, other_than(language))
        turn(page, dark=not dark)
        require_drawn(page, not dark)
    for width in (1600, 800, 390):
        require_fit(page, width)


@pytest.mark.long
@pytest.mark.parametrize(("place", "language", "dark"), LOOKS[: len(PLACES)])
def test_a_place_is_accessible_in_both_languages_and_both_themes(
    visit: Opener, place: str, language: str, dark: bool
) -> None:
    page = visit(link(place, language), dark=dark)
    require_accessible_in_both_themes(page, dark)
    speak(page, other_than(language))
    require_accessible_in_both_themes(page, dark)


@pytest.mark.parametrize(
    ("place", "language", "dark"),
    [
        pytest.param(*look, marks=() if look[0] in OPENED_ON_A_PHONE else pytest.mark.long)
        for look in LOOKS[: len(PLACES)]
    ],
)
def test_a_place_opened_on_a_phone_fits_and_is_accessible(visit: Opener, place: str, language: str, dark: bool) -> None:
    page = visit(link(place, other_than(language)), dark=not dark, width=390, height=844)
    require_drawn(page, not dark)
    require_accessible(page)
    require_fit(page, 390)


def test_a_picture_follows_when_the_window_is_resized(visit: Opener) -> None:
    page = visit("/learning_rate", width=1600)
    page.set_viewport_size({"width": 390, "height": 844})
    chart = page.locator("[data-testid=stVegaLiteChart]")
    page.wait_for_function("document.querySelector('svg.marks').getBoundingClientRect().width < 390")
    assert chart.locator("svg.marks").bounding_box()["width"] <= chart.bounding_box()["width"] + 1


@pytest.mark.parametrize("place", ["/learning_rate?alpha=0.5", pytest.param("/depth?depth=30", marks=pytest.mark.long)])
def test_the_first_visitor_of_a_fresh_server_gets_the_whole_page(visit: Opener, place: str) -> None:
    with serve(ROOT / "app.py") as address:
        page = visit(place, at=f"http://{address}")
        assert page.get_by_role("button", name=load_text("en")("action.reset")).is_visible()
        assert page.get_by_role("link", name=load_text("en")("page.home")).first.is_visible()
        assert page.get_by_role("radiogroup", name=load_text("en")("action.language")).is_visible()
        assert page.get_by_role("dialog").count() == 0
        assert page.url.endswith(place)
        page.close()


@pytest.mark.parametrize(
    "place",
    [
        "/learning_rate?alpha=50&steps=100",
        "/learning_rate?loss=quartic&start=2&alpha=900",
        "/learning_rate?tab=shrink&large=2.5&updates=1000&batch=128&schedule=large",
        "/learning_rate?tab=dip&dip_alpha=40&dip_steps=100",
        "/learning_rate?tab=bowl&pace=4.5&rolls=100&condition=1000",
        "/learning_rate?tab=bowl&bowl=data&second=4",
        "/learning_rate?tab=data&fit_pace=2.5&fit_steps=100&scaling=raw",
        "/learning_rate?tab=data&first=4&second=4",
        "/depth?depth=200&scale=3",
        "/depth?depth=200&scale=0.1",
        "/depth?tab=batch_norm&batch=1",
        "/depth?tab=batch_norm&batch=2",
        "/depth?tab=batch_norm&scale=3&depth=50&activation=identity",
    ],
)
def test_what_diverges_or_cannot_be_done_has_words_and_a_picture(visit: Opener, place: str) -> None:
    page = visit(place)
    assert not ODD.search(page.locator("body").inner_text())
    assert page.locator("svg.marks path").count() > 20


@pytest.mark.parametrize(
    "query",
    [
        "alpha=banana&lang=xx&loss=__proto__&tab=nope&steps=-5",
        "alpha=1e999&steps=&start=1&start=2",
        "alpha=%3Cscript%3Ealert(1)%3C/script%3E",
    ],
)
def test_a_link_that_asks_for_nonsense_opens_with_a_note_of_each(visit: Opener, query: str) -> None:
    page = visit(f"/learning_rate?{query}")
    notes = "\n".join(page.locator("[data-testid=stCaptionContainer]").all_inner_texts())
    opening = load_text("en")("note.refused", key="{key}", written="", default="").split("{key}")[0].strip(" *")
    for key in {each.split("=")[0] for each in query.split("&")}:
        assert f"{opening} {key} " in notes
    assert page.url.endswith("/learning_rate")


def test_the_roles_are_tablist_tab_and_tabpanel_and_only_the_open_tab_is_filled(visit: Opener) -> None:
    page = visit("/depth")
    tabs = page.get_by_role("tablist").get_by_role("tab")
    assert tabs.all_inner_texts() == [load_text("en")(f"tab.{name}") for name in PAGES["depth"][0].options]
    tabs.nth(2).click()
    page.wait_for_url("**/depth?tab=batch_norm")
    settled(page)
    assert page.get_by_role("tabpanel").locator("[data-testid=stVegaLiteChart]").count() == 1


@pytest.mark.parametrize("query", ["loss=quartic&start=2&alpha=900", "axis=log", "loss=cars&alpha=0.02"])
def test_the_ruler_is_labelled_in_plain_numbers_and_whole_words(visit: Opener, query: str) -> None:
    page = visit(f"/learning_rate?{query}")
    written = page.locator("svg.marks .ruler_group text").all_text_contents()
    assert written
    assert not [label for label in written if re.search(r"\de[+-]?\d|^…$", label)]
