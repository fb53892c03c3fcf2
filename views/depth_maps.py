"""The map of the depth lab as it is shown and talked about: its cells, its committed network, and where that stands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from gdcore.depth_map import DEPTHS, SCALES, DepthMap, Profiles, depth_map, gradient_profiles
from gdcore.experiment import Absent, Experiment
from gdcore.precision import FLOAT16, FLOAT32, Format
from gdcore.samples import digits
from gdcore.scaled import LOG10_2, FloatArray
from views.lazily import pd

SIDES = ("without", "with")
HEALTHY = 3.0  # decades: a gradient between 10⁻³ and 10³
FORMATS = {"float16": FLOAT16, "float32": FLOAT32}


@dataclass(frozen=True)
class Committed:
    """The network of the settings.

    Attributes:
        experiment: the settings.
        without: log₁₀‖∂L/∂W_i‖, shape (n,), without batch norm.
        normalised: the same with batch norm, or why there is none.
        sensitivity: log₁₀‖∂L/∂h_i‖, shape (n,), without batch norm.
    """

    experiment: Experiment
    without: FloatArray
    normalised: FloatArray | Absent
    sensitivity: FloatArray

    def first(self, side: str) -> float:
        """log₁₀‖∂L/∂W₁‖; −inf for zero, NaN where there is no network."""
        profile = self.without if side == "without" else self.normalised
        return float("nan") if isinstance(profile, Absent) else float(profile[0])


def of_map(experiment: Experiment) -> Experiment:
    """The same for all depths and scales: what the map is made of, and kept by."""
    return replace(experiment, depth=DEPTHS[-1], weight_scale=1.0)


@lru_cache(maxsize=64)
def committed(experiment: Experiment) -> Committed:
    """The network of the settings, measured exactly, whether or not the map has a cell for it."""
    without, normalised = gradient_profiles(experiment)
    gradients = normalised if isinstance(normalised, Absent) else normalised[1]
    return Committed(experiment, without[1], gradients, without[0])


def first_layer(profiles: Profiles | Absent) -> FloatArray:
    """log₁₀‖∂L/∂W₁‖ in every cell, shape (depths, scales); NaN where there is no network."""
    if isinstance(profiles, Absent):
        return np.full((len(DEPTHS), len(SCALES)), np.nan)
    return np.array([each[:, 0] for each in profiles])


def sides(found: DepthMap) -> dict[str, FloatArray]:
    """`first_layer` of both sides."""
    return {"without": first_layer(found.without), "with": first_layer(found.normalised)}


def place_of(depth: float, scale: float) -> tuple[float, float]:
    """Where a network stands on the map: column and row, fractions between cells, the edge for what lies outside."""
    row = float(np.interp(depth, DEPTHS, range(len(DEPTHS)), left=-0.5, right=len(DEPTHS) - 0.5))
    last = len(SCALES) - 1
    decades = float(np.log10(max(scale, 1e-9) / SCALES[0]) / np.log10(SCALES[-1] / SCALES[0]))
    column = min(max(decades * last, -0.5), last + 0.5)
    return column, row


def cell_of(depth: float, scale: float) -> int:
    """The number of the cell that has exactly this depth and scale; −1 if none has."""
    known = depth in DEPTHS and scale in SCALES
    return DEPTHS.index(int(depth)) * len(SCALES) + SCALES.index(scale) if known else -1


def typical_entry(experiment: Experiment) -> float:
    """log₁₀ of ‖∂L/∂W₁‖ over the root mean square of its entries: W₁ has width · 64 of them."""
    return 0.5 * float(np.log10(experiment.width * digits()[0].shape[1]))


def lost(log10: FloatArray, fmt: Format, experiment: Experiment) -> npt.NDArray[np.int_]:
    """−1 where a typical entry of ∂L/∂W₁ is stored as 0 in a format, +1 where as infinity, else 0; NaN counts as 0."""
    entry = log10 - typical_entry(experiment)
    below = entry <= fmt.log10_smallest_subnormal - LOG10_2
    above = entry > fmt.log10_largest
    return np.where(below, -1, np.where(above, 1, 0))


def depth_map_table(experiment: Experiment) -> pd.DataFrame:
    """The numbers of the map: log₁₀‖∂L/∂W₁‖ of every cell; −inf is zero, empty where there is no network."""
    values = sides(depth_map(of_map(experiment)))
    depths, scales = np.meshgrid(DEPTHS, SCALES, indexing="ij")
    return pd.DataFrame(
        {
            "depth": depths.ravel(),
            "weight_scale": scales.ravel(),
            **{f"log10_{side}": each.ravel() for side, each in values.items()},
        }
    )
