"""Somebody leans on the keyboard and rolls the mouse: no exception box, no console error, no blank chart.

Every deed is drawn from a seed and told when something goes wrong, so a run can be replayed by its seed.
"""

import random
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Error, Page

from tests.browser.conftest import Opener

SHORT, LONG = 30, 600  # seconds
LOOK_EVERY = 12  # deeds
CALM = 20_000  # milliseconds that the page may take to come to rest
KEYS = ["Tab"] * 8 + ["Shift+Tab"] * 2 + ["ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown"] * 3
KEYS += ["Enter", "Space", "Escape", "Home", "End", "PageDown", "PageUp", "Backspace", "Delete"] * 2
NONSENSE = ["1e999", "-", "0", "nan", "3.14159", "１２", "abc", "999999999", "-0.0", "1e-300", "<b>x</b>", "学习率"]
PLACES = ["/", "/learning_rate", "/depth", "/teach", "/learning_rate?lesson=step_size", "/depth?lesson=deep_gradients"]
PLACES += [f"/learning_rate?tab={tab}" for tab in ("slope", "shrink", "bowl", "dip", "data")]
PLACES += [f"/depth?tab={tab}" for tab in ("three", "batch_norm", "map", "start", "train")]
# a chart that is on the page has been drawn: marks in an SVG, or a canvas with a size
BLANK = """() => [...document.querySelectorAll('[data-testid=stVegaLiteChart]')]
    .filter(chart => chart.getBoundingClientRect().height > 0)
    .filter(chart => {
        const svg = chart.querySelector('svg.marks'), canvas = chart.querySelector('canvas.marks');
        return svg ? svg.querySelectorAll('path, line, text').length < 10 : !(canvas && canvas.width > 0);
    }).length"""
THINGS = "button, input, [role=tab], [role=radio], [role=slider], [role=switch], a[href^='/'], svg.marks, summary"


def somewhere(page: Page, dice: random.Random) -> tuple[float, float]:
    """A point of the window; mostly one on something that can be used."""
    size = page.viewport_size
    assert size is not None
    boxes = page.evaluate(
        """things => [...document.querySelectorAll(things)].map(each => each.getBoundingClientRect())
            .filter(box => box.width && box.height && box.bottom > 0 && box.top < innerHeight)
            .map(box => [box.left, box.top, box.width, box.height])""",
        THINGS,
    )
    if boxes and dice.random() < 0.8:
        left, top, width, height = dice.choice(boxes)
        return left + width * dice.random(), top + height * dice.random()
    return size["width"] * dice.random(), size["height"] * dice.random()


def mouse(page: Page, dice: random.Random) -> str:
    """One deed of the mouse, and its name."""
    deed = dice.choice(["click"] * 6 + ["move"] * 5 + ["drag"] * 3 + ["wheel"] * 3 + ["twice", "resize"])
    x, y = somewhere(page, dice)
    if deed == "click":
        page.mouse.click(x, y)
    elif deed == "twice":
        page.mouse.dblclick(x, y)
    elif deed == "move":
        page.mouse.move(x, y, steps=dice.choice([1, 5]))
    elif deed == "wheel":
        page.mouse.wheel(0, dice.choice([-600, -200, 200, 600]))
    elif deed == "resize":
        page.set_viewport_size(dice.choice([{"width": 1280, "height": 720}, {"width": 390, "height": 844}]))
    else:
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + dice.uniform(-200, 200), y + dice.uniform(-20, 20), steps=4)
        page.mouse.up()
    return f"{deed} at {x:.0f}, {y:.0f}"


def keyboard(page: Page, dice: random.Random) -> str:
    """One deed on the keyboard, and its name."""
    if dice.random() < 0.15:
        written = dice.choice(NONSENSE)
        page.keyboard.type(written)
        return f"type {written}"
    key = dice.choice(KEYS)
    for _ in range(dice.choice([1, 1, 1, 20])):
        page.keyboard.press(key)
    return f"press {key}"


def look(page: Page) -> None:
    """Wait until the page rests, and see that it is whole."""
    page.locator("[data-testid=stApp]").wait_for(timeout=CALM)
    assert page.locator("[data-testid=stException]").count() == 0, page.locator(
        "[data-testid=stException]"
    ).inner_text()
    deadline = time.monotonic() + CALM / 1000
    while (blank := page.evaluate(BLANK)) and time.monotonic() < deadline:
        page.wait_for_timeout(200)
    assert not blank, f"{blank} blank charts"


def rampage(visit: Opener, deed: Callable[[Page, random.Random], str], seed: int, seconds: float) -> None:
    dice = random.Random(seed)
    deeds: list[str] = []
    until = time.monotonic() + seconds
    try:
        while time.monotonic() < until:
            place = dice.choice(PLACES) + dice.choice(["", "", "#"])
            deeds = [f"open {place}"]
            page = visit(place, dark=dice.random() < 0.5, locale=dice.choice(["en-US", "zh-CN"]), drawn=False)
            page.context.on("page", lambda other: other.close())  # a link to another window
            for turn in range(dice.choice([30, 60, 120])):
                if time.monotonic() > until:
                    break
                try:
                    deeds.append(deed(page, dice))
                except Error as error:
                    if "navigation" not in str(error) and "context" not in str(error):
                        raise  # otherwise the page was going elsewhere under the mouse
                if turn % LOOK_EVERY == 0:
                    look(page)
            look(page)
            page.close()
    except Exception as error:
        error.add_note(f"seed {seed}: " + "; ".join(deeds))
        raise


@pytest.mark.parametrize("deed", [mouse, keyboard])
def test_half_a_minute_of_random_deeds_breaks_nothing(
    visit: Opener, deed: Callable[[Page, random.Random], str]
) -> None:
    rampage(visit, deed, seed=1, seconds=SHORT)


@pytest.mark.long
@pytest.mark.parametrize("deed", [mouse, keyboard])
def test_ten_minutes_of_random_deeds_break_nothing(visit: Opener, deed: Callable[[Page, random.Random], str]) -> None:
    rampage(visit, deed, seed=2, seconds=LONG)
