"""A class that comes in through the door, and one real browser in the middle of it."""

import asyncio
import time
from collections.abc import Sequence

from playwright.sync_api import sync_playwright

from tests.chromium import launched
from tests.load.classroom import arrive, leave
from tests.load.visitors import HABITS, Habit, group
from tests.streamlit_client import ROOT, serve

LAB = "/learning_rate"


def first_chart(address: str, after: float) -> float:
    """Seconds until a browser that opens a lab, so many seconds from now, shows its chart."""
    with sync_playwright() as playwright:
        browser = launched(playwright)
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        time.sleep(max(0.0, after - time.monotonic()))
        start = time.perf_counter()
        page.goto(f"http://{address}{LAB}", wait_until="commit", timeout=60_000)
        page.locator("svg.marks, canvas.marks").first.wait_for(timeout=60_000)
        taken = time.perf_counter() - start
        browser.close()
    return taken


ONE_LINK = (Habit("learning_rate"),)


async def arrivals(habits: Sequence[Habit], visitors: int, within: float) -> tuple[list[float], float]:
    """What the first run of each took on a server that nobody has asked before, and the browser's first chart."""
    with serve(ROOT / "app.py") as app:
        members = group(app, habits, visitors)
        lead = 4.0  # the browser starts before the class comes
        browser = asyncio.create_task(asyncio.to_thread(first_chart, app, time.monotonic() + lead + within / 2))
        await asyncio.sleep(lead)
        taken = await arrive(members, within)
        chart = await browser
        await leave(members)
    return taken, chart


async def arrival(visitors: int, within: float) -> str:
    """The table: all by one link, as a class does, and then spread over all tabs."""
    lines = [
        f"| {visitors} visitors within {within:.0f} s: first run finished after | median | 95 % | slowest "
        "| a browser in the middle has its chart after |",
        "|---|---|---|---|---|",
    ]
    for name, habits in {"one link": ONE_LINK, "all tabs": HABITS}.items():
        taken, chart = await arrivals(habits, visitors, within)
        times = sorted(taken)
        shown = (times[len(times) // 2], times[int(0.95 * len(times))], times[-1], chart)
        lines.append(f"| {name} | " + " | ".join(f"{seconds:.2f} s" for seconds in shown) + " |")
    return "\n".join(lines)
