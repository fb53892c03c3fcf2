"""The right answers of the lessons: each is computed from the settings that its step asks about.

An answer is the key of the choice that is right, or a number. README lists them for whoever writes a lesson. A function
added to ANSWERS can be used at once: it takes all settings of the page, by key.
"""

from collections.abc import Callable

import numpy as np

from gdcore.activations import ACTIVATIONS
from gdcore.chain import backpropagate
from gdcore.chain_depths import Draw, draw_weights, slope
from gdcore.chain_formats import Printed, first_gradients_in, printed
from gdcore.comparison import Comparison, compare
from gdcore.depth_theory import critical_weight_scale
from gdcore.descent import descend
from gdcore.descent_theory import Regime, limits, predict
from gdcore.dip import descend_into_dip
from gdcore.experiment import Absent
from gdcore.precision import FLOAT16
from gdcore.scaled import FloatArray
from gdcore.schedule_race import SCHEDULES
from gdcore.three_layers import three_layers
from views.experiments import chosen_experiment
from views.problem import chosen_loss
from views.schedule_race import chosen_race, chosen_samples
from views.setting import Values

Answer = Callable[[Values], str | float]

MOST_STEPS = (100, 1_000, 10_000, 100_000)  # tried one after the other
MOST_LAYERS = 2000
SAME = 1e-9  # decades: gradients this close are equal
ALIKE = 1.0  # decades: gradients of wide layers this close are about the same


def direction(values: Values) -> str:
    """Where the next step takes θ: right, left or stays."""
    slope_here = float(chosen_loss(values).gradient(float(values["start"])))
    return "right" if slope_here < 0 else "left" if slope_here > 0 else "stays"


def regime(values: Values) -> str:
    """What theory expects of the run: one_side, one_step, changes_sides, cycles, diverges, at_rest or undecided."""
    found = predict(chosen_loss(values), float(values["start"]), float(values["alpha"])).regime
    return "one_side" if found is Regime.ONE_SIDED else found.name.lower()


def largest_learning_rate(values: Values) -> float:
    """The learning rate below which the run is sure to converge: 2/λ for ½λθ²."""
    return limits(chosen_loss(values), float(values["start"])).converges


def steps_to_a_hundredth(values: Values) -> float:
    """The number of steps until a hundredth of the distance from θ* is left."""
    loss = chosen_loss(values)
    for steps in MOST_STEPS:
        run = descend(loss, float(values["start"]), [float(values["alpha"])], steps)
        distance = np.abs(run.points[:, 0] - loss.minimiser)
        near = np.flatnonzero(distance <= 0.01 * distance[0])
        if near.size:
            return float(near[0])
    raise ValueError(f"the run is not there after {MOST_STEPS[-1]} steps; take an alpha below 2/λ, and not so small")


def fate(values: Values) -> str:
    """Where a constant α ends in the bowl with a dip: trapped, rattles, escaped, escaped_unsettled or diverged."""
    if values["dip_schedule"] != "constant":
        raise ValueError("it knows no α that shrinks; leave dip_schedule out")
    run = descend_into_dip(float(values["dip_start"]), [float(values["dip_alpha"])], int(values["dip_steps"]))
    return str(run.fate[0].name.lower())


def lowest_of_three(values: Values) -> str:
    """Which learning rate ends with the lowest mean loss: small, large, or the chosen schedule, which shrinks."""
    race = chosen_race(values, chosen_samples(values))
    names = {"small": "small", "large": "large", "shrinks": str(values["schedule"])}
    return min(names, key=lambda each: float(race.late[SCHEDULES.index(names[each])].mean()))


def gradient_of_first_weight(values: Values) -> float:
    """∂L/∂w₁ of the network of three layers."""
    weights = [float(values[key]) for key in ("w1", "w2", "w3")]
    run = three_layers(weights, *(float(values[key]) for key in ("bias", "input", "target")))
    return float(run.gradients[0])


def smallest_gradient(values: Values) -> str:
    """Which layer of the chain has the gradient of the smallest size: first, last, middle or same."""
    weights = draw_weights(*_draw(values, int(values["depth"])))
    heights = backpropagate(weights, *(float(values[key]) for key in ("bias", "input", "target"))).gradients.log10
    return _where(-heights, SAME)


def growth_per_layer(values: Values) -> float:
    """The factor by which a layer more changes the size of the gradients of a deep chain."""
    scale, bias, x, target = (float(values[key]) for key in ("scale", "bias", "input", "target"))
    found = slope(Draw(str(values["weights"])), scale, bias, x, target, int(values["depth"]))
    if found is None:
        raise ValueError("there is no such factor for scale 0, input 0, or a target that is always met")
    return float(10.0**found.total)


def float16_zero_depth(values: Values) -> float:
    """The depth from which on a computer that works in float16 has exactly 0 for ∂L/∂w₁."""
    weights = draw_weights(*_draw(values, MOST_LAYERS))[None]
    numbers = first_gradients_in(FLOAT16, weights, *(float(values[key]) for key in ("bias", "input", "target")))
    zero = np.flatnonzero(printed(numbers, FLOAT16)[0] == Printed.ZERO.value)
    if not zero.size:
        raise ValueError("∂L/∂w₁ is nowhere 0 in float16; take a scale below 1")
    return float(zero[0] + 1)


def without_and_with_batch_norm(values: Values) -> str:
    """How the gradient changes from the last layer to the first, without and with batch norm.

    Two words of vanishes, same and explodes, joined by an underscore: vanishes_same.
    """
    found = _comparison(values)
    return f"{_towards_input(found.without.gradient)}_{_towards_input(_normalised(found))}"


def largest_with_batch_norm(values: Values) -> str:
    """Which layers of the network with batch norm have the largest gradient: first, last, middle or same."""
    return _where(_normalised(_comparison(values)), ALIKE)


def critical_scale(values: Values) -> float:
    """The weight scale at which ∂L/∂y keeps its size from layer to layer in a wide network without batch norm."""
    return critical_weight_scale(ACTIVATIONS[str(values["activation"])], float(values["bias_scale"]))


def _draw(values: Values, depth: int) -> tuple[Draw, int, float, int]:
    return Draw(str(values["weights"])), depth, float(values["scale"]), int(values["seed"])


def _comparison(values: Values) -> Comparison:
    return compare(chosen_experiment(values))


def _normalised(found: Comparison) -> FloatArray:
    if isinstance(found.normalised, Absent):
        raise ValueError("there is no batch norm for these settings; take batch 4 or more")
    return found.normalised.gradient


def _where(heights: FloatArray, equal: float) -> str:
    """Where the largest is: first, last or middle; same if all are equal but for so many decades."""
    if float(np.ptp(heights)) <= equal:
        return "same"
    place = int(heights.argmax())
    return "first" if place == 0 else "last" if place == len(heights) - 1 else "middle"


def _towards_input(gradients: FloatArray) -> str:
    change = float(gradients[0] - gradients[-1])
    return "same" if abs(change) <= ALIKE else "vanishes" if change < 0 else "explodes"


ANSWERS: dict[str, Answer] = {
    answer.__name__: answer
    for answer in (
        direction,
        regime,
        largest_learning_rate,
        steps_to_a_hundredth,
        fate,
        lowest_of_three,
        gradient_of_first_weight,
        smallest_gradient,
        growth_per_layer,
        float16_zero_depth,
        without_and_with_batch_norm,
        largest_with_batch_norm,
        critical_scale,
    )
}
