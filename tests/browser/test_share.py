"""A shared link shows the same numbers in another visitor's browser, in either language, and its QR code holds it."""

import io
from urllib.parse import urlencode

import pytest
import zxingcpp
from PIL import Image

from tests.browser.conftest import Opener, settled
from views.presets import PRESETS
from views.setting import defaults, write
from views.settings import PAGES
from views.text import load_text

PLACE = "/learning_rate?alpha=1.7&curvature=1.3&start=-2"


def numbers(page) -> str:
    said = page.locator("[class*=st-key-words-]").inner_text()
    return "".join(sign for sign in said if sign.isdigit() or sign in ".−")


@pytest.mark.parametrize("language", ["en", pytest.param("zh", marks=pytest.mark.long)])
def test_the_link_and_its_code_lead_a_second_visitor_to_the_same_numbers(visit: Opener, language: str) -> None:
    text = load_text(language)
    page = visit(f"{PLACE}&lang={language}", locale="zh-CN" if language == "en" else "en-US")
    page.get_by_role("button", name=text("action.share")).click()
    dialog = page.get_by_role("dialog")
    address = dialog.locator("code").inner_text()
    shot = dialog.locator("img").screenshot()
    assert zxingcpp.read_barcode(Image.open(io.BytesIO(shot))).text == address
    other = visit(address.split("/", 3)[3].join(["/", ""]), locale="en-US")
    settled(other)
    assert numbers(other) == numbers(page)


def test_a_control_that_the_link_hides_is_not_there_and_the_rest_is(visit: Opener) -> None:
    page = visit("/learning_rate?hide=alpha,tabs,why&alpha=1.5")
    assert page.locator(".st-key-learning_rate-alpha-").count() == 0
    assert page.get_by_role("tab").count() == 0
    assert page.locator("[class*=st-key-why-]").first.is_hidden()
    assert page.locator(".st-key-learning_rate-start-").is_visible()
    assert "1.5" in page.locator("[class*=st-key-words-]").inner_text()
    assert page.url.endswith("hide=alpha,tabs,why&alpha=1.5")


@pytest.mark.parametrize(("page_name", "query"), [("learning_rate", "loss=huber"), ("depth", "tab=train")])
def test_every_preset_is_one_click_from_wherever_the_page_stands(visit: Opener, page_name: str, query: str) -> None:
    page, text = visit(f"/{page_name}?{query}"), load_text("en")
    page.get_by_role("button", name=text("action.examples")).click()
    for name, preset in PRESETS[page_name].items():
        page.get_by_role("button", name=text(f"preset.{name}"), exact=True).click()
        query = urlencode(write(PAGES[page_name], defaults(PAGES[page_name]) | preset.values(page_name)))
        page.wait_for_url(f"**/{page_name}?{query}")
        settled(page)
        page.locator(f".st-key-picture-{preset.changes['tab']} :is(svg, canvas).marks").first.wait_for()


def test_a_link_shows_the_tab_that_it_opens_on_a_phone(visit: Opener) -> None:
    page = visit("/learning_rate?tab=data", width=390, height=844)
    page.wait_for_timeout(500)
    tab = page.get_by_role("tab", selected=True).bounding_box()
    assert tab is not None
    assert 0 <= tab["x"] < tab["x"] + tab["width"] <= 390
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == 0
