from collections.abc import Callable

import autograd
import autograd.numpy as anp
import numpy as np
import pytest

from gdcore import batch_norm
from gdcore.activations import ACTIVATIONS, IDENTITY, RELU, SIGMOID, Activation
from gdcore.backpropagation import backward
from gdcore.forward_pass import Forward, forward
from gdcore.network import Architecture, BatchNorm, Network, initialise
from gdcore.objectives import CROSS_ENTROPY, OBJECTIVES, SQUARED_ERROR, Objective, one_hot
from gdcore.scaled import FloatArray

DEPTH, WIDTH, INPUTS, CLASSES, BATCH = 3, 4, 5, 3, 7
PHI: dict[str, Callable[[FloatArray], FloatArray]] = {
    "identity": lambda z: z,
    "tanh": anp.tanh,
    "relu": lambda z: anp.where(z > 0.0, z, 0.0),
    "sigmoid": lambda z: 0.5 * (1.0 + anp.tanh(0.5 * z)),
}


def normalised_for_autograd(x: FloatArray, gamma: FloatArray, beta: FloatArray, epsilon: float) -> FloatArray:
    centred = x - anp.mean(x, axis=0)
    return gamma * centred / anp.sqrt(anp.mean(centred**2, axis=0) + epsilon) + beta


def written_for_autograd(
    arrays: list[FloatArray], X: FloatArray, targets: FloatArray, architecture: Architecture, objective: Objective
) -> float:
    weights, biases, gammas, betas = (arrays[k * DEPTH : (k + 1) * DEPTH] for k in range(4))
    u = X
    for W, b, gamma, beta in zip(weights, biases, gammas, betas, strict=True):
        h = anp.dot(u, W.T) + b
        if architecture.batch_norm is BatchNorm.BEFORE_ACTIVATION:
            h = normalised_for_autograd(h, gamma, beta, architecture.epsilon)
        u = PHI[architecture.activation.name](h)
        if architecture.batch_norm is BatchNorm.AFTER_ACTIVATION:
            u = normalised_for_autograd(u, gamma, beta, architecture.epsilon)
    z = anp.dot(u, arrays[-2].T) + arrays[-1]
    if objective is SQUARED_ERROR:
        return 0.5 * anp.sum((z - targets) ** 2) / len(X)
    return -anp.sum(targets * (z - anp.log(anp.sum(anp.exp(z), axis=1, keepdims=True)))) / len(X)


def small_network() -> tuple[Network, FloatArray, FloatArray]:
    """A network in general position (γ, β and the read-out bias too), a batch and targets."""
    rng = np.random.default_rng(11)
    network = initialise(DEPTH, WIDTH, INPUTS, CLASSES, 1.3, bias_scale=0.4, rng=rng)
    network = network.combine(network, lambda a, _: a + 0.1 * rng.normal(size=a.shape))
    return network, rng.normal(size=(BATCH, INPUTS)), one_hot(rng.integers(0, CLASSES, BATCH), CLASSES)


every_setting = [
    pytest.mark.parametrize("activation", ACTIVATIONS.values(), ids=ACTIVATIONS),
    pytest.mark.parametrize("norm", BatchNorm),
    pytest.mark.parametrize("objective", OBJECTIVES.values(), ids=OBJECTIVES),
]


def for_every_setting(test: Callable[..., None]) -> Callable[..., None]:
    for mark in every_setting:
        test = mark(test)
    return test


@for_every_setting
def test_every_gradient_agrees_with_automatic_differentiation(
    activation: Activation, norm: BatchNorm, objective: Objective
) -> None:
    network, X, targets = small_network()
    architecture = Architecture(activation, norm)
    returned = backward(network, forward(network, X, architecture), targets, architecture, objective)
    arrays = list(network.arrays())
    assert returned.loss == pytest.approx(written_for_autograd(arrays, X, targets, architecture, objective), rel=1e-12)
    expected = autograd.grad(written_for_autograd)(arrays, X, targets, architecture, objective)
    for got, want in zip(returned.gradients.arrays(), expected, strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-9, atol=1e-13)
    wanted = autograd.grad(written_for_autograd, 1)(arrays, X, targets, architecture, objective)
    np.testing.assert_allclose(returned.inputs, wanted, rtol=1e-9, atol=1e-13)


