"""A class of this app against a class of the plainest Streamlit app there is, in turn."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks.rerun import EMPTY
from tests.load.classroom import Lesson, arrive, leave, work
from tests.load.process import Process, running
from tests.load.visitors import HABITS, PLAIN, Visitor, group
from tests.streamlit_client import ROOT

WARM_UP = 5.0  # seconds that do not count


@dataclass
class Candidate:
    """A class, the process that serves it, and what both came to."""

    members: Sequence[Visitor]
    process: Process
    lesson: Lesson = field(default_factory=Lesson)
    processor: float = 0.0  # seconds

    async def work(self, seconds: float) -> None:
        """One round."""
        before = self.process.seconds
        await work(self.members, seconds, self.lesson)
        self.processor += self.process.seconds - before

    @property
    def numbers(self) -> tuple[float, float, float, float]:
        """Reruns per second, p50, p95, and processor seconds per rerun."""
        lesson = self.lesson
        return (
            lesson.rate,
            lesson.percentile(0.5),
            lesson.percentile(0.95),
            self.processor / max(1, len(lesson.taken)),
        )


@contextlib.contextmanager
def candidates(visitors: int) -> Iterator[dict[str, Candidate]]:
    """This app on all its tabs, and an empty fragment with one slider under Streamlit's own settings."""
    with tempfile.TemporaryDirectory() as folder:
        script = Path(shutil.copy(EMPTY, folder))
        with running(ROOT / "app.py") as (app, ours), running(script, Path(folder)) as (plain, theirs):
            yield {
                "this app, all tabs": Candidate(group(app, HABITS, visitors), ours),
                "empty fragment, stock": Candidate(group(plain, PLAIN, visitors), theirs),
            }


async def lessons(visitors: int, seconds: float, rounds: int) -> dict[str, Candidate]:
    """Both classes work in turn, so that a slow moment of the machine hits both."""
    with candidates(visitors) as both:
        for each in both.values():
            await arrive(each.members)
            await work(each.members, WARM_UP, Lesson())
        for _ in range(rounds):
            for each in both.values():
                await each.work(seconds)
        for each in both.values():
            await leave(each.members)
    return both


async def beside_plain(visitors: int, seconds: float, rounds: int) -> str:
    """The table."""
    both = await lessons(visitors, seconds, rounds)
    title = f"{visitors} visitors, {rounds} × {seconds:.0f} s"
    lines = [f"| {title} | reruns/s | p50 | p95 | processor time per rerun | lost |", "|---|---|---|---|---|---|"]
    for name, each in both.items():
        rate, *times = each.numbers
        shown = " | ".join(f"{1e3 * time:.0f} ms" for time in times)
        lines.append(f"| {name} | {rate:.1f} | {shown} | {len(each.lesson.lost)} |")
    ours, theirs = (each.numbers for each in both.values())
    lines.append("| ratio | " + " | ".join(f"{a / b:.2f}" for a, b in zip(ours, theirs, strict=True)) + " | |")
    lost = [sentence for each in both.values() for sentence in each.lesson.lost]
    return "\n".join([*lines, "", *dict.fromkeys(lost)])
