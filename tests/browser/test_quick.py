"""What one change costs the browser: no branch of the page is styled anew, and marks are moved instead of made."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Opener, settled

REMOVED = """() => {
    window.removed = 0;
    new MutationObserver(changes => changes.forEach(({target, removedNodes}) => {
        if (target.closest?.('svg.marks')) window.removed += removedNodes.length;
    })).observe(document.querySelector('.stApp'), {subtree: true, childList: true});
}"""
DRAWN = """() => [...document.querySelectorAll('svg.marks [class*=role-mark] :is(path, line, rect, text)')]
    .filter(each => !each.closest('[class*=voronoi]'))
    .map(each => `${each.parentNode.getAttribute('class')} ${each.outerHTML}`).sort()"""
CHANGES = [
    pytest.param("/learning_rate?tab=slope", "learning_rate-start-", marks=pytest.mark.long),
    pytest.param("/learning_rate?tab=size", "learning_rate-alpha-", marks=pytest.mark.long),
    pytest.param("/learning_rate?tab=bowl", "learning_rate-pace-", marks=pytest.mark.long),
    ("/learning_rate?tab=dip", "learning_rate-dip_start-"),
    pytest.param("/learning_rate?tab=data", "learning_rate-fit_pace-", marks=pytest.mark.long),
    ("/depth?tab=chain", "depth-scale-"),
]


def change(page: Page, slider: str) -> None:
    """One step of a slider, until its picture is drawn."""
    before = page.url
    page.locator(f".st-key-{slider} input").press("ArrowLeft")
    page.wait_for_function("before => location.href !== before", arg=before)
    settled(page)
    page.wait_for_timeout(200)


def test_a_change_does_not_style_branches_of_the_page_anew(visit: Opener) -> None:
    page = visit("/learning_rate?tab=size")
    change(page, "learning_rate-alpha-")
    browser = page.context.new_cdp_session(page)
    events: list[dict] = []
    complete: list[dict] = []
    browser.on("Tracing.dataCollected", lambda part: events.extend(part["value"]))
    browser.on("Tracing.tracingComplete", lambda end: complete.append(end))
    categories = {"includedCategories": ["devtools.timeline"]}
    browser.send("Tracing.start", {"transferMode": "ReportEvents", "traceConfig": categories})
    change(page, "learning_rate-alpha-")
    browser.send("Tracing.end")
    while not complete:
        page.wait_for_timeout(20)
    browser.detach()
    styled = [event["args"]["elementCount"] for event in events if event["name"] == "UpdateLayoutTree"]
    assert styled
    assert max(styled) < page.locator("*").count() / 3


@pytest.mark.parametrize(("path", "slider"), CHANGES)
def test_a_change_moves_the_marks_of_a_figure(visit: Opener, path: str, slider: str) -> None:
    page = visit(path)
    change(page, slider)
    page.evaluate(REMOVED)
    change(page, slider)
    assert page.evaluate("window.removed") < 40


@pytest.mark.parametrize(
    ("path", "sliders"),
    [
        ("/learning_rate?tab=size&compare=three", ["learning_rate-steps-"]),
        pytest.param("/learning_rate?tab=slope&at=3", ["learning_rate-start-"], marks=pytest.mark.long),
        pytest.param(
            "/learning_rate?tab=dip&dip_alpha=3",
            ["learning_rate-dip_steps-", "learning_rate-dip_start-"],
            marks=pytest.mark.long,
        ),
        pytest.param(
            "/learning_rate?tab=data", ["learning_rate-fit_steps-", "learning_rate-fit_pace-"], marks=pytest.mark.long
        ),
        pytest.param("/depth?tab=chain&scale=-0.9", ["depth-depth-", "depth-scale-"], marks=pytest.mark.long),
        pytest.param("/depth?tab=batch_norm", ["depth-depth-net_depth"], marks=pytest.mark.long),
        pytest.param("/depth?tab=three", ["depth-w1-"], marks=pytest.mark.long),
    ],
)
def test_the_marks_that_were_kept_show_what_a_fresh_page_shows(visit: Opener, path: str, sliders: list[str]) -> None:
    page = visit(path)
    for slider in sliders:
        change(page, slider)
        change(page, slider)
    kept = page.evaluate(DRAWN)
    assert len(kept) > 50
    page.reload()
    settled(page)
    page.wait_for_timeout(300)
    assert page.evaluate(DRAWN) == kept
