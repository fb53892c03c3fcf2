"""What the gradients of three layers are, why one is zero or the largest, and whether a second way to them agrees."""

from __future__ import annotations

import numpy as np

from gdcore.three_layers import LAYERS, STEP, TOLERANCE, ThreeLayers
from views.lazily import pd
from views.numbers import plain, subscript
from views.text import Text

EQUAL = 1e-9  # relative: sizes this close are the same


def three_verdict(text: Text, run: ThreeLayers, layer: int) -> str:
    """The error, what the lit gradient asks of its weight, and how the three compare; `layer` is 1, 2 or 3."""
    prediction, target = plain(run.signals[-1]), plain(run.target)
    if run.error == 0:
        return text("verdict.three.exact", target=target)
    side = "above" if run.error > 0 else "below"
    error = text(f"verdict.three.{side}", prediction=prediction, target=target, error=plain(run.error))
    return "\n\n".join([error, _asked(text, run, layer), *_compared(text, run)])


def _asked(text: Text, run: ThreeLayers, layer: int) -> str:
    """Which way the lit weight should move; for a gradient of zero, the factors that are zero."""
    gradient = float(run.gradients[layer - 1])
    name = f"w{subscript(layer)}"
    if gradient:
        way = "lower" if gradient > 0 else "raise"
        return text(f"verdict.three.{way}", weight=name, gradient=plain(gradient))
    zeros = [f"w{subscript(k)}" for k in range(LAYERS, layer, -1) if run.weights[k - 1] == 0]
    if run.signals[layer - 1] == 0:
        zeros.append("x" if layer == 1 else f"y{subscript(layer - 1)}")
    return text("verdict.three.zero", weight=name, factors=text.listed(zeros))


def _compared(text: Text, run: ThreeLayers) -> list[str]:
    """What theory says of the three gradients together, and what they are."""
    sizes = np.abs(run.gradients)
    if not sizes.any():
        return [text("verdict.three.all_zero")]
    said = []
    if (run.weights == 0).any():
        killed = [f"w{subscript(int(k) + 1)}" for k in np.flatnonzero(run.weights == 0)]
        said.append(
            text(
                "verdict.three.zero_weight" if len(killed) == 1 else "verdict.three.zero_weights",
                weight=text.listed(killed),
            )
        )
    elif run.bias == 0:
        common = float(run.error * run.signals[-1])
        if np.ptp(np.abs(run.weights)) <= EQUAL * np.abs(run.weights).max():
            said.append(text("verdict.three.alike", common=plain(common)))
        else:
            smallest = int(np.abs(run.weights).argmin())
            said.append(text("verdict.three.unlike", common=plain(common), weight=f"w{subscript(smallest + 1)}"))
    else:
        products = text.listed(plain(value, 3) for value in run.weights * run.gradients)
        said.append(text("verdict.three.bias", products=products))
    return said


def agreement_table(text: Text, run: ThreeLayers) -> pd.DataFrame:
    """Formula and central difference side by side, as words and numbers for the page."""
    names = [f"∂L/∂w{subscript(layer)}" for layer in range(1, LAYERS + 1)]
    pairs = list(zip(run.gradients.tolist(), run.quotients.tolist(), strict=True))
    cleaned = [0.0 if abs(quotient) <= run.rounding and not formula else quotient for formula, quotient in pairs]
    return pd.DataFrame(
        {
            text("table.gradient"): names,
            text("table.formula"): [plain(formula, 6) for formula, _ in pairs],
            text("table.difference"): [plain(quotient, 6) for quotient in cleaned],
            text("table.agreement"): [_agreement(text, *pair, run.rounding) for pair in pairs],
        }
    ).set_index(text("table.gradient"))


def _agreement(text: Text, formula: float, quotient: float, rounding: float) -> str:
    apart = abs(formula - quotient)
    if formula == 0 and apart <= rounding:
        return text("agreement.zero")
    if apart <= TOLERANCE * abs(formula):
        digits = int(-np.log10(max(apart / abs(formula), 1e-15)))
        return text("agreement.digits", digits=digits)
    return text("agreement.rounding" if apart <= rounding else "agreement.apart", apart=plain(apart, 2))


def agreement_note(text: Text) -> str:
    """How the central difference is taken, and what counts as agreement."""
    return text("note.agreement", step=plain(STEP), tolerance=plain(TOLERANCE))
