"""θ ← θ − α(t) · ∂L/∂θ on one mini-batch of digits after another: a deep network learns, or does not.

Two trainings with the same seed start from the same weights and see the same mini-batches in the same order, whatever
else differs between them. In training, batch norm uses the statistics of the mini-batch; where the network is
measured, it uses running ones. Everything is float32, as on a GPU. What leaves float32 ends the training, and is named.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gdcore import schedules
from gdcore.activations import ACTIVATIONS
from gdcore.batch_norm import EPSILON
from gdcore.digit_batches import CLASSES, split_digits
from gdcore.in_place import Real
from gdcore.inference import RunningStatistics, measure
from gdcore.initialisers import INITIALISERS
from gdcore.network import Network, started
from gdcore.parameters import Shape
from gdcore.schedules import Schedule
from gdcore.training_pass import TrainingPass

LEAST_EPSILON = 1e-30  # Bε and its square root must be ordinary numbers of float32
EARLY = 5  # measured points in the first epoch
NAMES = {"xavier": "xavier_normal"}  # the plain name where an initialiser comes in two kinds
PLAIN_INITIALISERS = ("constant", "normal", "uniform", "xavier", "he", "lecun", "orthogonal")
PLAIN_SCHEDULES = ("constant", "step", "exponential", "cosine")


@dataclass(frozen=True)
class Plan:
    """Everything that decides a training.

    Attributes:
        depth: n hidden layers, 1 to 50.
        width: units per hidden layer, 1 to 256.
        activation: a key of ACTIVATIONS.
        initialiser: one of PLAIN_INITIALISERS; the read-out always has scale 1.
        gain: the initialiser's number: value, deviation, limit or gain.
        learning_rate: α > 0 at the start.
        schedule: one of PLAIN_SCHEDULES, over all updates: halved five times, to 1/100, or along a cosine to 0.
        batch: B, 1 to 256; at least 2 with batch norm. A short last batch of an epoch is left out.
        epochs: 1 to 50.
        batch_norm: normalise in front of every activation.
        seed: >= 0.
        epsilon: ε >= 1e-30 of batch norm.
    """

    depth: int
    width: int
    activation: str
    initialiser: str
    gain: float
    learning_rate: float
    schedule: str
    batch: int
    epochs: int
    batch_norm: bool
    seed: int
    epsilon: float = EPSILON


@dataclass(frozen=True)
class History:
    """How a training went; every number in it is finite.

    Attributes:
        update: updates done before each measurement, shape (M,), from 0 on.
        train_loss, held_out_loss: cross-entropy over all training and all held-out digits, shape (M,).
        train_accuracy, held_out_accuracy: fractions in [0, 1], shape (M,).
        batch_loss: loss on the mini-batch of every update, before the update, shape (T,).
    """

    update: npt.NDArray[np.int64]
    train_loss: npt.NDArray[np.float64]
    held_out_loss: npt.NDArray[np.float64]
    train_accuracy: npt.NDArray[np.float64]
    held_out_accuracy: npt.NDArray[np.float64]
    batch_loss: npt.NDArray[np.float64]


class Training:
    """One training, done in slices.

    Args:
        plan: what is to be done.

    Attributes:
        plan: what was asked for.
        updates: done so far.
        total_updates: in the whole plan.
        exploded_at: the update in which a loss or a weight left float32; None if none did.

    Raises:
        ValueError: a number of the plan is out of its range.
    """

    def __init__(self, plan: Plan) -> None:
        """Split the digits and draw the weights; nothing is computed yet."""
        _require(plan)
        self.plan = plan
        self.updates = 0
        self.exploded_at: int | None = None
        self._train, self._held_out = split_digits(plan.seed)
        self._batches = len(self._train.labels) // plan.batch
        self.total_updates = plan.epochs * self._batches
        self._rates = _schedule(plan, self.total_updates)(np.arange(self.total_updates))
        shape = Shape(len(self._train.X) - 1, plan.depth, plan.width, CLASSES)
        self._pass = TrainingPass(shape, plan.batch, plan.activation, batch_norm=plan.batch_norm, epsilon=plan.epsilon)
        self._pass.parameters.take(first_network(plan, shape.inputs))
        self._running = RunningStatistics(self._pass) if plan.batch_norm else None
        self._measured: list[tuple[int, float, float, float, float]] = []
        self._batch_losses: list[float] = []
        self._work = self._all_work()
        self._over = False

    @property
    def finished(self) -> bool:
        """All updates are done, or the training exploded."""
        return self._over

    @property
    def history(self) -> History:
        """What is known so far."""
        table = np.array(self._measured, dtype=np.float64).reshape(-1, 5)
        losses = np.array(self._batch_losses, dtype=np.float64)
        update, train, held_out, train_accuracy, accuracy = table.T
        return History(update.astype(np.int64), train, held_out, train_accuracy, accuracy, losses)

    def advance(self, seconds: float) -> None:
        """Work for about `seconds`, and for one update, or a piece of a measurement, at least."""
        deadline = time.perf_counter() + seconds
        with np.errstate(all="ignore"):  # what leaves float32 is found and named instead
            while not self._over:
                self._over = next(self._work, True)
                if time.perf_counter() >= deadline:
                    break

    def _all_work(self) -> Iterator[bool]:
        """The training in small pieces; True where it is over."""
        batch, order = self.plan.batch, np.random.default_rng([self.plan.seed, 2])
        early = {1, *(round(self._batches * k / EARLY) for k in range(1, EARLY))}
        for _ in range(self.plan.epochs):
            rows = order.permutation(len(self._train.labels))[: self._batches * batch]
            images, targets = self._train.batches(rows, batch)
            if self.updates == 0:
                yield from self._measure_start(images[0])
            for X, T in zip(images, targets, strict=True):
                yield self._update(X, T)
                if self.updates in early or self.updates % self._batches == 0:
                    yield from self._measure()
        yield True

    def _update(self, X: Real, T: Real) -> bool:
        loss = self._pass.step(X, T, float(self._rates[self.updates]))
        if not math.isfinite(loss):
            return self._explode(self.updates + 1)
        self.updates += 1
        self._batch_losses.append(loss)
        if self._running is not None:
            self._running.gather()
        return False if self._pass.parameters.finite() else self._explode(self.updates)

    def _measure_start(self, X: Real) -> Iterator[bool]:
        """Before the first update nothing is running yet: the statistics of its mini-batch stand in."""
        if self._running is not None:
            self._pass.forward(X)
            self._running.gather()
            self._running.batches = 0  # they stand in only until the first update has gathered its own
        yield from self._measure()

    def _measure(self) -> Iterator[bool]:
        layers, readout = self._pass.parameters.layers, self._pass.parameters.readout
        if self._running is not None:
            layers = self._running.folded()
        pairs = []
        for part in (self._train, self._held_out):
            for so_far in measure(layers, readout, part.X, part.labels, self.plan.activation):
                pair = so_far
                yield False
            pairs.append(pair)
        if not np.isfinite(pairs).all():
            yield self._explode(max(self.updates, 1))
            return
        (train, train_accuracy), (held_out, accuracy) = pairs
        self._measured.append((self.updates, train, held_out, train_accuracy, accuracy))

    def _explode(self, update: int) -> bool:
        self.exploded_at = update
        return True


def first_network(plan: Plan, inputs: int) -> Network:
    """The network the training starts from, the same with and without batch norm; biases are 0."""
    initialiser = INITIALISERS[NAMES.get(plan.initialiser, plan.initialiser)](plan.gain)
    rng = np.random.default_rng(plan.seed)
    return started(initialiser, plan.depth, plan.width, inputs, CLASSES, rng=rng)


def _schedule(plan: Plan, updates: int) -> Schedule:
    a = plan.learning_rate
    if plan.schedule == "step":
        return schedules.step_decay(a, 0.5, math.ceil(updates / 6))
    if plan.schedule == "exponential":
        return schedules.exponential(a, 0.01 ** (1.0 / updates))
    if plan.schedule == "cosine":
        return schedules.cosine(a, updates)
    return schedules.constant(a)


def _require(plan: Plan) -> None:
    for name, least, most in (("depth", 1, 50), ("width", 1, 256), ("batch", 1, 256), ("epochs", 1, 50)):
        if not least <= getattr(plan, name) <= most:
            raise ValueError(f"got {name} {getattr(plan, name)}: it must lie between {least} and {most}")
    for name, allowed in (
        ("activation", tuple(ACTIVATIONS)),
        ("initialiser", PLAIN_INITIALISERS),
        ("schedule", PLAIN_SCHEDULES),
    ):
        if getattr(plan, name) not in allowed:
            raise ValueError(f"got {name} {getattr(plan, name)}: it must be one of {', '.join(allowed)}")
    if plan.batch_norm and plan.batch < 2:
        raise ValueError("got batch 1 with batch norm: one sample has no spread; use a batch of at least 2")
    if plan.batch_norm and not LEAST_EPSILON <= plan.epsilon < math.inf:
        raise ValueError(
            f"got epsilon {plan.epsilon}: it must be at least {LEAST_EPSILON}, for a unit may be constant over a batch"
        )
