"""Visitors by the dozen in one thread: what their browsers send, and whether each gets what it asked for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from tests.benchmarks.rerun import CASES
from tests.streamlit_client import Visit
from views.setting import defaults
from views.settings import PAGES

PATIENCE = 60.0  # seconds until an answer counts as lost
REPLACED = ForwardMsg.ScriptFinishedStatus.FINISHED_EARLY_FOR_RERUN  # another run follows


@dataclass(frozen=True)
class Habit:
    """A page, and the one slider on it that the visitor moves through these values."""

    page: str = ""
    query: str = ""
    slider: str = ""
    values: Sequence[float | str] = ()

    @property
    def setting(self) -> str:
        """The key of the URL that tells the slider's value; a plain app has none."""
        return self.slider.split("-")[1] if "-" in self.slider else ""


HABITS = tuple(Habit(case.page, case.query, case.slider, case.values) for case in CASES)
PLAIN = (Habit(slider="x", values=[0.05 + 0.01 * step for step in range(90)]),)


class Visitor(Visit):
    """One browser: it keeps its cookies and its session's name, as a browser does when it comes back."""

    def __init__(self, address: str, habit: Habit, turn: int = 0) -> None:
        super().__init__(habit.page, habit.query)
        self.address, self.habit, self.turn = address, habit, turn
        self.session = ""
        self.cookies: dict[str, str] = {}
        self._socket: ClientConnection | None = None

    async def arrive(self) -> float:
        """Connect and open the page; seconds until its first run has finished."""
        await self.leave()
        start = time.perf_counter()
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        self._socket = await connect(
            f"ws://{self.address}/_stcore/stream",
            subprotocols=["streamlit", "PLACEHOLDER_AUTH_TOKEN", *([self.session] if self.session else [])],  # type: ignore[list-item]
            additional_headers=headers if self.cookies else None,
            max_size=None,
            compression=None,
            open_timeout=PATIENCE,
        )
        assert self._socket.response is not None
        for cookie in self._socket.response.headers.get_all("Set-Cookie"):
            name, _, value = cookie.split(";")[0].partition("=")
            self.cookies[name] = value
        self.widgets.clear()
        self.page_hash = ""
        await self._ask({})
        return time.perf_counter() - start

    async def change(self) -> float:
        """Move the slider to its next value; seconds until the run has finished. Raises what went wrong."""
        identity, fragment = self.widgets[self.habit.slider]
        value = self.habit.values[self.turn % len(self.habit.values)]
        self.turn += 1
        start = time.perf_counter()
        await self._ask({identity: value}, fragment)
        taken = time.perf_counter() - start
        self._check(value)
        return taken

    def _check(self, value: float | str) -> None:
        """The URL must tell the value that was sent; it leaves out what is the default."""
        setting = self.habit.setting
        if setting:
            written = parse_qs(self.query).get(setting, [str(defaults(PAGES[self.page])[setting])])[0]
            if abs(float(written) - float(value)) > 1e-9:
                raise ValueError(f"{setting} was set to {value}, the server has {written}")

    async def leave(self) -> None:
        """Close the browser's tab."""
        if self._socket is not None:
            await self._socket.close()
            self._socket = None

    async def _ask(self, sliders: dict[str, float | str], fragment: str = "") -> None:
        assert self._socket is not None
        await self._socket.send(self.request(sliders, fragment))
        async with asyncio.timeout(PATIENCE):
            while True:
                message = ForwardMsg.FromString(await self._socket.recv(decode=False))
                kind = self._remember(message)
                if kind == "new_session":
                    self.session = message.new_session.initialize.session_id
                elif kind == "delta" and message.delta.new_element.WhichOneof("type") == "exception":
                    raise ValueError(f"{self.page}?{self.query}: {message.delta.new_element.exception.message}")
                elif kind == "script_finished" and message.script_finished != REPLACED:
                    return


def group(address: str, habits: Sequence[Habit], size: int) -> list[Visitor]:
    """Visitors with all habits in turn, each at another value of its slider, so that no cache knows the answer."""
    return [Visitor(address, habits[place % len(habits)], 17 * (place // len(habits))) for place in range(size)]
