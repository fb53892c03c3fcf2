from collections.abc import Callable
from decimal import Decimal, localcontext

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdcore.losses import ALL_LOSSES, Loss, absolute, huber, least_squares, log_cosh, quadratic, quartic, softplus
from gdcore.samples import car_loss_data

X, Y = np.array([1.0, 2.0, 4.0]), np.array([3.0, 1.0, 5.0])
FORMULAS: dict[str, tuple[Loss, Callable]] = {
    "quadratic": (quadratic(), lambda t: 0.5 * t**2),
    "quadratic λ = 0.1": (quadratic(0.1), lambda t: 0.05 * t**2),
    "log_cosh": (log_cosh(), lambda t: anp.log(anp.cosh(t))),
    "huber": (huber(), lambda t: 0.5 * t**2 if abs(t) < 1 else abs(t) - 0.5),
    "huber δ = 0.3": (huber(0.3), lambda t: 0.5 * t**2 if abs(t) < 0.3 else 0.3 * (abs(t) - 0.15)),
    "softplus": (softplus(), lambda t: anp.log(1 + anp.exp(t)) - 0.9 * t),
    "softplus p = 0.5": (softplus(0.5), lambda t: anp.log(1 + anp.exp(t)) - 0.5 * t),
    "softplus p = 0.02": (softplus(0.02), lambda t: anp.log(1 + anp.exp(t)) - 0.02 * t),
    "quartic": (quartic(), lambda t: t**4),
    "absolute": (absolute(), lambda t: abs(t)),
    "least_squares": (least_squares(X, Y), lambda t: sum((t * x - y) ** 2 for x, y in zip(X, Y, strict=True)) / 6),
}
every_loss = pytest.mark.parametrize(("loss", "formula"), FORMULAS.values(), ids=FORMULAS.keys())
SMOOTH = {name: pair for name, pair in FORMULAS.items() if not name.startswith(("huber", "absolute"))}


def points(loss: Loss) -> np.ndarray:
    return np.linspace(*loss.window, 40) + 0.0123  # off the kinks


def test_the_registry_names_every_loss_by_its_own_key():
    assert {key: make().name for key, make in ALL_LOSSES.items()} == {key: key for key in ALL_LOSSES}
    assert {loss.name for loss, _ in FORMULAS.values()} == {*ALL_LOSSES, "least_squares"}


@every_loss
def test_value_agrees_with_the_formula(loss, formula):
    np.testing.assert_allclose(loss.value(points(loss)), [formula(t) for t in points(loss)], rtol=1e-12)


@every_loss
def test_gradient_agrees_with_automatic_differentiation(loss, formula):
    expected = [autograd.grad(formula)(float(t)) for t in points(loss)]
    np.testing.assert_allclose(loss.gradient(points(loss)), expected, rtol=1e-11, atol=1e-14)


@every_loss
def test_curvature_agrees_with_automatic_differentiation_of_the_gradient(loss, formula):
    expected = [autograd.grad(autograd.grad(formula))(float(t)) for t in points(loss)]
    np.testing.assert_allclose(loss.curvature(points(loss)), expected, rtol=1e-9, atol=1e-12)


@every_loss
def test_gradient_agrees_with_central_differences(loss, formula):
    theta, h = points(loss), 1e-5
    differences = (loss.value(theta + h) - loss.value(theta - h)) / (2 * h)
    np.testing.assert_allclose(loss.gradient(theta), differences, rtol=1e-6, atol=1e-8)


@every_loss
def test_curvature_agrees_with_central_differences_of_the_gradient(loss, formula):
    theta, h = points(loss), 1e-5
    differences = (loss.gradient(theta + h) - loss.gradient(theta - h)) / (2 * h)
    np.testing.assert_allclose(loss.curvature(theta), differences, rtol=1e-6, atol=1e-8)


@every_loss
def test_gradient_and_excess_are_zero_at_the_minimiser_and_positive_elsewhere(loss, formula):
    assert loss.gradient(loss.minimiser) == 0
    assert loss.excess(loss.minimiser) == 0
    assert loss.value(loss.minimiser) == loss.minimum
    assert (loss.excess(points(loss)) > 0).all()


