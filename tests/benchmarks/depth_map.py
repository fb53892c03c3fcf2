"""How long the map takes: 12 depths × 41 weight scales, without and with batch norm.

    python -m tests.benchmarks.depth_map [--rounds 9]

Prints the median and the best wall-clock time of each activation, and the processor time of all threads together: on a
busy machine only the last says what the map costs. The first line is the page's default setting.
"""

import argparse
import os
import statistics
import sys
import time

from gdcore.activations import ACTIVATIONS
from gdcore.depth_map import DEPTHS, SCALES, depth_map
from gdcore.experiment import Experiment
from views.setting import defaults
from views.settings import PAGES

SLOWS_NUMPY = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")  # kernels or blocks chosen for another machine


def measured(experiment: Experiment, rounds: int) -> tuple[float, float, float]:
    """Median and best wall-clock time, and median processor time, in seconds."""
    walls, works = [], []
    depth_map.__wrapped__(experiment)
    for _ in range(rounds):
        wall, work = time.perf_counter(), time.process_time()
        depth_map.__wrapped__(experiment)
        walls.append(time.perf_counter() - wall)
        works.append(time.process_time() - work)
    return statistics.median(walls), min(walls), statistics.median(works)


def main() -> None:
    if any(name in os.environ for name in SLOWS_NUMPY):
        kept = {name: value for name, value in os.environ.items() if name not in SLOWS_NUMPY}
        os.execve(sys.executable, [sys.executable, "-m", "tests.benchmarks.depth_map", *sys.argv[1:]], kept)
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    values = defaults(PAGES["depth"])
    default = str(values["activation"])
    print(
        f"{len(DEPTHS)} depths × {len(SCALES)} scales × 2, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"
    )
    for name in (default, *(each for each in ACTIVATIONS if each != default)):
        experiment = Experiment(DEPTHS[-1], int(values["width"]), int(values["batch"]), 1.0, name, int(values["seed"]))
        median, best, work = measured(experiment, rounds)
        print(f"{name:9} median {median:.3f} s, best {best:.3f} s, processor time {work:.3f} s")


if __name__ == "__main__":
    main()
