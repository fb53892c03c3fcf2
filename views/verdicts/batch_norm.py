"""What batch norm does to every layer and to one unit, in words; and what bad settings make of it."""

import math

import numpy as np

from gdcore.batch_norm_growth import always_off
from gdcore.batch_norm_theory import collapse_scale, relu_takeover_scale
from gdcore.comparison import Comparison, Side
from gdcore.experiment import Absent, Experiment
from gdcore.one_unit import UnitSignals
from gdcore.scaled import FloatArray
from views.numbers import magnitude, plain
from views.text import Text

ALIKE = 1.0  # decades by which a mean exceeds the spread over the batch where samples are called alike
LOST = 14.0  # decades: beyond them a spread that is computed beside a mean is rounding
VISIBLE = 0.99  # of the spread that ε = 0 would give: below it ε is said to show
FLATTEST_RELU = math.sqrt(0.5 - 0.5 / math.pi)  # the spread of ReLU(z) for z ~ N(0, 1)


def batch_norm_verdict(text: Text, comparison: Comparison) -> str:
    """How the gradient changes from the last layer to the first, without and with batch norm."""
    key, experiment = "verdict.batch_norm", comparison.experiment
    plain_side = comparison.without
    said = [_across(text, "without", plain_side.gradient)]
    mean, deviation = float(plain_side.mean[-1]), float(plain_side.deviation[-1])
    if experiment.weight_scale and not experiment.phi.homogeneous and deviation < mean - LOST:
        said.append(text(f"{key}.alike_lost"))
    elif -np.inf < deviation < mean - ALIKE:
        said.append(text(f"{key}.alike", times=magnitude(1, mean - deviation)))
    with_it = comparison.normalised
    if isinstance(with_it, Side):
        kind = "shifted" if experiment.beta else "removed"
        spread = magnitude(int(with_it.deviation[-1] > -np.inf), float(with_it.deviation[-1]))
        level = text(f"{key}.{kind}", deviation=spread, **({"beta": plain(experiment.beta)} if experiment.beta else {}))
        said.append(text.together([_across(text, "with", with_it.gradient), level]))
        if comparison.predicted_growth is not None and experiment.width > 1:
            rate = plain(comparison.predicted_growth**0.5)
            after = not experiment.before and not experiment.phi.is_identity
            said.append(text(f"{key}.growth_after" if after else f"{key}.growth", rate=rate))
    return "\n\n".join([*special(text, comparison), *said])


def _across(text: Text, side: str, gradients: FloatArray) -> str:
    first, last = float(gradients[0]), float(gradients[-1])
    if not np.isfinite([first, last]).all():
        return text(f"verdict.batch_norm.{side}_zero")
    said = {"first": first, "last": last, "ratio": first - last}
    return text(f"verdict.batch_norm.{side}", **{name: magnitude(1, log10, 3) for name, log10 in said.items()})


def special(text: Text, comparison: Comparison) -> list[str]:
    """Sentences for settings under which batch norm does something odd, or cannot be."""
    key, experiment, side = "verdict.batch_norm", comparison.experiment, comparison.normalised
    if isinstance(side, Absent):
        return [text(f"{key}.{side}")]
    if experiment.weight_scale == 0.0:
        return [text(f"{key}.scale_zero")]
    if experiment.gamma == 0.0:
        return [text(f"{key}.gamma_zero")]
    if experiment.batch == 2:
        return [text.together([text(f"{key}.two"), *_two_samples(text, experiment, side)])]
    said = [text(f"{key}.three")] if experiment.batch == 3 else []
    if experiment.width == 1 and experiment.depth > 1:
        said.append(_one_unit(text, experiment, side))
    return said + _epsilon(text, experiment, side)


def _two_samples(text: Text, experiment: Experiment, side: Side) -> list[str]:
    """What passes all the same: rounding, or what ε lets through where two values come near to each other."""
    key, epsilon = "verdict.batch_norm", experiment.epsilon
    if epsilon == 0.0:
        return [text(f"{key}.two_exact")]
    if not side.gradient[0] > side.gradient[-1]:
        return []
    root = math.sqrt(epsilon)
    return [text(f"{key}.two_near", root=plain(root, 2), most=plain(abs(experiment.gamma) / root, 2))]


