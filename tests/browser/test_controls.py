"""Every kind of control, the tabs, the language and the link: each brings the picture that it names, and no other."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Opener, headline, settled
from views.text import load_text

EN, ZH = load_text("en"), load_text("zh")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
SHAPES = """() => [...document.querySelectorAll('svg.marks .role-mark :is(path, line)')]
    .map(mark => ['d', 'transform', 'fill', 'stroke'].map(name => mark.getAttribute(name)).join(' '))"""


def control(page: Page, key: str) -> Locator:
    """The input of the widget with this key."""
    return page.locator(f".st-key-{key} input")


def verdict(page: Page) -> Locator:
    """What the open lesson says."""
    return page.locator("[class*=st-key-words-]")


def test_a_loss_chosen_from_the_list_reaches_link_words_and_reload(visit: Opener) -> None:
    page = visit("/learning_rate")
    before = verdict(page).inner_text()
    control(page, "learning_rate-loss").click()
    page.get_by_role("option", name=EN("option.loss.huber"), exact=True).click()
    page.wait_for_url(re.compile(r"loss=huber"))
    expect(verdict(page)).not_to_have_text(before, use_inner_text=True)
    page.reload()
    settled(page)
    expect(control(page, "learning_rate-loss")).to_have_value(EN("option.loss.huber"))


@pytest.mark.parametrize(
    ("tab", "key", "typed", "written"),
    [
        ("chain", "bias", "0.5", "bias=0.5"),
        ("chain", "target", "-3", "target=-3"),
        ("batch_norm", "seed", "42", "seed=42"),
    ],
)
def test_a_number_typed_among_the_further_settings_is_taken(
    visit: Opener, tab: str, key: str, typed: str, written: str
) -> None:
    page = visit(f"/depth?tab={tab}")
    before = verdict(page).inner_text()
    page.get_by_role("button", name=EN("note.more")).click()
    box = control(page, f"depth-{key}")
    box.fill(typed)
    box.press("Enter")
    page.wait_for_url(re.compile(rf"{re.escape(written)}(&|$)"))
    expect(verdict(page)).not_to_have_text(before, use_inner_text=True)


def test_a_segment_chooses_what_is_looked_at(visit: Opener) -> None:
    page = visit("/depth?tab=batch_norm")
    expect(page.locator("svg.marks")).to_contain_text(EN("chart.batch_norm.line.deviation"))
    page.locator(".st-key-depth-look").get_by_role("radio", name=EN("option.look.growth"), exact=True).click()
    page.wait_for_url(re.compile(r"look=growth"))
    expect(page.locator("svg.marks")).not_to_contain_text(EN("chart.batch_norm.line.deviation"))


@pytest.mark.parametrize(("open_tab", "closed"), [("chain", "batch_norm"), ("batch_norm", "chain")])
def test_a_link_opens_its_tab_and_the_other_stays_empty(visit: Opener, open_tab: str, closed: str) -> None:
    page = visit(f"/depth?tab={open_tab}")
    expect(page.get_by_role("tab", name=EN(f"tab.{open_tab}"))).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("tabpanel")).to_have_count(1)
    expect(page.locator(f".st-key-picture-{open_tab}")).to_have_count(1)
    expect(page.locator(f".st-key-picture-{closed}")).to_have_count(0)


@pytest.mark.parametrize("place", ["/learning_rate?alpha=0.9&loss=huber", "/depth?depth=12&scale=1.4"])
def test_another_language_leaves_no_word_and_moves_no_mark(visit: Opener, place: str) -> None:
    page = visit(place)
    shapes = page.evaluate(SHAPES)
    said = set(verdict(page).locator("p").all_inner_texts())
    page.get_by_role("radio", name=EN("language.zh")).click()
    page.wait_for_url(re.compile(r"lang=zh"))
    expect(verdict(page)).to_have_text(CHINESE)
    expect(page.locator("svg.marks")).to_contain_text(CHINESE)
    settled(page)
    assert not said & {words for words in verdict(page).locator("p").all_inner_texts() if re.search("[a-z]{3}", words)}
    words_moved_only = [shape for shape in page.evaluate(SHAPES) if shape not in set(shapes)]
    assert words_moved_only == []


@pytest.mark.parametrize("name", ["learning_rate", "depth"])
def test_a_card_is_a_link_in_its_middle_and_right_into_its_corners(visit: Opener, name: str) -> None:
    page = visit("/")
    for across, down in ((0.03, 0.04), (0.97, 0.96), (0.5, 0.7)):
        box = page.locator(f".st-key-card-{name}").bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + across * box["width"], box["y"] + down * box["height"])
        page.wait_for_url(re.compile(rf"/{name}$"))
        expect(page.locator("[class*=st-key-words-]")).to_be_visible()
        settled(page)
        page.go_back()
        expect(page.locator(f".st-key-card-{name}")).to_be_visible()
        settled(page)


@pytest.mark.parametrize(
    ("query", "key", "shown", "default"),
    [
        ("depth=-5", "depth", "depth-depth-", "20"),
        ("tab=batch_norm&seed=%3Cscript%3Ealert(1)%3C/script%3E", "seed", "depth-seed", "0"),
    ],
)
def test_a_refused_value_is_named_runs_nothing_and_leaves_the_default(
    visit: Opener, query: str, key: str, shown: str, default: str
) -> None:
    page = visit(f"/depth?{query}")
    expect(page.locator("[data-testid=stCaptionContainer]").first).to_contain_text(key)
    if control(page, shown).count() == 0:
        page.get_by_role("button", name=EN("note.more")).click()
    expect(control(page, shown)).to_have_value(default)
    assert f"{key}=" not in page.url


def test_the_ruler_shows_the_learning_rate_under_the_pointer_at_every_height(visit: Opener) -> None:
    page = visit("/learning_rate")
    band = page.locator("svg.marks .ruler_group path.background").first.bounding_box()
    assert band is not None
    seen = set()
    for height in (0.05, 0.5, 0.95):
        page.mouse.move(band["x"] + 0.1 * band["width"], band["y"] + height * band["height"])
        page.wait_for_timeout(150)
        seen.add(headline(page).split(":")[0])
    assert len(seen) == 1


def test_a_list_still_knows_its_choice_when_the_language_has_changed(visit: Opener) -> None:
    page = visit("/learning_rate?loss=quartic")
    page.get_by_role("radio", name=EN("language.zh")).click()
    page.wait_for_url(re.compile("lang=zh"))
    settled(page)
    page.locator(".st-key-learning_rate-alpha- input").press("ArrowRight")
    page.wait_for_url(re.compile("alpha="))
    settled(page)
    assert page.locator("[data-testid=stException]").count() == 0
    expect(control(page, "learning_rate-loss")).to_have_value(ZH("option.loss.quartic"))
    assert "loss=quartic" in page.url


def test_boxes_that_open_late_show_the_values_in_force(visit: Opener) -> None:
    page = visit("/depth?tab=start&width=48")
    slider = page.locator(".st-key-depth-depth-net_depth").get_by_role("slider")
    slider.press("ArrowRight")
    page.wait_for_url("**depth=21**")
    settled(page)
    page.get_by_role("button", name=load_text("en")("note.more")).click()
    box = page.locator(".st-key-depth-width input")
    box.wait_for()
    assert box.input_value() == "48"
