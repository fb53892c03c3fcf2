"""Gradients of every layer, and a whole training step, against PyTorch and against the matrix products alone.

    python -m pip install -r tests/benchmarks/requirements.txt
    python -m tests.benchmarks.network [--threads 1] [--rounds 41] [--activation relu] [--clock wall]

Everything is float32 with batches of 64 on the same network, in one process and with the same number of threads. All
candidates of a case are timed in turn, round after round, so that a slow moment of the machine hits them all; a time is
the median over the rounds, a ratio the median of the rounds' ratios. "Gradients" is the forward pass, cross-entropy and
the backward pass, with γ, β and the running statistics of batch norm; a "step" adds plain gradient descent. PyTorch
runs eagerly, as a training loop is usually written; of its own ways to update the parameters the fastest is taken.
"Products" are the same matrix products through numpy, into arrays that exist already, and nothing else. On a machine
that others use as well, `--clock cpu` counts the processor time of this process alone; with one thread that is fair.
"""

import argparse
import gc
import os
import statistics
import sys
import time
from collections.abc import Callable
from itertools import product

import numpy as np
import torch
from threadpoolctl import threadpool_info, threadpool_limits

from gdcore.inference import RunningStatistics
from gdcore.training_pass import Shape, TrainingPass

SLOWS_NUMPY = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")  # kernels or blocks meant for another machine
INPUTS, CLASSES, BATCH, RATE = 64, 10, 64, 1e-3
DEPTHS, WIDTHS = (10, 20, 50), (64, 128)
ACTIVATIONS = {"relu": torch.nn.ReLU, "tanh": torch.nn.Tanh, "sigmoid": torch.nn.Sigmoid}
COLUMNS = ["depth", "width", "batch norm", "gradients", "PyTorch", "ratio", "step", "PyTorch", "ratio"]
COLUMNS += ["products", "gradients/products", "PyTorch/products"]
Action = Callable[[], object]
Clock = Callable[[], float]
CLOCKS: dict[str, Clock] = {"wall": time.perf_counter, "cpu": time.process_time}


def ours(depth: int, width: int, batch_norm: bool, activation: str) -> tuple[Action, Action]:
    """Gradients, and a step, of `TrainingPass` on a network that keeps the size of its signals."""
    rng = np.random.default_rng(0)
    network = TrainingPass(Shape(INPUTS, depth, width, CLASSES), BATCH, activation, batch_norm=batch_norm)
    for weights in (*network.parameters.layers, network.parameters.readout):
        weights[...] = rng.standard_normal(weights.shape) * np.sqrt(2.0 / weights.shape[1])
    running = RunningStatistics(network) if batch_norm else None
    X = np.vstack((rng.standard_normal((INPUTS, BATCH)), np.ones(BATCH))).astype(np.float32)
    T = np.eye(CLASSES, dtype=np.float32)[:, rng.integers(0, CLASSES, BATCH)]

    def gradients() -> None:
        network.forward(X)
        network.loss(T)
        network.backward(X, T)
        if running is not None:
            running.gather()

    def step() -> None:
        network.step(X, T, RATE)
        if running is not None:
            running.gather()
        assert network.parameters.finite()

    return gradients, step


def torchs(depth: int, width: int, batch_norm: bool, activation: str, clock: Clock) -> tuple[Action, Action]:
    """The same in PyTorch; a bias before batch norm is left out here too."""
    torch.manual_seed(0)
    layers: list[torch.nn.Module] = []
    for i in range(depth):
        linear = torch.nn.Linear(width if i else INPUTS, width, bias=not batch_norm)
        torch.nn.init.kaiming_normal_(linear.weight)
        norm = [torch.nn.BatchNorm1d(width)] if batch_norm else []
        layers += [linear, *norm, ACTIVATIONS[activation]()]
    network = torch.nn.Sequential(*layers, torch.nn.Linear(width, CLASSES))
    X, T = torch.randn(BATCH, INPUTS), torch.randint(0, CLASSES, (BATCH,))

    def gradients() -> None:
        for parameter in network.parameters():
            parameter.grad = None
        torch.nn.functional.cross_entropy(network(X), T).backward()

    def step_with(optimiser: torch.optim.Optimizer) -> Action:
        def step() -> None:
            optimiser.zero_grad()
            torch.nn.functional.cross_entropy(network(X), T).backward()
            optimiser.step()

        return step

    ways: list[dict[str, bool]] = [{}, {"foreach": True}, {"fused": True}]
    steps = [step_with(torch.optim.SGD(network.parameters(), lr=RATE, **way)) for way in ways]
    times = [statistics.median(each) for each in rounds_of(steps, 7, clock)]
    return gradients, steps[times.index(min(times))]


