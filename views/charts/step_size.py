"""The linked view of "How big a step?": the α ruler leads; landscape, loss and θ follow.

Moving over the ruler shows another learning rate in the browser, out of a cube of runs that was computed once; a click
commits it. Moving over the loss, or the player's slider, picks a step: it lights up everywhere, and its numbers are
said. What is drawn is the path of the committed run, or of the three that can be compared in its place; a preview puts
the points of its run of the cube in the place of the path's, so a new commit leaves the cube as it is.
"""

from __future__ import annotations

from gdcore.descent_theory import Regime
from views.charts.ink import (
    BLUE,
    GRAY,
    GREEN,
    RED,
    VIOLET,
    YELLOW,
    anchor,
    cell,
    exponent_axis,
    filled,
    lookup,
    named,
    window,
)
from views.charts.player import STEP
from views.charts.pointer import HOVERED, hover, pick, pointed, touched
from views.charts.room import COLUMNS, FULL, GAP, HALF, Spec, View, fitted, headed, parts, wide_or_narrow
from views.charts.ruler_bands import LIMIT, SIZES
from views.charts.shipped import once
from views.charts.step_size_frames import COMMITTED, LEVELS, PLACES, SPOTS
from views.lazily import alt
from views.text import Text

REGIME_COLOURS = {
    Regime.AT_REST: GRAY,
    Regime.ONE_SIDED: BLUE,
    Regime.ONE_STEP: GREEN,
    Regime.CHANGES_SIDES: GREEN,
    Regime.UNDECIDED: VIOLET,
    Regime.CYCLES: YELLOW,
    Regime.DIVERGES: RED,
}
COLOURS = {regime.name: colour for regime, colour in REGIME_COLOURS.items()}
COLOURS |= dict(zip(SIZES, (BLUE, GREEN, RED), strict=True)) | {LIMIT: GRAY}
SHAPES = dict.fromkeys(COLOURS, "circle") | dict(zip(SIZES, ("circle", "square", "triangle-up"), strict=True))
LIT = "lit"  # the step that is lit: the one under the pointer, or else the player's
LAST = "last_step"  # up to which the path is drawn
PROBLEM = "data('problem')[0]"


def _theta(title: str | None) -> alt.X:
    return alt.X("theta:Q", title=title, scale=window("problem", "theta_low", "theta_high"), axis=alt.Axis(tickCount=6))


def _step(title: str | None, *, labels: bool) -> alt.X:
    axis = alt.Axis(tickMinStep=1, tickCount=6, format="d", labels=labels)
    scale = alt.Scale(domain=[0, cell("problem", "steps", empty="1")], nice=False)
    return alt.X("step:Q", title=title, scale=scale, axis=axis)


def _excess(title: str | None) -> alt.Y:
    scale = window("problem", "exponent_low", "exponent_high", clamp=True)
    return alt.Y("exponent:Q", title=title, scale=scale, axis=exponent_axis(title, tickCount=5))


def _colour() -> alt.Color:
    return alt.Color("regime:N", scale=alt.Scale(domain=list(COLOURS), range=list(COLOURS.values())), legend=None)


def _exponent() -> str:
    """The expression for log₁₀ of the excess loss of a row of the cube."""
    return f"datum.level / {LEVELS} + {PROBLEM}.exponent_low"


