"""What a class leaves behind: memory, threads and sessions of the server's process."""

import asyncio
import time

from tests.load.classroom import Lesson, arrive, leave, work
from tests.load.process import running
from tests.load.visitors import HABITS, group
from tests.streamlit_client import ROOT

AT_ONCE = 10  # visitors of `many_sessions` who come together


async def soak(visitors: int, seconds: float, samples: int = 12) -> str:
    """Memory and threads while a class works, and when it has gone."""
    lesson = Lesson()
    lines = ["| minute | memory | threads | sessions |", "|---|---|---|---|"]
    with running(ROOT / "app.py") as (address, process):

        def sample(name: str) -> None:
            lines.append(f"| {name} | {process.megabytes:.0f} MB | {process.threads} | {process.sessions} |")

        begun = time.monotonic()
        sample("before")
        members = group(address, HABITS, visitors)
        await arrive(members)
        for _ in range(samples):
            await work(members, seconds / samples, lesson)
            sample(f"{(time.monotonic() - begun) / 60:.1f}")
        await leave(members)
        await asyncio.sleep(2)
        sample("all gone")
    return "\n".join([*lines, "", f"{len(lesson.taken)} changes answered, {len(lesson.lost)} lost.", *lesson.lost])


async def many_sessions(count: int) -> str:
    """Memory for each further session that stays, and after `count` that came and went."""
    with running(ROOT / "app.py") as (address, process):
        warm = group(address, HABITS, 2 * len(HABITS))
        for _ in range(4):  # what the first visits leave for the garbage collector would hide the rest
            await arrive(warm, 5)
            await leave(warm)
        before = process.megabytes
        stay = group(address, HABITS, 100)
        await arrive(stay, 10)
        each = (process.megabytes - before) / len(stay)
        await leave(stay)
        for first in range(0, count, AT_ONCE):
            some = group(address, HABITS, min(AT_ONCE, count - first))
            await arrive(some)
            await leave(some)
        after, threads = process.megabytes, process.threads
    return "\n".join(
        [
            "| memory of the server's process | |",
            "|---|---|",
            f"| after {len(warm)} visitors, who each came four times | {before:.0f} MB |",
            f"| for each further session ({len(stay)}, open) | {each:.1f} MB |",
            f"| after {count} more, opened and closed | {after:.0f} MB, {threads} threads |",
        ]
    )
