"""The program under a figure prints the numbers of the figure."""

import numpy as np
import pytest
from pandas.testing import assert_frame_equal

from gdcore.descent import descend
from tests.views.program_running import printed_by
from views.descent_table import descent_program, descent_table
from views.problem import NO_COLUMN, OWN, chosen_loss
from views.setting import defaults
from views.settings import PAGES, natural_descent
from views.tables import keep, make_table

DEFAULTS = defaults(PAGES["learning_rate"])
CASES = [
    *({"loss": name} for name in ("log_cosh", "huber", "softplus", "quartic", "absolute", "cars", OWN)),
    {"loss": "quadratic", "curvature": 2.5},
    {"loss": "softplus", "p": 0.05},
    {"loss": OWN, "scaling": "raw", "intercept": "without"},
    {"loss": OWN, "table": "cars", "target": 5, "first": 2},
]


@pytest.mark.parametrize("chosen", CASES, ids=str)
def test_the_program_prints_the_table_of_a_run(chosen):
    values = DEFAULTS | chosen
    values |= natural_descent(values)
    loss = chosen_loss(values)
    run = descend(loss, float(values["start"]), float(values["alpha"]), 60)
    table = descent_table(loss, run)
    printed = printed_by(descent_program(values, run))
    assert_frame_equal(printed, table, check_dtype=False, rtol=1e-9, atol=1e-15 * (1 + loss.minimum))


@pytest.mark.parametrize("intercept", ["with", "without"])
@pytest.mark.parametrize("scaling", ["raw", "standardised"])
def test_of_many_rows_the_program_holds_two_that_make_the_same_table(intercept, scaling):
    x, noise = np.random.default_rng(3).normal(size=(2, 20_000))
    own = make_table({"x": 40 + 7 * x, "y": 3 * x + noise})
    keep(own)
    chosen = {"loss": OWN, "table": own.key, "target": 1, "first": 0, "second": NO_COLUMN}
    values = DEFAULTS | chosen | {"intercept": intercept, "scaling": scaling}
    values |= natural_descent(values)
    loss = chosen_loss(values)
    run = descend(loss, float(values["start"]), [float(values["alpha"]), 2.2 / loss.curvature_at_minimum], 30)
    program = descent_program(values, run)
    assert len(program) < 2000
    assert "all 20,000 of the table" in program
    assert_frame_equal(
        printed_by(program), descent_table(loss, run), check_dtype=False, rtol=1e-9, atol=1e-15 * (1 + loss.minimum)
    )


def test_the_program_prints_several_learning_rates_and_runs_out_of_float64_as_the_table_does():
    values = DEFAULTS | {"loss": "quartic"}
    loss = chosen_loss(values)
    run = descend(loss, 1.5, [0.01, 0.1, 3.0], 12)
    table = descent_table(loss, run)
    assert table.theta.isna().any()
    assert_frame_equal(printed_by(descent_program(values, run)), table, check_dtype=False, rtol=1e-9)


def test_the_table_has_a_row_a_step_and_the_rule_holds_from_row_to_row():
    values = DEFAULTS | {"loss": "huber"}
    table = descent_table(chosen_loss(values), descend(chosen_loss(values), 3.0, 0.5, 20))
    assert list(table) == ["learning_rate", "step", "theta", "gradient", "excess", "loss"]
    assert table.step.tolist() == list(range(21))
    stepped = table.theta - table.learning_rate * table.gradient
    assert stepped[:-1].tolist() == table.theta[1:].tolist()


def test_the_program_stands_alone():
    program = descent_program(DEFAULTS, descend(chosen_loss(DEFAULTS), 1.0, 0.3, 3))
    assert "views" not in program
    assert program.count("import") == program.count("import numpy as np") == 1
    assert len(program.splitlines()) < 40
