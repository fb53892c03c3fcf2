import math

import autograd
import autograd.numpy as anp
import numpy as np
import pytest

from gdcore.activations import ACTIVATIONS, SIGMOID, TANH, Activation

WRITTEN_FOR_AUTOGRAD = {
    "identity": lambda z: z,
    "tanh": anp.tanh,
    "relu": lambda z: anp.where(z > 0.0, z, 0.0),
    "sigmoid": lambda z: 0.5 * (1.0 + anp.tanh(0.5 * z)),
}
POINTS = np.array([-30.0, -7.3, -1.0, -0.2, 0.1, 0.9, 2.5, 8.0, 25.0])

every_activation = pytest.mark.parametrize("activation", ACTIVATIONS.values(), ids=ACTIVATIONS)


@every_activation
def test_values_and_slopes_agree_with_automatic_differentiation(activation: Activation) -> None:
    reference = WRITTEN_FOR_AUTOGRAD[activation.name]
    np.testing.assert_allclose(activation.function(POINTS), reference(POINTS), rtol=1e-13, atol=1e-15)
    slopes = autograd.elementwise_grad(reference)(POINTS)
    np.testing.assert_allclose(activation.derivative(POINTS), slopes, rtol=1e-12, atol=1e-15)


@every_activation
def test_the_derivative_is_the_slope_of_the_function(activation: Activation) -> None:
    step = 1e-6
    slope = (activation.function(POINTS + step) - activation.function(POINTS - step)) / (2.0 * step)
    np.testing.assert_allclose(activation.derivative(POINTS), slope, rtol=1e-7, atol=1e-9)


@every_activation
def test_no_float_makes_a_warning_or_a_nan(activation: Activation) -> None:
    z = np.array([-np.inf, -1e308, -1e4, -5e-324, 0.0, 5e-324, 1e4, 1e308, np.inf])
    assert not np.isnan(activation.function(z)).any()
    assert not np.isnan(activation.derivative(z)).any()
    assert activation.function(z).shape == activation.derivative(z).shape == z.shape


@every_activation
def test_value_and_slope_at_once_are_those_by_themselves(activation: Activation) -> None:
    for z in (POINTS, np.array([-np.inf, -800.0, -0.0, 0.0, 5e-324, 800.0, np.inf]), POINTS.reshape(3, 3)):
        value, slope = activation.with_slope(z)
        np.testing.assert_array_equal(value, activation.function(z))
        np.testing.assert_array_equal(slope, activation.derivative(z))


def test_far_out_the_slope_still_has_its_digits() -> None:
    z = np.array([-300.0, 300.0])
    np.testing.assert_allclose(SIGMOID.derivative(z), math.exp(-300.0), rtol=1e-12)
    np.testing.assert_allclose(TANH.derivative(z), 4.0 * math.exp(-600.0), rtol=1e-12)
    np.testing.assert_allclose(SIGMOID.function(z[:1]), math.exp(-300.0), rtol=1e-12)


def test_a_relu_has_slope_zero_at_its_kink() -> None:
    assert ACTIVATIONS["relu"].derivative(np.array([-0.0, 0.0])).tolist() == [0.0, 0.0]
