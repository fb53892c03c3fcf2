"""α(t): a schedule is a function from step to learning rate, t = 0, 1, …, T − 1.

Without noise a constant learning rate, well chosen, beats every decay. With noise a constant one stops at a floor
proportional to α, and decaying lowers the floor: 1/t slowly enough never to stop short, exponentially so fast that
descent can freeze before it arrives. Every schedule takes one step or an array of steps and keeps its shape.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Schedule = Callable[[npt.ArrayLike], Array]


def constant(learning_rate: float) -> Schedule:
    """α(t) = a.

    Raises:
        ValueError: here and below, if a learning rate is not positive and finite.
    """
    _require_positive("learning_rate", learning_rate)
    return lambda t: np.full_like(_step(t), learning_rate)


def step_decay(learning_rate: float, factor: float, every: int) -> Schedule:
    """α(t) = a · factor^⌊t/every⌋: a staircase.

    Raises:
        ValueError: if the factor is not in (0, 1], or `every` is not a whole number ≥ 1.
    """
    _require_positive("learning_rate", learning_rate)
    _require_fraction("factor", factor)
    _require_steps("every", every, at_least=1)
    return lambda t: np.asarray(learning_rate * factor ** np.floor(_step(t) / every))


def exponential(learning_rate: float, rate: float) -> Schedule:
    """α(t) = a · rate^t. All steps together cover no more than a/(1 − rate) times the gradient: it can freeze.

    Raises:
        ValueError: if the rate is not in (0, 1].
    """
    _require_positive("learning_rate", learning_rate)
    _require_fraction("rate", rate)
    return lambda t: np.asarray(learning_rate * rate ** _step(t))


def inverse_time(c: float, t0: float) -> Schedule:
    """α(t) = c/(t + t₀). On a parabola of curvature λ with noise, c = 1/λ is best and c < 1/(2λ) too slow.

    Source: Robbins and Monro, A stochastic approximation method, 1951.

    Raises:
        ValueError: if c or t₀ is not positive and finite.
    """
    _require_positive("c", c)
    _require_positive("t0", t0)
    return lambda t: np.asarray(c / (_step(t) + t0))


def cosine(learning_rate: float, steps: int, final: float = 0.0) -> Schedule:
    """Half a cosine wave from a at t = 0 to `final` at t = steps, and `final` from there on.

    The last of T updates has t = T − 1, so its learning rate is still a little above `final`.
    Source: Loshchilov and Hutter, SGDR, 2017 (without the restarts).

    Raises:
        ValueError: if steps < 1, or `final` is not in [0, a].
    """
    return warmup_cosine(learning_rate, 0, steps, final)


def warmup_cosine(learning_rate: float, warmup: int, steps: int, final: float = 0.0) -> Schedule:
    """A straight rise a/warmup, 2a/warmup, … that reaches a at t = warmup − 1, then `cosine` down to t = steps.

    Args:
        learning_rate: the peak a.
        warmup: steps of rising; 0 for none. Some libraries start at 0 instead, which wastes the first update.
        steps: T, warm-up included.
        final: the learning rate at the end.

    Raises:
        ValueError: if not 0 ≤ warmup < steps, or `final` is not in [0, a].
    """
    _require_positive("learning_rate", learning_rate)
    _require_steps("warmup", warmup, at_least=0)
    _require_steps("steps", steps, at_least=warmup + 1)
    if not 0.0 <= final <= learning_rate:
        raise ValueError(f"got final {final}: it must lie between 0 and the learning rate {learning_rate}")

    def schedule(t: npt.ArrayLike) -> Array:
        step = _step(t)
        progress = np.clip((step - warmup) / (steps - warmup), 0.0, 1.0)
        falling = final + (learning_rate - final) * np.cos(0.5 * math.pi * progress) ** 2
        return np.where(step < warmup, learning_rate * (step + 1.0) / max(warmup, 1), falling)

    return schedule


def _step(t: npt.ArrayLike) -> Array:
    step = np.asarray(t, dtype=np.float64)
    if not (step >= 0.0).all():
        raise ValueError(f"got step {step.min()}: steps count from 0; give t ≥ 0")
    return step


def _require_positive(name: str, number: float) -> None:
    if not 0.0 < number < math.inf:
        raise ValueError(f"got {name} {number}: it must be positive and finite; choose one such as 0.1")


def _require_fraction(name: str, number: float) -> None:
    if not 0.0 < number <= 1.0:
        raise ValueError(f"got {name} {number}: it must lie in (0, 1], for a schedule does not grow; 0.5 halves")


def _require_steps(name: str, number: int, at_least: int) -> None:
    if number < at_least or number != int(number):
        raise ValueError(f"got {name} {number}: it must be a whole number, at least {at_least}")


ALL_SCHEDULES: dict[str, Callable[..., Schedule]] = {
    "constant": constant,
    "step_decay": step_decay,
    "exponential": exponential,
    "inverse_time": inverse_time,
    "cosine": cosine,
    "warmup_cosine": warmup_cosine,
}
