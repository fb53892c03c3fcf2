"""The linked view of "Two directions at once": the ruler leads; the contours with the path, and the errors, follow.

Moving over the ruler shows another learning rate in the browser, out of a cube of runs; a click commits it. The slider
beneath the picture shows the run up to a step.
"""

from __future__ import annotations

from views.charts.bowl_frames import DECADE, ERROR, LEAST, WAYS
from views.charts.bowl_ruler import motion_colour, ruler
from views.charts.ink import (
    BLUE,
    GRAY,
    ORANGE,
    anchor,
    cell,
    filled,
    lookup,
    named,
    power_axis,
    raised,
    stroke_legend,
)
from views.charts.player import STEP
from views.charts.pointer import HOVERED
from views.charts.room import COLUMNS, FULL, GAP, HALF, Spec, View, fitted, headed, parts, wide_or_narrow
from views.charts.shipped import once
from views.lazily import alt
from views.text import Text

LINES = {"steep": ORANGE, "flat": BLUE}
DASHES = {"steep": [1, 0], "flat": [6, 3]}
SHOWN: Spec = {"name": "shown", "expr": "hovered < 0 ? data('problem')[0] : data('final')[hovered]"}
_ORDINARY = "datum.value == 0 || (abs(datum.value) >= 1e-3 && abs(datum.value) < 1e5)"
_POWER = "floor(log(abs(datum.value)) / LN10 + 1e-9)"
_LABEL = (
    f"{_ORDINARY} ? replace(format(datum.value, '~r'), '-', '−') : "
    f"replace(format(datum.value / pow(10, {_POWER}), '.2~f'), '-', '−') + '·' + {raised(_POWER)}"
)


def _line_colour(legend: alt.Legend | None) -> alt.Color:
    scale = alt.Scale(domain=list(LINES), range=list(LINES.values()))
    return alt.Color("line:N", scale=scale, legend=legend)


def _decoded(field: str) -> str:
    """The distance that `bowl_frames.encoded` wrote."""
    code = f"data('runs')[datum.first + datum.step].{field}_code"
    return f"({code} < 0 ? -{LEAST} : {LEAST}) * pow(10, abs({code}) / {DECADE})"


def _sources() -> tuple[alt.Chart, alt.Chart]:
    """The previewed run and the committed one, of which one is empty at any time, up to the step that is shown.

    The steps of the previewed run are looked up in the cube, which is not searched: it has thousands of rows.
    """
    preview = (
        named("final")
        .transform_filter("datum.run == hovered")
        .transform_calculate(step=f"sequence(min(datum.points, {STEP} + 1))")
        .transform_flatten(["step"])
        .transform_calculate(steep=_decoded("steep"), flat=_decoded("flat"))
    )
    committed = named("committed").transform_filter(f"hovered < 0 && datum.step <= {STEP}")
    return preview, committed.transform_calculate(regime="data('problem')[0].regime")


def _side(name: str, other: str, ratio: str) -> alt.Scale:
    """An axis of the contours; on one scale with the other, where that is so, by the shape of the picture."""
    own = cell("problem", f"{name}_high", empty="1").expr
    if other:
        grown = f"max({own}, ({cell('problem', f'{other}_high', empty='1').expr}) * {ratio})"
        own = f"({cell('problem', 'similar').expr}) ? {grown} : ({own})"
    return alt.Scale(domain=[alt.ExprRef(f"-({own})"), alt.ExprRef(own)], nice=False)


def _bracketed(field: str) -> str:
    return f"({cell('problem', field).expr})"


def _contours(text: Text) -> alt.LayerChart | alt.FacetChart:
    across_title, up_title = text("chart.bowl.flat_axis"), text("chart.bowl.steep_axis")
    axis = alt.Axis(labelExpr=_LABEL, tickCount=5)
    x = alt.X(
        "across:Q", title=across_title, scale=_side("across", "up", "contours_width / contours_height"), axis=axis
    )
    y = alt.Y("up:Q", title=up_title, scale=_side("up", "", ""), axis=axis)
    real = {
        "across": f"datum.flat * {_bracketed('across_unit')}",
        "up": f"datum.steep * {_bracketed('up_unit')}",
    }
    mirrored = {"across": f"(datum.quarter % 2 ? -1 : 1) * ({real['across']})"}
    mirrored["up"] = f"(datum.quarter < 2 ? 1 : -1) * ({real['up']})"
    layers: list[alt.Chart] = [
        anchor("runs"),
        named("contours")
        .transform_calculate(quarter="[0, 1, 2, 3]")
        .transform_flatten(["quarter"])
        .transform_calculate(**mirrored)
        .mark_line(clip=True, strokeWidth=1, strokeOpacity=0.55)
        .encode(detail=["arc:N", "quarter:N"], order="at:Q", color=alt.value(GRAY)),
        named("problem")
        .transform_calculate(across="0", up="0")
        .mark_point(shape="cross", size=70, filled=True, opacity=1)
        .encode(color=alt.value(GRAY)),
    ]
    tooltip = [
        alt.Tooltip("step:Q", title=text("chart.step")),
        alt.Tooltip("up:Q", title=up_title, format=".4~g"),
        alt.Tooltip("across:Q", title=across_title, format=".4~g"),
    ]
    for source in _sources():
        run = source.transform_calculate(**real)
        layers += [
            run.mark_line(clip=True, strokeWidth=1.5, strokeOpacity=0.8).encode(motion_colour(), order="step:Q"),
            run.mark_circle(clip=True, size=26, opacity=1).encode(motion_colour(), tooltip=tooltip, key="step:N"),
        ]
    return alt.layer(*layers).encode(x=x, y=y)


