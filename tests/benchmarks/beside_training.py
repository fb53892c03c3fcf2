"""How much slower another visitor's change is while trainings run: its p50 and p95, alternately without and with them.

    python -m tests.benchmarks.beside_training [blocks]

The trainings' browsers are played by clients that ask for a slice as often as a browser does.
"""

from __future__ import annotations

import os
import statistics
import sys
import threading
import time

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.streamlit_client import ROOT, Client, serve
from views.training import PLACES, TICK

CHANGES, PAUSE = 40, 0.1  # changes in a block, seconds between them
LONG = "tab=train&depth=30&width=128&epochs=50&batch=16&activation=relu"
BUTTON = "depth-train_button"


class Trainee(Client):
    """A visitor who presses Train and whose browser then asks for one slice after another."""

    def press(self) -> str:
        """Press the button; the fragment that wants to be asked again, or nothing."""
        identity, fragment = self.widgets[BUTTON]
        message = BackMsg()
        state = message.rerun_script
        state.query_string, state.page_name, state.page_script_hash = self.query, self.page, self.page_hash
        state.fragment_id = fragment
        state.widget_states.widgets.add(id=identity).trigger_value = True
        self._socket.send(message.SerializeToString())
        asks = ""
        while True:
            answer = ForwardMsg.FromString(self._socket.recv(timeout=60))
            self._remember(answer)
            if answer.WhichOneof("type") == "auto_rerun":
                asks = answer.auto_rerun.fragment_id
            if answer.WhichOneof("type") == "script_finished":
                return asks

    def train(self, until: threading.Event) -> None:
        """Ask for slices until told to end, then press Stop."""
        asks = self.press()
        assert asks, "it does not train"
        while not until.is_set():
            begun = time.perf_counter()
            self._rerun({}, asks)
            until.wait(max(0.0, TICK - (time.perf_counter() - begun)))
        self.press()


def changes(client: Client, first: int) -> list[float]:
    """Seconds that each change of a slider takes."""
    taken = []
    for turn in range(CHANGES):
        taken.append(client.change("learning_rate-alpha-", 0.3 + 0.01 * ((first + turn) % 150)).seconds)
        time.sleep(PAUSE)
    return taken


def p95(values: list[float]) -> float:
    """The value that one in twenty exceeds."""
    return statistics.quantiles(values, n=20)[-1]


def main() -> None:
    """Print one row for each number of trainings."""
    blocks = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    taken: dict[int, list[float]] = {0: [], PLACES.most: []}
    with serve(ROOT / "app.py") as address:
        other = Client(address, page="learning_rate")
        trainees = [Trainee(address, page="depth", query=LONG) for _ in range(PLACES.most)]
        with other:
            other.open()
            changes(other, 0)
            for trainee in trainees:
                trainee.__enter__()
                trainee.open()
            for block in range(blocks):
                taken[0] += changes(other, block * CHANGES)
                over = threading.Event()
                threads = [threading.Thread(target=trainee.train, args=(over,)) for trainee in trainees]
                for thread in threads:
                    thread.start()
                time.sleep(1.0)
                taken[PLACES.most] += changes(other, block * CHANGES)
                over.set()
                for thread in threads:
                    thread.join()
            for trainee in trainees:
                trainee.__exit__()
    print(f"BLAS threads: {os.environ.get('OPENBLAS_NUM_THREADS', 'as many as cores')}")
    print("| trainings | p50 | p95 |\n|---|---|---|")
    for count, values in taken.items():
        print(f"| {count} | {statistics.median(values) * 1e3:.1f} ms | {p95(values) * 1e3:.1f} ms |")
    print(f"p95 × {p95(taken[PLACES.most]) / p95(taken[0]):.2f}")


if __name__ == "__main__":
    main()
