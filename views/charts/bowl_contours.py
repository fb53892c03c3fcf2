"""The contours of a bowl in its eigen-directions: ellipses with half-axes √(2·level/λ), as far as they are in sight."""

import math

import numpy as np

from views.bowls import BowlProblem
from views.charts.data_set import DataSet

MARGIN = 1.3  # start distances from θ* to the edge of the picture
WIDEST = 1.25  # the picture of the contours is at least this much wider than high
SIMILAR = 8.0  # start distances that differ by no more are drawn on one scale
LEVELS, RATIO, ARC = 10, 2.8, 16  # contours, from one to the next, points on a quarter of one


def halves(problem: BowlProblem) -> tuple[float, float, bool]:
    """Half the height and half the width of the contours' picture, and whether both are on one scale."""
    units = start_distances(problem)
    up, across = (MARGIN * float(unit) for unit in units)
    similar = max(units) <= SIMILAR * min(units)
    return (max(up, across / WIDEST) if similar else up), across, similar


def start_distances(problem: BowlProblem) -> tuple[float, float]:
    """Distances from θ* at the start, in the steepest and the flattest direction."""
    distances = [float(abs(problem.components[i])) for i in problem.shown]
    known = [distance for distance in distances if distance > 0.0] or [1.0]
    return distances[0] or known[0], (distances[1] if len(distances) > 1 else 0.0) or known[0]


def axes_of(problem: BowlProblem) -> tuple[int, int | None]:
    """The numbers of the steepest direction, drawn upwards, and of the flattest, drawn across, if there is one."""
    shown = problem.shown
    return shown[0], shown[1] if len(shown) > 1 else None


def contours(problem: BowlProblem) -> DataSet:
    """A quarter of each ellipse, as far as it can be in sight: the others are its mirror images."""
    up, across, similar = halves(problem)
    high, wide = (2 * up, 4 * max(up, across)) if similar else (up, across)
    unit_up, unit_across = start_distances(problem)
    high, wide = high / unit_up, wide / unit_across
    steep, flat = axes_of(problem)
    ratio = 0.0 if flat is None else float(problem.bowl.curvatures[flat] / problem.bowl.curvatures[steep])
    squash = max(math.sqrt(ratio) * unit_across / unit_up, 1e-12)  # flat over steep semi-axis, in start distances
    corner = math.hypot(high, squash * wide)
    arcs = []
    for k in range(LEVELS):
        b = corner * RATIO ** (-k / 2)
        a = b / squash
        first, last = math.acos(min(1.0, wide / a)), math.asin(min(1.0, high / b))
        if first < last:
            turn = np.linspace(first, last, ARC)
            arcs.append((a * np.cos(turn), b * np.sin(turn)))
    return DataSet(
        {
            "arc": np.repeat(np.arange(len(arcs), dtype="i1"), ARC),
            "at": np.tile(np.arange(ARC, dtype="i1"), len(arcs)),
            "flat": np.concatenate([x for x, _ in arcs]).astype("f4"),
            "steep": np.concatenate([y for _, y in arcs]).astype("f4"),
        }
    )
