"""The step of a run: scrubbed, played, paused, pointed at; and what stands under a figure."""

import re
from io import StringIO
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Opener, headline, settled
from tests.views.program_running import printed_by
from views.text import load_text

EN = load_text("en")
ALPHA = ".st-key-learning_rate-alpha-"


def lines(page: Page) -> list[str]:
    """The three lines that the linked view says."""
    return [str(line) for line in page.locator("svg.marks .role-title-text tspan").all_text_contents()]


def scrubber(page: Page) -> Locator:
    return page.get_by_label(EN("player.step"))


def step_of(page: Page) -> int:
    return int(scrubber(page).input_value())


def drawn_steps(page: Page) -> int:
    """How many points of the run the loss view shows."""
    return page.locator(
        "svg.marks .loss_group .mark-symbol path[d^='M2'], svg.marks .loss_group .mark-symbol path"
    ).count()


def test_the_keyboard_steps_back_and_forward_and_the_numbers_follow(visit: Opener) -> None:
    page = visit("/learning_rate?alpha=0.5")
    assert step_of(page) == 30
    assert lines(page)[1].startswith("step 30: J − J* = ")
    scrubber(page).press("ArrowLeft")
    assert step_of(page) == 29
    expect(page.locator("svg.marks")).to_contain_text("step 29: θ = 4.657 × 10⁻⁹")
    scrubber(page).press("ArrowRight")
    assert step_of(page) == 30


def test_scrubbing_shows_the_path_up_to_the_step_and_asks_the_server_nothing(visit: Opener) -> None:
    page = visit("/learning_rate?alpha=1.5&steps=20")
    sent, before = len(page.frames_sent), drawn_steps(page)
    scrubber(page).fill("2")
    expect(page.locator("svg.marks")).to_contain_text("step 2: θ = 0.625, slope 0.625, J − J* = 0.1953")
    assert lines(page)[2] == EN("chart.step_size.factor", measured="−0.5", predicted="−0.5")
    assert drawn_steps(page) < before
    assert len(page.frames_sent) == sent


def test_play_moves_the_step_pause_holds_it_and_the_end_stops_it(visit: Opener) -> None:
    page = visit("/learning_rate?steps=12")
    play = page.get_by_label(EN("player.play"))
    play.check()
    page.wait_for_function("document.querySelector('input[name=shown_step]').value > 2")
    play.uncheck()
    held = step_of(page)
    assert 0 < held < 12
    page.wait_for_timeout(500)
    assert step_of(page) == held
    play.check()
    expect(play).not_to_be_checked(timeout=5000)
    assert step_of(page) == 12


def test_no_play_is_offered_where_motion_is_unwelcome(visit: Opener) -> None:
    page = visit("/learning_rate")
    page.emulate_media(reduced_motion="reduce")
    expect(page.get_by_label(EN("player.play"))).to_be_hidden()
    expect(scrubber(page)).to_be_visible()


def test_the_step_keeps_its_place_when_another_learning_rate_is_committed(visit: Opener) -> None:
    page = visit("/learning_rate?alpha=1.8")
    scrubber(page).fill("3")
    page.locator(f"{ALPHA} input").press("ArrowLeft")
    page.wait_for_url(re.compile(r"alpha=1\.75"))
    settled(page)
    assert step_of(page) == 3
    expect(page.locator("svg.marks")).to_contain_text("step 3: θ = −1.055")


@pytest.mark.parametrize("view", ["loss", "theta"])
def test_pointing_at_a_step_lights_it_up_and_says_its_numbers(visit: Opener, view: str) -> None:
    page = visit("/learning_rate?alpha=1.8")
    box = page.locator(f"svg.marks .{view}_group path.background").first.bounding_box()
    assert box is not None
    at = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(at[0] - 4, at[1])
    page.mouse.move(*at)
    expect(page.locator("svg.marks")).to_contain_text("step 15: θ = −0.08796")
    page.mouse.move(5, 400)
    expect(page.locator("svg.marks")).not_to_contain_text("step 15:")


def test_three_learning_rates_lie_over_each_other_in_colours_and_shapes(visit: Opener) -> None:
    page = visit("/learning_rate")
    page.get_by_text(EN("setting.compare"), exact=True).click()
    page.wait_for_url(re.compile("compare=three"))
    settled(page)
    assert headline(page) == EN("chart.step_size.three", small="0.1", good="1", large="2.2")
    shapes = page.evaluate(
        "new Set([...document.querySelectorAll('svg.marks .loss_group .mark-symbol path')]"
        ".map(mark => mark.getAttribute('d').replace(/[-0-9.,]+/g, '#'))).size"
    )
    assert shapes >= 3
    page.mouse.move(5, 5)
    page.get_by_role("button", name=EN("action.take_away"), exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("button", name=EN("action.data"), exact=True).click()
    table = pd.read_csv(download.value.path())
    assert sorted(set(table.learning_rate)) == pytest.approx([0.1, 1.0, 2.2])


@pytest.mark.parametrize(("name", "written"), [("best", "alpha=1"), ("limit", "alpha=2")])
def test_a_button_sets_the_learning_rate_that_has_a_name(visit: Opener, name: str, written: str) -> None:
    page = visit("/learning_rate")
    page.get_by_role("button", name=EN(f"action.{name}"), exact=True).click()
    page.wait_for_url(re.compile(f"{written}$"))


def test_a_log_axis_has_a_slider_of_its_own_and_the_same_learning_rate(visit: Opener) -> None:
    page = visit("/learning_rate?axis=log")
    ladder = page.locator(".st-key-learning_rate-alpha-ladder")
    expect(ladder).to_contain_text("0.3")
    ladder.get_by_role("slider").press("ArrowRight")
    page.wait_for_url(re.compile(r"alpha=0\.3\d"))
    settled(page)
    assert headline(page).startswith("α = 0.3")


def test_the_program_in_the_browser_prints_the_file_that_data_saves(visit: Opener) -> None:
    page = visit("/learning_rate?loss=huber&alpha=0.7&steps=9")
    page.get_by_role("button", name=EN("action.take_away"), exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("button", name=EN("action.data"), exact=True).click()
    saved = pd.read_csv(StringIO(Path(download.value.path()).read_text(encoding="utf-8")))
    assert download.value.suggested_filename == "step_size.csv"
    program = page.locator("[data-testid=stCode] code").inner_text()
    pd.testing.assert_frame_equal(printed_by(program), saved, check_dtype=False, rtol=1e-9)


def test_the_symbols_are_one_click_away(visit: Opener) -> None:
    page = visit("/depth?lang=zh")
    page.get_by_role("button", name=load_text("zh")("action.glossary")).click()
    expect(page.get_by_role("table").first).to_contain_text("权重尺度")


def test_what_a_figure_shows_is_told_to_those_who_do_not_see_it(visit: Opener) -> None:
    page = visit("/learning_rate")
    told = page.locator(".st-key-figure-step_size > .stElementContainer:first-child")
    before = told.inner_text()
    page.locator(f"{ALPHA} input").press("ArrowRight")
    page.wait_for_url(re.compile(r"alpha="))
    expect(told).not_to_have_text(before, use_inner_text=True)
    figure = page.locator("[role=graphics-document]")
    assert figure.get_attribute("aria-label") == EN("chart.step_size.alt")
