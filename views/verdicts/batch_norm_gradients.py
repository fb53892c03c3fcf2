"""The claim about late and early layers under each reading of batch norm, and the growth per layer, in words."""

import numpy as np

from gdcore.batch_norm_growth import DRAWS, Growth, always_off
from gdcore.batch_norm_theory import SMALLEST_BATCH
from gdcore.readings import Claim, Reading, Readings
from views.numbers import magnitude, plain
from views.text import Text

NEAR = 0.02  # relative: a prediction that is off by less is called near
FADED = 0.95  # of the spread that ε = 0 would give: below it ε is the reason
NARROW_WIDTH, SMALL_BATCH = 16, 8


def readings_verdict(text: Text, readings: Readings, width: int) -> str:
    """The claim, and under each reading what this run makes of it."""
    key = "verdict.batch_norm.readings"
    if readings.absent is not None:
        return text(f"verdict.batch_norm.{readings.absent}")
    none = readings.gradients[Reading.NONE]
    judged = {reading: readings.judge(reading) for reading in (Reading.OUTPUTS, Reading.HELD, Reading.FULL)}
    said = [text(f"{key}.claim")]
    shared = set(judged.values()) & {Claim.ZERO, Claim.CALM}
    if shared:
        said.append(text(f"{key}.{shared.pop()}"))
    else:
        kind = "small" if readings.direction > 0 else "large"
        farthest = float(none[np.abs(none).argmax()])
        said.append(text(f"{key}.{kind}", farthest=magnitude(int(np.isfinite(farthest)), farthest)))
    for reading, claim in judged.items():
        sentence = text(f"{key}.{reading}", factors=_factors(text, readings, reading))
        judgement = [] if claim in (Claim.ZERO, Claim.CALM) else [text(f"{key}.{claim}")]
        said.append(text.together([sentence, *judgement]))
    if width == 1:
        said.append(text(f"{key}.one_unit"))
    elif judged[Reading.OUTPUTS] is Claim.HOLDS and judged[Reading.FULL] in (Claim.BOTH, Claim.EARLY):
        said.append(text(f"{key}.why_full"))
    elif judged[Reading.OUTPUTS] is Claim.NEITHER:
        said.append(text(f"{key}.sigmoid_outputs"))
    return "\n\n".join(said)


def _factors(text: Text, readings: Readings, reading: Reading) -> str:
    """By how much the gradients of both ends are multiplied."""
    none, own = readings.gradients[Reading.NONE], readings.gradients[reading]
    known = np.isfinite(none)
    with np.errstate(invalid="ignore"):
        gains = own - none
    first, last = (magnitude(int(own[end] > -np.inf), float(gains[end])) if known[end] else "–" for end in (0, -1))
    return text("verdict.batch_norm.readings.factors", first=first, last=last)


def growth_headline(text: Text, growth: Growth) -> str:
    """Measured and predicted growth of the norm in one line."""
    rates = {"measured": growth.measured, "predicted": growth.predicted}
    known = {name: plain(rate**0.5) for name, rate in rates.items() if rate is not None}
    kind = {2: "both", 0: "neither"}.get(len(known), next(iter(known), ""))
    return text(f"chart.batch_norm.growth_{kind}", **known)


def growth_verdict(text: Text, growth: Growth) -> str:
    """The growth that theory predicts, the one that was measured, and why they differ if they do."""
    key, experiment = "verdict.batch_norm.grown", growth.experiment
    said = [_predicted(text, growth)]
    if growth.measured is None or growth.low is None or growth.high is None or growth.fitted is None:
        finite = np.isfinite(growth.gradient).all()
        return "\n\n".join([*said, text(f"{key}.shallow", depth=experiment.depth) if finite else text(f"{key}.zero")])
    measured = text(
        f"{key}.measured",
        draws=DRAWS,
        **{"from": growth.fitted[0], "to": growth.fitted[1]},
        squared=plain(growth.measured),
        low=plain(growth.low),
        high=plain(growth.high),
    )
    said.append(text.together([measured, *_difference(text, growth, growth.measured, growth.low, growth.high)]))
    if experiment.width < NARROW_WIDTH or experiment.batch < SMALL_BATCH:
        said.append(text(f"{key}.narrow"))
    return "\n\n".join(said)


def _predicted(text: Text, growth: Growth) -> str:
    key, experiment = "verdict.batch_norm.grown", growth.experiment
    if growth.predicted is None:
        if experiment.width == 1:
            return text(f"{key}.one_unit")
        if experiment.gamma == 0.0 or experiment.weight_scale == 0.0:
            return text(f"{key}.nothing")
        if always_off(experiment) and experiment.batch >= SMALLEST_BATCH:
            return text(f"{key}.off")
        return text(f"{key}.few" if experiment.batch < SMALLEST_BATCH else f"{key}.no_formula")
    shape = {"identity": "identity", "relu": "relu"}.get(experiment.activation, "other")
    if shape == "relu" and experiment.beta:
        shape = "other"
    exact = experiment.before or experiment.phi.is_identity
    return text(
        f"{key}.predicted" if exact else f"{key}.predicted_after",
        squared=plain(growth.predicted),
        rate=plain(growth.predicted**0.5),
        formula=text(f"{key}.formula_{shape}"),
    )


def _difference(text: Text, growth: Growth, measured: float, low: float, high: float) -> list[str]:
    """Whether the prediction agrees, and why not."""
    key, experiment, predicted = "verdict.batch_norm.grown", growth.experiment, growth.predicted
    if predicted is None:
        return []
    if growth.faded < FADED:
        return [text(f"{key}.faded", epsilon=plain(experiment.epsilon), faded=plain(growth.faded, 3))]
    if low <= predicted <= high:
        return [text(f"{key}.agrees")]
    if abs(measured / predicted - 1.0) < NEAR:
        return [text(f"{key}.near")]
    if not experiment.before and not experiment.phi.is_identity:
        return [text(f"{key}.batch_after")]
    return [text(f"{key}.width", width=experiment.width, batch=experiment.batch)]
