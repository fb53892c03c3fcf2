"""A class: visitors who arrive, and then change something about once a second."""

from __future__ import annotations

import asyncio
import random
import statistics
import time
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tests.load.visitors import Visitor

T = TypeVar("T")
PACE = 1.0  # seconds from one change of a visitor to the next


@dataclass
class Lesson:
    """What a class saw: the seconds of every change that was answered, and a sentence for every one that was not."""

    seconds: float = 0.0
    taken: list[float] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Reruns per second."""
        return len(self.taken) / self.seconds

    def percentile(self, share: float) -> float:
        """The seconds that this share of all changes does not exceed."""
        return statistics.quantiles(self.taken, n=100)[round(100 * share) - 1]


async def arrive(visitors: Sequence[Visitor], within: float = 0.0) -> list[float]:
    """All visitors come, one after another within so many seconds; what each first run took."""

    async def one(place: int, visitor: Visitor) -> float:
        await asyncio.sleep(within * place / len(visitors))
        return await visitor.arrive()

    return list(await asyncio.gather(*(one(place, visitor) for place, visitor in enumerate(visitors))))


async def work(visitors: Sequence[Visitor], seconds: float, lesson: Lesson, pace: float = PACE) -> None:
    """All visitors change something about once every `pace` seconds; who waits for an answer waits with the next."""
    chance = random.Random(len(lesson.taken))
    begun = time.perf_counter()
    end = begun + seconds

    async def one(visitor: Visitor) -> None:
        due = begun + chance.uniform(0, pace)
        while due < end:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            try:
                lesson.taken.append(await visitor.change())
            except Exception as error:
                lesson.lost.append(f"{visitor.page}: {error or type(error).__name__}")
                return
            due = max(time.perf_counter(), due + pace * chance.uniform(0.8, 1.2))

    await asyncio.gather(*(one(visitor) for visitor in visitors))
    lesson.seconds += time.perf_counter() - begun


async def leave(visitors: Sequence[Visitor]) -> None:
    """All go home."""
    await asyncio.gather(*(visitor.leave() for visitor in visitors), return_exceptions=True)


def play(scene: Coroutine[Any, Any, T]) -> T:
    """Run it to its end in a thread of its own: the caller's may have an event loop already (Playwright's)."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, scene).result()
