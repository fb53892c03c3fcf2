"""The picture of "n layers": the first layer's gradient against the depth, and what each layer's gradient is made of.

The overview leads: every point of it is a chain, of a depth and a size of weights. Moving over it shows that chain
layer by layer beside it, and below it what four number formats print; a click keeps it. Heights are log₁₀.
"""

from __future__ import annotations

import json

from gdcore.precision import FORMATS
from views.charts.chain_frames import OVERVIEW
from views.charts.chain_problem import MOST_LAYERS, NOTHING, WAYS
from views.charts.chain_said import HEADLINE, PARAMETERS, row_of, said, sign_of_product, sign_of_signal
from views.charts.ink import (
    BLUE,
    GRAY,
    GREEN,
    ORANGE,
    RED,
    VIOLET,
    YELLOW,
    anchor,
    exponent_axis,
    filled,
    named,
    stroke_legend,
)
from views.charts.pointer import HOVERED, hover, pick, pointed
from views.charts.room import COLUMNS, GAP, HALF, Spec, View, fitted, headed, parts, wide_or_narrow
from views.charts.shipped import once
from views.lazily import alt
from views.text import Text

QUANTITIES = {"gradient": RED, "product": BLUE, "signal": GREEN, "error": ORANGE}
FIELDS = {"gradient": "gradient", "product": "product_at", "signal": "signal", "error": "error"}
DASHES = {"gradient": [1, 0], "product": [7, 3], "signal": [2, 2], "error": [9, 3, 2, 3]}
INK_OF_WAY = dict(zip(WAYS, (GREEN, YELLOW, VIOLET, BLUE, RED, ORANGE), strict=True))


def _depth(field: str, title: str) -> alt.X:
    scale = alt.Scale(domain=[0.5, MOST_LAYERS + 0.5], nice=False, zero=False)
    axis = alt.Axis(title=title, values=[1, *range(20, MOST_LAYERS + 1, 20)], format="d", grid=False)
    return alt.X(f"{field}:Q", title=title, scale=scale, axis=axis)


def _overview(text: Text) -> alt.LayerChart | alt.FacetChart:
    """|∂L/∂w₁| against the depth, a line for each size of the weights; the shown one with its slope by theory."""
    title, red, gray = text("chart.chain.first"), alt.value(RED), alt.value(GRAY)
    up = alt.Y(
        "first:Q",
        scale=alt.Scale(domain=list(OVERVIEW), nice=False),
        title=title,
        axis=exponent_axis(title, tickCount=6),
    )
    x = _depth("depth", text("chart.chain.depth"))
    points = named("points").transform_filter(f"datum.first > {NOTHING}")
    lines = named("lines").transform_filter("datum.height > -1000 && (!datum.twin || datum.run == shown_run)")
    shown_line = "datum.run == shown_run"
    row = "data('lines')[shown_run]"
    once, twice, mean_once, mean_twice = (
        filled(text.template(f"chart.chain.{key}"), row, theory=_signed(row, "theory"))
        for key in ("theory_1", "theory_2", "mean_1", "mean_2")
    )
    theory_said = f"({row}.mean ? ({row}.times > 1 ? {mean_twice} : {mean_once}) : {row}.times > 1 ? {twice} : {once})"
    sentences = [filled(text.template("chart.chain.measured"), row, found=_signed(row, "found")), theory_said]
    missing = json.dumps(text("chart.chain.no_slope"), ensure_ascii=False)
    slopes = alt.ExprRef(f"isValid({row}) ? ({row}.known ? [{', '.join(sentences)}] : [{missing}]) : ''")
    # encodings that marks share stand at the level above them: repeated in each, they would double the spec
    chains = alt.layer(
        points.mark_line(strokeWidth=1.4, opacity=0.55, clip=True).encode(detail="run:N", color=gray, order="depth:Q"),
        points.transform_filter(shown_line).mark_line(strokeWidth=3, clip=True).encode(color=red, order="depth:Q"),
        *[
            now.transform_filter(f"datum.first > {NOTHING}")
            .mark_circle(size=110, opacity=1, clip=True)
            .encode(color=red)
            for now in (
                named("points").transform_filter("datum.row == hovered"),
                named("frame").transform_filter("hovered < 0"),
            )
        ],
        points.transform_filter(f"datum.first > {OVERVIEW[0]} && datum.first < {OVERVIEW[1]}")
        .transform_calculate(scale="data('lines')[datum.run].scale", was="data('frame')[0].depth")
        .mark_point(opacity=0)
        .encode(key="row:N")
        .add_params(hover("row"), pick("scale", "depth", "was")),
    ).encode(x=x, y=up)
    theory = named("lines").transform_filter(f"{shown_line} && datum.known")
    beside = (
        theory.transform_calculate(first_depth="1")
        .mark_rule(strokeDash=[5, 4], strokeWidth=1.6, clip=True)
        .encode(alt.X("first_depth:Q"), x2="last:Q", y=alt.Y("start:Q"), y2="end:Q", color=gray)
    )
    labels = [
        lines.transform_filter(test)
        .mark_text(align="left", dx=3, dy=-5, fontSize=11.5)
        .encode(alt.X("last:Q"), alt.Y("height:Q"), text="label:N", color=alt.value(ink))
        for test, ink in ((shown_line, RED), (f"!({shown_line})", GRAY))
    ]
    heading = alt.TitleParams(slopes, fontSize=12.5, fontWeight=400, anchor="start", offset=8)
    return alt.layer(chains, beside, *labels).properties(title=heading)