@every_loss
def test_curvature_stays_within_its_bounds_and_comes_near_them(loss, formula):
    theta = np.concatenate([np.linspace(-60, 60, 24001), [loss.minimiser]])
    low, high = loss.curvature_bounds
    curvature = loss.curvature(theta)
    assert low * (1 - 1e-12) <= curvature.min() <= low + 1e-6
    assert curvature.max() <= high * (1 + 1e-12)
    if np.isfinite(high):
        assert curvature.max() >= high * (1 - 1e-6)


@every_loss
def test_growth_is_the_mean_curvature_far_away(loss, formula):
    for far in (-1e100, 1e100):
        c = float(loss.mean_curvature(far))
        assert c > 1e100 if loss.growth == np.inf else c == pytest.approx(loss.growth, rel=1e-12, abs=1e-99)


@every_loss
def test_the_steepest_chord_is_the_largest_mean_curvature_on_a_fine_grid(loss, formula):
    for low, high in [(-5, 5), (0.5, 3), (-3, -0.5), (-2, 8), (2.5, 2.5), (-0.9, 40)]:
        largest = loss.mean_curvature(np.linspace(low, high, 20001)).max()
        chord = loss.steepest_chord(low, high)
        if np.isfinite(chord):
            assert largest <= chord * (1 + 1e-12)
            assert chord == pytest.approx(largest, rel=1e-6)
        else:
            assert low <= loss.minimiser <= high


@every_loss
def test_the_mean_curvature_is_monotone_on_either_side_of_its_turning_point(loss, formula):
    for side in (1, -1):
        with np.errstate(invalid="ignore"):
            c = loss.mean_curvature(loss.turning_point + side * np.linspace(1e-9, 30, 3001))
        differences = np.diff(c[np.isfinite(c)])
        assert (differences <= 1e-9).all() or (differences >= -1e-9).all()


@every_loss
def test_the_mean_curvature_is_continuous_at_the_minimiser(loss, formula):
    c = loss.mean_curvature(loss.minimiser + np.array([-1e-6, 0, 1e-6]))
    assert c[1] == loss.curvature_at_minimum
    if loss.name != "absolute":
        np.testing.assert_allclose(c, c[1], rtol=1e-5, atol=1e-10)


@every_loss
def test_shapes_are_kept_and_no_warning_escapes_beyond_float64(loss, formula):
    extremes = np.array([[1e200, -1e308, 1e-200], [np.inf, -np.inf, np.nan]])
    for function in (loss.value, loss.gradient, loss.curvature, loss.excess, loss.mean_curvature):
        assert function(extremes).shape == (2, 3)
        assert np.shape(function(0.5)) == ()
        assert function(np.ones(4)).dtype == np.float64
        assert np.isnan(loss.gradient(np.nan))


@every_loss
def test_start_and_window_show_the_minimiser_and_the_natural_learning_rate_converges(loss, formula):
    low, high = loss.window
    assert low < loss.minimiser < high
    assert low < loss.start < high
    assert loss.start != loss.minimiser
    assert 0 < loss.learning_rate * loss.mean_curvature(loss.start) < 2


@settings(deadline=None)
@given(st.floats(-50, 50), st.floats(1e-3, 30), st.sampled_from(list(FORMULAS)))
def test_one_step_multiplies_the_distance_by_one_minus_alpha_c(theta, learning_rate, name):
    loss, _ = FORMULAS[name]
    distance = theta - loss.minimiser
    after = theta - learning_rate * float(loss.gradient(theta)) - loss.minimiser
    if distance == 0:
        assert after == pytest.approx(0, abs=1e-12)
        return
    c = float(loss.mean_curvature(theta))
    if np.isfinite(learning_rate * c):
        step = abs(learning_rate * c * distance)
        assert after == pytest.approx((1 - learning_rate * c) * distance, rel=1e-9, abs=1e-12 * (1 + abs(theta) + step))


def exact_excess(name: str, p: float, offset: float) -> float:
    """J(θ* + d) − J(θ*) with 120 digits."""
    with localcontext() as context:
        context.prec = 120
        d, one = Decimal(offset), Decimal(1)
        if name == "log_cosh":
            return float(((d.exp() + (-d).exp()) / 2).ln())
        return float((one + Decimal(p) * (d.exp() - one)).ln() - Decimal(p) * d)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("size", [1e-15, 1e-8, 1e-3, 0.00999, 0.01001, 0.3, 0.9999, 1.0001, 5.0, 40.0, 800.0])
