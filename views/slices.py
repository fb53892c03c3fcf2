"""Long work in slices, a few at a time: who may work now, who waits, and who has gone away.

Long work goes on in slices of a tenth of a second, one whenever the visitor's browser asks for it. So a stop is heard
between two slices, and a browser that was closed ends its work by asking no more: its place is free after `lease`
seconds of silence. There are no threads: a slice runs where the browser's question is answered.
"""

import threading
import time
from collections.abc import Callable

Clock = Callable[[], float]


class Places:
    """The few places for long work in this process; whoever finds them taken waits in the order of arrival."""

    def __init__(self, most: int, lease: float, clock: Clock = time.monotonic) -> None:
        """`most` >= 1 may work at a time; who has been silent for `lease` seconds has gone away."""
        self.most, self.lease = most, lease
        self._clock = clock
        self._heard: dict[int, float] = {}  # ticket → when it last asked; in the order of arrival
        self._lock, self._turn = threading.Lock(), threading.Lock()
        self._tickets = 0

    def ticket(self) -> int:
        """A number for one piece of work, by which it asks."""
        with self._lock:
            self._tickets += 1
            return self._tickets

    def ask(self, ticket: int) -> int:
        """How many must leave before this one may work: 0 means now. Asking keeps its place."""
        with self._lock:
            now = self._clock()
            self._heard = {each: at for each, at in self._heard.items() if each == ticket or now - at < self.lease}
            self._heard[ticket] = now
            return max(0, list(self._heard).index(ticket) + 1 - self.most)

    def leave(self, ticket: int) -> None:
        """Give the place back; no harm if it is gone already."""
        with self._lock:
            self._heard.pop(ticket, None)

    def work(self, step: Callable[[float], bool], seconds: float, burst: float, rest: float) -> None:
        """Call step(burst), a little work of about `burst` seconds, for about `seconds`, or until it returns False.

        One slice at a time in the whole process, and a rest of `rest` seconds after every burst: pages of other
        visitors are served by the same interpreter, and must not wait for a whole slice.
        """
        with self._turn:
            end = self._clock() + seconds
            while step(burst) and self._clock() < end:
                time.sleep(rest)