def _errors(text: Text) -> alt.LayerChart | alt.FacetChart:
    title = text("chart.bowl.error")
    x = alt.X(
        "step:Q",
        title=text("chart.step"),
        scale=alt.Scale(domain=[0, cell("problem", "step_high", empty="2")], nice=False),
        axis=alt.Axis(tickMinStep=1, tickCount=6, format="d"),
    )
    scale = alt.Scale(type="log", domain=ERROR, nice=False)
    y = alt.Y("error:Q", title=title, scale=scale, axis=power_axis(title))
    legend = stroke_legend({name: text(f"chart.bowl.{name}") for name in LINES})
    legend["symbolOpacity"] = 1  # the pale line of theory is drawn first, and a legend takes after it
    dashes = alt.Scale(domain=list(DASHES), range=list(DASHES.values()))
    dash = alt.StrokeDash("line:N", scale=dashes, legend=legend)
    tooltip = [
        alt.Tooltip("step:Q", title=text("chart.step")),
        alt.Tooltip("error:Q", title=title, format=".4~g"),
    ]
    colour, (one, other) = _line_colour(legend), LINES
    layers = [
        ends.transform_calculate(line=f"['{one}', '{other}']", origin="0", one="1")
        .transform_flatten(["line"])
        .transform_calculate(
            until=f"datum.line == '{one}' ? datum.{one}_until : datum.{other}_until",
            end=f"datum.line == '{one}' ? datum.{one}_end : datum.{other}_end",
        )
        .mark_rule(clip=True, strokeWidth=7, opacity=0.25)
        .encode(alt.X("origin:Q"), alt.Y("one:Q", title=title), colour, x2="until:Q", y2="end:Q")
        for ends in (
            named("final").transform_filter("datum.run == hovered"),
            named("problem").transform_filter("hovered < 0"),
        )
    ]
    for source in _sources():
        run = (
            source.transform_fold([one, other], as_=["line", "distance"])
            .transform_calculate(error=f"max(abs(datum.distance), {LEAST})")
            .transform_calculate(point="datum.line + datum.step")
        )
        layers += [
            run.mark_line(clip=True, strokeWidth=1.5).encode(x, y, colour, dash, order="step:Q"),
            run.mark_circle(clip=True, size=20, opacity=1).encode(x, y, colour, tooltip=tooltip, key="point:N"),
        ]
    others = named("others").transform_filter(f"hovered < 0 && datum.step <= {STEP}")
    layers.append(
        others.mark_line(clip=True, strokeWidth=1.5).encode(
            x, y, detail="direction:N", order="step:Q", color=alt.value(GRAY)
        )
    )
    return alt.layer(*layers)


def _said(text: Text) -> alt.ExprRef:
    """What is said, in two lines, of the run that is shown: the hovered one, or else the committed one."""
    row = SHOWN["name"]
    motion = lookup(text.under("motion"), f"{row}.regime")
    theory = filled(
        text.template("chart.bowl.headline"),
        row,
        pace=f"{row}.pace_said",
        alpha=f"{row}.alpha_said",
        motion=motion,
    )
    pieces = {"steps": "data('problem')[0].step_high", "excess": f"{row}.share_said", "left": f"{row}.left"}
    outcomes = [filled(text.template(f"roll.{way.name}"), row, **pieces) for way in WAYS]
    return alt.ExprRef(f"isValid({row}) ? [{theory}, [{', '.join(outcomes)}][{row}.way]] : ''")


@once
def bowl(text: Text) -> Spec:
    """The chart as a dict. Data sets: problem, contours, runs, committed, others, final, bands, limits (`bowl_frames`).

    It follows the signal of `views.charts.player.played`.
    """
    views = {
        "ruler": View(ruler(text), FULL, wide_or_narrow("80", "100")),
        "contours": View(_contours(text), HALF, wide_or_narrow("214", "220")),
        "errors": View(_errors(text), HALF, wide_or_narrow("192", "180")),
    }
    above, left, right = parts(views).values()
    apart = {"scale": {"color": "independent", "strokeDash": "independent"}}
    lower = {
        "title": headed(_said(text)),
        "concat": [left, right],
        "columns": COLUMNS,
        "spacing": GAP,
        "resolve": apart,
    }
    return fitted({"vconcat": [above, lower], "spacing": GAP, "params": [HOVERED, SHOWN], "resolve": apart}, views)
