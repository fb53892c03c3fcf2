"""The server's time for one committed change, against an empty fragment with one slider under Streamlit's defaults.

    python -m tests.benchmarks.rerun [changes]

Both apps run as processes of their own and are asked in turn, so that a slow moment of the machine hits both. A time is
the median from the request to the end of the script run, as a client sees it; only the ratio means something elsewhere.
"""

import shutil
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.streamlit_client import ROOT, Client, serve

EMPTY = Path(__file__).parent / "empty_fragment.py"
WARM_UP = 5  # changes that do not count


@dataclass(frozen=True)
class Case:
    """One slider of the app, set to these values in turn."""

    name: str
    page: str
    query: str
    slider: str
    values: Sequence[float | str]


def small_steps(first: float, step: float) -> Sequence[float]:
    """Many values, so that no cache knows the answer."""
    return [first + turn * step for turn in range(200)]


LAB = "learning_rate"
CASES = (
    Case("which way is down, another start", LAB, "tab=slope", f"{LAB}-start-", small_steps(-2.0, 0.01)),
    Case("how big a step, another α", LAB, "", f"{LAB}-alpha-", small_steps(0.5, 0.01)),
    Case("how big a step, another problem", LAB, "", f"{LAB}-curvature-", small_steps(1.01, 0.01)),
    Case("start large, then shrink, another m", LAB, "tab=shrink", f"{LAB}-batch-ladder", ["2", "4", "16"]),
    Case("two directions, another α", LAB, "tab=bowl", f"{LAB}-pace-", small_steps(0.4, 0.01)),
    Case("beyond convex, another start", LAB, "tab=dip", f"{LAB}-dip_start-", small_steps(2.5, 0.01)),
    Case("your own data, another α", LAB, "tab=data", f"{LAB}-fit_pace-", small_steps(0.2, 0.01)),
    Case("n layers, another weight", "depth", "", "depth-scale-", small_steps(0.81, 0.01)),
    Case("the map, another depth", "depth", "tab=map", "depth-depth-ladder", ["2", "4", "8", "15", "30", "40"]),
    Case("start well, another n", "depth", "tab=start", "depth-depth-net_depth", range(2, 51)),
    Case("train it, another depth", "depth", "tab=train", "depth-depth-train_depth", small_steps(1, 1)[:50]),
    *(
        Case(f"batch norm, {look}", "depth", f"tab=batch_norm&look={look}", "depth-depth-net_depth", range(2, 51))
        for look in ("layers", "unit", "readings", "growth")
    ),
)


def measure(app: str, plain: str, case: Case, changes: int) -> tuple[float, float, int]:
    """Median seconds of the app and of the plain one, and the bytes that one change of the app sends."""
    ours, theirs, sent = [], [], []
    with Client(app, page=case.page, query=case.query) as client, Client(plain) as other:
        client.open()
        other.open()
        for turn in range(WARM_UP + changes):
            ours_now = client.change(case.slider, case.values[turn % len(case.values)])
            assert any(message.WhichOneof("type") == "page_info_changed" for message in ours_now.messages), case
            theirs_now = other.change("x", (turn % 10 + 1) / 20)
            if turn >= WARM_UP:
                ours.append(ours_now.seconds)
                theirs.append(theirs_now.seconds)
                sent.append(ours_now.received_bytes)
    return statistics.median(ours), statistics.median(theirs), round(statistics.median(sent))


def table(changes: int = 60) -> str:
    """One row a case, as a Markdown table."""
    lines = ["| change | server | empty fragment, stock | ratio | sent |", "|---|---|---|---|---|"]
    with tempfile.TemporaryDirectory() as folder:
        script = Path(shutil.copy(EMPTY, folder))
        with serve(ROOT / "app.py") as app, serve(script, folder=Path(folder)) as plain:
            for case in CASES:
                ours, theirs, sent = measure(app, plain, case, changes)
                row = f"{ours * 1e3:.1f} ms | {theirs * 1e3:.1f} ms | {ours / theirs:.2f} | {sent / 1e3:.1f} kB"
                lines.append(f"| {case.name} | {row} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table(*map(int, sys.argv[1:])))
