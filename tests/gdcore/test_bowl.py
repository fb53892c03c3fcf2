import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdcore.bowl import Dependence, bowl, bowl_from_data
from gdcore.design_matrix import car_design, design
from gdcore.samples import standardise


def exact_curvatures(X):
    """Both eigenvalues of XᵀX/m for two columns, from fractions."""
    rows = [[Fraction(float(entry)) for entry in row] for row in X]
    a, b, c = (sum(row[i] * row[j] for row in rows) / len(rows) for i, j in ((0, 0), (1, 1), (0, 1)))
    L = float(a + b) / 2 + math.sqrt(float(((a - b) / 2) ** 2 + c**2))
    return L, float(a * b - c**2) / L


def two_columns(correlation, offsets=(0.0, 0.0), scales=(1.0, 1.0), m=400):
    rng = np.random.default_rng(0)
    z = rng.standard_normal((m, 2))
    z = standardise(z)
    z[:, 1] -= z[:, 0] * np.mean(z[:, 0] * z[:, 1])
    z = standardise(z)
    second = correlation * z[:, 0] + math.sqrt(1 - correlation**2) * z[:, 1]
    return np.column_stack([z[:, 0], second]) * scales + offsets


def test_a_bowl_has_its_curvatures_along_its_directions():
    made = bowl(5.0, 0.2, angle=0.7, minimiser=(1.0, -2.0))
    steep, flat = np.array([math.cos(0.7), math.sin(0.7)]), np.array([-math.sin(0.7), math.cos(0.7)])
    np.testing.assert_allclose(made.hessian, 5 * np.outer(steep, steep) + 0.2 * np.outer(flat, flat))
    assert (made.L, made.mu, made.condition, made.flat) == (5, 0.2, 25, None)
    assert made.excess(made.minimiser + 2 * steep) == pytest.approx(10)
    np.testing.assert_allclose(made.components(made.minimiser + 3 * flat), [0, 3], atol=1e-14)


