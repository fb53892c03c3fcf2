"""The picture of "Which way is down?": a point on the curve, its tangent, and where the next step lands.

Moving over the curve shows the same for any other θ, in the browser; a click puts the point there.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from gdcore.convex_loss import Loss
from gdcore.descent import Descent
from gdcore.scaled import FloatArray
from views.charts.data_set import DataSet
from views.charts.ink import BLUE, GRAY, GREEN, ORANGE, anchor, named, window
from views.charts.pointer import HOVERED, hover, pick, touched
from views.charts.room import CONFIG, Spec, lean
from views.charts.shipped import once
from views.charts.step_size_frames import CURVE_POINTS, OUTSIDE, Axes
from views.lazily import alt
from views.numbers import plain
from views.problem import decimals
from views.text import Text

HEIGHT = 350  # px
TANGENT = 0.16  # of the picture's width, to either side of the point
SHOWN = "(hovered < 0 ? data('point')[0] : data('places')[hovered])"


def _steps(frame: str, visible: str, x: alt.X, y: alt.Y) -> alt.LayerChart | alt.FacetChart:
    """One place on the curve: its tangent, the arrow of the step, and the ghost where it lands."""
    place = named(frame).transform_filter(visible)
    arrow = alt.Shape("way:N", scale=alt.Scale(domain=["left", "right"], range=["triangle-left", "triangle-right"]))
    return alt.layer(
        place.mark_rule(strokeWidth=2, clip=True).encode(
            alt.X("tangent_x:Q"), alt.Y("tangent_y:Q"), x2="tangent_x2:Q", y2="tangent_y2:Q", color=alt.value(ORANGE)
        ),
        place.mark_rule(strokeWidth=2.5, clip=True).encode(x, y, x2="next_theta:Q", color=alt.value(BLUE)),
        place.mark_point(size=90, filled=True, opacity=1, clip=True).encode(
            alt.X("next_theta:Q"), y, arrow.legend(None), color=alt.value(BLUE)
        ),
        place.mark_rule(strokeDash=[3, 3], strokeWidth=1.5, clip=True).encode(
            alt.X("next_theta:Q"), y, y2="next_loss:Q", color=alt.value(GRAY)
        ),
        place.mark_point(size=130, strokeWidth=2, strokeDash=[3, 2], clip=True).encode(
            alt.X("next_theta:Q"), alt.Y("next_loss:Q"), color=alt.value(BLUE)
        ),
        place.mark_circle(size=150, opacity=1, clip=True).encode(x, y, color=alt.value(BLUE)),
        place.mark_text(dy=-16, fontSize=16, fontWeight=600, clip=True).encode(
            x, y, text="name:N", color=alt.value(BLUE)
        ),
    )


@once
def slope(text: Text) -> Spec:
    """The chart as a dict. Data sets: frame, curve, places, point, walked (`slope_frames`)."""
    x = alt.X(
        "theta:Q",
        title="θ",
        scale=window("frame", "theta_low", "theta_high"),
        axis=alt.Axis(tickCount=8),
    )
    y = alt.Y(
        "loss:Q",
        title="J(θ)",
        scale=window("frame", "loss_low", "loss_high"),
        axis=alt.Axis(tickCount=6, format="~s"),
    )
    said = alt.ExprRef(f"isValid({SHOWN}) ? [{SHOWN}.headline, {SHOWN}.result] : ''")
    same_x, same_y = alt.X("theta:Q", title="θ"), alt.Y("loss:Q", title="J(θ)")
    chart: Spec = (
        alt.layer(
            anchor("frame"),
            named("curve").mark_line(strokeWidth=2.5, clip=True).encode(x, y, color=alt.value(GRAY)),
            named("walked")
            .mark_circle(size=60, opacity=0.55, clip=True)
            .encode(same_x, same_y, color=alt.value(GREEN)),
            _steps("places", "datum.place == hovered", same_x, same_y),
            _steps("point", "hovered < 0", same_x, same_y),
            touched("places", hover("place"), pick("theta", "was"), key="place")
            .transform_calculate(was="data('point')[0].theta")
            .encode(same_x),
        )
        .properties(width=900, height=HEIGHT, title=alt.TitleParams(said, offset=8, fontSize=15, fontWeight=600))
        .to_dict()
    )
    return lean({**chart, "params": [HOVERED, *chart.get("params", [])], "config": CONFIG})


def slope_frames(
    text: Text, loss: Loss, run: Descent, at: int, places: tuple[float, float, float]
) -> dict[str, DataSet]:
    """The data sets of `slope`: the point is where `run`, of one learning rate, stands after `at` steps.

    `places` says from where to where, and how finely, the curve can be touched.
    """
    walked, rate = run.points[:, 0], float(run.learning_rates[0, 0])
    axes = Axes.of(loss, float(walked[0]))
    low, high, step = places
    theta = np.round(np.arange(low, high + step / 2, step), decimals(step))
    line = np.linspace(*axes.theta, CURVE_POINTS)
    frame = dict(zip(("theta_low", "theta_high", "loss_low", "loss_high"), (*axes.theta, *axes.loss), strict=True))
    across, up = partial(_within_reach, axes.theta), partial(_within_reach, axes.loss)
    touched = _places(text, loss, theta, rate, axes)
    return {
        "frame": DataSet.row(**frame),
        "curve": DataSet({"theta": line.astype("f4"), "loss": loss.value(line)}),
        "places": touched.with_columns(place=np.arange(len(theta), dtype="i2")),
        "point": _places(text, loss, walked[at : at + 1], rate, axes),
        "walked": DataSet({"theta": across(walked[:at]), "loss": up(loss.value(walked[:at]))}),
    }


def _places(text: Text, loss: Loss, theta: FloatArray, rate: float, axes: Axes) -> DataSet:
    """What is drawn and said of points on the curve, one row each."""
    with np.errstate(over="ignore", invalid="ignore"):  # what is beyond float64 is drawn out of sight, and said
        value, gradient = loss.value(theta), loss.gradient(theta)
        following = theta - rate * gradient
        landing = loss.value(following)
        half = TANGENT * (axes.theta[1] - axes.theta[0])
        rise = half * gradient
    signs = np.sign(np.nan_to_num(gradient)).astype(int)
    across, up = partial(_within_reach, axes.theta), partial(_within_reach, axes.loss)
    return DataSet(
        {
            "theta": across(theta),
            "loss": up(value),
            "tangent_x": across(theta - half),
            "tangent_y": up(value - rise),
            "tangent_x2": across(theta + half),
            "tangent_y2": up(value + rise),
            "next_theta": across(following),
            "next_loss": up(landing),
            "way": np.where(gradient > 0, "left", "right"),
            "name": [{-1: "P", 0: "", 1: "Q"}[sign] for sign in signs.tolist()],
            "headline": [
                text(
                    f"chart.slope.{_SIGNS[sign] if np.isfinite(at) else 'left'}",
                    theta=plain(at),
                    slope=plain(steepness),
                )
                for sign, at, steepness in zip(signs.tolist(), theta.tolist(), gradient.tolist(), strict=True)
            ],
            "result": [
                "" if np.isnan(new) else text("chart.slope.step", theta=plain(new), loss=plain(then))
                for new, then in zip(following.tolist(), landing.tolist(), strict=True)
            ],
        }
    )


def _within_reach(window: tuple[float, float], values: FloatArray) -> FloatArray:
    """Values for a renderer: what is far outside the picture, or beyond float64, is drawn just out of sight."""
    low, high = window
    margin = OUTSIDE * (high - low)
    return np.clip(np.nan_to_num(values, nan=np.inf), low - margin, high + margin)


_SIGNS = {-1: "falls", 0: "flat", 1: "rises"}
