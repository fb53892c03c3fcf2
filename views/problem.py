"""Which loss the settings of the learning-rate lab mean."""

import math
from collections.abc import Callable, Mapping
from functools import lru_cache

from gdcore.convex_loss import Loss
from gdcore.losses import absolute, huber, least_squares, log_cosh, quadratic, quartic, softplus
from gdcore.samples import car_loss_data

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
}


@lru_cache(maxsize=128)
def _loss(name: str, curvature: float, p: float) -> Loss:
    return LOSSES[name](curvature, p)


def chosen_loss(values: Mapping[str, float | int | str]) -> Loss:
    """The loss under `loss`, with its parameter under `curvature` or `p`; the same object for the same values."""
    return _loss(str(values["loss"]), float(values["curvature"]), float(values["p"]))


PLACES = 40  # at least, on a slider for θ₀


def start_range(loss: Loss) -> tuple[float, float, float]:
    """From, to and step of a slider for θ₀, in round numbers: the loss's window."""
    low, high = loss.window
    finest = (high - low) / PLACES
    decade = 10.0 ** math.floor(math.log10(finest))
    step = max(decade * tooth for tooth in (1, 2, 5) if decade * tooth <= finest * (1 + 1e-9))
    return round(math.ceil(low / step) * step, 10), round(math.floor(high / step) * step, 10), round(step, 10)


def beside(loss: Loss, side: int) -> float:
    """A point of the curve left (−1) or right (+1) of the minimum, well inside the window: the lesson's P and Q."""
    low, high, step = start_range(loss)
    end = low if side < 0 else high
    return round(round((loss.minimiser + 0.7 * (end - loss.minimiser)) / step) * step, 10)
