import numpy as np
import pytest

from gdcore.bowl import bowl_from_data
from gdcore.design_matrix import car_design, design, one_parameter
from gdcore.losses import least_squares
from gdcore.samples import cars

TABLE = {"a": [1.0, 2.0, np.nan, 4.0], "b": [5.0, 5.0, 5.0, 5.0], "t": [1.0, 3.0, 2.0, 8.0]}


def test_the_cars_give_miles_per_gallon_from_weight_and_horsepower():
    made = car_design()
    assert made.names == ("intercept", "weight", "horsepower")
    assert (made.X.shape, made.y.shape, made.dropped) == ((392, 3), (392,), 14)
    assert made.X[0].tolist() == [1, 3504, 130]
    assert made.y[0] == 18
    kept = ~(np.isnan(cars()["mpg"]) | np.isnan(cars()["horsepower"]))
    np.testing.assert_array_equal(made.X[:, 1], cars()["weight"][kept])


def test_standardised_columns_have_mean_0_and_variance_1_and_the_intercept_stays():
    made = car_design(standardised=True)
    assert (made.X[:, 0] == 1).all()
    np.testing.assert_allclose(made.X[:, 1:].mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(made.X[:, 1:].var(axis=0), 1)
    raw = car_design()
    np.testing.assert_allclose(made.X * made.deviations + made.means, raw.X, rtol=1e-12)
    np.testing.assert_array_equal(made.y, raw.y)
    assert (raw.means == 0).all()
    assert (raw.deviations == 1).all()


def test_without_intercept_there_is_no_column_of_ones():
    made = car_design(intercept=False)
    assert (made.names, made.X.shape) == (("weight", "horsepower"), (392, 2))
    assert made.means.shape == made.deviations.shape == (2,)


def test_rows_with_a_gap_are_dropped_and_counted():
    made = design(TABLE, ["a"], "t", intercept=False)
    assert (made.X[:, 0].tolist(), made.y.tolist(), made.dropped) == ([1, 2, 4], [1, 3, 8], 1)
    assert design(TABLE, ["b"], "t").dropped == 0


def test_a_constant_column_standardised_is_zero_and_no_error():
    made = design({**TABLE, "c": [0.1] * 4}, ["b", "a", "c"], "t", standardised=True)
    assert (made.X[:, [1, 3]] == 0).all()
    assert made.X[:, 2].std() == pytest.approx(1)


@pytest.mark.parametrize(
    "refused",
    [
        lambda: design(TABLE, [], "t"),
        lambda: design(TABLE, ["z"], "t"),
        lambda: design(TABLE, ["a"], "z"),
        lambda: design({**TABLE, "s": [1.0]}, ["s"], "t"),
        lambda: design({**TABLE, "s": [1.0, np.inf, 2.0, 3.0]}, ["s"], "t"),
        lambda: design({"a": [np.nan], "t": [1.0]}, ["a"], "t"),
    ],
)
def test_bad_arguments_are_refused_with_the_value(refused):
    with pytest.raises(ValueError, match=r"got .*: "):
        refused()


def test_the_slope_alone_finds_the_minimum_that_slope_and_intercept_find_together():
    made = design(cars(), ["weight"], "mpg", intercept=True)
    together, alone = bowl_from_data(made.X, made.y), least_squares(*one_parameter(made, intercept=True))
    assert alone.minimiser == pytest.approx(together.minimiser[1], rel=1e-9)
    assert alone.minimum == pytest.approx(together.minimum, rel=1e-9)
    for slope in (-0.01, 0.02):  # J at the best intercept for this slope, found by brute force
        best = min(
            float(np.mean((made.X @ [intercept, slope] - made.y) ** 2)) / 2
            for intercept in np.linspace(-100, 100, 4001)
        )
        assert float(alone.value(slope)) == pytest.approx(best, rel=1e-3)


def test_without_an_intercept_the_slope_alone_takes_the_columns_as_they_are():
    made = design(TABLE, ["a", "b"], "t", intercept=False)
    x, y = one_parameter(made, intercept=False)
    assert (x.tolist(), y.tolist()) == ([1, 2, 4], [1, 3, 8])
