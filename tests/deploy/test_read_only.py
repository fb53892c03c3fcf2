"""The app as the container runs it: an ordinary user, and nothing that can be written to but one folder in memory."""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.load.classroom import play
from tests.load.visitors import HABITS, Visitor
from tests.streamlit_client import ROOT, Server

NOBODY = "65534"
# Whoever this user may not read (a Python in root's own folder), it reads by a capability that cannot write.
READS = ["--inh-caps=-all,+dac_read_search", "--ambient-caps=+dac_read_search", "--bounding-set=-all,+dac_read_search"]
TEMPORARY = "/dev/shm"
LOCK_UP = f"""
here=$PWD
mount -o remount,bind,ro / && mount --bind "$here" "$here" && mount -o remount,bind,ro "$here" || exit
mount -t tmpfs tmpfs {TEMPORARY} && cd "$here" || exit
exec setpriv --reuid={NOBODY} --regid={NOBODY} --clear-groups {" ".join(READS)} --no-new-privs "$@"
"""


@pytest.fixture(scope="module")
def locked() -> Iterator[Server]:
    if os.getuid() != 0 or not all(map(shutil.which, ("unshare", "setpriv"))):
        pytest.skip("needs root and Linux's unshare and setpriv")
    within = ["unshare", "--mount", "sh", "-c", LOCK_UP, "sh"]
    server = Server(ROOT / "app.py", within=within, environment={"HOME": "/nowhere", "TMPDIR": TEMPORARY}).start()
    yield server
    server.stop()


def test_the_process_is_nobody_and_cannot_write(locked: Server) -> None:
    process = Path(f"/proc/{locked.process.pid}")
    status = process.joinpath("status").read_text()
    assert re.search(rf"^Uid:\s+{NOBODY}\s+{NOBODY}\s", status, re.MULTILINE)
    assert re.search(r"^NoNewPrivs:\s+1", status, re.MULTILINE)
    mounts = [line.split() for line in process.joinpath("mountinfo").read_text().splitlines()]
    for place in ("/", str(ROOT)):
        assert "ro" in [mount[5] for mount in mounts if mount[4] == place][-1].split(",")


def test_both_labs_answer_from_a_file_system_that_cannot_be_written_to(locked: Server) -> None:
    async def run() -> None:
        for habit in {habit.page: habit for habit in HABITS if "tab" not in habit.query}.values():
            visitor = Visitor(locked.address, habit)
            await visitor.arrive()
            await visitor.change()
            await visitor.leave()

    play(run())
