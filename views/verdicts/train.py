"""What became of the two networks, what theory had to say beforehand, and why the two may seem to differ."""

import math

from gdcore.digit_batches import HELD_OUT
from gdcore.training import Plan
from views.charts.train_frames import GUESSING, LOSSES
from views.numbers import magnitude, plain
from views.outlook import Outlook, outlook
from views.text import Text
from views.training import SIDES, Curve, Pair, Stage

CHANCE = 0.25  # accuracy: below, a network has learned next to nothing
NEAR_GUESSING = 0.1  # of the loss ln 10
VANISHED, TINY = -3.0, -2.0  # log₁₀ of the first gradient; and of what all updates together can move
LAG = 2.0  # times the loss on the last mini-batches
LAST_BATCHES = 10


def network(text: Text, plan: Plan) -> str:
    """The plan in one line."""
    start = text(f"chart.train.start_{plan.initialiser}", gain=plain(plan.gain))
    return text(
        "chart.train.network",
        depth=plan.depth,
        activation=text(f"option.activation.{plan.activation}"),
        start=start,
        rate=plain(plan.learning_rate),
    )


def headline(text: Text, pair: Pair | None) -> str:
    """Which network the picture shows."""
    return "" if pair is None else network(text, pair.plan)


def progress_said(text: Text, pair: Pair) -> str:
    """How far the two have come."""
    if pair.stage is Stage.WAITING:
        return text("verdict.train.in_line", ahead=pair.ahead)
    updates = max((curve.updates for curve in pair.curves.values()), default=0)
    return text("verdict.train.progress", updates=updates, total=pair.total_updates)


def train_verdict(text: Text, pair: Pair | None, plan: Plan) -> str:
    """The verdict on what is drawn; `plan` is what the controls say now."""
    if pair is None or (not pair.curves and pair.stage in (Stage.STOPPED, Stage.CHANGED)):
        return text("verdict.train.idle")
    if pair.stage is Stage.WAITING and not pair.curves:
        return text("verdict.train.waiting", most=pair.places.most)
    if pair.stage is Stage.FINISHED and not pair.curves:
        return text("verdict.train.cannot")
    said = [_stage(text, pair, plan)]
    for side in SIDES:
        if side in pair.refused:
            said.append(text("verdict.train.one"))
        elif side in pair.curves and len(pair.curves[side].history.update):
            said.append(_side(text, pair, side))
        elif side in pair.curves and pair.curves[side].exploded_at is not None:
            said.append(text("verdict.train.at_once", name=text(f"verdict.train.name_{side}")))
    if pair.curves and not pair.busy:
        said.append(_theory(text, pair, outlook(pair.plan)))
        said.append(_compared(text, pair))
    return "\n\n".join(each for each in said if each)


def _stage(text: Text, pair: Pair, plan: Plan) -> str:
    """Whether it goes on, was stopped, or belongs to settings that are no longer set."""
    updates = max((curve.updates for curve in pair.curves.values()), default=0)
    if pair.stage is Stage.CHANGED:
        return text("verdict.train.changed", updates=updates)
    if not pair.busy and pair.plan != plan:
        return text("verdict.train.other")
    return text("verdict.train.stopped", updates=updates) if pair.stage is Stage.STOPPED else ""


def learned_nothing(curve: Curve) -> bool:
    """Whether a network ends at the loss and the accuracy of guessing."""
    loss, right = float(curve.history.train_loss[-1]), float(curve.history.train_accuracy[-1])
    return abs(loss - GUESSING) < NEAR_GUESSING and right < CHANCE


