"""Processes of the app behind `deploy/haproxy.cfg`, and what a second one adds.

The machine has to drive the class as well: what two processes reach beside their visitors is a lower bound.
"""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

from tests.load.classroom import Lesson, arrive, leave, work
from tests.load.process import Process
from tests.load.visitors import HABITS, group
from tests.streamlit_client import ROOT, Server, free_port, wait_until_healthy

CONFIGURATION = ROOT / "deploy" / "haproxy.cfg"
SECRET = {"STREAMLIT_SERVER_COOKIE_SECRET": "the same for both, and only for tests"}
WARM_UP = 5.0  # seconds that do not count


@dataclass
class Replicas:
    """The proxy's address, and the processes behind it."""

    address: str
    servers: tuple[Server, ...]

    @property
    def sessions(self) -> list[int]:
        """How many visitors each process has."""
        return [Process(server).sessions for server in self.servers]


def haproxy() -> str | None:
    """The path of the proxy's program, if it is installed."""
    return shutil.which("haproxy", path=f"{os.environ['PATH']}:/usr/sbin")


@contextlib.contextmanager
def served(program: str, processes: int = 2) -> Iterator[Replicas]:
    """The proxy in front of one process or two."""
    servers = tuple(Server(ROOT / "app.py", environment=SECRET) for _ in range(processes))
    address = f"127.0.0.1:{free_port()}"
    behind = {"LAB_1": servers[0].address, "LAB_2": servers[-1].address}
    settings = {"BIND": address, "LAB_COOKIE_KEY": "tests", **behind}
    with contextlib.ExitStack() as stack:
        for server in servers:
            server.start()
            stack.callback(server.stop)
        proxy = subprocess.Popen([program, "-db", "-f", str(CONFIGURATION)], env={**os.environ, **settings})
        stack.callback(proxy.wait, timeout=10)
        stack.callback(proxy.kill)
        wait_until_healthy(address, proxy)
        yield Replicas(address, servers)


async def one_and_two(visitors: int, seconds: float) -> str:
    """The table: the same class with one process behind the proxy, then with two."""
    program = haproxy()
    assert program is not None, "needs HAProxy: apt-get install haproxy"
    lines = [f"| {visitors} visitors, {seconds:.0f} s, through the proxy | reruns/s | p50 | p95 | lost |"]
    lines.append("|---|---|---|---|---|")
    for processes in (1, 2):
        lesson = Lesson()
        with served(program, processes) as lab:
            members = group(lab.address, HABITS, visitors)
            await arrive(members, 5.0)
            await work(members, WARM_UP, Lesson())
            await work(members, seconds, lesson)
            await leave(members)
        times = " | ".join(f"{1e3 * lesson.percentile(share):.0f} ms" for share in (0.5, 0.95))
        who = "one process" if processes == 1 else "two processes"
        lines.append(f"| {who} | {lesson.rate:.1f} | {times} | {len(lesson.lost)} |")
    return "\n".join(lines)
