"""J(θ) = ½(θ − θ*)ᵀH(θ − θ*): a bowl, as round as its curvatures are equal.

In the eigen-directions of H descent falls apart into separate parabolas, one for each curvature λ_i from L down to μ.
Data make such a bowl, with H = XᵀX/m for the loss 1/(2m)‖Xθ − y‖²; with 1/m in place of 1/(2m) every curvature would
double. Its condition number κ = L/μ is the price of gradient descent, and columns in different units, or far from mean
0, make it huge. Columns that say the same make it infinite: the bowl is then a valley with a flat floor.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

import numpy as np
import numpy.typing as npt

from gdcore.convex_loss import Array, float64_range

DEPENDENT = 1e-13  # columns of length 1 are dependent if a combination of them is no longer than this
LARGEST = 1e150  # entry: its square is within float64, and so is that of its inverse
RIGHT_ANGLE = 1e-15  # two columns are at right angles if their cosine is no larger
SWEEPS = 60  # of the Jacobi iteration, which needs about 6


class Dependence(Enum):
    """Why the floor of a bowl is flat. The value is the sentence beside it; columns are counted from 0."""

    ZERO = "A column is zero everywhere, so its θ changes nothing."
    TOO_FEW_ROWS = "There are fewer rows than columns, so many θ fit them equally well."
    PROPORTIONAL = "Two columns are multiples of each other, as a constant column and an intercept are."
    COMBINATION = "A column is a combination of the others."


@dataclass(frozen=True)
class Flat:
    """Why a bowl has a flat direction, and the columns (their numbers) that make it so."""

    reason: Dependence
    columns: tuple[int, ...]


@dataclass(frozen=True)
class Bowl:
    """A quadratic loss of d parameters.

    Attributes:
        curvatures: the eigenvalues λ_i of H, falling, shape (d,); exactly 0 in a flat direction.
        directions: the eigenvectors as columns, shape (d, d).
        minimiser: θ*, shape (d,); of many, the shortest.
        minimum: J(θ*).
        flat: None, or why there is a flat direction.
    """

    curvatures: Array
    directions: Array
    minimiser: Array
    minimum: float = 0.0
    flat: Flat | None = None

    @property
    def hessian(self) -> Array:
        """H, shape (d, d)."""
        return np.asarray((self.directions * self.curvatures) @ self.directions.T)

    @property
    def L(self) -> float:  # noqa: N802
        """The largest curvature."""
        return float(self.curvatures[0])

    @property
    def mu(self) -> float:
        """The smallest curvature that is not 0: it sets the pace, for a flat direction is never descended."""
        return float(self.curvatures[self.curvatures > 0.0][-1])

    @property
    def condition(self) -> float:
        """κ = L/μ; inf where a direction is flat."""
        return math.inf if self.curvatures[-1] == 0.0 else self.L / self.mu

    def components(self, theta: npt.ArrayLike) -> Array:
        """θ − θ* along each eigen-direction, shape (…, d)."""
        return np.asarray((np.asarray(theta, dtype=np.float64) - self.minimiser) @ self.directions)

    @float64_range
    def excess(self, theta: npt.ArrayLike) -> Array:
        """J(θ) − J(θ*) for θ of shape (…, d), without cancellation."""
        return np.asarray(0.5 * (self.curvatures * self.components(theta) ** 2).sum(axis=-1))

    @float64_range
    def gradient(self, theta: npt.ArrayLike) -> Array:
        """H(θ − θ*), shape (…, d)."""
        return np.asarray((self.curvatures * self.components(theta)) @ self.directions.T)

    def semi_axes(self, level: float) -> Array:
        """√(2·level/λ_i): half-axes of the contour J(θ) − J(θ*) = level along `directions`, shape (d,); inf where flat.

        Raises:
            ValueError: if the level is not positive and finite.
        """
        _require_positive("level", level)
        with np.errstate(divide="ignore"):
            return np.asarray(np.sqrt(2.0 * level / self.curvatures))


def bowl(L: float, mu: float, angle: float = 0.0, minimiser: npt.ArrayLike = (0.0, 0.0)) -> Bowl:
    """The bowl of two parameters that has curvature L in the direction `angle` (radians from θ₁) and μ across it.

    Raises:
        ValueError: if not 0 < μ ≤ L < inf, the angle is not finite, or the minimiser is not two finite numbers.
    """
    if not 0.0 < mu <= L < math.inf:
        raise ValueError(f"got curvatures from {mu} to {L}: they must satisfy 0 < μ ≤ L and be finite")
    centre = np.array(minimiser, dtype=np.float64)
    if not math.isfinite(angle) or centre.shape != (2,) or not np.isfinite(centre).all():
        raise ValueError(f"got angle {angle} and minimiser {centre}: give a finite number and two of them")
    cos, sin = math.cos(angle), math.sin(angle)
    return Bowl(np.array([L, mu], dtype=np.float64), np.array([[cos, -sin], [sin, cos]]), centre)


def bowl_from_data(X: npt.ArrayLike, y: npt.ArrayLike) -> Bowl:
    """The bowl of 1/(2m)‖Xθ − y‖². H itself is never formed: that would square the condition number of X.

    Args:
        X: shape (m, d), without gaps; its column of ones, if it has an intercept, is one like the others.
        y: shape (m,).

    Raises:
        ValueError: if the shapes do not fit, an entry is not finite or beyond 1e150, or no entry of X is at least
            1e-150: J would not depend on θ.
    """
    X, y = np.asarray(X, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if X.ndim != 2 or 0 in X.shape or y.shape != X.shape[:1]:
        raise ValueError(f"got shapes {X.shape} and {y.shape}: give a table (m, d) and a target (m,), m and d ≥ 1")
    if not (np.abs(X).max() <= LARGEST and np.abs(y).max() <= LARGEST):  # false for nan
        raise ValueError(f"got an entry that is not finite or beyond {LARGEST:g}: drop its row, or change the unit")
    if np.abs(X).max() < 1.0 / LARGEST:
        raise ValueError(
            f"got no entry of at least {1.0 / LARGEST:g}: the loss does not depend on θ; choose other columns"
        )
    flat, rank = _dependence(X)
    Q, R = np.linalg.qr(X)
    left, singular, directions = _jacobi(R)
    singular[rank:] = 0.0  # rounding, in a flat direction
    along = np.divide(left.T @ (Q.T @ y), singular, out=np.zeros_like(singular), where=singular > 0.0)
    minimiser = directions @ along
    minimum = float(np.mean((X @ minimiser - y) ** 2)) / 2.0
    return Bowl(singular**2 / len(X), directions, minimiser, minimum, flat)


def _dependence(X: Array) -> tuple[Flat | None, int]:
    """What makes the bowl flat, and the rank of X: judged on columns of length 1, whatever their units."""
    m, d = X.shape
    length = np.sqrt((X**2).sum(axis=0))
    unit = X / np.where(length > 0.0, length, 1.0)
    rank = int(np.count_nonzero(np.linalg.svd(unit, compute_uv=False) > DEPENDENT))
    if rank == d:
        return None, rank
    if not length.all():
        return Flat(Dependence.ZERO, tuple(np.flatnonzero(length == 0.0).tolist())), rank
    if m < d:
        return Flat(Dependence.TOO_FEW_ROWS, tuple(range(d))), rank
    for i in range(d):
        for j in range(i + 1, d):
            if min(np.linalg.norm(unit[:, i] - unit[:, j]), np.linalg.norm(unit[:, i] + unit[:, j])) <= 2 * DEPENDENT:
                return Flat(Dependence.PROPORTIONAL, (i, j)), rank
    return Flat(Dependence.COMBINATION, tuple(range(d))), rank


def _jacobi(R: Array) -> tuple[Array, Array, Array]:
    """R = U diag(σ) Vᵀ, σ falling: pairs of columns are rotated until all are at right angles.

    Columns of very different length keep their digits, which the usual algorithms do not guarantee.
    Source: Demmel and Veselić, Jacobi's method is more accurate than QR, 1992.
    """
    U, V = R.copy(), np.eye(R.shape[1])
    for _ in range(SWEEPS):
        turned = False
        for p in range(U.shape[1] - 1):
            for q in range(p + 1, U.shape[1]):
                a, b, c = (float(U[:, i] @ U[:, j]) for i, j in ((p, p), (q, q), (p, q)))
                if abs(c) <= RIGHT_ANGLE * math.sqrt(a) * math.sqrt(b):
                    continue
                turned = True
                zeta = (b - a) / (2.0 * c)
                tan = math.copysign(1.0, zeta) / (abs(zeta) + math.hypot(1.0, zeta))
                cos = 1.0 / math.hypot(1.0, tan)
                turn = cos * np.array([[1.0, tan], [-tan, 1.0]])
                U[:, [p, q]], V[:, [p, q]] = U[:, [p, q]] @ turn, V[:, [p, q]] @ turn
        if not turned:
            break
    singular = np.sqrt((U**2).sum(axis=0))
    order = np.argsort(-singular)
    U, singular, V = U[:, order], singular[order], V[:, order]
    return U / np.where(singular > 0.0, singular, 1.0), singular, V


def _require_positive(name: str, number: float) -> None:
    if not 0.0 < number < math.inf:
        raise ValueError(f"got {name} {number}: it must be positive and finite; choose one such as 1")
