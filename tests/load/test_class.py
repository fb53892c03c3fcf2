import asyncio

import pytest

from tests.load.arrival import arrivals
from tests.load.beside_plain import lessons
from tests.load.classroom import Lesson, arrive, leave, play, work
from tests.load.process import running
from tests.load.visitors import HABITS, group
from tests.streamlit_client import ROOT


def test_a_small_class_gets_an_answer_to_every_change() -> None:
    async def run() -> Lesson:
        lesson = Lesson()
        with running(ROOT / "app.py") as (address, _):
            visitors = group(address, HABITS, 5)
            await arrive(visitors)
            await work(visitors, 3, lesson)
            await leave(visitors)
        return lesson

    lesson = play(run())
    assert lesson.lost == []
    assert len(lesson.taken) >= 5


def test_a_session_ends_when_its_visitor_leaves() -> None:
    async def run() -> tuple[int, int]:
        with running(ROOT / "app.py") as (address, process):
            visitors = group(address, HABITS[:1], 3)
            await arrive(visitors)
            there = process.sessions
            await leave(visitors)
            for _ in range(50):
                if not process.sessions:
                    break
                await asyncio.sleep(0.1)
            return there, process.sessions

    assert play(run()) == (3, 0)


def test_an_answer_with_another_value_than_was_sent_counts_as_lost() -> None:
    async def run() -> Lesson:
        lesson = Lesson()
        with running(ROOT / "app.py") as (address, _):
            (visitor,) = group(address, HABITS[:1], 1)
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
    taken, chart = play(arrivals(100, 10))
    assert max(taken) < 20  # 4 on a machine that does nothing else
    assert chart < 20  # 5
