"""Final loss over learning rate × weight scale: the two labs in one picture, computed once and shipped.

    python -m gdcore.loss_map

A ReLU network, because it has all three outcomes: its gradients vanish below the critical weight scale √2, so no
learning rate helps; they explode above it, and leave float32 within a few updates; in the narrow strip between, a good
learning rate exists, and a smaller one for a larger scale. (tanh saturates instead of exploding.) Batch norm makes a
layer blind to the scale of its weights, forward and backward: every scale has its learning rates. But the gradient is
divided by the scale, so weights that start large turn slowly: what counts is α/σ_w². One network, one seed, one budget.
Where training is chaotic, at the upper edge of what works, another processor rounds otherwise and ends elsewhere.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from gdcore.training import Plan, Training

FILE = Path(__file__).parent / "data" / "loss_map.npz"
LEARNING_RATES = np.logspace(-3.0, 1.0, 13)
WEIGHT_SCALES = np.logspace(-1.0, 1.0, 13)
PLAN = Plan(
    depth=10,
    width=32,
    activation="relu",
    initialiser="lecun",
    gain=1.0,
    learning_rate=0.1,
    schedule="constant",
    batch=64,
    epochs=12,
    batch_norm=False,
    seed=0,
)


@dataclass(frozen=True)
class LossMap:
    """R learning rates, S weight scales, T measurements; the first axis is without (0) and with (1) batch norm.

    Attributes:
        learning_rates: α, shape (R,).
        weight_scales: σ_w, W_ij ~ N(0, σ_w²/fan_in), shape (S,).
        updates: done before each measurement, shape (T,), from 0 on.
        final_loss: cross-entropy over the training digits after the last update, (2, R, S); infinite where exploded.
        curves: the same at each measurement, (2, R, S, T); infinite from the explosion on.
        exploded: the training left float32, (2, R, S).
        exploded_at: in which update, (2, R, S); 0 where it did not.
        plan: the rest of what decides a cell; its learning rate, gain and batch norm are replaced cell by cell.
    """

    learning_rates: npt.NDArray[np.float64]
    weight_scales: npt.NDArray[np.float64]
    updates: npt.NDArray[np.int64]
    final_loss: npt.NDArray[np.float32]
    curves: npt.NDArray[np.float32]
    exploded: npt.NDArray[np.bool_]
    exploded_at: npt.NDArray[np.int64]
    plan: Plan


def cell_plan(plan: Plan, batch_norm: bool, rate: int, scale: int) -> Plan:
    """The plan of one cell."""
    learning_rate, gain = float(LEARNING_RATES[rate]), float(WEIGHT_SCALES[scale])
    return replace(plan, batch_norm=batch_norm, learning_rate=learning_rate, gain=gain)


def train_cell(plan: Plan) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64], int]:
    """Updates and training loss at each measurement, and the update in which it exploded, or 0."""
    training = Training(plan)
    while not training.finished:
        training.advance(60.0)
    return training.history.update, training.history.train_loss, training.exploded_at or 0


def compute(plan: Plan = PLAN) -> LossMap:
    """Train every cell: some minutes."""
    updates, *_ = train_cell(cell_plan(plan, True, 0, 0))
    curves = np.full((2, len(LEARNING_RATES), len(WEIGHT_SCALES), len(updates)), np.inf, np.float32)
    exploded_at = np.zeros(curves.shape[:3], np.int64)
    for norm, rate, scale in np.ndindex(*exploded_at.shape):
        _, losses, exploded_at[norm, rate, scale] = train_cell(cell_plan(plan, bool(norm), rate, scale))
        curves[norm, rate, scale, : len(losses)] = losses
    curves[exploded_at > 0, -1] = np.inf
    exploded, final_loss = exploded_at > 0, curves[..., -1]
    return LossMap(LEARNING_RATES, WEIGHT_SCALES, updates, final_loss, curves, exploded, exploded_at, plan)


def save(computed: LossMap) -> None:
    """Write the map to its file, with everything that decided it."""
    np.savez_compressed(
        FILE,
        learning_rates=computed.learning_rates,
        weight_scales=computed.weight_scales,
        updates=computed.updates.astype(np.int16),
        curves=computed.curves,
        exploded_at=computed.exploded_at.astype(np.int16),
        plan=json.dumps(asdict(computed.plan)),
    )


@lru_cache(maxsize=1)
def loss_map() -> LossMap:
    """The shipped map; its arrays are read-only."""
    with np.load(FILE, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file if name != "plan"}
        plan = Plan(**json.loads(file["plan"].item()))
    arrays["updates"], arrays["exploded_at"] = (arrays[name].astype(np.int64) for name in ("updates", "exploded_at"))
    arrays["final_loss"], arrays["exploded"] = arrays["curves"][..., -1], arrays["exploded_at"] > 0
    for array in arrays.values():
        array.setflags(write=False)
    return LossMap(**arrays, plan=plan)


if __name__ == "__main__":
    save(compute())
