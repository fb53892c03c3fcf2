import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdcore.precision import (
    BFLOAT16,
    FLOAT16,
    FLOAT32,
    FLOAT64,
    FORMATS,
    Format,
    first_overflow,
    first_underflow,
    storage,
    stored,
)
from gdcore.scaled import Scaled

every_format = pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)

TABLE = {
    "float16": [8, 25, 165, 117, 28, 16],
    "bfloat16": [41, 134, 868, 918, 219, 128],
    "float32": [46, 150, 987, 931, 219, 128],
    "float64": [324, 1075, 7073, 7448, 1751, 1024],
}


@every_format
def test_powers_vanish_and_explode_where_the_table_says(fmt: Format) -> None:
    vanishing = [first_underflow(w, fmt) for w in (0.1, 0.5, 0.9)]
    exploding = [first_overflow(w, fmt) for w in (1.1, 1.5, 2.0)]
    assert [*vanishing, *exploding] == TABLE[fmt.name]


@every_format
@pytest.mark.parametrize("w", [0.03, 0.25, 0.5, 0.7, -0.9, 1.2, -2.0, 3.3, 8.0])
def test_the_first_power_is_the_first_by_exact_fractions(w: float, fmt: Format) -> None:
    held = abs(Fraction(float(stored(Scaled.from_floats(w), fmt))))
    n = first_underflow(w, fmt) if abs(w) < 1 else first_overflow(w, fmt)
    assert n is not None
    if abs(w) < 1:
        assert held**n <= fmt.zero_threshold < held ** (n - 1)
    else:
        assert held**n >= fmt.infinity_threshold > held ** (n - 1)


@pytest.mark.parametrize(("fmt", "dtype"), [(FLOAT16, np.float16), (FLOAT32, np.float32), (FLOAT64, np.float64)])
def test_the_bounds_are_those_of_numpy(fmt: Format, dtype: type) -> None:
    info = np.finfo(dtype)
    assert fmt.largest == Fraction(float(info.max))
    assert fmt.smallest_normal == Fraction(float(info.smallest_normal))
    assert fmt.smallest_subnormal == Fraction(float(info.smallest_subnormal))
    assert fmt.log10_largest == pytest.approx(math.log10(float(info.max)), rel=1e-14)
    assert fmt.log10_smallest_normal == pytest.approx(math.log10(float(info.smallest_normal)), rel=1e-14)
    assert fmt.log10_smallest_subnormal == pytest.approx(math.log10(float(info.smallest_subnormal)), rel=1e-14)


def test_bfloat16_has_the_range_of_float32_and_fewer_digits() -> None:
    assert float(BFLOAT16.largest) == 3.3895313892515355e38
    assert BFLOAT16.smallest_normal == FLOAT32.smallest_normal
    assert float(BFLOAT16.smallest_subnormal) == 2.0**-133


@pytest.mark.parametrize(("fmt", "dtype"), [(FLOAT16, np.float16), (FLOAT32, np.float32), (FLOAT64, np.float64)])
@settings(deadline=None)
@given(value=st.floats(allow_nan=False, allow_infinity=False), shift=st.integers(-60, 60))
def test_storing_agrees_with_numpy(fmt: Format, dtype: type, value: float, shift: int) -> None:
    near = math.ldexp(math.frexp(value)[0], shift)
    for x in (value, near):
        with np.errstate(over="ignore", under="ignore"):
            expected = float(np.float64(x).astype(dtype))
        assert float(stored(Scaled.from_floats(x), fmt)) == expected


@every_format
def test_the_thresholds_are_the_last_numbers_that_vanish_and_the_first_that_explode(fmt: Format) -> None:
    last_zero = Scaled.from_integers([1, (1 << 52) + 1], [1 - fmt.largest_exponent - fmt.precision] * 2)
    last_zero = last_zero * Scaled.from_floats([1.0, 2.0**-52])
    assert storage(last_zero, fmt).tolist() == ["underflow", "subnormal"]
    numerator = (1 << (fmt.precision + 1)) - 1
    power = fmt.largest_exponent - fmt.precision
    if fmt is not FLOAT64:  # half a step above float64's largest number has 54 bits
        assert storage(Scaled.from_integers([numerator], [power]), fmt).tolist() == ["overflow"]
    assert storage(Scaled.from_integers([numerator - 1], [power]), fmt).tolist() == ["normal"]


def test_what_becomes_of_a_number_is_named() -> None:
    numbers = Scaled.from_floats([0.0, 1.0, -1e-5, 1e-9, -1e9])
    assert storage(numbers, FLOAT16).tolist() == ["zero", "normal", "subnormal", "underflow", "overflow"]
    assert stored(numbers, FLOAT16).tolist()[-1] == -math.inf


def test_numbers_far_beyond_float64_are_stored_as_zero_or_infinity() -> None:
    numbers = Scaled.from_integers([1, -1], [10**12, -(10**12)])
    for fmt in FORMATS.values():
        assert stored(numbers, fmt).tolist() == [math.inf, 0.0]


def test_a_weight_between_minus_one_and_one_never_overflows_and_one_outside_never_underflows() -> None:
    for w in (-1.0, 1.0):
        assert first_underflow(w, FLOAT32) is None
        assert first_overflow(w, FLOAT32) is None
    assert first_overflow(0.9, FLOAT32) is None
    assert first_underflow(1.1, FLOAT32) is None


def test_a_weight_that_is_stored_as_zero_one_or_infinity_says_so() -> None:
    assert first_underflow(0.0, FLOAT16) == first_underflow(1e-9, FLOAT16) == 1
    assert first_overflow(1e5, FLOAT16) == 1
    assert first_underflow(0.9999, BFLOAT16) is None
    assert first_underflow(1.0 - 2.0**-53, FLOAT64) == 6711563375777760777


@pytest.mark.parametrize("w", [math.inf, math.nan])
def test_a_weight_that_is_not_finite_is_refused(w: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        first_underflow(w, FLOAT16)