def test_the_excess_of_log_cosh_has_all_its_digits(size, sign):
    assert float(log_cosh().excess(sign * size)) == pytest.approx(exact_excess("log_cosh", 0, size), rel=1e-14)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("size", [1e-15, 1e-8, 1e-3, 0.00999, 0.01001, 0.3, 5.0, 40.0, 800.0])
@pytest.mark.parametrize("p", [0.5, 0.9, 0.02])
def test_the_excess_of_softplus_has_its_digits(p, size, sign):
    loss = softplus(p)
    theta = loss.minimiser + sign * size
    offset = theta - loss.minimiser  # what float64 makes of the distance
    expected = exact_excess("softplus", p, offset)
    assert float(loss.excess(theta)) == pytest.approx(expected, rel=1e-11)
    assert size > 1e-9 or expected < 1e-16


def test_an_excess_of_1e_30_is_told_from_zero():
    for make in (quadratic, log_cosh, huber):
        assert float(make().excess(1e-15)) == pytest.approx(5e-31, rel=1e-12)
    assert float(quartic().excess(1e-8)) == pytest.approx(1e-32, rel=1e-12)
    assert float(absolute().excess(-1e-30)) == 1e-30


@pytest.mark.parametrize(("p", "offset"), [(0.9, 1e-8), (0.9, -1e-8), (0.02, 1e-8), (0.5, -1e-8)])
def test_the_gradient_of_softplus_does_not_cancel_near_the_minimiser(p, offset):
    loss = softplus(p)
    d = loss.minimiser + offset - loss.minimiser
    skewed = p * (1 - p) * d * (1 + (1 - 2 * p) * d / 2)
    assert float(loss.gradient(loss.minimiser + offset)) == pytest.approx(skewed, rel=1e-13)


def test_hand_values():
    assert quadratic(3.0).value(2.0) == 6
    assert huber().value([-3.0, 0.5]).tolist() == [2.5, 0.125]
    assert quartic().gradient(2.0) == 32
    assert absolute().gradient([-2.0, 0.0, 3.0]).tolist() == [-1, 0, 1]
    assert log_cosh().curvature_at_minimum == 1
    assert quartic().curvature_at_minimum == 0
    assert absolute().curvature_at_minimum == np.inf
    assert softplus(0.9).minimiser == pytest.approx(np.log(9))
    assert softplus(0.9).curvature_at_minimum == pytest.approx(0.09)
    assert softplus(0.5).steepest_chord(-3, 3) == 0.25


def test_least_squares_has_half_the_curvature_of_the_convention_without_the_half():
    loss = least_squares(X, Y)
    assert loss.curvature_bounds == (7.0, 7.0)
    assert loss.minimiser == pytest.approx(25 / 21)
    assert float(loss.value(0.0)) == pytest.approx((9 + 1 + 25) / 6)


def test_a_perfect_fit_through_the_cars_is_about_35_horsepower_per_thousand_pounds():
    pairs = car_loss_data()
    loss = least_squares(pairs.x, pairs.y)
    assert loss.minimiser == pytest.approx(35.5, abs=0.1)
    assert float(loss.value(30.0)) == pytest.approx(np.mean((30 * pairs.x - pairs.y) ** 2) / 2, rel=1e-12)


@pytest.mark.parametrize(
    "refused",
    [
        lambda: quadratic(0.0),
        lambda: quadratic(np.inf),
        lambda: huber(-1.0),
        lambda: softplus(1.0),
        lambda: softplus(np.nan),
        lambda: least_squares([1.0], [1.0, 2.0]),
        lambda: least_squares([], []),
        lambda: least_squares([0.0], [1.0]),
        lambda: least_squares([np.nan], [1.0]),
        lambda: quadratic().steepest_chord(1, 0),
    ],
)
def test_bad_arguments_are_refused_with_the_value_and_the_remedy(refused):
    with pytest.raises(ValueError, match=r"got .*: "):
        refused()
