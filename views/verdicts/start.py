"""What theory expects of a start, what the starts did, which scale keeps, and whether batch norm makes up for it."""

import math

import numpy as np

from gdcore.batch_norm import EPSILON
from gdcore.batch_norm_theory import SMALLEST_BATCH, collapse_scale, growth_with_batch_norm
from gdcore.depth_theory import all_dead_probability
from gdcore.start_theory import CONSTANT_SIGMOID, weight_scale
from gdcore.starts import Started, kind
from views.charts.start_frames import named_start, written
from views.numbers import magnitude, plain
from views.starts import Picture
from views.text import Text

NOT_FADED = 3.0  # times the scale at which ε outweighs the variance in batch norm: from here on theory may speak
CLOSE = 0.03  # relative: a measured gain this close to the expected one agrees with it
ALIKE = math.log10(1.1)  # gradients whose unevenness differs by less are as flat as each other
EVEN = math.log10(4.0)  # gradients whose unevenness is less are called nearly the same
WORTH_SAYING = 1e-3  # a chance of a silent start below this is not spoken of
FAR = math.log(1.25)  # factors per layer that differ by more are far from each other
WIDE_ENOUGH = 4  # units: below it 1 − 1/d is a poor measure of the typical layer


def start_verdict(text: Text, seen: Picture) -> str:
    """The verdict on the chosen start, and on its rivals if they are shown."""
    did = [_run(text, seen), *_agreement(text, seen), *_special(text, seen)]
    said = [_theory(text, seen), text.together(did), _keeping(text, seen)]
    if seen.rivals:
        said.append(rivals_verdict(text, seen))
    if seen.start.seeds < seen.asked:
        said.append(text("verdict.start.fewer", shown=seen.start.seeds, asked=seen.asked))
    return "\n\n".join(said)


def expected_gains(seen: Picture) -> tuple[float, float] | None:
    """Theory's factor per layer on the signal, forwards, and on the sensitivity, backwards; None for weights of 0."""
    theory, per = seen.expected, 1.0 / (seen.start.depth - 1)
    if theory is None or not np.isfinite([*theory.signal[[0, -1]], theory.sensitivity[0]]).all():
        return None
    return float(10 ** (per * (theory.signal[-1] - theory.signal[0]))), float(10 ** (per * theory.sensitivity[0]))


def _theory(text: Text, seen: Picture) -> str:
    start, gains = seen.start, expected_gains(seen)
    scale = weight_scale(start.initialiser, start.gain, start.width, start.width)
    if gains is None:
        return text("verdict.start.saturated", scale=plain(scale)) if start.gain else text("verdict.start.nothing")
    key = "constant" if start.initialiser == "constant" else "random"
    forward, backward = (written(gain) for gain in gains)
    return text(f"verdict.start.{key}", scale=plain(scale), forward=forward, backward=backward)


def _run(text: Text, seen: Picture) -> str:
    run = seen.run
    backward = run.sensitivity.gain_backward
    if run.silent == seen.start.seeds or kind(backward) == "silent":
        return text("verdict.start.run.silent", seeds=seen.start.seeds)
    whole = float(run.sensitivity.median[0] - run.sensitivity.median[-1])
    return text(
        f"verdict.start.run.{kind(backward)}",
        seeds=seen.start.seeds,
        forward=written(run.signal.gain_forward),
        backward=written(backward),
        depth=seen.start.depth,
        whole=f"×{magnitude(1, whole, 2)}",
    )


def _agreement(text: Text, seen: Picture) -> list[str]:
    """Whether theory and the run agree, and if not, why."""
    gains, run = expected_gains(seen), seen.run
    found = run.signal.gain_forward, run.sensitivity.gain_backward
    if gains is None or 0.0 in found:
        return []
    if all(abs(math.log(did / said)) <= CLOSE for did, said in zip(found, gains, strict=True)):
        return [text("verdict.start.agree")]
    width = seen.start.width
    if seen.start.initialiser == "constant":
        return [text("verdict.start.differ_constant")]
    farthest = max(abs(math.log(did / said)) for did, said in zip(found, gains, strict=True))
    if width < WIDE_ENOUGH or farthest > FAR:
        return [text("verdict.start.differ_narrow", width=width)]
    typical = plain(math.sqrt(1.0 - 1.0 / width), 3)
    return [text("verdict.start.differ", width=width, typical=typical, seeds=seen.start.seeds)]