def _one_unit(text: Text, experiment: Experiment, side: Side) -> str:
    key = "verdict.batch_norm"
    if not experiment.before and not experiment.phi.homogeneous:
        return text(f"{key}.one_unit_after")
    largest = float(side.gradient[1:].max())
    rest = {"largest": magnitude(int(largest > -np.inf), largest)}
    kind = "one_unit_exact" if experiment.epsilon == 0.0 else "one_unit_epsilon"
    if experiment.epsilon:
        rest["epsilon"] = plain(experiment.epsilon)
    places = "two" if side.gradient[0] > largest else "readout"
    kept = text(f"{key}.one_unit_{places}", readout=magnitude(int(side.readout > -np.inf), side.readout))
    return text.together([text(f"{key}.one_unit", kept=kept), text(f"{key}.{kind}", **rest)])


def _epsilon(text: Text, experiment: Experiment, side: Side) -> list[str]:
    """What ε does, if it does anything that shows."""
    spread = float(side.deviation[-1])
    share = 10.0**spread / abs(experiment.gamma)
    if experiment.epsilon == 0.0 or share >= VISIBLE:
        return []
    said = {"deviation": magnitude(int(spread > -np.inf), spread), "gamma": plain(abs(experiment.gamma))}
    if always_off(experiment):
        return [text("verdict.batch_norm.off")]
    alive = experiment.width - side.constant
    if 0 < alive < experiment.width and share / math.sqrt(alive / experiment.width) >= VISIBLE:
        return [text("verdict.batch_norm.dead", count=side.constant, width=experiment.width, **said)]
    kind, limit = epsilon_limit(experiment)
    if experiment.weight_scale >= limit:
        return [text("verdict.batch_norm.visible", epsilon=plain(experiment.epsilon), **said)]
    rest = {"scale": plain(experiment.weight_scale), "limit": plain(limit, 3)}
    return [text(f"verdict.batch_norm.{kind}", **rest, **said)]


def epsilon_limit(experiment: Experiment) -> tuple[str, float]:
    """What ε does to a signal whose weights are below a certain scale, and that scale."""
    gamma, origin = abs(experiment.gamma), np.zeros(1)
    if experiment.phi.homogeneous and not experiment.phi.is_identity:
        if experiment.before:
            return "takeover", relu_takeover_scale(experiment.batch, experiment.epsilon) / gamma
        return "fades", collapse_scale(experiment.epsilon, FLATTEST_RELU * gamma)
    shift = experiment.beta if experiment.before else 0.0
    slope = float(experiment.phi.derivative(origin + shift)[0])
    return "fades", collapse_scale(experiment.epsilon, slope * gamma)


def unit_verdict(text: Text, signals: UnitSignals, unit: int, layer: int, shown: int) -> str:
    """What batch norm does to one unit's signal; `unit` and `layer` count from 1."""
    key, at = "verdict.batch_norm.unit", layer - 1
    after_mean, after_deviation = float(signals.after_mean[at]), float(signals.after_deviation[at])
    numbers = {
        "mean": plain(float(signals.mean[at]), 3),
        "deviation": plain(float(signals.deviation[at]), 3),
        "after_mean": plain(after_mean if abs(after_mean) > 1e-12 else 0.0, 3),
        "after_deviation": plain(after_deviation, 3),
    }
    said = [text(f"{key}.shape", unit=unit, layer=layer, **numbers)]
    correlation = float(signals.correlation[at])
    if abs(correlation) < 0.5:
        said.append(text(f"{key}.lost"))
    else:
        said.append(text(f"{key}.{'turned' if signals.turned else 'kept'}", correlation=plain(correlation, 6)))
    varies = signals.deviation > 0.0
    if varies.any():
        ratio = np.abs(signals.mean) / np.where(varies, signals.deviation, np.inf)
        most = int(ratio.argmax())
        said.append(text(f"{key}.dc_most", most=most + 1, times=plain(float(ratio[most]), 3)))
    batch = signals.shape.shape[1]
    if batch > shown:
        said.append(text(f"{key}.many", shown=shown, batch=batch))
    return "\n\n".join(said)
