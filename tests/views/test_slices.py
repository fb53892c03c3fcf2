"""Who may work, who waits and who has gone away: by a clock that the test winds."""

import time

import pytest

from views.slices import Places


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def places(clock: Clock) -> Places:
    return Places(most=2, lease=5.0, clock=clock)


def test_as_many_as_there_are_places_may_work_and_the_next_are_counted(places: Places) -> None:
    tickets = [places.ticket() for _ in range(5)]
    assert [places.ask(ticket) for ticket in tickets] == [0, 0, 1, 2, 3]
    assert [places.ask(ticket) for ticket in tickets] == [0, 0, 1, 2, 3]


def test_who_leaves_makes_room_for_the_one_that_has_waited_longest(places: Places) -> None:
    first, second, third, fourth = (places.ticket() for _ in range(4))
    for ticket in (first, second, third, fourth):
        places.ask(ticket)
    places.leave(first)
    assert places.ask(fourth) == 1
    assert places.ask(third) == 0
    assert places.ask(second) == 0
    places.leave(first)  # twice does no harm
    assert places.ask(fourth) == 1


def test_who_is_silent_for_the_length_of_the_lease_has_gone_away(places: Places, clock: Clock) -> None:
    gone, stays, waits = (places.ticket() for _ in range(3))
    places.ask(gone)
    for clock.now in (1.0, 2.0, 3.0, 4.0, 4.9):
        places.ask(stays)
        assert places.ask(waits) == 1
    clock.now = 5.0
    assert places.ask(waits) == 0


def test_who_waited_and_went_away_holds_nobody_up(places: Places, clock: Clock) -> None:
    one, two, gone, last = (places.ticket() for _ in range(4))
    for ticket in (one, two, gone, last):
        places.ask(ticket)
    clock.now = 4.0
    for ticket in (one, two, last):
        places.ask(ticket)
    clock.now = 6.0
    places.leave(one)
    assert places.ask(last) == 0


def test_who_comes_back_after_the_lease_stands_at_the_end_of_the_line(places: Places, clock: Clock) -> None:
    away, two, three = (places.ticket() for _ in range(3))
    for ticket in (away, two, three):
        places.ask(ticket)
    clock.now = 6.0
    assert [places.ask(ticket) for ticket in (two, three, away)] == [0, 0, 1]


def test_who_is_alone_keeps_its_place_however_late_it_asks(places: Places, clock: Clock) -> None:
    ticket = places.ticket()
    places.ask(ticket)
    clock.now = 1000.0
    assert places.ask(ticket) == 0


def test_a_slice_is_made_of_bursts_with_rests_and_ends_in_time(
    places: Places, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    rests, bursts = [], []
    monkeypatch.setattr(time, "sleep", rests.append)

    def burst(seconds: float) -> bool:
        bursts.append(seconds)
        clock.now += seconds
        return True

    places.work(burst, seconds=0.1, burst=0.03, rest=0.004)
    assert bursts == [0.03] * 4
    assert rests == [0.004] * 3


def test_a_slice_ends_with_the_work(places: Places) -> None:
    left = [True, True, False]
    places.work(lambda _: left.pop(0), seconds=10.0, burst=0.0, rest=0.0)
    assert left == []