def _run() -> alt.LayerChart:
    """The run that is shown, the previewed or the committed one (or three): its line, its steps, the lit step."""
    sizes = " : ".join(f"datum.run == {COMMITTED - 1 - place} ? '{size}'" for place, size in enumerate(SIZES))
    shape = alt.Shape("regime:N", scale=alt.Scale(domain=list(SHAPES), range=list(SHAPES.values())), legend=None)
    marks = alt.Chart()
    return (
        alt.layer(
            marks.mark_line(clip=True, strokeWidth=1.5, strokeOpacity=0.75).encode(order="step:Q"),
            marks.mark_point(clip=True, filled=True, size=26, opacity=1).encode(shape, key="spot:N"),
            marks.transform_filter(f"datum.step == {LIT}")
            .mark_circle(clip=True, size=150, opacity=0.45)
            .encode(key="spot:N"),
            data=alt.NamedData("path"),
        )
        .transform_filter(f"datum.run >= first_run && datum.run <= last_run && datum.step <= {LAST}")
        .transform_calculate(key=f"{SPOTS} * hovered + datum.step")
        .transform_lookup("key", alt.LookupData(alt.NamedData("runs"), "key"), as_="preview")
        .transform_filter("hovered < 0 || isValid(datum.preview)")
        .transform_calculate(level="hovered < 0 ? datum.level : datum.preview.level")
        .transform_calculate(place="hovered < 0 ? datum.place : datum.preview.place")
        .transform_calculate(
            theta=f"{PROBLEM}.theta_low + datum.place / {PLACES} * ({PROBLEM}.theta_high - {PROBLEM}.theta_low)",
            exponent=_exponent(),
            loss=f"{PROBLEM}.minimum + pow(10, {_exponent()})",
            # a mark stays the same one from run to run, and is moved instead of drawn anew
            spot=f"(datum.run < {COMMITTED} ? {SPOTS} * datum.run : 0) + datum.step",
            regime=f"hovered >= 0 ? data('final')[hovered].regime : {sizes} : {PROBLEM}.regime",
        )
        .encode(_colour())
    )


def _steps(view: str) -> alt.Chart:
    """The committed run's steps, to be touched in a view: the signal `at_<view>`."""
    points = touched("path", hover("step", f"at_{view}"), key="step")
    committed: alt.Chart = points.transform_filter(f"datum.run == {COMMITTED}")
    return committed


def _ruler(text: Text, log: bool) -> alt.LayerChart | alt.FacetChart:
    title = text("chart.step_size.alpha")
    scale = window("problem", "alpha_low", "alpha_high", **({"type": "log"} if log else {}))
    # on a linear axis Vega would fit that format to the step between marks, and write 1e+2
    axis = alt.Axis(tickCount=8, grid=False, format="~g" if log else alt.Undefined)
    alpha = alt.X("alpha:Q", title=title, scale=scale, axis=axis)
    bands, marks = named("bands"), named("marks")
    final = named("final")
    room_of_word = alt.ExprRef("max(1, datum.share * ruler_width - 6)")
    gray, top = alt.value(GRAY), alt.value(0)
    result = (
        alt.layer(
            final.mark_line(strokeWidth=1.5, clip=True).encode(color=gray),
            final.mark_circle(size=22, opacity=0.9).encode(key="run:N"),
        )
        .transform_calculate(exponent=_exponent())
        .encode(y=_excess(text("chart.step_size.final")))
    )
    edge = alt.X("low:Q", title=title)
    return alt.layer(
        bands.mark_rect(clip=True).encode(
            edge, x2="high:Q", opacity=alt.condition("datum.found", alt.value(0.07), alt.value(0.14))
        ),
        bands.transform_filter("datum.found").mark_rule(strokeDash=[1, 3], clip=True).encode(edge),
        bands.transform_filter("datum.share > 0.02")
        .mark_text(baseline="top", dy=5, fontSize=12, limit=room_of_word)
        .encode(alt.X("middle:Q", title=title), y=top, text="word:N", color=gray),
        marks.mark_rule(strokeDash=[4, 3]),
        marks.mark_text(dy=-7, baseline="bottom", fontSize=12).encode(y=top, text="label:N"),
        result,
        # a click counts as new even on a learning rate that was clicked before
        touched("final", hover("run"), pick("alpha", "was"), key="run").transform_calculate(was=f"{PROBLEM}.alpha"),
        named("problem")
        .mark_rule(strokeWidth=2.5, clip=True)
        .encode(opacity=alt.condition("hovered < 0", alt.value(1), alt.value(0.45))),
        final.transform_filter("datum.run == hovered").mark_rule(strokeWidth=2.5),
    ).encode(_colour(), x=alpha)


