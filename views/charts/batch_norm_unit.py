"""One unit's signal over the batch, before batch norm and after it, and the one against the other.

The DC part, the mean that all samples share, is gone; the shape is the same: in the last view all points lie on one
straight line. The overview chooses the layer: moving over it shows another one in the browser.
"""

from __future__ import annotations

from typing import Any

from views.charts.batch_norm_axes import (
    LIT,
    PARAMETERS,
    Layers,
    Strokes,
    layer_axis,
    lit_layer,
    log_axis,
    plain_labels,
    shared,
)
from views.charts.ink import BLUE, GRAY, GREEN, ORANGE, anchor, filled, named, stroke_legend
from views.charts.room import AXIS, EDGE, FULL, GAP, TWO_COLUMNS_FROM, Spec, View, fitted, headed, parts, wide_or_narrow
from views.charts.shipped import once
from views.lazily import alt
from views.text import Text

PLACES = 2000  # steps of the shape's whole numbers to one standard deviation
ROW = f"data('layers')[{LIT} - 1]"
TITLE = 18  # px: room of an axis title, which these views have not
THIRD = f"room >= {TWO_COLUMNS_FROM} ? floor((room - {2 * GAP + EDGE}) / 3) - {AXIS - TITLE} : {FULL}"
THREE = {"signal": f"room >= {TWO_COLUMNS_FROM} ? 3 : 1"}
LINES: dict[str, tuple[str, list[int]]] = {"mean": (BLUE, [2, 2]), "deviation": (GREEN, [1, 0])}


def _overview(text: Text) -> Layers:
    """Mean and standard deviation of this unit's signal before batch norm, in every layer."""
    title, codes = text("chart.batch_norm.signal"), list(LINES)
    legend = stroke_legend(
        {code: text(f"chart.batch_norm.before_{code}") for code in codes}, alt.ExprRef(wide_or_narrow("2", "1"))
    )
    strokes = Strokes(LINES, legend)
    x = layer_axis(text("chart.batch_norm.choose"))
    marks: list[Layers] = []
    for code in codes:
        y = log_axis(f"{code}_log10", title, "signal")
        rows = alt.Chart()
        drawn = alt.layer(
            rows.mark_line(strokeWidth=2.2, clip=True).encode(strokes.dash(), order="layer:Q"),
            rows.mark_circle(size=26, opacity=1, clip=True),
            data=alt.NamedData("layers"),
        )
        marks.append(drawn.transform_calculate(quantity=f"'{code}'").encode(x, y, strokes.colour()))
    return alt.layer(anchor("frame"), *marks, *lit_layer(x, "layers"))


def _value(field: str, side: str, title: str | None, channel: type[alt.X] | type[alt.Y]) -> Any:
    """An axis of the signal before or after batch norm, as long as the lit layer needs it."""
    bounds = [alt.ExprRef(f"isValid({ROW}) ? {ROW}.{side}_{end} : {start}") for end, start in (("low", 0), ("high", 1))]
    scale = alt.Scale(domain=bounds, nice=False, zero=False)
    return channel(f"{field}:Q", title=title, scale=scale, axis=alt.Axis(tickCount=5, labelExpr=plain_labels()))


def _samples() -> alt.Chart:
    made: alt.Chart = (
        named("samples")
        .transform_filter(f"datum.layer == {LIT}")
        .transform_calculate(
            apart=f"datum.shape / {PLACES} * {ROW}.deviation",
            before=f"{ROW}.mean + datum.shape / {PLACES} * {ROW}.deviation",
            after=f"{ROW}.after_mean + datum.shape / {PLACES} * {ROW}.after_deviation * {ROW}.turn",
        )
    )
    return made


def _signal(text: Text, side: str, ink: str) -> Layers:
    """The signal over the batch, sample by sample, with its mean."""
    x = alt.X(
        "sample:Q",
        title=text("chart.batch_norm.sample"),
        scale=alt.Scale(nice=False, zero=False),
        axis=alt.Axis(tickMinStep=1, tickCount=6, format="d", grid=False),
    )
    colour, gray, blue = alt.value(ink), alt.value(GRAY), alt.value(BLUE)
    lit = named("layers").transform_filter(f"datum.layer == {LIT}")
    mean = "mean" if side == "before" else "after_mean"
    samples = _samples()
    drawn = alt.layer(
        lit.transform_calculate(**{side: "0"}).mark_rule(strokeWidth=1).encode(color=gray),
        lit.transform_calculate(**{side: f"datum.{mean}"})
        .mark_rule(strokeDash=[5, 3], strokeWidth=2)
        .encode(color=blue),
        samples.mark_line(strokeWidth=1.3, opacity=0.7).encode(x, color=colour, order="sample:Q"),
        samples.mark_circle(size=24, opacity=1).encode(x, color=colour, key="sample:N"),
    ).encode(y=_value(side, side, None, alt.Y))
    return alt.layer(drawn, _word(lit, text.template("chart.batch_norm.dc"), BLUE, mean=f"datum.{mean}_said"))


def _word(lit: alt.Chart, sentence: str, ink: str, **expressions: str) -> alt.Chart:
    """A sentence in the top left corner of a view."""
    made: alt.Chart = (
        lit.transform_calculate(word=filled(sentence, "datum", **expressions))
        .mark_text(align="left", baseline="top", fontSize=13, fontWeight=600)
        .encode(x=alt.value(6), y=alt.value(3), text="word:N", color=alt.value(ink))
    )
    return made


def _against(text: Text) -> Layers:
    """After against before: a straight line."""
    x = _value("apart", "apart", text("chart.batch_norm.before"), alt.X)
    y = _value("after", "after", None, alt.Y)
    dots = _samples().mark_circle(size=30, opacity=0.8).encode(x, y, color=alt.value(GREEN), key="sample:N")
    lit = named("layers").transform_filter(f"datum.layer == {LIT}")
    sentence = text.template("chart.batch_norm.correlation")
    word = _word(lit, sentence, GRAY, value="datum.correlation_said")
    return alt.layer(dots, word)


@once
def batch_norm_unit(text: Text) -> Spec:
    """The chart as a dict. Data sets: frame, layers, samples (`batch_norm_unit_frames`)."""
    headings = {name: alt.TitleParams(text(f"chart.batch_norm.title_{name}"), offset=4, fontSize=14, anchor="start")
                for name in ("before", "after", "against")}  # fmt: skip
    tall = wide_or_narrow("216", "170")
    views = {
        "overview": View(_overview(text), FULL, wide_or_narrow("118", "120")),
        "before": View(_signal(text, "before", ORANGE).properties(title=headings["before"]), THIRD, tall),
        "after": View(_signal(text, "after", GREEN).properties(title=headings["after"]), THIRD, tall),
        "against": View(_against(text).properties(title=headings["against"]), THIRD, tall),
    }
    drawn = parts(views)
    selections = shared(drawn)
    overview, *rest = drawn.values()
    fields = ("layer", "mean_said", "deviation_said", "after_mean_said", "after_deviation_said", "correlation_said")
    known = filled(text.template("chart.batch_norm.unit_said"), ROW, *fields, unit="data('frame')[0].unit")
    lines = wide_or_narrow(f"[{known}]", f"split({known}, ' → ')")
    return fitted(
        {
            "title": {**headed(f"isValid({ROW}) ? ({lines}) : ''"), "fontSize": {"expr": wide_or_narrow("15", "12")}},
            "vconcat": [overview, {"concat": rest, "columns": THREE, "spacing": GAP}],
            "spacing": GAP,
            "params": [*PARAMETERS, *selections],
        },
        views,
    )
