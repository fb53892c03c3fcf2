"""What becomes of the first layer's gradient at a place of the map, what theory says, and what batch norm does."""

import math

import numpy as np

from gdcore.depth_map import DEPTHS, SCALES, DepthMap, depth_map
from gdcore.depth_theory import critical_weight_scale, fixed_variance, gradient_growth
from gdcore.experiment import Absent, Experiment
from gdcore.scaled import FloatArray
from views.depth_maps import FORMATS, HEALTHY, SIDES, Committed, committed, lost, of_map, sides
from views.numbers import magnitude, plain
from views.text import Text

AT_SCALE = 0.02  # relative: this near to the critical scale is on it
ALIKE = 0.1  # relative: theory and run agree
EXACT = 0.05  # decades from the factor that invariance of scale predicts


def fate(log10: float) -> str:
    """The word for a gradient of this size: a key under `fate_of_gradient`."""
    if math.isnan(log10):
        return "missing"
    if log10 == -math.inf:
        return "silent"
    return "vanishes" if log10 < -HEALTHY else "explodes" if log10 > HEALTHY else "healthy"


def depth_map_verdict(text: Text, experiment: Experiment) -> str:
    """The verdict on the committed network, and on the map around it."""
    network, found = committed(experiment), depth_map(of_map(experiment))
    said = [what_happens(text, network), _theory(text, network), _batch_norm(text, experiment, found)]
    return "\n\n".join([*said, _formats(text, network, found)])


def what_happens(text: Text, network: Committed) -> str:
    """The two gradients, with a word for each."""
    said = []
    for side, profile in zip(SIDES, (network.without, network.normalised), strict=True):
        if isinstance(profile, Absent):
            said.append(text(f"verdict.map.{profile}"))
            continue
        first, last = float(profile[0]), float(profile[-1])
        word = text(f"verdict.map.{fate(first)}")
        sentence = text(f"verdict.map.{side}", gradient=_written(first), fate=word)
        if len(profile) > 1 and np.isfinite([first, last]).all():
            sentence = text.together([sentence, text("verdict.map.across", ratio=magnitude(1, first - last))])
        said.append(sentence)
    return "\n\n".join(said)


def _written(log10: float) -> str:
    return magnitude(0 if log10 == -math.inf else 1, log10)


def _theory(text: Text, network: Committed) -> str:
    """How far the critical scale is, and what a layer does to a sensitivity, predicted and measured."""
    experiment = network.experiment
    scale, critical = experiment.weight_scale, critical_weight_scale(experiment.phi, experiment.bias_scale)
    if scale == 0.0:
        return text("verdict.map.scale_zero", critical=plain(critical))
    near = abs(scale / critical - 1.0) < AT_SCALE
    place = "at" if near else "below" if scale < critical else "above"
    variance = fixed_variance(experiment.phi, scale, experiment.bias_scale)
    predicted = math.sqrt(gradient_growth(experiment.phi, variance, scale))
    said = [
        text("verdict.map.critical", critical=plain(critical)),
        text(f"verdict.map.{place}", ratio=plain(scale / critical, 3), rate=plain(predicted, 3)),
    ]
    ends = network.sensitivity[[0, -1]]
    if len(network.sensitivity) > 1 and np.isfinite(ends).all():
        measured = 10 ** float((ends[0] - ends[1]) / (len(network.sensitivity) - 1))
        agree = abs(measured / predicted - 1.0) < ALIKE
        said.append(text(f"verdict.map.{'agrees' if agree else 'differs'}", rate=plain(measured, 3)))
    return text.together(said)


def _batch_norm(text: Text, experiment: Experiment, found: DepthMap) -> str:
    """What the weight scale still does with batch norm, at the depth of the map that is nearest."""
    row = int(np.argmin([abs(depth - experiment.depth) for depth in DEPTHS]))
    without, normalised = (values[row] for values in sides(found).values())
    if not np.isfinite(normalised).any():
        return text("verdict.map.nothing")
    spans = {f"{side}_span": _span(values) for side, values in zip(SIDES, (without, normalised), strict=True)}
    said = [text("verdict.map.no_critical", depth=DEPTHS[row], **spans)]
    if experiment.before or (experiment.phi.homogeneous and experiment.bias_scale == 0.0):
        predicted = math.log10(SCALES[-1] / SCALES[0])
        exact = abs(float(normalised[0] - normalised[-1]) - predicted) < EXACT
        said.append(text("verdict.map.invariant" if exact else "verdict.map.epsilon", span=plain(10**predicted)))
    else:
        said.append(text("verdict.map.after"))
    return text.together(said)


def _span(values: FloatArray) -> str:
    known = values[np.isfinite(values)]
    return magnitude(1, float(np.ptp(known))) if known.size else "–"


def _formats(text: Text, network: Committed, found: DepthMap) -> str:
    """In how many cells a format loses the first layer's gradient, and which lose that of the committed network."""
    experiment, said = network.experiment, []
    for name, fmt in FORMATS.items():
        counts = {
            f"{side}_{end}": int((lost(values, fmt, experiment) == sign).sum())
            for side, values in sides(found).items()
            for end, sign in (("zero", -1), ("infinite", 1))
        }
        said.append(text("verdict.map.format", format=name, cells=len(DEPTHS) * len(SCALES), **counts))
    for side in SIDES:
        if network.first(side) == -math.inf:  # nothing is lost of a true zero
            continue
        fates = {name: int(lost(np.array(network.first(side)), fmt, experiment)) for name, fmt in FORMATS.items()}
        for sign, end in ((-1, "lost_zero"), (1, "lost_infinite")):
            if names := [name for name, each in fates.items() if each == sign]:
                said.append(text(f"verdict.map.{end}_{side}", formats=text.listed(names)))
    return text.together([text("verdict.map.typical"), *said])


def place_note(text: Text, experiment: Experiment) -> str:
    """Where the mark stands, if not on a cell of its own."""
    depth, scale = experiment.depth, experiment.weight_scale
    inside = DEPTHS[0] <= depth <= DEPTHS[-1] and SCALES[0] <= scale <= SCALES[-1]
    if not inside:
        return text("note.map_outside", depth=depth, scale=plain(scale))
    return "" if depth in DEPTHS and scale in SCALES else text("note.map_between")
