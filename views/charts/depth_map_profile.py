"""Below the map: the colour scale, and the gradient of every layer of the shown network."""

import altair as alt

from gdcore.depth_map import DEPTHS, EVERY, SHOWN_WHOLE
from views.charts.depth_map_frames import DEEPEST, DIGITS, MISSING
from views.charts.depth_map_said import DEPTH, SHOWN
from views.charts.ink import GRAY, GREEN, ORANGE, cased, exponent_axis, lookup, named, raised
from views.depth_maps import HEALTHY, SIDES
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
    sources = one.transform_filter("hovered < 0"), named("cells").transform_filter("datum.cell == hovered")
    edges = alt.value(0), alt.value(height)  # beside the words
    for side, ink, shape, edge in zip(SIDES, INK_OF_SIDE, SHAPES, edges, strict=True):
        for source in sources:
            mark = source.transform_filter(f"datum.{side} != {MISSING}").mark_point(
                shape=shape, filled=True, size=90, opacity=1
            )
            layers += cased(mark.encode(alt.X(f"{side}:Q"), y=edge, color=alt.value(ink)))
    return alt.layer(*layers)


def _hovered(side: str) -> alt.Chart:
    """The layers of the cell under the pointer, read out of its text."""
    text = f"datum.profile_{side}"
    rows: alt.Chart = (
        named("cells")
        .transform_filter("datum.cell == hovered")
        .transform_calculate(place=f"sequence(length({text}) / {DIGITS})", deep=f"{list(DEPTHS)}[datum.row]")
        .transform_flatten(["place"])
        .transform_calculate(part=f"substring({text}, {DIGITS} * datum.place, {DIGITS} * (datum.place + 1))")
        .transform_filter("datum.part != '---'")
        .transform_calculate(
            layer=f"datum.deep <= {SHOWN_WHOLE} ? datum.place + 1 : min({EVERY} * datum.place + 1, datum.deep)",
            log10=f"datum.low + toNumber(datum.part) / {10**DIGITS - 1} * (datum.high - datum.low)",
        )
    )
    return rows


def profile(text: Text) -> alt.LayerChart | alt.FacetChart:
    """‖∂L/∂W_i‖ against the layer i, on axes that follow the shown network."""
    title, codes = text("chart.map.profile"), list(SIDES)
    low, high = (f"isValid({SHOWN}) ? {SHOWN}.{end} : {other}" for end, other in (("low", -2), ("high", 2)))
    last = f"(isValid({SHOWN}) ? {DEPTH} : 2) + 0.5"
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
    layers: list[alt.Chart] = []
    for number, side in enumerate(codes):
        committed = named("profile").transform_filter(f"hovered < 0 && datum.at == {number}")
        for source in (_hovered(side), committed):
            rows = source.transform_calculate(side=f"'{side}'")
            layers += [
                rows.mark_line(strokeWidth=2, clip=True).encode(order="layer:Q"),
                rows.mark_point(filled=True, size=34, opacity=1, clip=True).encode(shape, key="layer:N"),
            ]
    x = alt.X(
        "layer:Q",
        title=text("chart.layer"),
        scale=alt.Scale(domain=[alt.ExprRef("0.5"), alt.ExprRef(last)], nice=False),
        axis=alt.Axis(tickMinStep=1, format="d", grid=False),
    )
    y = alt.Y(
        "log10:Q",
        title=title,
        scale=alt.Scale(domain=[alt.ExprRef(low), alt.ExprRef(high)], nice=False),
        axis=exponent_axis(title, tickCount=5),
    )
    return alt.layer(*layers).encode(x=x, y=y, color=colour)
