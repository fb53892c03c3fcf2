"""What becomes of the gradient of a chain: from layer to layer, with depth, and in four number formats, in words."""

import numpy as np

from gdcore.chain_depths import Depths, Slope, measured_slope, slope
from views.charts.chain_frames import SLOPE_FROM
from views.charts.chain_problem import MOST_LAYERS, NOTHING, Problem, parts_at, told_in_formats
from views.charts.chain_said import ORDINARY, SHARE
from views.numbers import magnitude, plain, subscript
from views.text import Text

SAME = 1e-9  # decades: gradients this close are the same
CLOSE = 1e-4, 0.01  # decades a layer, and relative: slopes this close agree
LUCKY = 3.0  # standard deviations that one draw may differ from the mean


def chain_verdict(text: Text, problem: Problem, scale: float, depth: int) -> str:
    """The layers of this chain compared, what depth does to the gradient, and what four formats make of it."""
    grown = problem.grown(scale)
    parts = parts_at(grown, depth)
    if not grown.errors[depth - 1].sign:
        return "\n\n".join([text("verdict.chain.exact"), *_slopes(text, problem, scale, grown)])
    if not (parts["gradient"][0] > NOTHING).any():
        return text("verdict.chain.silent")
    said = [*_layers(text, problem, parts, depth), *_slopes(text, problem, scale, grown)]
    return "\n\n".join([*said, _formats(text, problem, scale, depth)])


def to_blame(parts: dict[str, tuple[np.ndarray, np.ndarray]], layer: int) -> str:
    """The factor that makes a layer's gradient small or large, as the picture has it: a key under `blame`."""
    gradient, product, signal, error = (float(parts[name][0][layer - 1]) for name in parts)
    if gradient < NOTHING:
        return "zero"
    if abs(gradient) < ORDINARY:
        return "none"
    worst = min(product, signal, error) if gradient < 0 else max(product, signal, error)
    logs = {"product": product, "signal": signal, "error": error}
    return "_".join(name for name, log10 in logs.items() if log10 / worst >= SHARE)


def _written(part: tuple[np.ndarray, np.ndarray], layer: int) -> str:
    height = float(part[0][layer - 1])
    return magnitude(0 if height < NOTHING else int(part[1][layer - 1]), height)


def layer_said(text: Text, problem: Problem, scale: float, depth: int, layer: int) -> str:
    """What the headline says of a layer, for those who do not see it."""
    parts = parts_at(problem.grown(scale), depth)
    gradient, product, signal, error = (_written(parts[name], layer) for name in parts)
    symbols = f"∂L/∂w{subscript(layer)} = (ŷ − y) · ∏w · y{subscript(layer - 1)}"
    numbers = f"= ({error}) · ({product}) · ({signal}) = {gradient}"
    return f"{symbols} {numbers}: {text(f'blame.{to_blame(parts, layer)}')}"


def _layers(text: Text, problem: Problem, parts: dict[str, tuple[np.ndarray, np.ndarray]], depth: int) -> list[str]:
    """How the gradients of the layers compare, and the factor to blame at the two ends."""
    heights, signs = parts["gradient"]
    first, last = _written(parts["gradient"], 1), _written(parts["gradient"], depth)
    if depth == 1:
        return [text("verdict.chain.single", gradient=first)]
    zero = heights < NOTHING
    if zero.any():
        return [text("verdict.chain.some_zero", first=first, last=last, count=int(zero.sum()))]
    if np.ptp(heights) < SAME:
        same = text(
            "verdict.chain.same" if np.ptp(signs) == 0 else "verdict.chain.same_size",
            gradient=first,
            size=first.lstrip("−"),
            count=depth,
        )
    elif problem.bias == 0:
        largest = int(heights.argmax()) + 1
        same = text("verdict.chain.product_same", layer=largest, ratio=magnitude(1, float(np.ptp(heights))))
    else:
        ratio = magnitude(1, float(heights[0] - heights[-1]))
        same = text("verdict.chain.differ", first=first, last=last, ratio=ratio)
    blames = [text(f"blame.{to_blame(parts, layer)}") for layer in (1, depth)]
    return [same, text("verdict.chain.blame", first=blames[0], last=blames[1], depth=depth)]


def _slopes(text: Text, problem: Problem, scale: float, grown: Depths) -> list[str]:
    """What a layer more does, by theory and measured, and why the two differ where they do."""
    theory = slope(problem.draw, scale, problem.bias, problem.x, problem.target, MOST_LAYERS - SLOPE_FROM)
    found = measured_slope(grown)
    if theory is None or found is None:
        return []
    kind = "shrinks" if theory.product < 0 else "grows" if theory.product > 0 else "keeps"
    said = text(f"verdict.chain.{kind}_{theory.times}", factor=plain(10.0**theory.total, 3))
    measured = text("verdict.chain.measured", found=plain(10.0**found, 3), since=SLOPE_FROM, until=MOST_LAYERS)
    return [text.together([said, measured, text(f"verdict.chain.{_judged(theory, found)}")])]


def _judged(theory: Slope, found: float) -> str:
    apart = abs(found - theory.total)
    if plain(10.0**found, 3) == plain(10.0**theory.total, 3):  # nobody sees a difference
        return "agrees"
    if apart <= CLOSE[0] + CLOSE[1] * abs(theory.total) and not theory.luck:
        return "agrees"
    if theory.luck:
        return "luck" if apart <= LUCKY * theory.luck else "unlucky"
    return "not_yet"


def _formats(text: Text, problem: Problem, scale: float, depth: int) -> str:
    """What each format prints for ∂L/∂w₁ at this depth, and at which depth it first fails."""
    if problem.grown(scale).first_gradients[depth - 1].sign == 0:
        return text("verdict.chain.first_zero")
    said = []
    for name, told in told_in_formats(problem, scale).items():
        number = plain(told.numbers[depth - 1], 2)
        here = text(f"verdict.chain.prints.{told.ways[depth - 1]}", number=number)
        until = text("verdict.chain.fails", depth=told.fails) if told.fails else text("verdict.chain.holds")
        said.append(text("verdict.chain.format", name=name, prints=here, until=until))
    return text("verdict.chain.formats", depth=depth) + "\n" + "\n".join(said)