def products(depth: int, width: int) -> Action:
    """Forward, weight gradient and signal gradient of every layer; the first one needs no gradient of its input."""
    rng = np.random.default_rng(0)

    def array(*shape: int) -> np.ndarray:
        return rng.standard_normal(shape).astype(np.float32)

    fans = [(width, width if i else INPUTS) for i in range(depth)] + [(CLASSES, width)]
    layers = [(array(o, i), array(i, BATCH), array(o, BATCH), array(o, i), array(i, BATCH)) for o, i in fans]

    def all_products() -> None:
        for weights, below, above, _, _ in layers:
            np.matmul(weights, below, out=above)
        for index in range(depth, -1, -1):
            weights, below, above, gradient, coming = layers[index]
            np.matmul(above, below.T, out=gradient)
            if index:
                np.matmul(weights.T, above, out=coming)

    np.seterr(over="ignore", invalid="ignore")
    return all_products


def rounds_of(actions: list[Action], rounds: int, clock: Clock) -> list[list[float]]:
    """Seconds of each action in each round, the order turning by one from round to round."""
    for action in actions:
        action()
    repeats = [max(1, round(0.004 / once(action, clock))) for action in actions]
    seconds: list[list[float]] = [[] for _ in actions]
    gc.disable()
    for turn in range(rounds):
        for k in range(len(actions)):
            which = (turn + k) % len(actions)
            start = clock()
            for _ in range(repeats[which]):
                actions[which]()
            seconds[which].append((clock() - start) / repeats[which])
    gc.enable()
    return seconds


def once(action: Action, clock: Clock) -> float:
    """Seconds of one call."""
    start = clock()
    action()
    return clock() - start


def ratio(one: list[float], other: list[float]) -> float:
    """Median over the rounds of one/other."""
    return statistics.median(a / b for a, b in zip(one, other, strict=True))


def row(depth: int, width: int, batch_norm: bool, activation: str, rounds: int, clock: Clock) -> str:
    """One line of the table, for one network."""
    own_actions, their_actions = (
        ours(depth, width, batch_norm, activation),
        torchs(depth, width, batch_norm, activation, clock),
    )
    times = rounds_of([*own_actions, *their_actions, products(depth, width)], rounds, clock)
    gradients, step, torch_gradients, torch_step, bare = times
    own, own_step, theirs, their_step, alone = (1e3 * statistics.median(part) for part in times)
    return (
        f"| {depth} | {width} | {'with' if batch_norm else 'without'} "
        f"| {own:.2f} | {theirs:.2f} | **{ratio(gradients, torch_gradients):.2f}** "
        f"| {own_step:.2f} | {their_step:.2f} | **{ratio(step, torch_step):.2f}** "
        f"| {alone:.2f} | {ratio(gradients, bare):.2f} | {ratio(torch_gradients, bare):.2f} |"
    )


def main() -> None:
    """Print the table."""
    if any(name in os.environ for name in SLOWS_NUMPY):  # read when numpy is loaded: begin again without
        kept = {name: value for name, value in os.environ.items() if name not in SLOWS_NUMPY}
        os.execve(sys.executable, [sys.executable, "-m", "tests.benchmarks.network", *sys.argv[1:]], kept)
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=41)
    parser.add_argument("--activation", choices=ACTIVATIONS, default="relu")
    parser.add_argument("--clock", choices=CLOCKS, default="wall")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    threadpool_limits(options.threads)
    pools = [pool for pool in threadpool_info() if "architecture" in pool]
    kernels = ", ".join(f"{pool['internal_api']} {pool['version']} {pool['architecture']}" for pool in pools)
    print(f"numpy {np.__version__} ({kernels}), PyTorch {torch.__version__}, {options.threads} thread(s) each")
    print(f"{options.activation}, float32, batch {BATCH}, {options.rounds} rounds, {options.clock} milliseconds\n")
    print("| " + " | ".join(COLUMNS) + " |\n|" + "--:|" * len(COLUMNS))
    for batch_norm, width, depth in product((False, True), WIDTHS, DEPTHS):
        print(row(depth, width, batch_norm, options.activation, options.rounds, CLOCKS[options.clock]), flush=True)


if __name__ == "__main__":
    main()