def _special(text: Text, seen: Picture) -> list[str]:
    """What is peculiar to this start: no fluctuation, an even gradient, silent starts."""
    start, run, said = seen.start, seen.run, []
    if start.initialiser == "orthogonal" and start.activation == "identity" and start.gain and start.width > 1:
        said.append(text("verdict.start.no_fluctuation"))
    if (
        start.phi.homogeneous
        and start.initialiser != "constant"
        and run.gradient.unevenness < EVEN
        and kind(run.sensitivity.gain_backward)
        in (
            "shrinks",
            "grows",
        )
    ):
        said.append(text("verdict.start.even"))
    if start.activation == "relu" and start.initialiser not in ("constant", "orthogonal") and start.gain:
        chance = all_dead_probability(start.width, start.depth)
        if run.silent or chance > WORTH_SAYING:
            key = "dead" if start.batch == 1 else "dead_batch"
            counted = {"silent": run.silent, "seeds": start.seeds, "chance": plain(chance, 3), "batch": start.batch}
            said.append(text(f"verdict.start.{key}", **counted))
    elif run.silent and start.gain:
        said.append(text("verdict.start.silent_some", silent=run.silent, seeds=start.seeds))
    return said


def _keeping(text: Text, seen: Picture) -> str:
    """The number that keeps."""
    start = seen.start
    if seen.keeping is None:
        return text("verdict.start.keep.none", most=plain(CONSTANT_SIGMOID, 2))
    name = named_start(text, start.initialiser, seen.keeping)
    phi = text(f"option.activation.{start.activation}")
    scale = plain(weight_scale(start.initialiser, seen.keeping, start.width, start.width))
    key = "now" if keeps_already(seen) else "other"
    key += "_constant" if start.initialiser == "constant" else ""
    said = [text(f"verdict.start.keep.{key}", name=name, phi=phi, scale=scale)]
    if start.activation == "tanh":
        said.append(text("verdict.start.keep.tanh"))
    if start.activation == "sigmoid":
        said.append(text("verdict.start.keep.sigmoid"))
    return text.together(said)


def rivals_verdict(text: Text, seen: Picture) -> str:
    """Which gradient is flatter over the layers: the good start's without batch norm, or the chosen start's with it."""
    assert seen.rivals is not None
    good, start = seen.rivals, seen.start
    names = {
        "good": named_start(text, good.good.initialiser, good.good.gain),
        "chosen": named_start(text, start.initialiser, start.gain),
    }
    said = [text("verdict.start.rivals.good", unevenness=_unevenness(text, good.kept), **names)]
    if good.normalised is None:
        return text.together([*said, text("verdict.start.rivals.one")])
    if start.initialiser == "constant" or start.width == 1:
        return text.together(
            [*said, text("verdict.start.rivals.one_unit", **names), text("verdict.start.rivals.good_wins")]
        )
    said.append(text("verdict.start.rivals.normalised", unevenness=_unevenness(text, good.normalised), **names))
    said.append(text(f"verdict.start.rivals.{flatter(good.kept, good.normalised)}"))
    scale = weight_scale(start.initialiser, start.gain, start.width, start.width)
    if scale < NOT_FADED * collapse_scale(slope=float(start.phi.derivative(np.ones(1))[0])):
        said.append(text("verdict.start.rivals.faded", epsilon=plain(EPSILON)))
    elif start.batch >= SMALLEST_BATCH:
        growth = math.sqrt(growth_with_batch_norm(start.phi, start.batch))
        said.append(text("verdict.start.rivals.growth", growth=written(growth)))
    else:
        said.append(text("verdict.start.rivals.few"))
    return text.together(said)


def flatter(good: Started, normalised: Started) -> str:
    """The word for whose gradient is flatter: good_wins, norm_wins or tie."""
    ahead = normalised.gradient.unevenness - good.gradient.unevenness
    if math.isnan(ahead) or abs(ahead) < ALIKE:
        return "tie"
    return "good_wins" if ahead > 0 else "norm_wins"


def _unevenness(text: Text, run: Started) -> str:
    apart = run.gradient.unevenness
    return (
        text("verdict.start.rivals.zero")
        if math.isinf(apart)
        else text("verdict.start.rivals.times", times=magnitude(1, apart, 3))
    )


def keeps_already(seen: Picture) -> bool:
    """Whether the number that keeps is set, so that there is nothing to take."""
    return seen.keeping is not None and math.isclose(seen.start.gain, seen.keeping, rel_tol=1e-5)
