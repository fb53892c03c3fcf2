"""A client that speaks Streamlit's own WebSocket protocol: what a browser does, without the browser.

Benchmarks and load tests use it to drive a server as fast as it can answer.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

ROOT = Path(__file__).parent.parent


def free_port() -> int:
    """A TCP port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """`streamlit run script` in `folder`, as a process of its own that can be killed and started again.

    Settings come from the folder and from `environment` alone: the home directory is taken for empty. `within` is a
    command that becomes (by exec) the one which follows it.
    """

    def __init__(
        self,
        script: Path,
        *options: str,
        folder: Path = ROOT,
        port: int | None = None,
        environment: Mapping[str, str] | None = None,
        within: Sequence[str] = (),
    ) -> None:
        self.port = port or free_port()
        self.address = f"127.0.0.1:{self.port}"
        self._folder = folder
        self._command = [*within, sys.executable, "-m", "streamlit", "run", str(script), "--server.headless", "true"]
        self._command += ["--server.port", str(self.port), "--server.address", "127.0.0.1", *options]
        self._environment = {"PYTHONPATH": str(folder), "HOME": str(folder), **(environment or {})}

    def launch(self) -> Server:
        """Start the process without waiting for it."""
        self.process = subprocess.Popen(
            self._command,
            cwd=self._folder,
            env={**os.environ, **self._environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        return self

    def start(self) -> Server:
        """Start the process and wait until it answers."""
        self.launch()
        try:
            wait_until_healthy(self.address, self.process)
        except RuntimeError:
            self.kill()
            raise
        return self

    def kill(self) -> None:
        """End it as a crash does, without a word to anybody (kill -9)."""
        self.process.kill()
        self.process.wait(timeout=20)

    def stop(self) -> None:
        """End it as a host does."""
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.kill()


@contextlib.contextmanager
def serve(script: Path, *options: str, folder: Path = ROOT) -> Iterator[str]:
    """Run `streamlit run script` in `folder` as a process of its own; yields its address without a scheme."""
    server = Server(script, *options, folder=folder).start()
    try:
        yield server.address
    finally:
        server.stop()


def wait_until_healthy(address: str, process: subprocess.Popen[bytes] | None, seconds: float = 60) -> None:
    """Wait for an answer of the server's health endpoint; the process, if it is one's own, may end meanwhile."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process is not None and process.poll() is not None:
            raise RuntimeError(f"The server at {address} ended at once with exit code {process.returncode}.")
        with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            urllib.request.urlopen(f"http://{address}/_stcore/health", timeout=2).close()
            return
        time.sleep(0.05)
    raise RuntimeError(f"The server at {address} did not become healthy within {seconds} s.")


@dataclass
class Run:
    """One script run as the client saw it."""

    seconds: float
    received_bytes: int
    messages: list[ForwardMsg]


@dataclass(eq=False)  # two visits of the same page are two
class Visit:
    """What a browser knows of its visit: the page, the URL's query, and the widgets shown so far, by user key."""

    page: str = ""
    query: str = ""
    widgets: dict[str, tuple[str, str]] = field(default_factory=dict)  # key -> (id, fragment)
    page_hash: str = ""

    def request(self, sliders: Mapping[str, float | str], fragment: str = "") -> bytes:
        """What asks for a run of the page, or of one fragment of it, with sliders by id moved."""
        message = BackMsg()
        state = message.rerun_script
        state.query_string, state.page_name, state.page_script_hash = self.query, self.page, self.page_hash
        state.fragment_id = fragment
        for identity, value in sliders.items():
            widget = state.widget_states.widgets.add(id=identity)
            if isinstance(value, str):
                widget.string_array_value.data.append(value)
            else:
                widget.double_array_value.data.append(value)
        return bytes(message.SerializeToString())

    def _remember(self, message: ForwardMsg) -> str:
        """Take in what the server says; its kind."""
        kind = str(message.WhichOneof("type"))
        if kind == "new_session":
            self.page_hash = message.new_session.page_script_hash
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            element: Any = getattr(message.delta.new_element, str(message.delta.new_element.WhichOneof("type")))
            identity = getattr(element, "id", "")
            if identity:
                self.widgets[identity.split("-", 2)[-1]] = (identity, message.delta.fragment_id)
        return kind


class Client(Visit):
    """One visitor: a visit, and a WebSocket that blocks until the server has answered."""

    def __init__(self, address: str, page: str = "", query: str = "") -> None:
        super().__init__(page, query)
        self.address = address

    def __enter__(self) -> Client:
        self._socket = connect(
            f"ws://{self.address}/_stcore/stream",
            subprotocols=["streamlit"],
            max_size=None,
            compression=None,  # type: ignore[list-item]
        ).__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def open(self) -> Run:
        """The first run of the page."""
        return self._rerun({}, "")

    def change(self, key: str, value: float | str) -> Run:
        """Move the slider with this key, as a browser would: to a number, or to a word of a slider over words."""
        identity, fragment = self.widgets[key]
        return self._rerun({identity: value}, fragment)

    def _rerun(self, sliders: dict[str, float | str], fragment: str) -> Run:
        request = self.request(sliders, fragment)
        start = time.perf_counter()
        self._socket.send(request)
        received, messages = 0, []
        while True:
            data = self._socket.recv(timeout=60)
            assert isinstance(data, bytes)
            received += len(data)
            answer = ForwardMsg.FromString(data)
            messages.append(answer)
            if self._remember(answer) == "script_finished":
                return Run(time.perf_counter() - start, received, messages)
