"""What becomes of the gradient from layer to layer, in words."""

import numpy as np

from gdcore.chain import Chain
from gdcore.comparison import Comparison
from gdcore.precision import FORMATS, Storage, storage
from views.numbers import magnitude, plain
from views.text import Text

ALIKE = 1e-9  # relative: gradients this close are the same


def chain_verdict(text: Text, chain: Chain, deeper: Chain, weight: float) -> str:
    """What the chain's gradients are like, what one more layer does to them, and which formats lose them.

    `deeper` is the same chain with one layer more.
    """
    if not chain.error.sign:
        return text("verdict.chain.exact")
    if not chain.gradients.sign.any():
        return text("verdict.chain.silent")
    # ∂L/∂w₁ = ∂L/∂y₁ · x: the factor is the same, and there is one for x = 0 as well
    before, after = chain.sensitivities[0], deeper.sensitivities[0]
    growth = magnitude(abs(int(after.sign)), float(after.log10 - before.log10), 4)
    kind = "shrinks" if abs(weight) < 1 else "grows" if abs(weight) > 1 else "keeps"
    why = text(f"verdict.chain.{kind}", w=plain(weight), factor=growth)
    return "\n\n".join([_first_and_last(text, chain), why, _lost_in(text, chain)])


def _first_and_last(text: Text, chain: Chain) -> str:
    """The gradients of the two ends of the chain."""
    gradients = chain.gradients
    first, last = (magnitude(int(gradients.sign[end]), float(gradients.log10[end])) for end in (0, -1))
    if len(gradients) == 1:
        return text("verdict.chain.single", gradient=first)
    if not gradients.sign.all():
        return text("verdict.chain.some_zero", first=first, last=last)
    if np.ptp(gradients.log10) < ALIKE and np.ptp(gradients.sign) == 0:
        return text("verdict.chain.same", gradient=first, count=len(gradients))
    ratio = magnitude(1, float(gradients.log10[0] - gradients.log10[-1]))
    return text("verdict.chain.differ", first=first, last=last, ratio=ratio)


def _lost_in(text: Text, chain: Chain) -> str:
    """The formats in which some layer's gradient is stored as zero or infinity."""
    lost = {
        fate: [name for name, each in FORMATS.items() if (storage(chain.gradients, each) == fate).any()]
        for fate in (Storage.UNDERFLOW, Storage.OVERFLOW)
    }
    said = [text(f"verdict.chain.{fate}", formats=text.listed(names)) for fate, names in lost.items() if names]
    return text.together(said) or text("verdict.chain.survives")


def batch_norm_verdict(text: Text, comparison: Comparison) -> str:
    """How the gradient changes from the last layer to the first, without and with batch norm."""
    said = [_across(text, "without", comparison.without.gradient)]
    if comparison.normalised is None:
        said.append(text("verdict.batch_norm.one"))
    elif comparison.predicted_growth is None:
        said.append(text("verdict.batch_norm.few"))
    elif comparison.predicted_growth is not None:
        said.append(_across(text, "with", comparison.normalised.gradient))
        said.append(text("verdict.batch_norm.growth", rate=plain(comparison.predicted_growth**0.5)))
    return "\n\n".join(said)


def _across(text: Text, side: str, gradients: np.ndarray) -> str:
    first, last = float(gradients[0]), float(gradients[-1])
    if not np.isfinite([first, last]).all():
        return text(f"verdict.batch_norm.{side}_zero")
    said = {"first": first, "last": last, "ratio": first - last}
    return text(f"verdict.batch_norm.{side}", **{name: magnitude(1, log10, 3) for name, log10 in said.items()})
