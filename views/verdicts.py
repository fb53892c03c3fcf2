"""What theory and this very run say, in words."""

import numpy as np

from gdcore.chain import Chain
from gdcore.comparison import Comparison
from gdcore.convex_loss import Loss
from gdcore.descent import Descent, Outcome
from gdcore.descent_theory import Regime, limits, predict
from gdcore.precision import FORMATS, Storage, storage
from views.numbers import factor, latex, magnitude, plain
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
    said = [text(f"verdict.chain.{fate}", formats=", ".join(names)) for fate, names in lost.items() if names]
    return text.together(said) or text("verdict.chain.survives")


def batch_norm_verdict(text: Text, comparison: Comparison) -> str:
    """How the gradient changes from the last layer to the first, without and with batch norm."""
    said = [_across(text, "without", comparison.without.gradient_norm)]
    if comparison.normalised is None:
        said.append(text("verdict.batch_norm.one"))
    elif comparison.predicted_growth is None:
        said.append(text("verdict.batch_norm.few"))
    elif comparison.predicted_growth is not None:
        said.append(_across(text, "with", comparison.normalised.gradient_norm))
        said.append(text("verdict.batch_norm.growth", rate=plain(comparison.predicted_growth**0.5)))
    return "\n\n".join(said)


def _across(text: Text, side: str, norms: np.ndarray) -> str:
    first, last = float(norms[0]), float(norms[-1])
    if not np.isfinite(norms).all():
        return text(f"verdict.batch_norm.{side}_overflow")
    if first == 0 or last == 0:
        return text(f"verdict.batch_norm.{side}_zero")
    return text(f"verdict.batch_norm.{side}", first=plain(first, 3), last=plain(last, 3), ratio=plain(first / last, 3))


EXPECTED = {
    Regime.AT_REST: {Outcome.AT_REST},
    Regime.ONE_SIDED: {Outcome.REACHED, Outcome.APPROACHING},
    Regime.ONE_STEP: {Outcome.REACHED},
    Regime.CHANGES_SIDES: {Outcome.REACHED, Outcome.APPROACHING},
    Regime.CYCLES: {Outcome.CYCLING},
    Regime.DIVERGES: {Outcome.GROWING, Outcome.OVERFLOWED},
    Regime.UNDECIDED: set(Outcome),
}


def descent_formula(run: Descent, loss: Loss) -> str:
    """The update rule with the numbers of the first step put in, as LaTeX."""
    theta, rate = float(run.points[0, 0]), float(run.learning_rates[0, 0])
    slope, following = float(loss.gradient(theta)), float(run.points[1, 0])
    symbols = r"\theta_1 &= \theta_0 - \alpha\,\frac{\partial J}{\partial\theta}(\theta_0)"
    numbers = rf"&= {latex(theta)} - {latex(rate)} \times {factor(slope)}"
    return rf"$$\begin{{aligned}}{symbols} \\ {numbers} \\ &= {latex(following)}\end{{aligned}}$$"


def descent_verdict(text: Text, loss: Loss, run: Descent) -> str:
    """What theory says of a learning rate, what the run did, and whether the two agree."""
    start, rate = float(run.points[0, 0]), float(run.learning_rates[0, 0])
    prediction, known = predict(loss, start, rate), limits(loss, start)
    numbers = {
        "alpha": plain(rate),
        "start": plain(start),
        "one_sided": plain(known.one_sided),
        "converges": plain(known.converges),
        "local": plain(known.local),
        "factor": plain(prediction.contraction),
    }
    theory = [text(f"verdict.theory.{prediction.regime.name}", **numbers)]
    if loss.curvature_bounds[0] == loss.curvature_bounds[1]:
        theory.append(text("verdict.theory.factor", **numbers))
    if prediction.cycle is not None and np.allclose(sorted(run.points[-2:, 0]), sorted(prediction.cycle), rtol=0.01):
        theory.append(text("verdict.theory.cycle", a=plain(prediction.cycle[0]), b=plain(prediction.cycle[1])))
    if f"verdict.theory.{loss.name}" in text:
        theory.append(text(f"verdict.theory.{loss.name}", **numbers))
    return "\n\n".join([text.together(theory), text.together(_run_verdict(text, run, prediction.regime))])


def _run_verdict(text: Text, run: Descent, regime: Regime) -> list[str]:
    outcome, steps = run.outcome[0], len(run.points) - 1
    said = [
        text(
            f"verdict.run.{outcome.name}",
            steps=steps,
            excess=plain(float(run.excess[-1, 0]), 3),
            theta=plain(float(run.points[-1, 0])),
            reached=int(run.reached_at[0]),
            left=int(run.finite_steps[0]) + 1,
        )
    ]
    if run.crossings[0]:
        said.append(text("verdict.run.crossed", count=int(run.crossings[0]), first=int(run.first_crossing[0])))
    if outcome not in EXPECTED[regime]:
        said.append(text("verdict.run.disagrees", regime=text(f"regime.{regime.name}")))
    return said
