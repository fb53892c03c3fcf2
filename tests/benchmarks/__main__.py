"""All benchmarks in one run, kept as a table in `RESULTS.md` beside this file.

    python -m tests.benchmarks

It takes about a quarter of an hour; nothing else should run on the machine meanwhile. Ratios are taken within one run;
only they mean something elsewhere.
"""

import importlib.metadata
import os
import platform
import time
from pathlib import Path

from tests.benchmarks import picture, rerun
from tests.load.arrival import arrival
from tests.load.beside_plain import beside_plain
from tests.load.classroom import play
from tests.load.memory import many_sessions
from tests.load.replicas import haproxy, one_and_two

RESULTS = Path(__file__).parent / "RESULTS.md"
NOTES = RESULTS.with_name("notes.md")


def processor() -> str:
    """The name of the machine's processor, where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.machine()


def main() -> None:
    """Measure, print and keep."""
    streamlit = importlib.metadata.version("streamlit")
    machine = f"{os.cpu_count()} × {processor()}, Python {platform.python_version()}, Streamlit {streamlit}"
    load = os.getloadavg()[0]
    parts = [f"# Results\n\n{time.strftime('%Y-%m-%d')}, {machine}; load before: {load:.1f}"]
    for title, measure in {
        "The server's time for one committed change": rerun.table,
        "The browser's time": picture.table,
        "A class of twenty beside a class of the plain app": lambda: play(beside_plain(20, 20.0, 3)),
        "A hundred visitors arrive": lambda: play(arrival(100, 10.0)),
        "One process and two": lambda: play(one_and_two(60, 25.0)) if haproxy() else "HAProxy is not installed.",
        "Memory": lambda: play(many_sessions(300)),
    }.items():
        parts.append(f"## {title}\n\n{measure()}")
        print(parts[-1], flush=True)
    RESULTS.write_text("\n\n".join([*parts, NOTES.read_text(encoding="utf-8")]), encoding="utf-8")


if __name__ == "__main__":
    main()