def _signed(row: str, field: str) -> str:
    return f"format({row}.{field}, '+.3f')"


def _formats(text: Text) -> alt.LayerChart | alt.FacetChart:
    """What each number format prints for ∂L/∂w₁ of the shown run, at every depth."""
    codes = list(range(len(WAYS)))
    colour = alt.Color("way:N", scale=alt.Scale(domain=codes, range=list(INK_OF_WAY.values())), legend=None)
    y = alt.Y(
        "line:N",
        sort=list(range(len(FORMATS))),
        title=None,
        scale=alt.Scale(paddingInner=0.12, paddingOuter=0),
        axis=alt.Axis(ticks=False, domain=False, labelLimit=0, labelExpr=f"{json.dumps(list(FORMATS))}[datum.value]"),
    )
    words = json.dumps([text(f"printed.{way}") for way in WAYS], ensure_ascii=False)
    bands = (
        named("bands")
        .transform_filter("datum.run == shown_run")
        .transform_calculate(low="datum.start - 0.5", high="datum.end + 0.5")
    )
    word = f"(datum.start > 1 ? datum.start + ': ' : '') + {words}[datum.way]"
    x = _depth("low", text("chart.chain.formats"))
    now = named("frame").transform_calculate(at="shown_depth").mark_rule(strokeWidth=2, strokeDash=[3, 2])
    return alt.layer(
        bands.mark_rect(opacity=0.22).encode(x, y, x2="high:Q", color=colour),
        now.encode(alt.X("at:Q"), y=alt.value(0), y2=alt.value("height"), color=alt.value(RED)),
        bands.transform_filter("datum.end - datum.start > 34")
        .transform_calculate(word=word)
        .mark_text(align="left", dx=5, fontSize=11.5, fontWeight=600)
        .encode(alt.X("low:Q"), y, text="word:N", color=alt.value(GRAY)),
    )


