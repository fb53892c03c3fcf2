"""Every page and tab is drawn, fits its room and says nothing odd."""

import re

import pytest

from tests.browser.conftest import Opener, settled
from tests.streamlit_client import ROOT, serve
from views.text import LANGUAGES, load_text

PLACES = [
    "/", "/learning_rate", "/learning_rate?tab=slope", "/learning_rate?tab=shrink",
    "/learning_rate?tab=bowl", "/learning_rate?tab=bowl&bowl=data&scaling=raw",
    "/learning_rate?tab=dip", "/learning_rate?tab=data", "/depth", "/depth?tab=batch_norm",
]  # fmt: skip
ROOM_TO_SPARE = 40  # px: axis titles and labels that lean over differ from view to view
ODD = re.compile(r"NaN|undefined|\[object|Infinity|0\.0000\b")


def link(place: str, language: str) -> str:
    return f"{place}{'&' if '?' in place else '?'}lang={language}"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("place", PLACES)
def test_a_place_is_drawn_without_a_complaint(visit: Opener, place: str, language: str, dark: bool) -> None:
    page = visit(link(place, language), dark=dark)
    assert not ODD.search(page.locator("body").inner_text())
    assert page.locator("svg.marks path, svg.marks line").count() > 15


@pytest.mark.parametrize("width", [390, 800, 1600])
@pytest.mark.parametrize("place", PLACES)
def test_a_picture_fits_its_element_and_nothing_scrolls_sideways(visit: Opener, place: str, width: int) -> None:
    page = visit(place, width=width, height=844)
    for chart in page.locator("[data-testid=stVegaLiteChart]").all():
        element, picture = chart.bounding_box(), chart.locator("svg.marks").bounding_box()
        assert element["width"] - ROOM_TO_SPARE <= picture["width"] <= element["width"] + 1
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")


def test_a_picture_follows_when_the_window_is_resized(visit: Opener) -> None:
    page = visit("/learning_rate", width=1600)
    page.set_viewport_size({"width": 390, "height": 844})
    chart = page.locator("[data-testid=stVegaLiteChart]")
    page.wait_for_function("document.querySelector('svg.marks').getBoundingClientRect().width < 390")
    assert chart.locator("svg.marks").bounding_box()["width"] <= chart.bounding_box()["width"] + 1


@pytest.mark.parametrize(
    ("place", "control"),
    [
        ("/learning_rate", ".st-key-learning_rate-alpha-"),
        ("/learning_rate?tab=slope", ".st-key-learning_rate-start-"),
        ("/learning_rate?tab=shrink", ".st-key-learning_rate-large-ladder"),
        ("/learning_rate?tab=dip", ".st-key-learning_rate-dip_alpha"),
        ("/learning_rate?tab=bowl", ".st-key-learning_rate-pace-"),
        ("/learning_rate?tab=bowl&bowl=data", ".st-key-learning_rate-pace_pair"),
        ("/learning_rate?tab=data", ".st-key-learning_rate-scaling"),
        ("/depth", ".st-key-depth-scale-"),
        ("/depth?tab=batch_norm", ".st-key-depth-scale-net_scale"),
    ],
)
def test_the_main_picture_and_its_control_share_one_screen(visit: Opener, place: str, control: str) -> None:
    page = visit(place)
    for box in (page.locator("svg.marks").bounding_box(), page.locator(control).bounding_box()):
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 720


@pytest.mark.parametrize("place", ["/learning_rate?alpha=0.5", "/depth?depth=30"])
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
    ["alpha=banana", "alpha=1e999", "alpha=", "alpha=1&alpha=2", "alpha=%3Cscript%3Ealert(1)%3C/script%3E", "lang=xx",
     "loss=__proto__", "tab=nope", "steps=-5"],
)  # fmt: skip
def test_a_link_that_asks_for_nonsense_opens_with_a_note(visit: Opener, query: str) -> None:
    page = visit(f"/learning_rate?{query}")
    note = page.locator("[data-testid=stCaptionContainer]").first
    assert query.split("=")[0] in note.inner_text()
    assert page.url.endswith("/learning_rate")


def test_the_roles_are_tablist_tab_and_tabpanel_and_only_the_open_tab_is_filled(visit: Opener) -> None:
    page = visit("/depth")
    tabs = page.get_by_role("tablist").get_by_role("tab")
    assert tabs.all_inner_texts() == [load_text("en")(f"tab.{name}") for name in ("chain", "batch_norm")]
    tabs.nth(1).click()
    page.wait_for_url("**/depth?tab=batch_norm")
    settled(page)
    assert page.get_by_role("tabpanel").locator("[data-testid=stVegaLiteChart]").count() == 1


@pytest.mark.parametrize("place", [place for place in PLACES if place != "/"])
def test_on_a_projector_the_words_stand_beside_the_picture_below_the_controls(visit: Opener, place: str) -> None:
    page = visit(place)
    controls, picture, words = (
        page.locator(f"[class*=st-key-{part}-]").first.bounding_box() for part in ("controls", "picture", "words")
    )
    assert words["x"] + words["width"] < picture["x"]
    assert words["y"] >= controls["y"] + controls["height"] - 1


@pytest.mark.parametrize("query", ["loss=quartic&start=2&alpha=900", "axis=log", "loss=cars&alpha=0.02"])
def test_the_ruler_is_labelled_in_plain_numbers_and_whole_words(visit: Opener, query: str) -> None:
    page = visit(f"/learning_rate?{query}")
    written = page.locator("svg.marks .ruler_group text").all_text_contents()
    assert written
    assert not [label for label in written if re.search(r"\de[+-]?\d|^…$", label)]
