"""A class that comes in through the door, and one real browser in the middle of it."""

import asyncio
import time

from playwright.sync_api import sync_playwright

from tests.chromium import launched
from tests.load.classroom import arrive, leave
from tests.load.visitors import HABITS, group
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


async def arrivals(visitors: int, within: float) -> tuple[list[float], float]:
    """What the first run of each took on a server that nobody has asked before, and the browser's first chart."""
    with serve(ROOT / "app.py") as app:
        members = group(app, HABITS, visitors)
        lead = 4.0  # the browser starts before the class comes
        browser = asyncio.create_task(asyncio.to_thread(first_chart, app, time.monotonic() + lead + within / 2))
        await asyncio.sleep(lead)
        taken = await arrive(members, within)
        chart = await browser
        await leave(members)
    return taken, chart


async def arrival(visitors: int, within: float) -> str:
    """The table."""
    taken, chart = await arrivals(visitors, within)
    slowest = sorted(taken)
    return "\n".join(
        [
            f"| {visitors} visitors within {within:.0f} s | median | 95 % | slowest |",
            "|---|---|---|---|",
            f"| first run finished after | {slowest[len(slowest) // 2]:.2f} s "
            f"| {slowest[int(0.95 * len(slowest))]:.2f} s | {slowest[-1]:.2f} s |",
            f"| a browser in the middle of it has its chart after | {chart:.2f} s | | |",
        ]
    )
