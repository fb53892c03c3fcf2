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
from collections.abc import Iterator
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


@contextlib.contextmanager
def serve(script: Path, *options: str, folder: Path = ROOT) -> Iterator[str]:
    """Run `streamlit run script` in `folder` as a process of its own; yields its address without a scheme.

    Settings come from the folder alone: the home directory is taken for empty.
    """
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.headless", "true"]
    command += ["--server.port", str(port), "--server.address", "127.0.0.1", *options]
    process = subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "HOME": str(folder)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_until_healthy(f"127.0.0.1:{port}", process)
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_until_healthy(address: str, process: subprocess.Popen[bytes], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
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


@dataclass
class Client:
    """One visitor: a WebSocket, and the widgets that the server has shown so far, by user key."""

    address: str
    page: str = ""
    query: str = ""
    widgets: dict[str, tuple[str, str]] = field(default_factory=dict)  # key -> (id, fragment)
    page_hash: str = ""

    def __enter__(self) -> Client:
        self._socket = connect(
            f"ws://{self.address}/_stcore/stream",
            subprotocols=["streamlit"],
            max_size=None,
            compression=None,  # type: ignore[list-item]
        )
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
        start = time.perf_counter()
        self._socket.send(message.SerializeToString())
        received, messages = 0, []
        while True:
            data = self._socket.recv(timeout=60)
            assert isinstance(data, bytes)
            received += len(data)
            answer = ForwardMsg.FromString(data)
            messages.append(answer)
            self._remember(answer)
            if answer.WhichOneof("type") == "script_finished":
                return Run(time.perf_counter() - start, received, messages)

    def _remember(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.page_hash = message.new_session.page_script_hash
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            element: Any = getattr(message.delta.new_element, str(message.delta.new_element.WhichOneof("type")))
            identity = getattr(element, "id", "")
            if identity:
                self.widgets[identity.split("-", 2)[-1]] = (identity, message.delta.fragment_id)
