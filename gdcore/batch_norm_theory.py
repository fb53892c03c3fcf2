"""E‖δ_{i−1}‖² / E‖δ_i‖² = B/((B−3)κ) · tr E[P D Q D P]/(B−1): how batch norm makes gradients grow with depth.

The weight scale has dropped out: batch norm divides it away, forward and backward. What is left depends on the
activation and on the batch alone, and it is above 1 but for a linear network on an infinite batch: no choice of weights
makes the gradients of a deep network with batch norm flat.

The derivation, for ε = 0 and infinite width: over random weights the inputs of a unit, h ∈ ℝᴮ, are isotropic in the
hyperplane ⟂ 1, so x̂ is uniform on its sphere of radius √B. With κ = E φ(x̂_a)² − E φ(x̂_a)φ(x̂_b) for two samples a ≠ b
the next batch norm divides by s with E 1/s² = B/(κσ_w²(B−3)). D = diag φ′(x̂); Q = I − 11ᵀ/B takes out the mean, and
P = Q − x̂x̂ᵀ/B the part along x̂ as well.

Source: Yang et al., "A mean field theory of batch normalization", ICLR 2019, arXiv:1902.08129.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from gdcore.activations import Activation
from gdcore.batch_norm import EPSILON
from gdcore.depth_theory import signal_moment, slope_moment
from gdcore.scaled import FloatArray

SMALLEST_BATCH = 4


def growth_with_batch_norm(activation: Activation, batch: int | None, bend: float = 0.0) -> float:
    """The factor on E‖δ‖² per layer towards the input (a norm grows by its root), at any weight scale.

    Identity: (B − 2)/(B − 3). For B → ∞ it is E φ′²/Var φ; ReLU π/(π − 1).

    Args:
        activation: φ.
        batch: B >= 4, or None for an infinite batch.
        bend: where φ has a kink; one elsewhere costs the integrals over a finite batch their digits.

    Raises:
        ValueError: B < 4: the mean of 1/s² diverges, and no mean rate exists.
    """
    if batch is None:
        mean = _gaussian_average(activation)
        return slope_moment(activation, 1.0) / (signal_moment(activation, 1.0) - mean**2)
    if batch < SMALLEST_BATCH:
        raise ValueError(
            f"got batch {batch}: it must be at least {SMALLEST_BATCH}; with 3 samples or fewer the spread of a unit "
            "is so often so near to 0 that the mean growth is infinite; use a larger batch"
        )
    return _finite_batch_growth(activation, batch, bend)


@lru_cache(maxsize=1000)
def _finite_batch_growth(activation: Activation, batch: int, bend: float) -> float:
    a, b, probability = _two_coordinates(batch, bend)

    def mean(values: FloatArray) -> float:
        return float((probability * values).sum())

    value_a, value_b = activation.function(a), activation.function(b)
    slope_a, slope_b = activation.derivative(a), activation.derivative(b)
    kappa = mean(value_a**2) - mean(value_a * value_b)
    off = 1.0 - 1.0 / batch
    # tr E[P D Q D P] = tr E[D Q D Q] − E[x̂ᵀ D Q D x̂]/B, each over one and two samples
    whole = batch * off**2 * mean(slope_a**2) + off * mean(slope_a * slope_b)
    along = off * (mean((slope_a * a) ** 2) - mean(slope_a * a * slope_b * b))
    return batch / ((batch - 3) * kappa) * (whole - along) / (batch - 1)


@lru_cache(maxsize=100)
def _two_coordinates(batch: int, bend: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Nodes for two coordinates x̂_a, x̂_b of the sphere of radius √B in the hyperplane ⟂ 1, and their weights.

    Both are √(B − 1) times the inner product of a random unit vector of ℝ^{B−1} with two fixed unit vectors, which have
    cosine −1/(B − 1) between them. In their plane the random vector has a uniform angle and a radius r with
    P(r² > x) = (1 − x)^{(B−3)/2}; r² = 1 − exp(−ρ²/(B − 3)) gives ρ the density ρ exp(−ρ²/2) for every B.
    """
    gap = math.acos(-1.0 / (batch - 1))
    # a ReLU bends where a coordinate changes sign, so the four arcs between these angles are integrated one by one;
    # where it bends elsewhere, so are the three stretches of ρ up to where either coordinate is there
    edges = np.array([-0.5 * math.pi, gap - 0.5 * math.pi, 0.5 * math.pi, gap + 0.5 * math.pi, 1.5 * math.pi])
    node, weight = np.polynomial.legendre.leggauss(48)
    half = 0.5 * np.diff(edges)[:, None]
    angle = (edges[:-1, None] + half * (1.0 + node)).ravel()
    angle_weight = (half * weight).ravel() / (2.0 * math.pi)
    directions = np.stack([np.cos(angle), np.cos(angle - gap)])
    ends = _stretches(bend, directions, batch)
    rho = ends[:-1] + 0.5 * np.diff(ends, axis=0) * (1.0 + node[:, None, None])
    rho_weight = 0.5 * np.diff(ends, axis=0) * weight[:, None, None] * rho * np.exp(-0.5 * rho**2)
    radius = np.sqrt(-(batch - 1) * np.expm1(-(rho**2) / (batch - 3)))
    return radius * directions[0], radius * directions[1], np.asarray(rho_weight * angle_weight, dtype=np.float64)