@for_every_setting
def test_every_gradient_agrees_with_central_differences(
    activation: Activation, norm: BatchNorm, objective: Objective
) -> None:
    network, X, targets = small_network()
    architecture = Architecture(activation, norm)

    def loss() -> float:
        return backward(network, forward(network, X, architecture), targets, architecture, objective).loss

    returned = backward(network, forward(network, X, architecture), targets, architecture, objective)
    for array, gradient in zip(network.arrays(), returned.gradients.arrays(), strict=True):
        for index in list(np.ndindex(*array.shape))[::3]:
            kept = array[index]
            array[index] = kept + 1e-6
            up = loss()
            array[index] = kept - 1e-6
            down = loss()
            array[index] = kept
            assert gradient[index] == pytest.approx((up - down) / 2e-6, rel=1e-5, abs=1e-8)


@pytest.mark.parametrize("norm", BatchNorm)
def test_a_sensitivity_is_the_gradient_of_a_bias_sample_by_sample(norm: BatchNorm) -> None:
    network, X, targets = small_network()
    architecture = Architecture(SIGMOID, norm)
    returned = backward(network, forward(network, X, architecture), targets, architecture, CROSS_ENTROPY)
    for layer in range(DEPTH):
        np.testing.assert_allclose(returned.sensitivities[layer].sum(axis=0), returned.gradients.biases[layer])


def test_a_bias_before_batch_norm_has_no_gradient_and_without_it_has_one() -> None:
    network, X, targets = small_network()
    for norm, expected in ((BatchNorm.BEFORE_ACTIVATION, True), (BatchNorm.NONE, False)):
        architecture = Architecture(RELU, norm)
        returned = backward(network, forward(network, X, architecture), targets, architecture, CROSS_ENTROPY)
        assert all(np.abs(b).max() < 1e-15 for b in returned.gradients.biases) is expected


def test_weights_before_batch_norm_are_orthogonal_to_their_gradient() -> None:
    network, X, targets = small_network()
    architecture = Architecture(RELU, BatchNorm.BEFORE_ACTIVATION, epsilon=0.0)
    returned = backward(network, forward(network, X, architecture), targets, architecture, CROSS_ENTROPY)
    for weights, gradient in zip(network.weights, returned.gradients.weights, strict=True):
        assert abs((weights * gradient).sum()) < 1e-12 * np.linalg.norm(weights) * np.linalg.norm(gradient) + 1e-15


def test_a_factor_on_the_weights_divides_gradient_and_sensitivity_under_batch_norm() -> None:
    network, X, targets = small_network()
    architecture = Architecture(SIGMOID, BatchNorm.BEFORE_ACTIVATION, epsilon=0.0)
    factors = iter([8.0] * DEPTH + [8.0] * DEPTH + [1.0] * (2 * DEPTH + 2))  # weights and the biases beside them
    scaled = network.combine(network, lambda a, _: next(factors) * a)
    one, eight = (
        backward(n, forward(n, X, architecture), targets, architecture, CROSS_ENTROPY) for n in (network, scaled)
    )
    assert eight.loss == pytest.approx(one.loss, rel=1e-12)
    np.testing.assert_allclose(eight.inputs, one.inputs, rtol=1e-9, atol=1e-14)
    for k in range(DEPTH):
        np.testing.assert_allclose(8.0 * eight.gradients.weights[k], one.gradients.weights[k], rtol=1e-9, atol=1e-14)
        np.testing.assert_allclose(8.0 * eight.sensitivities[k], one.sensitivities[k], rtol=1e-9, atol=1e-14)


def test_constant_statistics_give_a_wrong_gradient_in_a_narrow_network() -> None:
    network, X, targets = small_network()
    architecture = Architecture(IDENTITY, BatchNorm.BEFORE_ACTIVATION)
    passed = forward(network, X, architecture)
    true, held = (
        backward(network, passed, targets, architecture, CROSS_ENTROPY, through_batch_norm=through).gradients.weights[0]
        for through in (batch_norm.backward, batch_norm.backward_with_constant_statistics)
    )
    assert np.linalg.norm(true - held) > 0.5 * np.linalg.norm(true)


def passed_and_returned(scale: float, objective: Objective, size: float = 1.0) -> tuple[Forward, list[FloatArray]]:
    network = initialise(30, 8, 8, 3, scale, rng=np.random.default_rng(0))
    architecture = Architecture(RELU)
    X = size * np.random.default_rng(1).normal(size=(4, 8))
    passed = forward(network, X, architecture)
    returned = backward(network, passed, np.eye(3)[[0, 1, 2, 0]], architecture, objective)
    return passed, [*returned.gradients.arrays(), *returned.sensitivities, returned.inputs, returned.loss]


@pytest.mark.parametrize("objective", OBJECTIVES.values(), ids=OBJECTIVES)
@pytest.mark.parametrize("scale", [1e-20, 1e-5, 1e5, 1e9, 1e20])
def test_no_weight_scale_makes_a_nan_or_a_warning(scale: float, objective: Objective) -> None:
    _, arrays = passed_and_returned(scale, objective)
    assert not any(np.isnan(array).any() for array in arrays)


