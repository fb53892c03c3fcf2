"""Hover, click, type and go back: what a learner does."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener, headline, settled
from views.text import load_text

EN, ZH = load_text("en"), load_text("zh")
ALPHA = ".st-key-learning_rate-alpha-"


def ruler(page: Page, share: float) -> tuple[float, float]:
    """A point on the ruler, `share` of its way along."""
    band = page.evaluate(
        "(({x, y, width, height}) => ({x, y, width, height}))("
        "document.querySelector('svg.marks .ruler_group path.background').getBoundingClientRect())"
    )
    return band["x"] + share * band["width"], band["y"] + band["height"] / 2


def slider(page: Page) -> float:
    """The learning rate that the Streamlit control shows."""
    return float(page.locator(f"{ALPHA} input").input_value())


def test_moving_over_the_ruler_previews_without_the_server_and_a_click_commits(visit: Opener) -> None:
    page = visit("/learning_rate")
    committed = headline(page)
    sent = len(page.frames_sent)
    assert sent > 0
    page.mouse.move(*ruler(page, 0.3))
    page.mouse.move(*ruler(page, 0.6))
    expect(page.locator("svg.marks")).not_to_contain_text(committed)
    assert headline(page).startswith("α = 1.8")
    assert len(page.frames_sent) == sent
    assert slider(page) == pytest.approx(0.3)
    assert "alpha" not in page.url
    page.mouse.move(5, 400)
    expect(page.locator("svg.marks")).to_contain_text("α = 0.3:")

    page.mouse.click(*ruler(page, 0.6))
    page.wait_for_url(re.compile(r"alpha="))
    settled(page)
    chosen = slider(page)
    assert chosen == pytest.approx(1.8, abs=0.06)
    page.reload()
    settled(page)
    assert slider(page) == chosen


def test_a_learning_rate_can_be_clicked_again_after_another_one(visit: Opener) -> None:
    page = visit("/learning_rate")
    page.mouse.click(*ruler(page, 0.6))
    page.wait_for_url(re.compile(r"alpha=1\."))
    settled(page)
    page.locator(f"{ALPHA} input").press("ArrowLeft")
    first = page.url
    page.wait_for_function("was => location.href !== was", arg=first)
    settled(page)
    page.mouse.move(5, 400)
    page.mouse.click(*ruler(page, 0.6))
    page.wait_for_url(first)


def test_undo_takes_a_click_back_and_reset_brings_the_defaults(visit: Opener) -> None:
    page = visit("/learning_rate?alpha=0.5&steps=40")
    page.mouse.click(*ruler(page, 0.6))
    page.wait_for_url(re.compile(r"alpha=1\."))
    settled(page)
    page.get_by_role("button", name=EN("action.undo")).click()
    page.wait_for_url(re.compile(r"alpha=0\.5"))
    page.get_by_role("button", name=EN("action.reset")).click()
    page.wait_for_url(re.compile(r"/learning_rate$"))
    settled(page)
    assert slider(page) == pytest.approx(0.3)


def test_the_keyboard_alone_moves_a_slider_and_the_words_follow(visit: Opener) -> None:
    page = visit("/learning_rate")
    words = page.locator("[class*=st-key-words-]").inner_text()
    page.locator(f"{ALPHA} input").press("ArrowRight")
    page.wait_for_url(re.compile(r"alpha=0\.35"))
    settled(page)
    assert page.locator("[class*=st-key-words-]").inner_text() != words


def test_a_preview_takes_a_few_frames_at_most(visit: Opener) -> None:
    page = visit("/learning_rate")
    x0, y = ruler(page, 0.05)
    x1, _ = ruler(page, 0.95)
    page.mouse.move(x0, y)
    page.evaluate(
        """() => {
        window.taken = [];
        let start = 0;
        addEventListener('pointermove', () => { start = performance.now(); }, true);
        new MutationObserver(() => { if (start) { window.taken.push(performance.now() - start); start = 0; } })
            .observe(document.querySelector('[data-testid=stVegaLiteChart]'),
                     {subtree: true, childList: true, characterData: true, attributes: true});
    }"""
    )
    for turn in range(20):
        page.mouse.move(x0 + (x1 - x0) * (turn + 1) / 21, y)
        page.wait_for_timeout(60)
    taken = sorted(page.evaluate("window.taken"))
    print(f"preview: median {taken[len(taken) // 2]:.1f} ms of {len(taken)}")
    assert len(taken) >= 15
    assert taken[len(taken) // 2] < 60


def test_every_tab_keeps_its_settings_while_another_is_open(visit: Opener) -> None:
    page = visit("/depth?depth=37&bias=0.4&seed=7&activation=relu")
    page.get_by_role("tab", name=EN("tab.batch_norm")).click()
    page.wait_for_url(re.compile("tab=batch_norm"))
    settled(page)
    for setting in ("depth=37", "bias=0.4", "seed=7", "activation=relu"):
        assert setting in page.url


def test_a_language_switch_changes_the_words_and_nothing_else(visit: Opener) -> None:
    page = visit("/learning_rate?alpha=0.9&loss=huber")
    page.get_by_role("radio", name=EN("language.zh")).click()
    page.wait_for_url(re.compile("lang=zh"))
    expect(page.get_by_role("button", name=ZH("action.reset"))).to_be_visible()
    settled(page)
    assert "alpha=0.9" in page.url
    assert slider(page) == pytest.approx(0.9)
    page.get_by_role("link", name=ZH("page.home")).first.click()
    expect(page.get_by_text(ZH("home.title"))).to_be_visible()
    page.get_by_role("link", name=ZH("page.learning_rate"), exact=True).first.click()
    page.wait_for_url(re.compile("alpha=0.9"))
    assert "lang=zh" in page.url


def test_a_chinese_browser_is_spoken_to_in_chinese(visit: Opener) -> None:
    page = visit("/", locale="zh-CN")
    assert page.get_by_text(ZH("home.title")).is_visible()


def test_the_back_button_brings_the_last_picture(visit: Opener) -> None:
    page = visit("/learning_rate?alpha=0.5")
    page.locator(f"{ALPHA} input").press("ArrowRight")
    page.wait_for_url(re.compile(r"alpha=0\.55"))
    settled(page)
    page.go_back()
    page.wait_for_url(re.compile(r"alpha=0\.5$"))
    expect(page.locator(f"{ALPHA} input")).to_have_value("0.5")


def test_a_round_bowl_looks_round(visit: Opener) -> None:
    page = visit("/learning_rate?tab=bowl&condition=1")
    labels = page.locator("svg.marks .contours_group .role-axis-label text").evaluate_all(
        "all => all.map(each => [each.textContent.replace('−', '-'), each.getBoundingClientRect()])"
        ".map(([written, {x, y, width, height}]) => [Number(written), x + width / 2, y + height / 2])"
    )
    places = {value: [(x, y) for each, x, y in labels if each == value] for value in (-1, 1)}
    (left, low), (right, high) = sorted(places[-1], key=lambda place: -place[1]), sorted(places[1])[::-1]
    assert right[0] - left[0] == pytest.approx(low[1] - high[1], abs=2)  # pixels between −1 and 1
