import asyncio
from collections.abc import Iterator

import pytest

from tests.load.arrival import ONE_LINK, arrivals
from tests.load.beside_plain import lessons
from tests.load.classroom import Lesson, arrive, leave, play, work
from tests.load.process import Process, running
from tests.load.visitors import HABITS, group
from tests.streamlit_client import ROOT


@pytest.fixture(scope="module")
def lab() -> Iterator[tuple[str, Process]]:
    with running(ROOT / "app.py") as found:
        yield found


async def emptied(process: Process) -> int:
    """Sessions that are left as soon as all who have gone are counted out."""
    for _ in range(50):
        if not process.sessions:
            break
        await asyncio.sleep(0.1)
    return process.sessions


def test_a_small_class_gets_an_answer_to_every_change(lab: tuple[str, Process]) -> None:
    async def run() -> Lesson:
        lesson = Lesson()
        visitors = group(lab[0], HABITS, 5)
        await arrive(visitors)
        await work(visitors, 3, lesson)
        await leave(visitors)
        return lesson

    lesson = play(run())
    assert lesson.lost == []
    assert len(lesson.taken) >= 5


def test_a_session_ends_when_its_visitor_leaves(lab: tuple[str, Process]) -> None:
    address, process = lab

    async def run() -> tuple[int, int, int]:
        before = await emptied(process)
        visitors = group(address, HABITS[:1], 3)
        await arrive(visitors)
        there = process.sessions
        await leave(visitors)
        return before, there, await emptied(process)

    assert play(run()) == (0, 3, 0)


def test_an_answer_with_another_value_than_was_sent_counts_as_lost(lab: tuple[str, Process]) -> None:
    async def run() -> Lesson:
        lesson = Lesson()
        (visitor,) = group(lab[0], HABITS[:1], 1)
        await visitor.arrive()
        visitor._remember = lambda message: str(message.WhichOneof("type"))  # type: ignore[method-assign]
        await work([visitor], 3, lesson)
        await visitor.leave()
        return lesson

    assert len(play(run()).lost) == 1


@pytest.mark.long
def test_a_full_class_is_served_as_well_as_by_the_plainest_app() -> None:
    """With room for a machine that does other things as well; `python -m tests.load` gives the numbers."""
    ours, theirs = play(lessons(20, 15, 2)).values()
    assert ours.lesson.lost == []
    rate, p50, p95, _ = (a / b for a, b in zip(ours.numbers, theirs.numbers, strict=True))
    assert rate > 0.8
    assert p50 < 1.5
    assert p95 < 2.0


@pytest.mark.long
def test_a_hundred_who_come_at_once_need_not_wait() -> None:
    taken, chart = play(arrivals(ONE_LINK, 100, 10))
    assert max(taken) < 20  # 4 on a machine that does nothing else
    assert chart < 20  # 5
