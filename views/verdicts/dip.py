"""What theory says of a learning rate in the bowl with a dip, what the run did, and why the two may seem to differ."""

import math
from enum import Enum

import numpy as np
import numpy.typing as npt

from gdcore.descent_theory import EQUAL
from gdcore.dip import SETTLED, WINDOW, DipDescent, Fate, curvature, landmarks, nudged
from views.numbers import plain
from views.text import Text


class Zone(Enum):
    """Which of the two minima hold a run that is near: α against their limits 2/J″."""

    BOTH = "below both limits"
    ON_SHALLOW = "on the limit of the shallow minimum"
    ONLY_DEEP = "between the limits"
    ON_DEEP = "on the limit of the deep minimum"
    NEITHER = "above both limits"


HOLDS_DIP = {Zone.BOTH}
HOLDS_BOWL = {Zone.BOTH, Zone.ON_SHALLOW, Zone.ONLY_DEEP}


def zone(learning_rate: float) -> Zone:
    """The zone of a learning rate; it lies on a limit if it is equal to it but for rounding."""
    known = landmarks()
    for limit, on, below in (
        (known.shallow_limit, Zone.ON_SHALLOW, Zone.BOTH),
        (known.deep_limit, Zone.ON_DEEP, Zone.ONLY_DEEP),
    ):
        if math.isclose(learning_rate, limit, rel_tol=EQUAL):
            return on
        if learning_rate < limit:
            return below
    return Zone.NEITHER


def leaves_at(run: DipDescent) -> npt.NDArray[np.int64]:
    """The step from which on each run is outside the picture for good; −1 if it ends inside."""
    inside = (run.points >= WINDOW[0]) & (run.points <= WINDOW[1])
    out_at_last = np.where(inside.any(axis=0), inside[::-1].argmax(axis=0), len(inside))  # points, counted from the end
    return np.where(out_at_last == 0, -1, len(inside) - out_at_last)


def dip_verdict(text: Text, run: DipDescent) -> str:
    """The verdict on one run, of a constant or a shrinking learning rate."""
    rates = run.learning_rates[:, 0]
    shrinks = bool(rates[0] != rates[-1])
    theory = _theory_of_shrinking(text, run) if shrinks else [_theory(text, float(rates[0]))]
    did = [_ending(text, run), *_way_there(text, run)]
    if reason := _reason(run, shrinks):
        did.append(text(f"verdict.dip.{reason}", **_factors(float(rates[-1]))))
    near = nudged(run)
    if near.fate[0]:
        did.append(text("verdict.dip.chaotic"))
    elif near.place[0] and run.fate[0] is Fate.RATTLES:
        did.append(text("verdict.dip.chaotic_place"))
    return "\n\n".join([text.together(theory), text.together(did)])


def _factors(learning_rate: float) -> dict[str, str]:
    """1 − αJ″ at the two minima."""
    known = landmarks()
    names = {"dip_factor": known.shallow, "bowl_factor": known.deep}
    return {name: plain(1.0 - learning_rate * float(curvature(place)), 3) for name, place in names.items()}


def _theory(text: Text, learning_rate: float) -> str:
    known = landmarks()
    limits = {"dip_limit": plain(known.shallow_limit), "bowl_limit": plain(known.deep_limit)}
    written = {"alpha": plain(learning_rate), **limits, **_factors(learning_rate)}
    return text(f"verdict.dip.theory.{zone(learning_rate).name}", **written)


def _theory_of_shrinking(text: Text, run: DipDescent) -> list[str]:
    """From which step on each minimum holds a run that is near."""
    rates, known = run.learning_rates[:, 0], landmarks()
    said = [text("verdict.dip.theory.shrinks", first=plain(rates[0]), last=plain(rates[-1], 3))]
    for name, limit in (("bowl", known.deep_limit), ("dip", known.shallow_limit)):
        below = np.flatnonzero(rates < limit)
        key = "never" if not below.size else "always" if below[0] == 0 else "from"
        step = int(below[0]) if below.size else 0
        said.append(text(f"verdict.dip.theory.{name}_{key}", limit=plain(limit), step=step))
    return said


def _ending(text: Text, run: DipDescent) -> str:
    fate, end, known = run.fate[0], float(run.points[-1, 0]), landmarks()
    name = fate.name
    if fate in (Fate.TRAPPED, Fate.ESCAPED):
        minimum = known.shallow if fate is Fate.TRAPPED else known.deep
        name += "_SETTLED" if abs(end - minimum) <= SETTLED else "_MOVING"
    return text(f"verdict.dip.run.{name}", steps=len(run.points) - 1, end=plain(end), out=int(leaves_at(run)[0]))


def _way_there(text: Text, run: DipDescent) -> list[str]:
    """When the run left the dip, how often it passed the barrier, and how far out it was."""
    points, crossings, at = run.points[:, 0], int(run.crossings[0]), int(run.escaped_at[0])
    if run.fate[0] is Fate.DIVERGED:
        return []
    said = []
    if at == 0:
        said.append(text("verdict.dip.never_in"))
    elif at > 0 and not _swings_over(run):
        said.append(text("verdict.dip.left", step=at))
    if crossings > 1:
        said.append(text("verdict.dip.crossed", count=crossings))
    farthest = int(np.abs(points).argmax())
    if not WINDOW[0] <= points[farthest] <= WINDOW[1]:
        said.append(text("verdict.dip.far", step=farthest, theta=plain(float(points[farthest]))))
    return said


def _swings_over(run: DipDescent) -> bool:
    """Whether the run still passes the barrier in its last quarter."""
    points = run.points[:, 0]
    late = points[len(points) - 1 - (len(points) - 1) // 4 - 1 :] > landmarks().barrier
    return bool((late[1:] != late[:-1]).any())


def _reason(run: DipDescent, shrinks: bool) -> str:
    """Why the run seems to differ from what theory says of its last learning rate; empty if it does not."""
    fate, at = run.fate[0], zone(float(run.learning_rates[-1, 0]))
    held = (fate is Fate.TRAPPED and at not in HOLDS_DIP) or (fate is Fate.ESCAPED and at not in HOLDS_BOWL)
    if held:
        return "not_yet"
    if fate is Fate.RATTLES:
        return "slow_dip" if at in HOLDS_DIP else "walls"
    if fate is Fate.ESCAPED_UNSETTLED:
        if at not in HOLDS_BOWL:
            return "thrown_back"
        return "late" if shrinks else "kicked" if _swings_over(run) else "slow_bowl"
    return ""
