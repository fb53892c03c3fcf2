"""Bowls to be tried: made ones and those of data, and what is said of them."""

import pytest

from views.bowls import BowlProblem, data_bowl, made_bowl
from views.charts.bowl_frames import run_at
from views.problem import OWN
from views.setting import defaults
from views.settings import PAGES
from views.tables import keep, make_table
from views.text import load_text
from views.verdicts.bowl import bowl_verdict

EN = load_text("en")


BESIDE = (1 - 1e-3, 1.0, 1 + 1e-3)


def values(**changes):
    return {**defaults(PAGES["learning_rate"]), "bowl": OWN, **changes}


def cars(scaling="standardised", **changes) -> BowlProblem:
    found = data_bowl(values(**changes), scaling)
    assert isinstance(found, BowlProblem)
    return found


def own(columns, **changes):
    table = make_table(columns)
    keep(table)
    return values(table=table.key, target=0, first=1, second=2, **changes)


def spoken(problem, pace, momentum, steps=40, text=EN):
    return bowl_verdict(text, problem, pace, momentum, run_at(problem, pace, momentum, steps))


PROBLEMS = {
    "round": made_bowl(1.0),
    "made": made_bowl(20.0),
    "narrow": made_bowl(1000.0),
    "cars": cars(),
    "raw": cars("raw"),
    "slopes": cars("raw", intercept="without"),
    "one": cars("standardised", intercept="without", second=-1),
    "year": cars("raw", second=6),
}


every_problem = pytest.mark.parametrize("problem", PROBLEMS.values(), ids=PROBLEMS)
