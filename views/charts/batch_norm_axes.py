"""What the four pictures of "Batch norm" share: the axis of layers, logarithmic heights, and the layer that is lit.

Moving over any view lights a layer in all of them, and the title reads its numbers out; a click keeps the layer.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from gdcore.scaled import FloatArray
from views.charts.ink import GRAY, exponent_axis, named, raised, window
from views.charts.pointer import hover, pick, pointed
from views.charts.room import Spec
from views.lazily import alt

Layers: TypeAlias = "alt.LayerChart | alt.FacetChart"
LIT = "lit"  # the layer that is lit
FRAME = "data('frame')[0]"
PARAMETERS = [
    {"name": "hovered", "expr": pointed("0")},
    {"name": LIT, "expr": f"hovered > 0 ? hovered : isValid({FRAME}) ? {FRAME}.layer : 1"},
]
FLAT = 0.5  # decades above and below a line that has no height


def layer_axis(title: str | None, field: str = "layer") -> alt.X:
    """The layers from the first to the last."""
    return alt.X(
        f"{field}:Q",
        title=title,
        scale=window("frame", "layer_low", "layer_high"),
        axis=alt.Axis(tickMinStep=1, format="d", grid=False),
    )


def log_axis(field: str, title: str, row: str) -> alt.Y:
    """log₁₀ of a quantity, from the frame's `<row>_low` to its `<row>_high`."""
    axis = exponent_axis(title, tickCount=5)
    return alt.Y(f"{field}:Q", title=title, scale=window("frame", f"{row}_low", f"{row}_high"), axis=axis)


def lit_layer(x: alt.X, data: str = "places") -> list[alt.Chart]:
    """A broad line on the layer that is lit, and the points that a pointer finds; one a layer in the data set."""
    places = named(data)
    return [
        places.transform_filter(f"datum.layer == {LIT}")
        .mark_rule(strokeWidth=9, opacity=0.2)
        .encode(x, color=alt.value(GRAY)),
        places.transform_calculate(was=f"{FRAME}.layer")
        .mark_point(opacity=0)
        .encode(x, y=alt.value(0), key="layer:N")
        .add_params(hover("layer"), pick("layer", "was")),
    ]


@dataclass(frozen=True)
class Strokes:
    """The colours and dashes of the lines of one view, with their legend."""

    lines: Mapping[str, tuple[str, list[int]]]
    legend: alt.Legend

    def of(self, rows: alt.Chart, code: str) -> alt.Chart:
        """The rows as those of the line `code`, to be given a mark."""
        made: alt.Chart = rows.transform_calculate(quantity=f"'{code}'").encode(self.colour())
        return made

    def colour(self) -> alt.Color:
        """The colour of a line."""
        scale = alt.Scale(domain=list(self.lines), range=[ink for ink, _ in self.lines.values()])
        return alt.Color("quantity:N", scale=scale, legend=self.legend)

    def dash(self) -> alt.StrokeDash:
        """The dash of a line."""
        scale = alt.Scale(domain=list(self.lines), range=[dash for _, dash in self.lines.values()])
        return alt.StrokeDash("quantity:N", scale=scale, legend=self.legend)


def shared(parts: dict[str, Spec]) -> list[Spec]:
    """Take the selections out of the views, and give each of them once, over all the views that had it."""
    together: dict[str, Spec] = {}
    for part in parts.values():
        for parameter in part.pop("params", []):
            known = together.setdefault(parameter["name"], {**parameter, "views": []})
            known["views"] = [*known["views"], *parameter["views"]]
    return list(together.values())


def ends(heights: Iterable[FloatArray], below: float = 0.0) -> tuple[float, float]:
    """Whole decades around all finite heights, with room under the lowest: this share of the height, a bit at least."""
    every = np.concatenate(list(heights))
    drawn = every[np.isfinite(every)]
    low, high = (float(drawn.min()), float(drawn.max())) if drawn.size else (0.0, 0.0)
    if high - low < 2 * FLAT:
        low, high = 0.5 * (low + high) - FLAT, 0.5 * (low + high) + FLAT
    return math.floor(low - max(0.2, below * (high - low))), math.ceil(high + 0.2)


def plain_labels() -> str:
    """The Vega expression for an axis's number, without an e in it: 0.02, −3 × 10⁻⁷."""
    power = "floor(log(abs(datum.value)) / LN10 + 1e-9)"
    mantissa = f"format(datum.value / pow(10, {power}), '.3~r')"
    ordinary = "datum.value == 0 || (abs(datum.value) >= 0.001 && abs(datum.value) < 1e5)"
    return f"{ordinary} ? format(datum.value, '.4~r') : {mantissa} + ' × ' + {raised(power)}"
