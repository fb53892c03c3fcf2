"""What theory says of a learning rate, what the run did, and whether the two agree."""

import numpy as np

from gdcore.convex_loss import Loss
from gdcore.descent import Descent, Outcome
from gdcore.descent_theory import EQUAL, Prediction, Regime, limits, predict
from views.numbers import plain
from views.text import Text

EXPECTED = {
    Regime.AT_REST: {Outcome.AT_REST},
    Regime.ONE_SIDED: {Outcome.REACHED, Outcome.APPROACHING},
    Regime.ONE_STEP: {Outcome.REACHED},
    Regime.CHANGES_SIDES: {Outcome.REACHED, Outcome.APPROACHING},
    Regime.CYCLES: {Outcome.CYCLING},
    Regime.DIVERGES: {Outcome.GROWING, Outcome.OVERFLOWED},
    Regime.UNDECIDED: set(Outcome),
}


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
    above = rate > known.one_sided * (1 + EQUAL)
    lands = prediction.regime is Regime.ONE_SIDED and above  # by luck of the start, after some steps
    theory = [text(f"verdict.theory.{'LANDS' if lands else prediction.regime.name}", **numbers)]
    if loss.curvature_bounds[0] == loss.curvature_bounds[1]:
        theory.append(text("verdict.theory.factor", **numbers))
    if prediction.cycle is not None and np.allclose(sorted(run.points[-2:, 0]), sorted(prediction.cycle), rtol=0.01):
        theory.append(text("verdict.theory.cycle", a=plain(prediction.cycle[0]), b=plain(prediction.cycle[1])))
    if f"verdict.theory.{loss.name}" in text and not lands:
        theory.append(text(f"verdict.theory.{loss.name}", **numbers))
    return "\n\n".join([text.together(theory), text.together(_run_verdict(text, loss, run, prediction))])


def _run_verdict(text: Text, loss: Loss, run: Descent, prediction: Prediction) -> list[str]:
    outcome, steps = run.outcome[0], len(run.points) - 1
    expected = EXPECTED[prediction.regime]
    if prediction.regime is Regime.CYCLES and prediction.cycle is None:
        expected = expected | {Outcome.WANDERING}  # a cycle of more points than two, or chaos
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
    cycle_of_exact_numbers = prediction.cycle is not None and not np.isfinite(loss.growth)  # θ⁴: it repels
    if outcome not in expected and cycle_of_exact_numbers:
        said.append(text("verdict.run.rounded"))
    elif outcome not in expected:
        said.append(text("verdict.run.disagrees", regime=text(f"regime.{prediction.regime.name}")))
    return said