def _said(text: Text) -> alt.ExprRef:
    """Three lines: the run that is shown, where it is at the lit step, and what that step did to the distance."""
    number, previewed = f"data('numbers')[{LIT}]", "data('final')[hovered]"
    where = filled(text.template("chart.step_size.at"), number, "theta", "slope", "excess", step=LIT)
    factor = text.template("chart.step_size.factor")
    committed = (
        f"[{PROBLEM}.headline, {PROBLEM}.three || {LIT} == {PROBLEM}.steps ? {PROBLEM}.result : {where}, "
        f"{PROBLEM}.three ? '' : {filled(factor, number, 'measured', 'predicted')}]"
    )
    regimes = lookup({regime.name: text(f"regime.{regime.name}") for regime in Regime}, f"{previewed}.regime")
    headline = filled(text.template("chart.step_size.headline"), previewed, alpha=f"{previewed}.said", regime=regimes)
    preview = f"[{headline}, {previewed}.result, {filled(factor, previewed, 'measured', 'predicted')}]"
    known = f"isValid({number}) && isValid({PROBLEM}) && (hovered < 0 || isValid({previewed}))"
    return alt.ExprRef(f"{known} ? (hovered < 0 ? {committed} : {preview}) : ''")


@once
def step_size(text: Text, log: bool = False) -> Spec:
    """The chart as a dict, with α on a linear or on a log axis; a player must be added.

    Data sets: problem, curve, path, runs, final, bands, marks, numbers (`step_size_frames`).
    """
    scale = window("problem", "loss_low", "loss_high")
    loss = alt.Y("loss:Q", title="J(θ)", scale=scale, axis=alt.Axis(tickCount=5, format="~s"))
    theta = alt.Y("theta:Q", title="θ", scale=window("problem", "theta_low", "theta_high"), axis=alt.Axis(tickCount=4))
    curve = named("curve").mark_line(clip=True).encode(color=alt.value(GRAY))
    minimiser = (
        named("problem").mark_rule(strokeDash=[4, 3]).encode(y=alt.Y("minimiser:Q", title="θ"), color=alt.value(GRAY))
    )
    run, step = _run(), text("chart.step")
    decay = alt.layer(run.encode(y=_excess("J − J*")), _steps("loss")).encode(_step(None, labels=False))
    track = alt.layer(
        minimiser,
        alt.layer(run.encode(y=theta), _steps("theta")).encode(_step(step, labels=True)),
    )
    views = {
        "ruler": View(_ruler(text, log), FULL, wide_or_narrow("72", "112")),
        "landscape": View(
            alt.layer(curve, anchor("numbers"), run).encode(x=_theta("θ"), y=loss), HALF, wide_or_narrow("182", "190")
        ),
        "loss": View(decay, HALF, wide_or_narrow("94", "120")),
        "theta": View(track, HALF, wide_or_narrow("66", "100")),
    }
    ruler, landscape, decayed, tracked = parts(views).values()
    lower = {
        "title": headed(_said(text), 14),
        "concat": [landscape, {"vconcat": [decayed, tracked], "spacing": GAP}],
        "columns": COLUMNS,
        "spacing": GAP,
    }
    three = f"isValid({PROBLEM}) && {PROBLEM}.three"
    parameters = [
        HOVERED,
        {"name": LIT, "expr": pointed(pointed(STEP, "at_theta"), "at_loss")},
        {"name": LAST, "expr": f"max({STEP}, {LIT})"},
        {"name": "first_run", "expr": f"hovered < 0 && {three} ? {COMMITTED - len(SIZES)} : {COMMITTED}"},
        {"name": "last_run", "expr": f"hovered < 0 && {three} ? {COMMITTED - 1} : {COMMITTED}"},
    ]
    return fitted({"vconcat": [ruler, lower], "spacing": GAP, "params": parameters}, views)