def test_gradients_beyond_float64_are_infinite_and_not_nan() -> None:
    passed, arrays = passed_and_returned(1e20, SQUARED_ERROR)
    assert not passed.outputs.unscaled
    assert any(np.isinf(array).any() for array in arrays)


def test_a_stack_of_networks_comes_back_as_each_alone() -> None:
    network, X, targets = small_network()
    scales = np.array([1e-9, 0.7, 1.0, 4.0])
    for norm in BatchNorm:
        for activation in ACTIVATIONS.values():
            architecture = Architecture(activation, norm)
            stacked = network.rescaled(scales)
            together = backward(stacked, forward(stacked, X, architecture), targets, architecture, CROSS_ENTROPY)
            for k, scale in enumerate(scales):
                one = network.rescaled(scale)
                alone = backward(one, forward(one, X, architecture), targets, architecture, CROSS_ENTROPY)
                for ours, single in zip(together.gradients.weights, alone.gradients.weights, strict=True):
                    np.testing.assert_allclose(ours[k], single, rtol=1e-9, atol=1e-15)
                for ours, single in zip(together.sensitivities, alone.sensitivities, strict=True):
                    np.testing.assert_allclose(ours[k], single, rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("scale", [1.0, 1e-200])
@pytest.mark.parametrize("norm", BatchNorm)
@pytest.mark.parametrize("activation", ACTIVATIONS.values(), ids=ACTIVATIONS)
def test_slopes_kept_on_the_way_forward_are_those_found_on_the_way_back(
    activation: Activation, norm: BatchNorm, scale: float
) -> None:
    rng = np.random.default_rng(8)
    network = initialise(DEPTH, WIDTH, INPUTS, CLASSES, scale, bias_scale=0.0, rng=rng)
    X, targets = rng.standard_normal((BATCH, INPUTS)), one_hot(rng.integers(0, CLASSES, BATCH), CLASSES)
    architecture = Architecture(activation, norm)
    kept, found = (forward(network, X, architecture, slopes=slopes) for slopes in (True, False))
    assert len(kept.slopes) == (0 if activation is IDENTITY else DEPTH)
    assert not found.slopes
    assert len(kept.first(2, network).slopes) <= 2
    ours, theirs = (backward(network, each, targets, architecture, CROSS_ENTROPY) for each in (kept, found))
    for own, other in zip(ours.gradients.arrays(), theirs.gradients.arrays(), strict=True):
        np.testing.assert_array_equal(own, other)


def test_targets_of_another_shape_are_refused() -> None:
    network, X, targets = small_network()
    architecture = Architecture(RELU)
    with pytest.raises(ValueError, match="one_hot"):
        backward(network, forward(network, X, architecture), targets[:, :2], architecture, CROSS_ENTROPY)


@pytest.mark.parametrize(
    ("norm", "through", "expected"),
    [
        (BatchNorm.NONE, batch_norm.backward, [8.4e-6, 8.7e-6, 8.4e-6]),
        (BatchNorm.BEFORE_ACTIVATION, batch_norm.backward_past_normalisation, [1.5e-5, 1.1e-2, 11.2]),
        (BatchNorm.BEFORE_ACTIVATION, batch_norm.backward_with_constant_statistics, [21.3, 35.6, 24.3]),
        (BatchNorm.BEFORE_ACTIVATION, batch_norm.backward, [12.7, 19.9, 22.3]),
    ],
    ids=["no batch norm", "the text's reading", "statistics held constant", "full"],
)
def test_four_readings_of_batch_norm_differ_in_a_linear_network_as_the_theory_says(
    norm: BatchNorm, through: batch_norm.Backward, expected: list[float]
) -> None:
    """n = 20, width 128, B = 64, σ_w = 0.5, squared error: root mean square over 8 seeds, layers 1, 10 and 20."""
    architecture, squared = Architecture(IDENTITY, norm), np.zeros(3)
    for seed in range(8):
        rng = np.random.default_rng(seed)
        network = initialise(20, 128, 128, 10, 0.5, rng=rng)
        X, targets = rng.normal(size=(64, 128)), rng.normal(size=(64, 10))
        passed = forward(network, X, architecture)
        returned = backward(network, passed, targets, architecture, SQUARED_ERROR, through_batch_norm=through)
        squared += [np.sum(returned.gradients.weights[layer] ** 2) / 8 for layer in (0, 9, 19)]
    np.testing.assert_allclose(np.sqrt(squared), expected, rtol=0.15)