@settings(deadline=None, max_examples=50)
@given(st.floats(0.1, 9), st.floats(0.01, 1), st.floats(-4, 4), st.floats(-5, 5), st.floats(-5, 5))
def test_the_gradient_is_the_derivative_of_the_excess(L, share, angle, first, second):
    made, h = bowl(L, share * L, angle, (0.5, 1.0)), 1e-4
    theta = np.array([first, second])
    sides = [[theta + h * side * np.eye(2)[i] for side in (1, -1)] for i in range(2)]
    numerical = [(made.excess(up) - made.excess(down)) / (2 * h) for up, down in sides]
    np.testing.assert_allclose(made.gradient(theta), numerical, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(made.gradient(theta), made.hessian @ (theta - made.minimiser), atol=1e-9)
    assert made.gradient(np.zeros((3, 4, 2))).shape == (3, 4, 2)
    assert made.excess(np.zeros((3, 4, 2))).shape == (3, 4)


def test_a_contour_lies_on_its_semi_axes():
    made = bowl(5.0, 0.2, angle=1.1, minimiser=(1.0, -2.0))
    for axis, direction in zip(made.semi_axes(3.0), made.directions.T, strict=True):
        assert made.excess(made.minimiser + axis * direction) == pytest.approx(3)
    assert made.semi_axes(3.0) == pytest.approx([math.sqrt(6 / 5), math.sqrt(30)])


def test_the_bowl_of_data_is_the_loss_with_one_half_over_m():
    rng = np.random.default_rng(1)
    X, y = rng.standard_normal((30, 3)) + np.array([0, 2, -1]), rng.standard_normal(30)
    made = bowl_from_data(X, y)
    np.testing.assert_allclose(made.hessian, X.T @ X / 30, rtol=1e-12)
    np.testing.assert_allclose(made.directions.T @ made.directions, np.eye(3), atol=1e-14)
    np.testing.assert_allclose(made.minimiser, np.linalg.lstsq(X, y, rcond=None)[0], rtol=1e-11)
    for theta in rng.standard_normal((5, 3)):
        assert made.minimum + made.excess(theta) == pytest.approx(np.sum((X @ theta - y) ** 2) / 60)
        np.testing.assert_allclose(made.gradient(theta), X.T @ (X @ theta - y) / 30, atol=1e-12)
    assert (np.diff(made.curvatures) < 0).all()


@pytest.mark.parametrize("correlation", [0.0, 0.3, -0.6, 0.95])
def test_standardising_removes_scale_and_offset_but_never_correlation(correlation):
    X = standardise(two_columns(correlation, offsets=(7, -80), scales=(1e-3, 50)))
    made = bowl_from_data(X, X[:, 0])
    assert made.curvatures == pytest.approx([1 + abs(correlation), 1 - abs(correlation)])
    assert made.condition == pytest.approx((1 + abs(correlation)) / (1 - abs(correlation)))


def test_an_offset_of_50_is_worse_than_a_factor_of_100_in_scale():
    z = two_columns(0.0)
    ones = np.ones((400, 1))
    offset = bowl_from_data(np.hstack([ones, z[:, :1] + 50]), z[:, 1])
    assert offset.condition == pytest.approx(50**4, rel=0.01)  # 6e6: nearly 1e7
    both = two_columns(0.35, offsets=(50, 50))
    assert 3e6 < bowl_from_data(np.hstack([ones, both]), both[:, 0]).condition < 3e7
    scale = bowl_from_data(two_columns(0.0, scales=(1, 100)), z[:, 1])
    assert scale.condition == pytest.approx(1e4)


def test_raw_cars_have_a_condition_number_of_a_hundred_million_and_standardised_ones_of_14():
    raw, standardised = (car_design(standardised=s) for s in (False, True))
    raw, standardised = bowl_from_data(raw.X, raw.y), bowl_from_data(standardised.X, standardised.y)
    assert raw.condition == pytest.approx(1.3166e8, rel=1e-4)
    correlation = np.corrcoef(car_design().X[:, 1:].T)[0, 1]
    assert standardised.condition == pytest.approx((1 + correlation) / (1 - correlation))
    assert raw.minimum == pytest.approx(standardised.minimum, rel=1e-12)


@pytest.mark.parametrize("offset", [0.0, 1e4, 1e8])
@pytest.mark.parametrize("scale", [1e-12, 1.0, 1e9])
def test_eigenvalues_of_very_different_size_keep_their_digits(offset, scale):
    X = np.column_stack([np.ones(50), scale * (offset + np.linspace(0, 1, 50))])
    made = bowl_from_data(X, X[:, 1])
    assert made.flat is None
    accuracy = 1e-14 * (1 + offset)
    assert made.curvatures == pytest.approx(list(exact_curvatures(X)), rel=accuracy + 1e-13)
    assert made.minimiser[1] == pytest.approx(1, rel=1e-6)


@pytest.mark.parametrize(
    ("X", "reason", "columns", "zeros"),
    [
        ([[1, 2, 2], [1, 5, 5], [1, 3, 3], [1, 9, 9]], Dependence.PROPORTIONAL, (1, 2), 1),
        ([[1, 2, 7], [1, 5, 7], [1, 3, 7], [1, 9, 7]], Dependence.PROPORTIONAL, (0, 2), 1),
        ([[1, 2, -4e9], [1, 5, -1e10], [1, 3, -6e9], [1, 9, -1.8e10]], Dependence.PROPORTIONAL, (1, 2), 1),
        ([[1, 2, 0], [1, 5, 0], [1, 3, 0], [1, 9, 0]], Dependence.ZERO, (2,), 1),
        ([[1, 2, 3], [1, 5, 6], [1, 3, 4], [1, 9, 10]], Dependence.COMBINATION, (0, 1, 2), 1),
        ([[1, 2, 3], [1, 5, 9]], Dependence.TOO_FEW_ROWS, (0, 1, 2), 1),
        ([[1, 2, 3]], Dependence.TOO_FEW_ROWS, (0, 1, 2), 2),
    ],
)
def test_columns_that_say_the_same_make_a_flat_bowl_and_are_named(X, reason, columns, zeros):
    X = np.array(X, dtype=float)
    y = np.arange(1.0, len(X) + 1)
    made = bowl_from_data(X, y)
    assert (made.flat.reason, made.flat.columns) == (reason, columns)
    assert np.count_nonzero(made.curvatures == 0) == zeros
    assert made.condition == math.inf
    np.testing.assert_allclose(made.gradient(made.minimiser), 0, atol=1e-9)
    np.testing.assert_allclose(made.minimiser, np.linalg.lstsq(X, y, rcond=1e-12)[0], atol=1e-8)
    assert np.isinf(made.semi_axes(1.0)[-1])


def test_a_constant_column_is_flat_raw_and_standardised():
    table = {"x": np.arange(9.0), "c": np.full(9, 3.1), "t": np.arange(9.0) ** 2}
    for standardised, reason in ((False, Dependence.PROPORTIONAL), (True, Dependence.ZERO)):
        made = design(table, ["x", "c"], "t", standardised=standardised)
        flat = bowl_from_data(made.X, made.y).flat
        assert flat.reason is reason
        assert made.names[flat.columns[-1]] == "c"


@pytest.mark.parametrize(
    "refused",
    [
        lambda: bowl(1.0, 2.0),
        lambda: bowl(1.0, 0.0),
        lambda: bowl(np.inf, 1.0),
        lambda: bowl(2.0, 1.0, angle=np.nan),
        lambda: bowl(2.0, 1.0, minimiser=(1.0, 2.0, 3.0)),
        lambda: bowl(2.0, 1.0).semi_axes(0.0),
        lambda: bowl_from_data([[1.0]], [1.0, 2.0]),
        lambda: bowl_from_data([1.0, 2.0], [1.0, 2.0]),
        lambda: bowl_from_data([[np.nan]], [1.0]),
        lambda: bowl_from_data([[1.0]], [np.inf]),
        lambda: bowl_from_data([[1e160]], [1.0]),
        lambda: bowl_from_data([[0.0, 0.0]], [1.0]),
    ],
)
def test_bad_arguments_are_refused_with_the_value(refused):
    with pytest.raises(ValueError, match=r"got .*: "):
        refused()
