from itertools import product

import numpy as np
import pytest

from gdcore.activations import ACTIVATIONS
from gdcore.backpropagation import backward
from gdcore.forward_pass import forward
from gdcore.in_place import IN_PLACE
from gdcore.network import Architecture, BatchNorm, Network, initialise
from gdcore.objectives import CROSS_ENTROPY, one_hot
from gdcore.parameters import Parameters, Shape
from gdcore.scaled import FloatArray
from gdcore.training_pass import TrainingPass

SHAPE, BATCH = Shape(inputs=5, depth=3, width=4, classes=3), 7
for_every_network = pytest.mark.parametrize(("activation", "batch_norm"), list(product(ACTIVATIONS, (False, True))))


def samples() -> tuple[FloatArray, FloatArray]:
    rng = np.random.default_rng(5)
    return rng.normal(size=(BATCH, SHAPE.inputs)), one_hot(rng.integers(0, SHAPE.classes, BATCH), SHAPE.classes)


def as_columns(X: FloatArray) -> FloatArray:
    return np.vstack((X.T, np.ones(len(X))))


def network(scale: float = 1.3) -> Network:
    """In general position: γ, β and the biases too."""
    rng = np.random.default_rng(11)
    drawn = initialise(SHAPE.depth, SHAPE.width, SHAPE.inputs, SHAPE.classes, scale, bias_scale=0.4, rng=rng)
    return drawn.combine(drawn, lambda a, _: a + 0.1 * rng.normal(size=a.shape))


def passed(activation: str, batch_norm: bool, dtype: type = np.float64, epsilon: float = 1e-3) -> TrainingPass:
    made = TrainingPass(SHAPE, BATCH, activation, batch_norm=batch_norm, epsilon=epsilon, dtype=dtype)
    made.parameters.take(network())
    return made


def gradients_of(made: TrainingPass, factor: float = 1.0) -> tuple[float, Parameters]:
    X, targets = samples()
    columns, T = as_columns(X).astype(made.parameters.flat.dtype), targets.T.astype(made.parameters.flat.dtype)
    made.forward(columns)
    loss = made.loss(T)
    made.backward(columns, T, factor)
    return loss, made.gradients


def flat_like(gradients: Network, batch_norm: bool) -> FloatArray:
    """A readable network's gradients in the order of the flat array."""
    into = Parameters.start(SHAPE, batch_norm=batch_norm, dtype=np.float64)
    into.take(gradients)
    return into.flat


@for_every_network
def test_loss_and_every_gradient_are_those_of_the_readable_network(activation: str, batch_norm: bool) -> None:
    X, targets = samples()
    norm = BatchNorm.BEFORE_ACTIVATION if batch_norm else BatchNorm.NONE
    architecture = Architecture(ACTIVATIONS[activation], norm, epsilon=1e-3)
    readable = backward(network(), forward(network(), X, architecture), targets, architecture, CROSS_ENTROPY)
    expected = flat_like(readable.gradients, batch_norm)
    loss, gradients = gradients_of(passed(activation, batch_norm))
    assert loss == pytest.approx(float(readable.loss), rel=1e-12)
    np.testing.assert_allclose(gradients.flat, expected, rtol=1e-9, atol=1e-14)
    loss, gradients = gradients_of(passed(activation, batch_norm, np.float32))
    assert loss == pytest.approx(float(readable.loss), rel=1e-5)
    np.testing.assert_allclose(gradients.flat, expected, rtol=1e-3, atol=1e-5 * np.abs(expected).max())
    assert gradients.flat.dtype == np.float32


@for_every_network
def test_every_gradient_agrees_with_central_differences(activation: str, batch_norm: bool) -> None:
    made = passed(activation, batch_norm)
    gradients = gradients_of(made)[1].flat.copy()
    flat = made.parameters.flat
    for k in range(flat.size):
        kept = flat[k]
        flat[k] = kept + 1e-6
        up = gradients_of(made)[0]
        flat[k] = kept - 1e-6
        down = gradients_of(made)[0]
        flat[k] = kept
        assert gradients[k] == pytest.approx((up - down) / 2e-6, rel=1e-5, abs=1e-8)


@for_every_network
def test_a_step_goes_the_learning_rate_times_the_gradient_downhill(activation: str, batch_norm: bool) -> None:
    X, targets = samples()
    made = passed(activation, batch_norm)
    loss, gradients = gradients_of(made)
    expected = made.parameters.flat - 0.3 * gradients.flat
    assert made.step(as_columns(X), targets.T, 0.3) == loss
    np.testing.assert_allclose(made.parameters.flat, expected, rtol=1e-12, atol=1e-15)


@for_every_network
def test_a_second_pass_through_the_same_buffers_gives_the_same(activation: str, batch_norm: bool) -> None:
    made = passed(activation, batch_norm)
    first = gradients_of(made)[1].flat.copy()
    np.testing.assert_array_equal(gradients_of(made)[1].flat, first)


def test_the_flat_array_is_all_there_is() -> None:
    parameters = Parameters.start(SHAPE, batch_norm=True, dtype=np.float32)
    parts = [*parameters.layers, parameters.readout, parameters.gammas, parameters.betas]
    assert sum(part.size for part in parts) == parameters.flat.size
    parameters.flat[...] = 7.0
    assert all((part == 7.0).all() for part in parts)


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan])
def test_one_entry_that_is_not_finite_is_noticed(value: float) -> None:
    parameters = Parameters.start(SHAPE, batch_norm=False, dtype=np.float32)
    assert parameters.finite()
    parameters.flat[17] = 1e30  # its square has no float32
    with np.errstate(over="ignore", invalid="ignore"):
        assert parameters.finite()
        parameters.flat[17] = value
        assert not parameters.finite()


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_an_activation_in_place_and_its_slope_are_those_of_the_readable_one(activation: str) -> None:
    z = np.linspace(-30.0, 30.0, 41).reshape(1, 41)
    readable, in_place = ACTIVATIONS[activation], IN_PLACE[activation](z.shape, z.dtype)
    u, delta = z.copy(), np.full(z.shape, 3.0)
    in_place.apply(u)
    np.testing.assert_allclose(u, readable.function(z), rtol=1e-14)
    in_place.pass_back(delta, u)
    np.testing.assert_allclose(delta, 3.0 * readable.derivative(z), rtol=1e-12, atol=3e-15)
