"""The linked view of "How big a step?": the α ruler leads; landscape, loss and θ follow.

Moving over the ruler shows another learning rate in the browser, out of a cube of runs that was computed once; a click
commits it. The committed run is a small data set of its own that steps aside meanwhile.
"""

from functools import lru_cache

import altair as alt

from gdcore.descent_theory import Regime
from views.charts.ink import BLUE, GRAY, GREEN, RED, VIOLET, YELLOW, cell, named, power_axis, touched, window
from views.charts.room import COLUMNS, FULL, GAP, HALF, Spec, View, fitted, parts, wide_or_narrow
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


def _theta(title: str | None) -> alt.X:
    return alt.X("theta:Q", title=title, scale=window("problem", "theta_low", "theta_high"), axis=alt.Axis(tickCount=6))


def _step(title: str | None, *, labels: bool) -> alt.X:
    axis = alt.Axis(tickMinStep=1, tickCount=6, format="d", labels=labels)
    return alt.X("step:Q", title=title, scale=window("problem", "step_low", "step_high"), axis=axis)


def _excess(title: str | None) -> alt.Y:
    scale = window("problem", "excess_low", "excess_high", type="log", clamp=True)
    return alt.Y("excess:Q", title=title, scale=scale, axis=power_axis(title))


def _colour() -> alt.Color:
    scale = alt.Scale(domain=[regime.name for regime in REGIME_COLOURS], range=list(REGIME_COLOURS.values()))
    return alt.Color("regime:N", scale=scale, legend=None)


def _run(tooltip: list[alt.Tooltip]) -> list[alt.Chart]:
    """The previewed run and the committed one, of which one is empty at any time: its line and its steps."""
    preview = (
        named("runs")
        .transform_filter("datum.run == hovered")
        .transform_calculate(regime="data('final')[datum.run].regime", loss="datum.excess + data('problem')[0].minimum")
    )
    committed = named("committed").transform_filter("hovered < 0")
    layers: list[alt.Chart] = []
    for source in (preview, committed):
        layers += [
            source.mark_line(clip=True, strokeWidth=1.5, strokeOpacity=0.75).encode(_colour(), order="step:Q"),
            source.mark_circle(clip=True, size=26, opacity=1).encode(_colour(), tooltip=tooltip),
        ]
    return layers


def _ruler(text: Text) -> alt.LayerChart | alt.FacetChart:
    title = text("chart.step_size.alpha")
    alpha = alt.X(
        "alpha:Q",
        title=title,
        scale=window("problem", "alpha_low", "alpha_high"),
        axis=alt.Axis(tickCount=8, grid=False),
    )
    hover = alt.selection_point(
        name="hover", fields=["run"], on="pointermove", nearest=True, clear="pointerout", empty=False
    )
    pick = alt.selection_point(name="pick", fields=["alpha", "was"], on="click", nearest=True, empty=False)
    bands, limits, final = named("bands"), named("limits"), named("final")
    share = f"(datum.high - datum.low) / ({cell('problem', 'alpha_high', empty='1').expr})"
    room_of_word = alt.ExprRef(f"max(1, {share} * ruler_width - 6)")
    gray, top = alt.value(GRAY), alt.value(0)
    result = alt.layer(
        final.mark_line(strokeWidth=1.5, clip=True).encode(color=gray),
        final.mark_circle(size=22, opacity=0.9).encode(_colour()),
    ).encode(y=_excess(text("chart.step_size.final")))
    return alt.layer(
        bands.mark_rect(opacity=0.13, clip=True).encode(alt.X("low:Q", title=title), x2="high:Q", color=_colour()),
        bands.mark_text(baseline="top", dy=5, fontSize=12, limit=room_of_word).encode(
            alt.X("middle:Q", title=title), y=top, text="word:N", color=_colour()
        ),
        limits.mark_rule(strokeDash=[4, 3]).encode(color=gray),
        limits.mark_text(dy=-7, baseline="bottom", fontSize=12).encode(y=top, text="label:N", color=gray),
        result,
        touched("final", hover, pick),
        named("problem")
        .mark_rule(strokeWidth=2.5, clip=True)
        .encode(_colour(), opacity=alt.condition("hovered < 0", alt.value(1), alt.value(0.45))),
        final.transform_filter("datum.run == hovered").mark_rule(strokeWidth=2.5).encode(_colour()),
    ).encode(x=alpha)


def _said() -> alt.ExprRef:
    """What is said, in two lines, of the run that is shown: the hovered one, or else the committed one."""
    run = "(hovered < 0 ? data('problem')[0] : data('final')[hovered])"
    return alt.ExprRef(f"isValid({run}) ? [{run}.headline, {run}.result] : ''")


@lru_cache
def step_size(text: Text) -> Spec:
    """The chart as a dict. Data sets: problem, curve, runs, committed, final, bands, limits (`step_size_frames`)."""
    tooltip = [
        alt.Tooltip("step:Q", title=text("chart.step")),
        alt.Tooltip("theta:Q", title="θ", format=".5~g"),
        alt.Tooltip("loss:Q", title="J(θ)", format=".5~g"),
    ]
    loss = alt.Y(
        "loss:Q",
        title="J(θ)",
        scale=window("problem", "loss_low", "loss_high"),
        axis=alt.Axis(tickCount=5, format="~s"),
    )
    theta = alt.Y("theta:Q", title="θ", scale=window("problem", "theta_low", "theta_high"), axis=alt.Axis(tickCount=4))
    curve = named("curve").mark_line(clip=True).encode(color=alt.value(GRAY))
    minimiser = (
        named("problem").mark_rule(strokeDash=[4, 3]).encode(y=alt.Y("minimiser:Q", title="θ"), color=alt.value(GRAY))
    )
    run = _run(tooltip)
    views = {
        "ruler": View(_ruler(text), FULL, wide_or_narrow("92", "112")),
        "landscape": View(alt.layer(curve, *run).encode(x=_theta("θ"), y=loss), HALF, wide_or_narrow("236", "200")),
        "loss": View(
            alt.layer(*run).encode(x=_step(None, labels=False), y=_excess("J − J*")), HALF, wide_or_narrow("124", "130")
        ),
        "theta": View(
            alt.layer(minimiser, alt.layer(*run).encode(x=_step(text("chart.step"), labels=True), y=theta)),
            HALF,
            wide_or_narrow("90", "110"),
        ),
    }
    ruler, landscape, decay, track = parts(views).values()
    lower = {
        "title": {
            "text": _said().to_dict(),
            "limit": {"expr": "room - 8"},
            "offset": 8,
            "fontSize": 15,
            "fontWeight": 600,
        },
        "concat": [landscape, {"vconcat": [decay, track], "spacing": GAP}],
        "columns": COLUMNS,
        "spacing": GAP,
    }
    hovered = {"name": "hovered", "expr": "length(data('hover_store')) ? data('hover_store')[0].values[0] : -1"}
    return fitted({"vconcat": [ruler, lower], "spacing": GAP, "params": [hovered]}, views)
