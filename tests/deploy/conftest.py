"""Two processes of the app behind `deploy/haproxy.cfg`, as a class meets them."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.load.process import Process
from tests.streamlit_client import ROOT, Server, free_port, wait_until_healthy

CONFIGURATION = ROOT / "deploy" / "haproxy.cfg"
SECRET = {"STREAMLIT_SERVER_COOKIE_SECRET": "the same for both, and only for tests"}


@dataclass
class Replicas:
    """The proxy's address, and the processes behind it."""

    address: str
    servers: tuple[Server, Server]

    @property
    def sessions(self) -> list[int]:
        """How many visitors each process has."""
        return [Process(server).sessions for server in self.servers]


@pytest.fixture(scope="module")
def replicas() -> Iterator[Replicas]:
    found = shutil.which("haproxy", path=f"{os.environ['PATH']}:/usr/sbin")
    if found is None:
        pytest.skip("needs HAProxy: apt-get install haproxy")
    servers = Server(ROOT / "app.py", environment=SECRET), Server(ROOT / "app.py", environment=SECRET)
    address = f"127.0.0.1:{free_port()}"
    settings = {"BIND": address, "LAB_1": servers[0].address, "LAB_2": servers[1].address, "LAB_COOKIE_KEY": "tests"}
    started: list[Server] = []
    try:
        for server in servers:
            started.append(server.start())
        proxy = subprocess.Popen([found, "-db", "-f", str(CONFIGURATION)], env={**os.environ, **settings})
        try:
            wait_until_healthy(address, proxy)
            yield Replicas(address, servers)
        finally:
            proxy.kill()
            proxy.wait(timeout=10)
    finally:
        for server in started:
            server.stop()
