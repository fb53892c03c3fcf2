"""Which loss the settings of the learning-rate lab mean.

A loss of one parameter is one of LOSSES, or "data": the slope of the first input of the learner's own table.
"""

import math
from collections.abc import Callable, Mapping
from functools import lru_cache

from gdcore.convex_loss import Loss
from gdcore.design_matrix import Design, design, one_parameter
from gdcore.losses import absolute, huber, least_squares, log_cosh, quadratic, quartic, softplus
from gdcore.samples import Pairs, car_loss_data
from views.tables import find

LOSSES: dict[str, Callable[[float, float], Loss]] = {
    "quadratic": lambda curvature, p: quadratic(curvature),
    "log_cosh": lambda curvature, p: log_cosh(),
    "huber": lambda curvature, p: huber(),
    "softplus": lambda curvature, p: softplus(p),
    "quartic": lambda curvature, p: quartic(),
    "absolute": lambda curvature, p: absolute(),
    "cars": lambda curvature, p: least_squares(*car_loss_data()[:2]),
}


FORMULAS = {
    "quadratic": r"J(\theta) = \tfrac12\,\lambda\,\theta^2",
    "log_cosh": r"J(\theta) = \ln\cosh\theta",
    "huber": (
        r"J(\theta) = \begin{cases} \tfrac12\theta^2 & |\theta| \le 1 \\ |\theta| - \tfrac12 & |\theta| > 1 \end{cases}"
    ),
    "softplus": r"J(\theta) = \ln(1 + e^\theta) - p\,\theta",
    "quartic": r"J(\theta) = \theta^4",
    "absolute": r"J(\theta) = |\theta|",
    "cars": r"J(\theta; x, y) = \tfrac{1}{2m} \sum (\theta x - y)^2",
    "data": r"J(\theta; x, y) = \tfrac{1}{2m} \sum (\theta x - y)^2",
}
OWN = "data"  # the loss handed over by "Your own data"
NO_COLUMN = -1


@lru_cache(maxsize=128)
def _loss(name: str, curvature: float, p: float) -> Loss:
    return LOSSES[name](curvature, p)


Values = Mapping[str, float | int | str]
_CHOSEN = ("table", "target", "first", "second", "intercept", "scaling")
_WITHIN = 1e-12, 1e12  # the size of θ₀ and of α that the controls can take


def chosen_loss(values: Values) -> Loss:
    """The loss under `loss`, with its parameter under `curvature` or `p`; the same object for the same values.

    Where the learner's own data give no loss, the one of the cars stands in; `own_loss` is None then.
    """
    if values["loss"] == OWN:
        return own_loss(values) or _loss("cars", 1.0, 0.5)
    return _loss(str(values["loss"]), float(values["curvature"]), float(values["p"]))


def chosen_columns(values: Values) -> tuple[tuple[str, ...], str]:
    """The names of the inputs, one or two, and of the target; a column that the table lacks gives way to another."""
    names = find(str(values["table"])).names
    target, first, second = (int(values[key]) for key in ("target", "first", "second"))
    goal = names[target] if target < len(names) else names[-1]
    others = [name for name in names if name != goal] or [goal]
    inputs = [names[first] if first < len(names) else others[0]]
    if NO_COLUMN < second < len(names):
        inputs.append(names[second])
    return tuple(inputs), goal


def chosen_design(values: Values) -> Design:
    """The design matrix of the chosen columns.

    Raises:
        ValueError: if no row is complete, or a number is infinite (see `gdcore.design_matrix.design`).
    """
    inputs, target = chosen_columns(values)
    columns = find(str(values["table"])).columns
    return design(columns, inputs, target, values["intercept"] == "with", values["scaling"] == "standardised")


def own_loss(values: Values) -> Loss | None:
    """The loss of one parameter that the chosen table gives; None if it gives none that can be walked on."""
    chosen = {key: values[key] for key in _CHOSEN}
    return _own_loss(tuple({**chosen, "table": find(str(values["table"])).key}.items()))


def own_pairs(values: Values) -> Pairs:
    """The samples of `own_loss`, and how many rows were dropped for a gap.

    Raises:
        ValueError: as `chosen_design` does.
    """
    made = chosen_design(values)
    return Pairs(*one_parameter(made, values["intercept"] == "with"), made.dropped)


@lru_cache(maxsize=64)
def _own_loss(chosen: tuple[tuple[str, float | int | str], ...]) -> Loss | None:
    try:
        x, y, _ = own_pairs(dict(chosen))
        loss = least_squares(x, y)
    except ValueError:  # the lesson on the learner's own data says why
        return None
    low, high = _WITHIN
    sizes = [loss.learning_rate, *(abs(end) for end in loss.window if end)]
    return loss if all(low <= size <= high for size in sizes) and math.isfinite(loss.minimum) else None


PLACES = 40  # at least, on a slider for θ₀


def start_range(loss: Loss) -> tuple[float, float, float]:
    """From, to and step of a slider for θ₀, in round numbers: the loss's window."""
    low, high = loss.window
    finest = (high - low) / PLACES
    decade = 10.0 ** math.floor(math.log10(finest))
    step = max(decade * tooth for tooth in (1, 2, 5) if decade * tooth <= finest * (1 + 1e-9))
    digits = decimals(step)
    ends = round(math.ceil(low / step) * step, digits), round(math.floor(high / step) * step, digits)
    return *ends, round(step, digits)


def decimals(step: float) -> int:
    """How many decimals a multiple of a round step needs."""
    return max(0, 1 - math.floor(math.log10(step)))


def beside(loss: Loss, side: int) -> float:
    """A point of the curve left (−1) or right (+1) of the minimum, well inside the window: the lesson's P and Q."""
    low, high, step = start_range(loss)
    end = low if side < 0 else high
    return round(round((loss.minimiser + 0.7 * (end - loss.minimiser)) / step) * step, decimals(step))
