"""The browser's time: to the first chart, from a key press to the settled picture, from a moved pointer to its preview.

    python -m tests.benchmarks.picture [changes]

The settled picture is measured against the same three charts written plainly (`plain_charts.py`, Streamlit's own
defaults) in the same Chromium, in turn. A time ends with the last change of the drawing; the preview's aims are one
frame (17 ms) in the middle and two (34 ms) at the 95th percentile.
"""

import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import settled
from tests.chromium import launched
from tests.streamlit_client import ROOT, serve

PLAIN = Path(__file__).parent / "plain_charts.py"
WARM_UP = 3
QUIET = 350  # ms without a change: the picture has settled

WATCH = """(type) => {
    window.began = 0;
    window.lasted = [];
    addEventListener(type, event => {
        if (window.began) return;
        window.began = event.timeStamp;
        window.last = 0;
    }, true);
    const pictures = () => document.querySelectorAll('[data-testid=stVegaLiteChart]');
    new MutationObserver(changes => {
        const drawn = changes.some(each => [...pictures()].some(picture => picture.contains(each.target)));
        if (window.began && drawn) window.last = performance.now();
    }).observe(document.body, {subtree: true, childList: true, characterData: true, attributes: true});
}"""
FIRST = """new MutationObserver((changes, observer) => {
    if (document.querySelectorAll('svg.marks path').length < 10) return;
    observer.disconnect();
    requestAnimationFrame(() => { window.firstChart = performance.now(); });
}).observe(document, {subtree: true, childList: true});"""
TAKE = """() => {
    const taken = window.began && window.last ? window.last - window.began : null;
    window.began = 0;
    return taken;
}"""


def after(page: Page, wait: int) -> float | None:
    """Milliseconds from the watched event to the last change of a picture; None if nothing changed."""
    page.wait_for_timeout(wait)
    taken: float | None = page.evaluate(TAKE)
    return taken


def settle(ours: Page, plain: Page, changes: int) -> tuple[list[float], list[float]]:
    """From the key press on the slider to the settled picture: ours and the plain one in turn."""
    sliders = ours.locator(".st-key-learning_rate-alpha- input"), plain.locator(".st-key-alpha input")
    taken: tuple[list[float], list[float]] = [], []
    for page in (ours, plain):
        page.evaluate(WATCH, "keydown")
    for turn in range(WARM_UP + changes):
        for page, slider, times in zip((ours, plain), sliders, taken, strict=True):
            page.bring_to_front()
            slider.focus()
            slider.press("ArrowRight" if turn % 8 < 4 else "ArrowLeft")
            time = after(page, QUIET + 400)
            if turn >= WARM_UP and time is not None:
                times.append(time)
    return taken


def preview(page: Page, moves: int) -> list[float]:
    """From a move of the pointer over the ruler to the previewed run."""
    page.bring_to_front()
    band = page.locator("svg.marks .ruler_group path.background").first.bounding_box()
    assert band is not None
    x, y = band["x"], band["y"] + band["height"] / 2
    page.mouse.move(x + 5, y)
    page.wait_for_timeout(300)
    page.evaluate(WATCH, "pointermove")
    taken = []
    for turn in range(moves):
        page.mouse.move(x + band["width"] * (0.02 + 0.96 * ((turn * 7) % moves) / moves), y)
        time = after(page, 60)
        if time is not None:
            taken.append(time)
    return taken


def first_charts(browser: Browser, address: str, visits: int) -> list[float]:
    """From the first request of a browser that knows nothing yet to the first chart that it shows."""
    taken = []
    for _ in range(visits):
        context = browser.new_context(viewport={"width": 1280, "height": 720})
        context.add_init_script(FIRST)
        page = context.new_page()
        page.goto(address)
        settled(page)
        taken.append(page.evaluate("window.firstChart"))
        context.close()
    return taken


def percentile(times: list[float], share: float) -> float:
    """The time that this share of all does not exceed."""
    return sorted(times)[min(len(times) - 1, int(share * len(times)))]


def measured(changes: int) -> dict[str, list[float]]:
    """All times, in milliseconds."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        script = Path(shutil.copy(PLAIN, folder))
        browser = launched(playwright)
        with serve(ROOT / "app.py") as app, serve(script, folder=Path(folder)) as stock:
            addresses = f"http://{app}/learning_rate", f"http://{stock}"
            pages = []
            for address in addresses:
                page = browser.new_page(viewport={"width": 1280, "height": 720})
                page.goto(address)
                settled(page)
                page.wait_for_timeout(1000)
                pages.append(page)
            moved = preview(pages[0], 4 * changes)
            ours, plain = settle(*pages, changes)
            firsts = [first_charts(browser, address, max(3, changes // 5)) for address in addresses]
        browser.close()
    return {
        "preview over the ruler": moved,
        "committed change, settled": ours,
        "the same charts written plainly, settled": plain,
        "first chart of a fresh browser": firsts[0],
        "the same charts written plainly, first chart": firsts[1],
    }


def table(changes: int = 30) -> str:
    """The times, as a Markdown table, and the ratio."""
    times = measured(changes)
    lines = ["| from input to picture | median | 95 % |", "|---|---|---|"]
    for name, taken in times.items():
        lines.append(f"| {name} | {statistics.median(taken):.1f} ms | {percentile(taken, 0.95):.1f} ms |")
    _, ours, plain, *_ = map(statistics.median, times.values())
    return "\n".join([*lines, "", f"Settled against plain: {ours / plain:.2f} (aim 0.5)"])


if __name__ == "__main__":
    print(table(*map(int, sys.argv[1:])))
