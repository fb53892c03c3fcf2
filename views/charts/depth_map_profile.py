"""Below the map: the colour scale, and the gradient of every layer of the shown network."""

from __future__ import annotations

from gdcore.depth_map import DEPTHS, EVERY, SCALES, SHOWN_WHOLE, layers_shown
from views.charts.depth_map_frames import DEEPEST, MISSING, PLACES
from views.charts.depth_map_said import DEPTH, SHOWN
from views.charts.ink import GRAY, GREEN, ORANGE, anchor, cased, exponent_axis, lookup, named, raised
from views.depth_maps import HEALTHY, SIDES
from views.lazily import alt
from views.text import Text

INK_OF_SIDE, SHAPES = (ORANGE, GREEN), ("circle", "diamond")
WORDS = {"vanishes": -7.5, "healthy": 0.0, "explodes": 7.5}  # where they stand on the colour scale


def colour_scale(text: Text, bar: alt.Chart, height: int) -> alt.LayerChart | alt.FacetChart:
    """The coloured `bar` with an axis, a word for each part, and the two gradients of the shown network."""
    x = alt.X(
        "from_log10:Q",
        title=text("chart.map.gradient"),
        scale=alt.Scale(domain=[-DEEPEST, DEEPEST], nice=False, clamp=True),
        axis=alt.Axis(values=list(range(-12, 13, 3)), tickCount=9, labelExpr=raised("datum.value"), grid=False),
    )
    gray, middle, one = alt.value(GRAY), alt.value(height / 2), named("problem")
    layers = [bar.encode(x, x2="to_log10:Q")]
    for end in (-HEALTHY, HEALTHY):
        layers.append(
            one.mark_rule(strokeDash=[2, 2]).encode(x=alt.XDatum(end), y=alt.value(0), y2=alt.value(height), color=gray)
        )
    for word, place in WORDS.items():
        said = alt.TextValue(text(f"fate_of_gradient.{word}"))
        layers += cased(
            one.mark_text(baseline="middle", fontSize=12).encode(x=alt.XDatum(place), y=middle, text=said, color=gray)
        )
    edges = alt.value(0), alt.value(height)  # beside the words
    for side, ink, shape, edge in zip(SIDES, INK_OF_SIDE, SHAPES, edges, strict=True):
        shown = one.transform_calculate(log10=f"{SHOWN}.{side}").transform_filter(f"datum.log10 != {MISSING}")
        mark = shown.mark_point(shape=shape, filled=True, size=90, opacity=1)
        layers += cased(mark.encode(alt.X("log10:Q"), y=edge, color=alt.value(ink)))
    return alt.layer(*layers)


def _hovered() -> alt.Chart:
    """The layers of the cell under the pointer, looked up among those of all cells."""
    many = [len(layers_shown(depth)) for depth in DEPTHS]
    first = [len(SCALES) * sum(many[:row]) for row in range(len(many))]
    layers: alt.Chart = (
        named("problem")
        .transform_filter("hovered >= 0")
        .transform_calculate(row=f"floor(hovered / {len(SCALES)})")
        .transform_calculate(many=f"{many}[datum.row]")
        .transform_calculate(first=f"{first}[datum.row] + hovered % {len(SCALES)} * datum.many")
        .transform_calculate(place="sequence(datum.many)")
        .transform_flatten(["place"])
        .transform_calculate(side=f"{list(SIDES)}")
        .transform_flatten(["side"])
        .transform_calculate(part="data('profiles')[datum.first + datum.place][datum.side]")
        .transform_filter(f"datum.part <= {PLACES}")
        .transform_calculate(
            layer=f"{DEPTH} <= {SHOWN_WHOLE} ? datum.place + 1 : min({EVERY} * datum.place + 1, {DEPTH})",
            log10=f"{SHOWN}.low + datum.part / {PLACES} * ({SHOWN}.high - {SHOWN}.low)",
        )
    )
    return layers


def profile(text: Text) -> alt.LayerChart | alt.FacetChart:
    """‖∂L/∂W_i‖ against the layer i, on axes that follow the shown network."""
    title, codes = text("chart.map.profile"), list(SIDES)
    low, high = (f"isValid({SHOWN}) ? {SHOWN}.{end} : {other}" for end, other in (("low", -2), ("high", 2)))
    legend = alt.Legend(
        title=None,
        orient="top",
        offset=2,
        labelExpr=lookup({side: text(f"chart.map.{side}") for side in codes}, "datum.value"),
        labelLimit=0,
        symbolSize=70,
        symbolOpacity=1,
    )
    colour = alt.Color("side:N", scale=alt.Scale(domain=codes, range=list(INK_OF_SIDE)), legend=legend)
    shape = alt.Shape("side:N", scale=alt.Scale(domain=codes, range=list(SHAPES)), legend=legend)
    committed = named("profile").transform_filter("hovered < 0").transform_calculate(side=f"{codes}[datum.at]")
    layers = [anchor("profiles")]
    for source in (_hovered(), committed):
        rows = source.transform_calculate(point="datum.side + datum.layer")
        layers += [
            rows.mark_line(strokeWidth=2, clip=True).encode(color=colour, order="layer:Q"),
            rows.mark_point(filled=True, size=34, opacity=1, clip=True).encode(shape, color=colour, key="point:N"),
        ]
    x = alt.X(
        "layer:Q",
        title=text("chart.layer"),
        scale=alt.Scale(domain=[alt.ExprRef("0.5"), alt.ExprRef(f"{DEPTH} + 0.5")], nice=False),
        axis=alt.Axis(tickMinStep=1, format="d", grid=False),
    )
    y = alt.Y(
        "log10:Q",
        title=title,
        scale=alt.Scale(domain=[alt.ExprRef(low), alt.ExprRef(high)], nice=False),
        axis=exponent_axis(title, tickCount=5),
    )
    return alt.layer(*layers).encode(x=x, y=y)