def _side(text: Text, pair: Pair, side: str) -> str:
    """What became of one network."""
    curve, history = pair.curves[side], pair.curves[side].history
    loss, right = float(history.train_loss[-1]), float(history.held_out_accuracy[-1])
    numbers = {
        "name": text(f"verdict.train.name_{side}"),
        "loss": plain(loss, 3),
        "train": _percent(float(history.train_accuracy[-1])),
        "held_out": _percent(right),
        "updates": curve.updates,
    }
    if pair.busy and curve.exploded_at is None:
        return text("verdict.train.so_far", **numbers)
    if curve.exploded_at is not None:
        said = [text("verdict.train.exploded", update=curve.exploded_at, **numbers)]
    elif learned_nothing(curve):
        said = [text("verdict.train.nothing", **numbers), _reason(text, pair.plan, side, curve)]
    else:
        said = [text("verdict.train.worse" if loss > GUESSING else "verdict.train.learned", **numbers)]
    if max(history.train_loss.max(), history.held_out_loss.max()) > LOSSES[1]:
        said.append(text("verdict.train.beyond", most=plain(float(history.train_loss.max()), 3)))
    if side == "with" and _lags(curve):
        batch_loss = float(history.batch_loss[-LAST_BATCHES:].mean())
        said.append(text("verdict.train.lag", batch_loss=plain(batch_loss, 3), loss=plain(loss, 3)))
    return text.together(said)


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _lags(curve: Curve) -> bool:
    """Whether the running statistics describe the mini-batches badly."""
    last = curve.history.batch_loss[-LAST_BATCHES:]
    return len(last) > 0 and float(curve.history.train_loss[-1]) > LAG * max(float(last.mean()), NEAR_GUESSING)


def _reason(text: Text, plan: Plan, side: str, curve: Curve) -> str:
    """Why a network has learned nothing."""
    known = outlook(plan)
    first, last = known.first[side], known.last[side]
    written = {"first": _power(first), "last": _power(last)}
    if plan.initialiser == "constant":
        return text("verdict.train.reason_constant")
    if first == -math.inf:
        return text("verdict.train.reason_zero")
    if first < VANISHED:
        return text("verdict.train.reason_vanished", **written)
    if first + math.log10(plan.learning_rate * max(curve.updates, 1)) < TINY:
        return text("verdict.train.reason_rate", rate=plain(plan.learning_rate), **written)
    return text("verdict.train.reason_other", **written)


def _power(log10: float) -> str:
    return magnitude(int(log10 > -math.inf), log10)


def _theory(text: Text, pair: Pair, known: Outlook) -> str:
    """What theory says of both networks' gradients, and of a network that learned although theirs vanish."""
    growth = known.growth
    if pair.plan.depth == 1 or not growth:
        return ""
    said = [
        text(f"verdict.train.theory_{side}", growth=magnitude(1, growth[side]))
        for side in SIDES
        if side in growth and side in pair.curves
    ]
    curve = pair.curves.get("without")
    if curve is not None and growth.get("without", 0.0) < VANISHED and _learned(curve):
        said.append(text("verdict.train.yet_learned"))
    return text.together(said)


def _learned(curve: Curve) -> bool:
    if curve.exploded_at is not None or not len(curve.history.update):
        return False
    return float(curve.history.train_accuracy[-1]) >= CHANCE


def _compared(text: Text, pair: Pair) -> str:
    """Which network recognises more held-out digits, beyond what 360 of them can tell."""
    if set(pair.curves) != set(SIDES) or not all(len(curve.history.update) for curve in pair.curves.values()):
        return ""
    learned = {side: _learned(curve) for side, curve in pair.curves.items()}
    if not any(learned.values()):
        return text("verdict.train.neither")
    rights = {side: float(curve.history.held_out_accuracy[-1]) for side, curve in pair.curves.items()}
    if all(learned.values()):
        middle = sum(rights.values()) / 2
        doubt = 2 * math.sqrt(2 * middle * (1 - middle) / HELD_OUT)
        if abs(rights["with"] - rights["without"]) <= doubt:
            return text("verdict.train.alike", held_out=HELD_OUT, doubt=f"{100 * doubt:.1f}")
    better = "with" if (learned["with"], rights["with"]) > (learned["without"], rights["without"]) else "without"
    return text(f"verdict.train.better_{better}")