def _stretches(bend: float, directions: FloatArray, batch: int) -> FloatArray:
    """The ends of the stretches of ρ, (stretches + 1, angles), of which the last is 10: beyond it nothing counts."""
    ends = np.full((1, directions.shape[1]), 10.0)
    if bend:
        with np.errstate(divide="ignore"):
            share = (bend / directions) ** 2 / (batch - 1)  # of the squared radius, where a coordinate is at the bend
        met = (directions * bend > 0.0) & (share < 1.0)
        found = np.sqrt(-(batch - 3) * np.log1p(-np.where(met, share, 0.0)))
        ends = np.concatenate([np.sort(np.minimum(np.where(met, found, 10.0), 10.0), axis=0), ends])
    return np.concatenate([np.zeros_like(ends[:1]), ends])


def _gaussian_average(activation: Activation) -> float:
    """E φ(z) for z ~ N(0, 1); both halves on their own, because a ReLU bends at 0."""
    node, weight = np.polynomial.legendre.leggauss(80)
    z = 5.0 * (1.0 + node)
    density = 5.0 * weight * np.exp(-0.5 * z**2) / math.sqrt(2.0 * math.pi)
    return float((density * (activation.function(z) + activation.function(-z))).sum())


def predicted_log10_gradient_norms_with_batch_norm(activation: Activation, batch: int | None, depth: int) -> FloatArray:
    """log₁₀ of ‖∂L/∂W_i‖ relative to the last layer, shape (n,), the last entry 0: a straight line.

    Signals have the same size in every layer, so the gradients grow as the sensitivities do.

    Raises:
        ValueError: B < 4 or depth < 1.
    """
    if depth < 1:
        raise ValueError(f"got depth {depth}: it must be at least 1")
    slope = 0.5 * math.log10(growth_with_batch_norm(activation, batch))
    return slope * np.arange(depth - 1, -1, -1, dtype=np.float64)


@lru_cache(maxsize=100)
def stretched(activation: Activation, gamma: float, beta: float) -> Activation:
    """x → φ(γx + β): what φ and the γ ≠ 0 and β of batch norm in front of it make of x̂.

    Where φ is homogeneous and β = 0 it is φ itself: the next batch norm divides γ away.
    """
    if (activation.homogeneous and beta == 0.0) or (gamma == 1.0 and beta == 0.0):
        return activation
    return Activation(
        activation.name,
        lambda z: activation.function(gamma * z + beta),
        lambda z: gamma * activation.derivative(gamma * z + beta),
    )


def growth_with_batch_norm_after(activation: Activation, batch: int, scale: float) -> float:
    """The same factor where batch norm comes after φ, with β = 0 and no bias; σ_w·|γ| = `scale` > 0.

    Then φ meets inputs of variance σ_w²γ², so the scale matters again unless φ is homogeneous. Identity: as before, for
    any batch. Any other φ: E φ′²/Var φ, the value for a very large batch.

    Raises:
        ValueError: B < 4, or a scale that is not above 0.
    """
    if not 0.0 < scale < math.inf:
        raise ValueError(f"got scale {scale}: it must be finite and above 0; nothing passes a scale of 0")
    if activation.is_identity or batch < SMALLEST_BATCH:
        return growth_with_batch_norm(activation, batch)
    if activation.homogeneous:
        return growth_with_batch_norm(activation, None)
    mean = _gaussian_average(stretched(activation, scale, 0.0))
    variance = signal_moment(activation, scale**2) - mean**2
    return scale**2 * slope_moment(activation, scale**2) / variance


def collapse_scale(epsilon: float = EPSILON, slope: float = 1.0) -> float:
    """σ_w ≈ √ε/slope: below it ε outweighs the variance in batch norm, and signals fade as they do without.

    The slope, above 0, is that of x̂ → φ(γx̂ + β) for a faded x̂: |γφ′(β)|.
    """
    if not slope > 0.0:
        raise ValueError(f"got slope {slope}: it must be above 0; a signal passes no flat activation")
    return math.sqrt(_require_epsilon(epsilon)) / slope


def relu_takeover_scale(batch: int, epsilon: float = EPSILON) -> float:
    """√(2ε)/(1 − 1/B): below this σ_w one sample takes over the batch of a ReLU network with batch norm.

    Raises:
        ValueError: B < 2 or ε < 0.
    """
    if batch < 2:
        raise ValueError(f"got batch {batch}: it must be at least 2; batch norm needs two samples")
    return math.sqrt(2.0 * _require_epsilon(epsilon)) / (1.0 - 1.0 / batch)


def _require_epsilon(epsilon: float) -> float:
    if not 0.0 <= epsilon < math.inf:
        raise ValueError(f"got epsilon {epsilon}: it must be finite and at least 0; 1e-5 is usual")
    return epsilon
