"""|c_t/c_0| in closed form: how many steps descent takes on a bowl, without taking them.

Along an eigen-direction with αλ = p and momentum β the distance from θ* is made of powers of the two roots of
z² − (1 + β − p) z + β. Without momentum that is (1 − p)^t. Columns in raw units can need a hundred million steps, or
10³²: halving an interval finds the number in a few dozen evaluations.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import Enum

import numpy as np
import numpy.typing as npt

from gdcore.bowl import Bowl
from gdcore.convex_loss import Array
from gdcore.descent_theory import EQUAL
from gdcore.heavy_ball import components_at, require_fractions

HEAVIEST = 0.9999  # momentum with which steps are counted: its swings last a million of them
FADED = 80.0  # swings have faded when their share of the loss is e⁻⁸⁰ of the tolerance
ENDLESS = 1 << 1000  # steps: more are not counted


class Motion(Enum):
    """What theory expects along one eigen-direction. The value is the sentence beside it."""

    FLAT = "No slope and no movement."
    ONE_SIDED = "Converges and never changes sides."
    ONE_STEP = "Lands on the minimiser in one step."
    SWINGS = "Converges in swings to and fro, each step shrinking them by √β."
    CHANGES_SIDES = "Converges and changes sides at every step."
    TURNS = "At the limit: turns round at every step and never settles."
    DIVERGES = "The distance grows without bound."


def motions(bowl: Bowl, learning_rate: float, momentum: float = 0.0) -> tuple[Motion, ...]:
    """What theory expects along each eigen-direction, length d; αλ within 1e-9 of a boundary is on it.

    Raises:
        ValueError: if the learning rate is not positive and finite, or β not in [0, 1).
    """
    _require_rate(learning_rate)
    require_fractions(0.5, momentum)
    return tuple(_motion(learning_rate * float(curvature), momentum) for curvature in bowl.curvatures)


def steps_needed(
    bowl: Bowl,
    start: npt.ArrayLike,
    learning_rate: float,
    momentum: float = 0.0,
    tolerance: float = 1e-6,
    of_distance: bool = False,
) -> int | None:
    """The step from which on the excess loss stays within the tolerance: the number of steps needed, in closed form.

    Args:
        bowl: the loss.
        start: θ₀, shape (d,).
        learning_rate: α.
        momentum: 0 ≤ β ≤ 0.9999.
        tolerance: of the excess at the start.
        of_distance: whether ‖θ − θ*‖ is meant in place of the excess; flat directions do not count.

    Returns:
        The count, of any size (beyond 2^53 with the digits of float64); None if the tolerance is never reached. For
        κ > 1e16 float64 cannot tell 2/(L + μ) from 2/L, which never reaches it; 1/L does.

    Raises:
        ValueError: if a number is out of its range, or `start` does not fit.
    """
    _require_rate(learning_rate)
    require_fractions(tolerance, momentum)
    if momentum > HEAVIEST:
        raise ValueError(f"got momentum {momentum}: steps are counted up to {HEAVIEST}; run it instead")
    begin = components_at(bowl, start)
    weights = begin**2 if of_distance else bowl.curvatures * begin**2
    active = (bowl.curvatures > 0.0) & (weights > 0.0)
    if not active.any():
        return 0
    pace = learning_rate * bowl.curvatures[active]
    if (pace >= 2.0 * (1.0 + momentum)).any():
        return None
    share = np.log(weights[active]) - math.log(float(weights[active].sum()))
    goal = math.log(tolerance) * (2.0 if of_distance else 1.0)

    def above(t: npt.ArrayLike) -> npt.NDArray[np.bool_]:
        logs = [w + 2.0 * log_shrink(t, float(p), momentum) for w, p in zip(share, pace, strict=True)]
        return np.asarray(np.logaddexp.reduce(logs, axis=0) > goal * (1.0 - 1e-14))

    swings = math.ceil((FADED - goal) / -math.log(momentum)) if momentum else 0
    last = _last(above, swings)
    return None if last is None else last + 1


def long_run_loss(pace: float, momentum: float = 0.0) -> float:
    """1 − |r| for the larger root r: the share of the distance that a step takes away in the long run.

    Negative where the distance grows. Of a root near ±1 all digits of 1 − |r| are kept. Without momentum it is
    1 − |1 − αλ|, for every step.

    Args:
        pace: αλ ≥ 0.
        momentum: β.

    Raises:
        ValueError: if the pace is negative or not finite, or β not in [0, 1).
    """
    if not 0.0 <= pace < math.inf:
        raise ValueError(f"got αλ = {pace}: it must be finite and not negative")
    require_fractions(0.5, momentum)
    size = math.sqrt(momentum)
    gap = min(pace, 2.0 * (1.0 + momentum) - pace)
    discriminant = ((1.0 + size) ** 2 - gap) * ((1.0 - size) ** 2 - gap)
    if discriminant < 0.0:
        return 1.0 - size
    return 2.0 * gap / (1.0 - momentum + gap + math.sqrt(discriminant))


def log_shrink(t: npt.ArrayLike, pace: float, momentum: float) -> Array:
    """log |c_t/c_0| for steps t ≥ 0 and 0 < αλ < 2(1 + β), from rest; in the shape of t, −inf where c_t = 0.

    With a root r = 1 − δ near 1, or −r near −1, δ is found without cancellation, so that r^t keeps its digits for
    every t. Where both roots are real and of size r and s ≤ r, with q = s/r,

        |c_t/c_0| = r^t [(1 ∓ s)(1 + q + … + q^{t−1}) + q^t],  − for positive roots and + for negative ones.
    """
    t = np.asarray(t, dtype=np.float64)
    middle = 1.0 + momentum - pace  # sum of the roots
    gap = min(pace, 2.0 * (1.0 + momentum) - pace)
    total = 1.0 - momentum + gap  # of the two δ, whose product is gap
    size = math.sqrt(momentum)
    discriminant = ((1.0 + size) ** 2 - gap) * ((1.0 - size) ** 2 - gap)
    with np.errstate(divide="ignore", invalid="ignore"):
        if discriminant < 0.0:
            angle = math.atan2(math.sqrt(-discriminant), middle)
            wave = np.sin((t + 1.0) * angle) - size * np.sin(t * angle)
            logs = t * math.log(size) + np.log(np.abs(wave / math.sin(angle)))
        else:
            root = math.sqrt(discriminant)
            delta = 2.0 * gap / (total + root)
            s = 1.0 - 0.5 * (total + root)
            spread = min(1.0, root / (1.0 - delta)) if delta < 1.0 else 1.0  # 1 − q
            powers = t * np.log1p(-spread)  # log q^t
            series = -np.expm1(powers) / spread if spread > 0.0 else t
            logs = t * np.log1p(-delta) + np.log((1.0 - math.copysign(s, middle)) * series + np.exp(powers))
    return np.where(t == 0.0, 0.0, logs)


def _last(above: Callable[[npt.ArrayLike], npt.NDArray[np.bool_]], scanned: int) -> int | None:
    """The last t at which `above` holds; after `scanned` it changes once only. None if that is beyond counting."""
    holds = above(np.arange(scanned + 1))
    if not holds[-1]:
        return int(np.flatnonzero(holds)[-1])
    low, high = scanned, 2 * scanned + 1
    while above(high):
        low, high = high, 2 * high
        if high > ENDLESS:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if above(middle) else (low, middle)
    return low


def _motion(pace: float, momentum: float) -> Motion:
    size, limit = math.sqrt(momentum), 2.0 * (1.0 + momentum)
    cases = [
        (pace == 0.0, Motion.FLAT),
        (math.isclose(pace, limit, rel_tol=EQUAL), Motion.TURNS),
        (pace > limit, Motion.DIVERGES),
        (momentum == 0.0 and math.isclose(pace, 1.0, rel_tol=EQUAL), Motion.ONE_STEP),
        (pace <= (1.0 - size) ** 2 * (1.0 + EQUAL), Motion.ONE_SIDED),
        (pace < (1.0 + size) ** 2 * (1.0 - EQUAL), Motion.SWINGS),
    ]
    return next((motion for holds, motion in cases if holds), Motion.CHANGES_SIDES)


def _require_rate(learning_rate: float) -> None:
    if not 0.0 < learning_rate < math.inf:
        raise ValueError(f"got learning rate {learning_rate}: it must be positive and finite; choose one such as 0.1")
