"""The picture of "n layers": what a layer's gradient is made of, and where number formats end.

Heights are log₁₀, so a layer may stand at 10⁻⁴⁰⁰. Moving over the picture puts a layer's own numbers in the headline.
"""

from collections.abc import Mapping
from functools import lru_cache

import altair as alt
import numpy as np
import pandas as pd

from gdcore.chain import Chain
from gdcore.precision import FORMATS
from gdcore.scaled import Scaled
from views.charts.ink import (
    BLUE,
    GRAY,
    GREEN,
    ORANGE,
    RED,
    anchor,
    exponent_axis,
    named,
    stroke_legend,
    window,
)
from views.charts.pointer import hover, pointed, touched
from views.charts.room import Spec
from views.numbers import magnitude, subscript
from views.text import Text

QUANTITIES = {"gradient": RED, "product": BLUE, "signal": GREEN, "error": ORANGE}
DASHES = {"gradient": [1, 0], "product": [7, 3], "signal": [2, 2], "error": [9, 3, 2, 3]}


@lru_cache
def chain_factors(text: Text) -> Spec:
    """The chart as a dict. Data sets: frame, factors, layers, limits (`chain_frames`)."""
    words = text.under("quantity")
    layer = alt.X(
        "layer:Q",
        title=text("chart.layer_signed"),
        scale=window("frame", "layer_low", "layer_high"),
        axis=alt.Axis(tickMinStep=1, format="d", grid=False),
    )
    size = alt.Y(
        "log10:Q",
        title=text("chart.chain.size"),
        scale=window("frame", "low", "high"),
        axis=exponent_axis(text("chart.chain.size"), tickCount=7),
    )
    label = stroke_legend(words, columns=alt.ExprRef("width < 480 ? 2 : 0"))
    codes = list(QUANTITIES)
    colour = alt.Color("quantity:N", scale=alt.Scale(domain=codes, range=list(QUANTITIES.values())), legend=label)
    dash = alt.StrokeDash("quantity:N", scale=alt.Scale(domain=codes, range=list(DASHES.values())), legend=label)
    factors, limits = named("factors").encode(colour), named("limits").encode(color=alt.value(GRAY))
    shown = alt.param(name="shown", expr=pointed("1"))
    row = "data('layers')[shown - 1]"
    said = alt.ExprRef(f"isValid({row}) ? [{row}.symbols, {row}.numbers] : ''")
    headline = alt.TitleParams(said, offset=6, fontSize=15, fontWeight=600)
    lines = alt.layer(
        factors.mark_line(strokeWidth=2.2, clip=True).encode(dash, order="layer:Q"),
        factors.transform_filter("datum.sign > 0").mark_circle(size=30, opacity=1, clip=True),
        factors.transform_filter("datum.sign < 0").mark_point(size=26, strokeWidth=1.6, clip=True),
    ).encode(x=layer, y=size)
    same_y = alt.Y("log10:Q", title=text("chart.chain.size"))
    chart: Spec = (
        alt.layer(
            anchor("frame"),
            limits.mark_rule(strokeDash=[2, 4], strokeWidth=1.2).encode(same_y),
            limits.mark_text(align="right", dx=-4, dy=-6, fontSize=11.5).encode(
                same_y, x=alt.value("width"), text="label:N"
            ),
            named("layers")
            .transform_filter("datum.layer == shown")
            .mark_rule(strokeWidth=9, opacity=0.18)
            .encode(layer, color=alt.value(GRAY)),
            lines,
            touched("layers", hover("layer")).encode(layer),
        )
        .properties(width=900, height=440, title=headline)
        .add_params(shown)
        .configure_mark(tooltip=None)
        .to_dict()
    )
    return chart


DRAWN_FORMATS = ("float16", "float32", "float64")
ALWAYS_SHOWN = (-8.0, 5.2)  # log₁₀: the range of float16, so that its limits are never out of sight
HEADROOM = 0.04  # of the axis, above and below what is drawn


def chain_frames(text: Text, chain: Chain) -> dict[str, pd.DataFrame]:
    """The data sets of `chain_factors` for one chain."""
    depth = len(chain.gradients)
    parts = {
        "gradient": chain.gradients,
        "product": chain.products,
        "signal": chain.signals[:-1],
        "error": chain.error * Scaled.from_floats(np.ones(depth)),
    }
    layers = np.arange(1, depth + 1, dtype="i2")
    factors = pd.DataFrame(
        {
            "quantity": np.repeat(list(parts), depth),
            "layer": np.tile(layers, len(parts)),
            "log10": np.concatenate([part.log10 for part in parts.values()]),
            "sign": np.concatenate([part.sign for part in parts.values()]).astype("i1"),
        }
    )
    drawn = factors[np.isfinite(factors.log10)].reset_index(drop=True)
    low = min(drawn.log10.min(), ALWAYS_SHOWN[0])
    high = max(drawn.log10.max(), ALWAYS_SHOWN[1])
    margin = HEADROOM * (high - low)
    frame = {
        "layer_low": 0.5,
        "layer_high": depth + 0.5,
        "low": low - margin,
        "high": high + margin,
    }
    ends = [
        {"log10": end, "label": f"{name} {text(f'chart.chain.{side}')}"}
        for name in DRAWN_FORMATS
        for side, end in (
            ("smallest", FORMATS[name].log10_smallest_subnormal),
            ("largest", FORMATS[name].log10_largest),
        )
        if low - margin < end < high + margin
    ]
    headlines = [_headline(parts, layer) for layer in range(1, depth + 1)]
    return {
        "frame": pd.DataFrame([frame]),
        "factors": drawn,
        "layers": pd.DataFrame(headlines, columns=["symbols", "numbers"]).assign(layer=layers),
        "limits": pd.DataFrame(ends, columns=["log10", "label"]),
    }


def _headline(parts: Mapping[str, Scaled], layer: int) -> tuple[str, str]:
    """The gradient of one layer as the product of its three factors: in symbols, and with the numbers put in."""
    error, product, signal, gradient = (
        magnitude(int(parts[name].sign[layer - 1]), float(parts[name].log10[layer - 1]))
        for name in ("error", "product", "signal", "gradient")
    )
    index = subscript(layer)
    symbols = f"∂L/∂w{index} = (ŷ − y) · ∏w · y{subscript(layer - 1)}"
    return symbols, f"= ({error}) · ({product}) · ({signal}) = {gradient}"
