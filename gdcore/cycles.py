"""θ_{t+2} = θ_t: the two points between which descent jumps for ever when the step is too large to settle.

On a loss that is its own mirror image about θ* the pair is θ* ± a with αc(a) = 2: each step turns the distance round
and keeps its length. On a loss that is exactly linear outside some distance (Huber, |θ|) every step out there has the
same length, so many pairs exist, and the start decides which.
"""

from __future__ import annotations

import math

import numpy as np

from gdcore.convex_loss import Loss

REPLAYED = 1_000_000  # steps down a linear tail that are replayed one by one; beyond, only their remainder is known
ROUNDING = 1e-9  # what differs by less is equal


def mirrored_cycle(loss: Loss, start: float, learning_rate: float) -> tuple[float, float] | None:
    """(θ* ± a, θ* ∓ a), the start's side first, with αc(θ* ± a) = 2, for c that falls with distance.

    For log cosh 2a = α tanh a; α = 2.5 gives a = 0.88801.
    None if c differs on the two sides (softplus with p ≠ ½): a cycle of two points is then not symmetric, or is none.
    """
    side = math.copysign(1.0, start - loss.minimiser)

    def too_steep(distance: float) -> bool:
        return learning_rate * float(loss.mean_curvature(loss.minimiser + side * distance)) > 2.0

    low, high = 0.0, 1.0
    while too_steep(high):
        low, high = high, 2.0 * high
    while high - low > 1e-15 * high:
        middle = 0.5 * (low + high)
        if not low < middle < high:
            break
        low, high = (middle, high) if too_steep(middle) else (low, middle)
    pair = loss.minimiser + side * high, loss.minimiser - side * high
    here, there = loss.mean_curvature(pair)
    return pair if math.isclose(here, there, rel_tol=1e-9) else None


def linear_tail_cycle(loss: Loss, start: float, learning_rate: float) -> tuple[float, float] | None:
    """The pair on a loss that is linear beyond δ = `linear_beyond` (Huber; |θ| with δ = 0), α above its limit.

    Out there every step has length S = αJ′. The steps down the tail end at some u ≤ δ. If u ≤ −δ the step before came
    from u + S > δ: the pair is {u + S, u}. If |u| < δ each step multiplies u by 1 − α, so that |u| grows until it is at
    least δ, and at most (α − 1)δ = S − δ: again one step leads to the other side and the next one back. At α = 2 the
    inner steps only turn u round.

    None if the run lands on θ*, and rests there. Whether it does is decided by rounding, so the steps down the tail are
    replayed in float64 just as descent makes them.
    """
    threshold, distance = loss.linear_beyond, abs(start - loss.minimiser)
    side = math.copysign(1.0, start - loss.minimiser)
    shift = learning_rate * abs(float(loss.gradient(loss.minimiser + side * max(distance, threshold))))
    before, u = _down_the_tail(distance, shift, threshold)
    if u == 0.0:
        return None
    if u <= -threshold:
        here, there = before, u
    elif learning_rate * loss.curvature_at_minimum > 2.0 * (1.0 + ROUNDING):
        here, there = _grown(u, 1.0 - learning_rate * loss.curvature_at_minimum, threshold)
    elif abs(u) > ROUNDING * threshold:
        here, there = abs(u), -abs(u)
    else:
        return None  # at α = 2 a rounding error neither grows nor shrinks
    return loss.minimiser + side * here, loss.minimiser + side * there


def _grown(u: float, factor: float, threshold: float) -> tuple[float, float]:
    """The pair, larger first, that u inside the threshold ends in by growing with `factor` < −1 per step."""
    turns = math.ceil((math.log(threshold) - math.log(abs(u))) / math.log(-factor) - 1e-12)
    half = turns // 2  # in two parts: the whole power may be beyond float64 where u is tiny
    edge = u * factor**half * factor ** (turns - half)
    other = edge - math.copysign((1.0 - factor) * threshold, edge)
    return max(edge, other), min(edge, other)


def _down_the_tail(distance: float, shift: float, threshold: float) -> tuple[float, float]:
    """The last distance above the threshold and the first one at or below it (twice the same if it starts below)."""
    if distance <= threshold:
        return distance, distance
    count = math.ceil((distance - threshold) / shift) + 1
    if count > REPLAYED:
        remainder = math.fmod(distance - threshold, shift) or shift
        return threshold + remainder, threshold + remainder - shift
    path = np.subtract.accumulate(np.concatenate([[distance], np.full(count, shift)]))
    end = int(np.argmax(path <= threshold))
    return float(path[end - 1]), float(path[end])
