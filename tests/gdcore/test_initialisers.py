import math

import numpy as np
import pytest

from gdcore.initialisers import INITIALISERS, constant, he, lecun, orthogonal, scaled_normal, uniform, xavier_uniform

every_initialiser = pytest.mark.parametrize("name", INITIALISERS)


@every_initialiser
@pytest.mark.parametrize("scale", [0.5, 1.7])
@pytest.mark.parametrize(("fan_out", "fan_in"), [(300, 200), (100, 600)])
def test_the_entries_have_the_variance_that_is_promised(name: str, scale: float, fan_out: int, fan_in: int) -> None:
    initialiser = INITIALISERS[name](scale)
    weights = initialiser(fan_out, fan_in, rng=np.random.default_rng(0))
    assert weights.shape == (fan_out, fan_in)
    assert initialiser.name == name
    assert weights.var() == pytest.approx(initialiser.variance(fan_out, fan_in), rel=0.03, abs=1e-12)


@pytest.mark.parametrize(
    ("name", "variance"),
    [
        ("constant", 0.0),
        ("normal", 1.0),
        ("scaled_normal", 1 / 30),
        ("uniform", 1 / 3),
        ("xavier_normal", 2 / 50),
        ("xavier_uniform", 2 / 50),
        ("he", 2 / 30),
        ("lecun", 1 / 30),
        ("orthogonal", 1 / 30),
    ],
)
def test_the_variance_is_the_one_in_the_literature(name: str, variance: float) -> None:
    assert INITIALISERS[name](1.0).variance(20, 30) == pytest.approx(variance)


def test_every_initialiser_has_its_variance_checked() -> None:
    assert len(INITIALISERS) == 9


@pytest.mark.parametrize(("initialiser", "limit"), [(xavier_uniform(), math.sqrt(6.0 / 300)), (uniform(0.2), 0.2)])
def test_a_uniform_draw_fills_its_limits_and_no_more(initialiser: object, limit: float) -> None:
    weights = initialiser(100, 200, rng=np.random.default_rng(1))  # type: ignore[operator]
    assert limit * 0.999 < np.abs(weights).max() <= limit


@pytest.mark.parametrize("gain", [0.3, 1.0, 2.0])
def test_a_square_orthogonal_layer_multiplies_every_squared_norm_by_the_gain_squared(gain: float) -> None:
    weights = orthogonal(gain)(40, 40, rng=np.random.default_rng(2))
    np.testing.assert_allclose(weights @ weights.T, gain**2 * np.eye(40), atol=1e-12)
    x = np.random.default_rng(3).normal(size=40)
    assert np.sum((weights @ x) ** 2) == pytest.approx(gain**2 * np.sum(x**2), rel=1e-12)


@pytest.mark.parametrize("shape", [(30, 50), (50, 30)])
def test_an_oblong_orthogonal_layer_has_orthonormal_rows_or_columns(shape: tuple[int, int]) -> None:
    weights = orthogonal(1.0)(*shape, rng=np.random.default_rng(2))
    gram = weights @ weights.T if shape[0] < shape[1] else weights.T @ weights
    np.testing.assert_allclose(gram, np.eye(30), atol=1e-12)


def test_orthogonal_matrices_prefer_no_direction() -> None:
    traces = [np.trace(orthogonal(1.0)(3, 3, rng=np.random.default_rng(seed))) for seed in range(2000)]
    assert np.mean(traces) == pytest.approx(0.0, abs=0.1)
    assert np.var(traces) == pytest.approx(1.0, abs=0.1)


def test_lecun_keeps_a_linear_signal_and_he_a_rectified_one() -> None:
    x = np.random.default_rng(5).normal(size=1000)
    linear = lecun()(2000, 1000, rng=np.random.default_rng(6)) @ x
    rectified = np.maximum(he()(2000, 1000, rng=np.random.default_rng(7)) @ x, 0.0)
    assert np.mean(linear**2) == pytest.approx(np.mean(x**2), rel=0.1)
    assert np.mean(rectified**2) == pytest.approx(np.mean(x**2), rel=0.1)


@pytest.mark.parametrize("scale", [-1.0, math.nan, math.inf])
def test_a_scale_that_is_negative_or_not_finite_is_refused(scale: float) -> None:
    with pytest.raises(ValueError, match="at least 0"):
        scaled_normal(scale)


def test_a_constant_may_be_negative_but_not_infinite() -> None:
    assert (constant(-0.5)(2, 3, rng=np.random.default_rng(0)) == -0.5).all()
    with pytest.raises(ValueError, match="finite"):
        constant(math.inf)


@every_initialiser
def test_a_layer_without_units_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        INITIALISERS[name](1.0)(0, 3, rng=np.random.default_rng(0))
