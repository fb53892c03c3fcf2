"""The server's process as the system and the server itself see it."""

import contextlib
import os
import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from tests.streamlit_client import ROOT, Server


class Process:
    """Memory, threads, processor time and sessions of a running server (Linux)."""

    def __init__(self, server: Server) -> None:
        self._status = Path(f"/proc/{server.process.pid}/status")
        self._address = server.address

    def _field(self, name: str) -> int:
        found = re.search(rf"^{name}:\s+(\d+)", self._status.read_text(), re.MULTILINE)
        assert found is not None
        return int(found[1])

    @property
    def seconds(self) -> float:
        """Processor time so far, of all threads: it hardly depends on what else the machine does."""
        user, system = self._status.with_name("stat").read_text().rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    @property
    def megabytes(self) -> float:
        """Resident memory."""
        return self._field("VmRSS") / 1024

    @property
    def threads(self) -> int:
        """Threads that have not ended."""
        return self._field("Threads")

    @property
    def sessions(self) -> int:
        """Sessions with a browser, as the server counts them."""
        with urllib.request.urlopen(f"http://{self._address}/_stcore/metrics", timeout=20) as answer:
            found = re.search(r"^active_sessions\S* (\d+)", answer.read().decode(), re.MULTILINE)
        assert found is not None
        return int(found[1])


@contextlib.contextmanager
def running(script: Path, folder: Path = ROOT) -> Iterator[tuple[str, Process]]:
    """A server for this script: its address and its process."""
    server = Server(script, folder=folder).start()
    try:
        yield server.address, Process(server)
    finally:
        server.stop()