def _layers(text: Text) -> alt.LayerChart | alt.FacetChart:
    """The gradient of every layer of the shown chain, and its three factors."""
    words = text.under("quantity")
    codes = list(QUANTITIES)
    legend = stroke_legend({code: words[code] for code in codes}, columns=alt.ExprRef(wide_or_narrow("2", "2")))
    ends = [alt.ExprRef("shown_low"), alt.ExprRef("shown_high")]
    high_layer = alt.ExprRef("shown_depth + 0.5")
    x = alt.X(
        "layer:Q",
        title=text("chart.layer_signed"),
        scale=alt.Scale(domain=[0.5, high_layer], nice=False, zero=False),
        axis=alt.Axis(tickMinStep=1, format="d", grid=False, labelFlush=True),
    )
    title = text("chart.chain.size")
    scale, axis = alt.Scale(domain=ends, nice=False, zero=False), exponent_axis(title, tickCount=7)
    colour = alt.Color("quantity:N", scale=alt.Scale(domain=codes, range=list(QUANTITIES.values())), legend=legend)
    dash = alt.StrokeDash("quantity:N", scale=alt.Scale(domain=codes, range=list(DASHES.values())), legend=legend)
    # what the marks share stands at the level above them: repeated in each, it would be half of the spec
    at = alt.Y("log10:Q", title=title, scale=scale, axis=axis)
    whole = alt.value([1, 0])  # a hollow point is not dashed like its line
    marks = [
        alt.layer(
            alt.Chart().mark_line(strokeWidth=2.2, clip=True).encode(order="layer:Q"),
            alt.Chart()
            .transform_filter(f"datum.{code}_sign > 0")
            .mark_circle(size=26, opacity=1, clip=True)
            .encode(strokeDash=whole, key="layer:N"),
            alt.Chart()
            .transform_filter(f"datum.{code}_sign < 0")
            .mark_point(size=24, strokeWidth=1.5, clip=True)
            .encode(strokeDash=whole, key="layer:N"),
        )
        .transform_filter(f"datum.{field} > {NOTHING}")
        .transform_calculate(quantity=f"'{code}'")
        .encode(y=f"{field}:Q")
        for code, field in reversed(FIELDS.items())
    ]
    chains = (
        alt.layer(
            alt.Chart()
            .transform_filter("datum.layer == lit_layer")
            .mark_rule(strokeWidth=9, opacity=0.2)
            .encode(color=alt.value(GRAY)),
            alt.layer(*marks).encode(color=colour, strokeDash=dash),
            alt.Chart()
            .mark_point(opacity=0)
            .encode(y=alt.value(0), key="layer:N")
            .add_params(hover("layer", "layer_hover")),
            data=alt.NamedData("lines"),
        )
        .transform_filter("datum.run == shown_run")
        .transform_calculate(layer="sequence(1, shown_depth + 1)")
        .transform_flatten(["layer"])
        # looked up in the cube, which is not searched: it has a row for every layer of every run
        .transform_calculate(**{part: f"{row_of('datum.layer')}.{part}" for part in ("signal", "product", "signs")})
        .transform_calculate(error="shown_error", product_at="shown_product - datum.product")
        .transform_calculate(
            gradient="shown_error + datum.product_at + datum.signal",
            signal_sign=sign_of_signal("datum.signs"),
            product_sign=f"end_sign * {sign_of_product('datum.signs')}",
            error_sign="shown_turn",
        )
        .transform_calculate(gradient_sign="datum.error_sign * datum.product_sign * datum.signal_sign")
        .encode(x=x)
    )
    limits = (
        alt.layer(
            alt.Chart().mark_rule(strokeDash=[2, 4], strokeWidth=1.2),
            alt.Chart()
            .mark_text(align="right", dx=-4, dy=-6, fontSize=11.5)
            .encode(x=alt.value("width"), text="label:N"),
            data=alt.NamedData("limits"),
        )
        .transform_filter("datum.log10 > shown_low && datum.log10 < shown_high")
        .encode(y=at, color=alt.value(GRAY))
    )
    return alt.layer(anchor("cube"), limits, chains)


@once
def chain(text: Text) -> Spec:
    """The chart as a dict. Data sets: frame, cube, points, lines, bands, limits (`chain_frames`)."""
    views = {
        "overview": View(_overview(text), f"({HALF}) - 8", wide_or_narrow("236", "220")),
        "formats": View(_formats(text), f"({HALF}) - 8", wide_or_narrow("92", "92")),
        "layers": View(_layers(text), f"({HALF}) - 8", wide_or_narrow("356", "260")),
    }
    overview, formats, layers = parts(views).values()
    apart = {"scale": {"color": "independent", "strokeDash": "independent"}}
    over_layer = {"name": "over_layer", "expr": pointed("0", "layer_hover")}
    return fitted(
        {
            "title": headed(HEADLINE),
            "concat": [{"vconcat": [overview, formats], "spacing": GAP // 2, "resolve": apart}, layers],
            "columns": COLUMNS,
            "spacing": GAP,
            "resolve": apart,
            "params": [HOVERED, over_layer, *PARAMETERS, *said(text)],
        },
        views,
    )
