import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from gdcore import batch_norm
from gdcore.batch_norm import RunningStatistics, centre, normalise
from gdcore.scaled import FloatArray


def written_for_autograd(x: FloatArray, gamma: FloatArray, beta: FloatArray, epsilon: float) -> FloatArray:
    centred = x - anp.mean(x, axis=0)
    return gamma * centred / anp.sqrt(anp.mean(centred**2, axis=0) + epsilon) + beta


def draw(seed: int, batch: int = 6, units: int = 4) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """x, γ, β and a sensitivity ∂L/∂y."""
    rng = np.random.default_rng(seed)
    x = 3.0 * rng.normal(size=(batch, units)) + 5.0
    return x, rng.normal(size=units), rng.normal(size=units), rng.normal(size=(batch, units))


@pytest.mark.parametrize("epsilon", [0.0, 1e-5, 0.7])
def test_forward_and_all_gradients_agree_with_automatic_differentiation(epsilon: float) -> None:
    x, gamma, beta, sensitivity = draw(0)
    forward = normalise(x, gamma, beta, epsilon=epsilon)
    np.testing.assert_allclose(forward.output, written_for_autograd(x, gamma, beta, epsilon), rtol=1e-12)
    got = batch_norm.backward(sensitivity, forward)
    for k, gradient in enumerate((got.inputs, got.gamma, got.beta)):
        expected = autograd.grad(lambda *a: anp.sum(sensitivity * written_for_autograd(*a, epsilon)), k)(x, gamma, beta)
        np.testing.assert_allclose(gradient, expected, rtol=1e-10, atol=1e-12)


def test_the_input_gradient_agrees_with_central_differences() -> None:
    x, gamma, beta, sensitivity = draw(1)
    gradient = batch_norm.backward(sensitivity, normalise(x, gamma, beta)).inputs
    for index in np.ndindex(*x.shape):
        step = np.zeros_like(x)
        step[index] = 1e-5
        up, down = (normalise(x + s * step, gamma, beta).output for s in (1.0, -1.0))
        assert gradient[index] == pytest.approx((sensitivity * (up - down)).sum() / 2e-5, rel=1e-6, abs=1e-8)


@settings(deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 40), st.floats(1e-3, 1e3))
def test_the_input_gradient_has_no_mean_and_nothing_along_the_standardised_input(
    seed: int, batch: int, size: float
) -> None:
    x, gamma, beta, sensitivity = draw(seed, batch)
    forward = normalise(size * x, gamma, beta, epsilon=0.0)
    gradient = batch_norm.backward(sensitivity, forward).inputs
    rounding = 1e-13 * batch * (1.0 + np.abs(sensitivity * gamma).max()) / forward.spread
    assert (np.abs(gradient.sum(axis=0)) <= rounding).all()
    assert (np.abs((gradient * forward.standardised).sum(axis=0)) <= 10.0 * rounding).all()


@settings(deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([1e-150, 1e-3, 0.5, 7.0, 1e150]), st.sampled_from([-1.0, 1.0]))
def test_a_factor_on_the_weights_changes_the_sign_only_and_divides_the_gradient(
    seed: int, size: float, sign: float
) -> None:
    rng = np.random.default_rng(seed)
    u, weights, sensitivity = rng.normal(size=(8, 5)), rng.normal(size=(3, 5)), rng.normal(size=(8, 3))
    ones, zeros = np.ones(3), np.zeros(3)
    plain = normalise(u @ weights.T, ones, zeros, epsilon=0.0)
    scaled = normalise(u @ (sign * size * weights).T, ones, zeros, epsilon=0.0)
    np.testing.assert_allclose(scaled.output, sign * plain.output, rtol=1e-8, atol=1e-10)
    before = batch_norm.backward(sensitivity, plain).inputs
    after = batch_norm.backward(sign * sensitivity, scaled).inputs
    largest = np.abs(before).max()
    np.testing.assert_allclose(after * (sign * size) / largest, before / largest, atol=1e-8)


@settings(deadline=None)
@given(st.integers(0, 10_000))
def test_weights_before_batch_norm_are_orthogonal_to_their_gradient(seed: int) -> None:
    rng = np.random.default_rng(seed)
    u, weights, sensitivity = rng.normal(size=(9, 5)), rng.normal(size=(3, 5)), rng.normal(size=(9, 3))
    forward = normalise(u @ weights.T, np.ones(3), np.zeros(3), epsilon=0.0)
    gradient = batch_norm.backward(sensitivity, forward).inputs.T @ u
    size = np.linalg.norm(weights) * np.linalg.norm(gradient)
    assert abs((weights * gradient).sum()) <= 1e-11 * max(size, 1.0)


def test_the_output_has_mean_beta_and_deviation_gamma() -> None:
    x, gamma, beta, _ = draw(2, batch=50)
    output = normalise(x, gamma, beta, epsilon=0.0).output
    np.testing.assert_allclose(output.mean(axis=0), beta, rtol=1e-12)
    np.testing.assert_allclose(output.std(axis=0), np.abs(gamma), rtol=1e-12)


