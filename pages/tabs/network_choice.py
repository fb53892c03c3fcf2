"""The network of the depth lab: what several tabs fold away under "More settings"."""

from views.controls import ladder, number, segments
from views.experiments import PLACES
from views.page import folded
from views.state import Lab

EPSILONS = (0.0, 1e-12, 1e-10, 1e-8, 1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1.0)


def network_choice(here: Lab) -> None:
    """Place of batch norm, sizes, γ, β, ε, biases and seed."""
    folded(here, "network", _network)


def _network(here: Lab) -> None:
    segments(here, "place", list(PLACES))
    number(here, "width", 1, 256, 1)
    number(here, "batch", 1, 256, 1)
    number(here, "gamma", -3.0, 3.0, 0.1)
    number(here, "beta", -3.0, 3.0, 0.1)
    ladder(here, "epsilon", EPSILONS)
    number(here, "bias_scale", 0.0, 2.0, 0.1)
    number(here, "seed", 0, 9999, 1)
