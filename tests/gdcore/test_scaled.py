import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdcore.scaled import SQRT_HALF, Scaled, frobenius_norm

FINITE = st.floats(allow_nan=False, allow_infinity=False)


@settings(deadline=None)
@given(st.lists(FINITE, min_size=1, max_size=8))
def test_a_float_comes_back_exactly(values: list[float]) -> None:
    assert np.array_equal(Scaled.from_floats(values).to_float(), np.array(values))


@settings(deadline=None)
@given(FINITE)
def test_the_mantissa_stays_between_root_one_half_and_root_two(value: float) -> None:
    size = abs(float(Scaled.from_floats(value).mantissa))
    assert size == 0.0 if value == 0.0 else SQRT_HALF <= size < 2.0 * SQRT_HALF


@settings(deadline=None)
@given(st.integers(-(2**300), 2**300), st.integers(-1060, 700))
def test_an_integer_times_a_power_of_two_is_rounded_once(integer: int, power: int) -> None:
    exact = integer * Fraction(2) ** power
    number = Scaled.from_integers([integer], [power])
    # Fraction's division of integers rounds correctly, at a size where nothing is subnormal
    rounded = Fraction(integer / 1) * Fraction(2) ** power
    held = Fraction(float(number.mantissa[0])) * Fraction(2) ** int(number.exponent[0])
    assert held == rounded
    assert abs(held - exact) <= abs(exact) * Fraction(1, 2**53)


@pytest.mark.parametrize("bits", [64, 65, 66, 120])
def test_a_bit_far_behind_a_tie_decides_the_rounding(bits: int) -> None:
    tie = (1 << bits) + (1 << (bits - 53))
    just_above = Scaled.from_integers([tie + 1], [0])
    assert Scaled.from_integers([tie], [0]).to_float()[0] == float(1 << bits)
    assert just_above.to_float()[0] > float(1 << bits)


@pytest.mark.parametrize(
    "value", [1.0 + 2.0**-52, 1.0 - 2.0**-53, 0.999, 1.001, math.sqrt(0.5), math.sqrt(2.0), 2.0, 0.5]
)
def test_the_logarithm_keeps_its_digits_near_one(value: float) -> None:
    exact = math.log1p(value - 1.0) / math.log(10.0)
    assert float(Scaled.from_floats(value).log10) == pytest.approx(exact, rel=1e-12, abs=0.0)


def test_the_logarithm_reaches_far_beyond_float64() -> None:
    huge = Scaled.from_integers([-(10**5000), 3], [0, -20_000])
    assert huge.log10[0] == pytest.approx(5000.0, rel=1e-13)
    assert huge.log10[1] == pytest.approx(math.log10(3.0) - 20_000 * math.log10(2.0), rel=1e-13)
    assert huge.sign.tolist() == [-1, 1]
    assert huge.to_float().tolist() == [-math.inf, 0.0]


def test_zero_has_sign_zero_and_logarithm_minus_infinity() -> None:
    zero = Scaled.from_floats([0.0, -0.0])
    assert zero.sign.tolist() == [0, 0]
    assert zero.log10.tolist() == [-math.inf, -math.inf]
    assert (zero * Scaled.from_floats([1e300, -1e300])).exponent.tolist() == [0, 0]


@settings(deadline=None)
@given(FINITE, FINITE)
def test_a_product_is_right_to_one_rounding_and_never_overflows(a: float, b: float) -> None:
    product = Scaled.from_floats(a) * Scaled.from_floats(b)
    held = Fraction(float(product.mantissa)) * Fraction(2) ** int(product.exponent)
    exact = Fraction(a) * Fraction(b)
    assert abs(held - exact) <= abs(exact) * Fraction(1, 2**53)


def test_the_smallest_subnormal_is_held_exactly() -> None:
    tiny = Scaled.from_floats(5e-324)
    assert float(tiny.mantissa) == 1.0
    assert int(tiny.exponent) == -1074


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan])
def test_infinities_and_nan_are_refused_with_the_value(value: float) -> None:
    with pytest.raises(ValueError, match=str(value)):
        Scaled.from_floats([1.0, value])


@pytest.mark.parametrize("scale", [1e-320, 1e-170, 1.0, 1e170, 1e307])
def test_a_norm_of_entries_of_any_size_is_right(scale: float) -> None:
    assert frobenius_norm(np.array([[3.0, 0.0], [0.0, -4.0]]) * scale) == pytest.approx(5.0 * scale, rel=1e-3)


def test_the_norm_of_nothing_is_zero_and_of_an_infinity_or_nan_infinite() -> None:
    assert frobenius_norm(np.zeros((2, 3))) == 0.0
    assert frobenius_norm(np.zeros((0, 3))) == 0.0
    assert frobenius_norm(np.array([1.0, -np.inf])) == math.inf
    assert frobenius_norm(np.array([1.0, np.nan])) == math.inf