@settings(deadline=None)
@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_two_samples_become_plus_and_minus_one_exactly_and_pass_no_gradient(a: float, b: float) -> None:
    assume(abs(a - b) > 1e-280)  # half of a subnormal difference would have to be rounded
    forward = normalise(np.array([[a], [b]]), np.ones(1), np.zeros(1), epsilon=0.0)
    assert forward.output.ravel().tolist() == [np.sign(a - b), np.sign(b - a)]
    gradient = batch_norm.backward(np.array([[0.3], [2.1]]), forward).inputs
    np.testing.assert_allclose(gradient * forward.spread, 0.0, atol=1e-15)


@pytest.mark.parametrize("mean", [0.0, 1e8, -1e12])
def test_a_large_mean_costs_no_digits(mean: float) -> None:
    pattern = np.array([[1.0], [2.0], [4.0], [9.0]])
    forward = normalise(mean + pattern, np.ones(1), np.zeros(1), epsilon=0.0)
    np.testing.assert_allclose(forward.spread, pattern.std(axis=0), rtol=1e-13)


@pytest.mark.parametrize("size", [1e-300, 1e-170, 1e170, 1e300])
def test_entries_whose_squares_leave_float64_are_normalised_all_the_same(size: float) -> None:
    pattern = np.array([[1.0], [2.0], [4.0], [9.0]])
    ordinary = normalise(pattern, np.ones(1), np.zeros(1), epsilon=0.0)
    np.testing.assert_allclose(
        normalise(size * pattern, np.ones(1), np.zeros(1), epsilon=0.0).output, ordinary.output, rtol=1e-13
    )


def test_a_batch_is_measured_alike_alone_and_in_a_stack_where_another_one_needs_more_care() -> None:
    batches = np.random.default_rng(3).standard_normal((3, 9, 5)) * np.array([1.0, 1e-170, 3.0])[:, None, None]
    batches[2, :, 4] = 0.1
    together = centre(batches)
    for place, own in enumerate(batches):
        for alone, among in zip(centre(own), together, strict=True):
            np.testing.assert_array_equal(among[place], alone)


def test_holding_the_statistics_constant_is_another_gradient() -> None:
    x, gamma, beta, sensitivity = draw(3)
    forward = normalise(x, gamma, beta)
    held = batch_norm.backward_with_constant_statistics(sensitivity, forward)
    np.testing.assert_allclose(held.inputs, sensitivity * gamma / forward.spread)
    true = batch_norm.backward(sensitivity, forward)
    assert np.abs(held.inputs - true.inputs).max() > 0.1 * np.abs(true.inputs).max()
    np.testing.assert_array_equal(held.gamma, true.gamma)
    np.testing.assert_array_equal(held.beta, true.beta)


def test_passing_by_the_normalisation_leaves_the_sensitivity_as_it_was() -> None:
    x, gamma, beta, sensitivity = draw(4)
    np.testing.assert_array_equal(
        batch_norm.backward_past_normalisation(sensitivity, normalise(x, gamma, beta)).inputs, sensitivity
    )


@pytest.mark.parametrize("shape", [(1, 3), (0, 3), (3,)])
def test_a_batch_without_spread_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"B >= 2.*larger batch"):
        normalise(np.ones(shape), np.ones(3), np.zeros(3))


@pytest.mark.parametrize("value", [0.0, 0.1, 1e8 / 3.0])
def test_a_constant_column_is_named_when_epsilon_is_zero_and_becomes_zero_otherwise(value: float) -> None:
    x = np.column_stack([np.arange(7.0), np.full(7, value)])
    with pytest.raises(ValueError, match=r"\[1\]"):
        normalise(x, np.ones(2), np.zeros(2), epsilon=0.0)
    assert normalise(x, np.ones(2), np.zeros(2)).standardised[:, 1].tolist() == [0.0] * 7


def test_a_negative_epsilon_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 0"):
        normalise(np.eye(3), np.ones(3), np.zeros(3), epsilon=-1e-5)


def test_running_statistics_move_towards_the_batch_with_its_unbiased_variance() -> None:
    x, *_ = draw(5)
    after = RunningStatistics.start(4).updated(x, momentum=0.25)
    np.testing.assert_allclose(after.mean, 0.25 * x.mean(axis=0))
    np.testing.assert_allclose(after.variance, 0.75 + 0.25 * x.var(axis=0, ddof=1))


def test_running_statistics_serve_a_single_sample() -> None:
    statistics = RunningStatistics(np.array([1.0, 2.0]), np.array([4.0, 9.0]))
    output = statistics.apply(np.array([[3.0, 5.0]]), np.array([1.0, 2.0]), np.array([0.0, 1.0]), epsilon=0.0)
    assert output.tolist() == [[1.0, 3.0]]


@pytest.mark.parametrize("momentum", [-0.1, 1.1, np.nan])
def test_a_momentum_outside_zero_to_one_is_refused(momentum: float) -> None:
    with pytest.raises(ValueError, match=r"\[0, 1\]"):
        RunningStatistics.start(3).updated(np.eye(3), momentum=momentum)
