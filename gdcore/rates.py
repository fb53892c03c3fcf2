"""max_i |1 − αλ_i|: how fast gradient descent is when curvatures range from μ to L, and how far noise lets it come.

The steepest direction limits α to below 2/L, the flattest one then sets the pace: everything depends on the condition
number κ = L/μ. Momentum replaces κ by √κ. Gradients from a mini-batch are noisy, and with a constant α the loss stops
falling at a floor proportional to α.
"""

from __future__ import annotations

import math


def contraction(curvature: float, learning_rate: float) -> float:
    """1 − αλ: what one step multiplies the distance from θ* by, sign included; −inf for λ = inf."""
    return 1.0 - learning_rate * curvature


def best_learning_rate(mu: float, L: float) -> float:
    """2/(L + μ): steepest and flattest direction contract equally, from opposite sides.

    Source: Nesterov, Lectures on Convex Optimization, 2018, theorem 2.1.15.

    Raises:
        ValueError: here and below, if not 0 < μ ≤ L < inf.
    """
    _require_bounds(mu, L)
    return 2.0 / (L + mu)


def best_rate(mu: float, L: float) -> float:
    """(κ − 1)/(κ + 1), κ = L/μ: the contraction per step at the best learning rate."""
    _require_bounds(mu, L)
    return (L - mu) / (L + mu)


def steps_to(tolerance: float, rate: float) -> int:
    """The smallest T with rate^T ≤ tolerance: steps until the distance has shrunk to that fraction.

    Raises:
        ValueError: if the tolerance is not in (0, 1), or the rate not in [0, 1): nothing else ever arrives.
    """
    if not 0.0 < tolerance < 1.0:
        raise ValueError(f"got tolerance {tolerance}: it must lie strictly between 0 and 1; 1e-6 is usual")
    if not 0.0 <= rate < 1.0:
        raise ValueError(f"got rate {rate}: it must lie in [0, 1), or the distance does not shrink; lower α")
    if rate == 0.0:
        return 1
    needed = math.log(tolerance) / math.log(rate)
    return max(1, math.ceil(needed * (1.0 - 1e-14)))  # 0.1² ≤ 0.01 is 2 steps, whatever the logarithms round to


def heavy_ball_limit(L: float, beta: float, averaging: bool = False) -> float:
    """2(1 + β)/L: momentum v ← βv + g, θ ← θ − αv is stable for all smaller α.

    With averaging=True the convention is v ← βv + (1 − β)g, and the limit 2(1 + β)/((1 − β)L).

    Source: Polyak, Some methods of speeding up the convergence of iteration methods, 1964.

    Raises:
        ValueError: here and in `nesterov_limit`, if L is not positive and finite, or β not in [0, 1).
    """
    _require_momentum(L, beta)
    return 2.0 * (1.0 + beta) / (L * ((1.0 - beta) if averaging else 1.0))


def nesterov_limit(L: float, beta: float) -> float:
    """2(1 + β)/((1 + 2β)L): Nesterov's momentum, with the gradient taken at θ − αβv, is stable for all smaller α."""
    _require_momentum(L, beta)
    return 2.0 * (1.0 + beta) / (L * (1.0 + 2.0 * beta))


def best_heavy_ball(mu: float, L: float) -> tuple[float, float]:
    """(α, β) = (4/(√L + √μ)², ((√κ − 1)/(√κ + 1))²): per step the distance shrinks by √β in the long run.

    Both characteristic roots coincide there, so the distance falls as t·√β^t: it takes more steps than √β^t promises.
    The convention is v ← βv + g. Source: Polyak, 1964.
    """
    _require_bounds(mu, L)
    low, high = math.sqrt(mu), math.sqrt(L)
    return 4.0 / (high + low) ** 2, ((high - low) / (high + low)) ** 2


def noise_floor(learning_rate: float, curvature: float, noise_variance: float) -> float:
    """αs²/(2(2 − αλ)): the mean excess loss where descent on ½λθ² stops when the gradient has noise of variance s².

    From Var θ = (1 − αλ)² Var θ + α²s², the distribution that one more noisy step leaves as it is.

    Raises:
        ValueError: if not 0 < αλ < 2 (no such distribution exists), or s² is negative.
    """
    if not 0.0 < learning_rate * curvature < 2.0 or learning_rate <= 0.0:
        raise ValueError(f"got αλ = {learning_rate * curvature}: it must lie strictly between 0 and 2; lower α")
    if not 0.0 <= noise_variance < math.inf:
        raise ValueError(f"got noise variance {noise_variance}: it must be finite and not negative")
    return learning_rate * noise_variance / (2.0 * (2.0 - learning_rate * curvature))


def gradient_noise_variance(S2: float, batch: int, n: int) -> float:
    """S²/m · (N − m)/(N − 1): the variance of the mean of m gradients drawn without replacement from N.

    Args:
        S2: variance of the N single-sample gradients, with ddof = 0.
        batch: m, from 1 to N; the full batch has no noise.
        n: N.

    Source: Cochran, Sampling Techniques, 1977, theorem 2.2 (there with ddof = 1, hence N in place of N − 1).

    Raises:
        ValueError: if not 1 ≤ m ≤ N, or S² is negative.
    """
    if not 1 <= batch <= n:
        raise ValueError(f"got a batch of {batch} from {n} samples: it must have between 1 and {n}")
    if not 0.0 <= S2 < math.inf:
        raise ValueError(f"got variance {S2}: it must be finite and not negative")
    return 0.0 if batch == n else S2 / batch * (n - batch) / (n - 1)


def _require_bounds(mu: float, L: float) -> None:
    if not 0.0 < mu <= L < math.inf:
        raise ValueError(f"got curvatures from {mu} to {L}: they must satisfy 0 < μ ≤ L and be finite")


def _require_momentum(L: float, beta: float) -> None:
    if not 0.0 < L < math.inf:
        raise ValueError(f"got curvature {L}: it must be positive and finite; choose one such as 1")
    if not 0.0 <= beta < 1.0:
        raise ValueError(f"got momentum {beta}: it must lie in [0, 1); 0.9 is usual")
