"""A number that a person reads has its digits, never the machine's spelling."""

import math
import re

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from views.numbers import DIGITS, factor, latex, magnitude, plain, subscript

RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
PLAIN = re.compile(r"(−?)(\d+(?:\.\d+)?)(?: × 10(⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+))?")
LATEX = re.compile(r"(-?)(\d+(?:\.\d+)?)(?: \\times 10\^\{(-?\d+)\})?")
numbers = st.floats(allow_nan=False, allow_infinity=False)
some_digits = st.integers(2, 8)


def parts_of(written: str) -> tuple[float, float]:
    """Mantissa with its sign, and exponent, of a number as `plain` or `magnitude` writes it."""
    match = PLAIN.fullmatch(written)
    assert match, written
    sign, mantissa, exponent = match.groups()
    return (-1.0 if sign else 1.0) * float(mantissa), float((exponent or "0").translate(RAISED))


def read_back(written: str) -> float:
    mantissa, exponent = parts_of(written)
    return float(f"{mantissa!r}e{exponent:.0f}")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.0, "0"),
        (0.3, "0.3"),
        (1.0, "1"),
        (-1.5, "−1.5"),
        (1 / 3, "0.3333"),
        (9.9999, "10"),
        (-9.99996, "−10"),
        (99.996, "100"),
        (999.96, "1000"),
        (1234.5, "1234"),
        (12345.6, "12346"),
        (54321, "54321"),
        (0.001, "0.001"),
        (0.0012345, "0.001234"),
        (1e-4, "1 × 10⁻⁴"),
        (9.9996e-4, "0.001"),
        (-1.5e-7, "−1.5 × 10⁻⁷"),
        (1e5, "1 × 10⁵"),
        (123456.0, "1.235 × 10⁵"),
        (999960.0, "1 × 10⁶"),
        (5e-324, "4.941 × 10⁻³²⁴"),
        (1.7976931348623157e308, "1.798 × 10³⁰⁸"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
    ],
)
def test_a_number_is_written_as_a_person_would(value: float, written: str) -> None:
    assert plain(value) == written


@pytest.mark.parametrize(
    ("value", "digits", "written"),
    [(9999.6, 4, "10000"), (-9999.6, 4, "−10000"), (999.7, 3, "1000"), (99999.6, 4, "1 × 10⁵")],
)
def test_a_number_that_rounds_up_to_the_next_power_of_ten_is_written_like_that_power(
    value: float, digits: int, written: str
) -> None:
    assert plain(value, digits) == written


def test_a_number_that_rounds_up_to_a_thousandth_is_written_like_a_thousandth() -> None:
    assert plain(0.00099999) == plain(0.001)


def test_nothing_is_said_to_be_nan() -> None:
    assert plain(math.nan) == latex(math.nan) == "?"


def test_a_zero_has_no_sign() -> None:
    assert plain(-0.0) == latex(-0.0) == "0"


@given(value=numbers, digits=some_digits)
@example(value=9999.6, digits=4)
@example(value=999.7, digits=3)
@example(value=99999.6, digits=4)
@example(value=0.00099999, digits=4)
@example(value=5e-324, digits=8)
def test_reading_a_number_back_agrees_to_the_shown_digits(value: float, digits: int) -> None:
    assume(value != 0 or math.copysign(1, value) > 0)
    rounding = 0.5 * 10.0 ** (1 - digits) * (1 + 1e-9)
    for back in (read_back(plain(value, digits)), read_latex(latex(value, digits))):
        assert math.isclose(back, value, rel_tol=rounding, abs_tol=5e-324) or abs(back) == math.inf


def read_latex(written: str) -> float:
    match = LATEX.fullmatch(written)
    assert match, written
    sign, mantissa, exponent = match.groups()
    return float(f"{sign}{mantissa}e{exponent or '0'}")


@given(value=numbers)
def test_four_digits_are_the_rule_and_no_trailing_zero_stays_behind_a_point(value: float) -> None:
    mantissa = plain(value).split(" ")[0].lstrip("−")
    assert not mantissa.endswith(".")
    assert "." not in mantissa or not mantissa.endswith("0")
    assert len(mantissa.replace(".", "").lstrip("0")) <= DIGITS + 1


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.0, "0"),
        (0.3, "0.3"),
        (-0.3, "-0.3"),
        (-1.5e-7, r"-1.5 \times 10^{-7}"),
        (123456.0, r"1.235 \times 10^{5}"),
        (math.inf, r"\infty"),
        (-math.inf, r"-\infty"),
    ],
)
def test_a_number_in_a_formula_is_latex(value: float, written: str) -> None:
    assert latex(value) == written


@given(value=st.floats(allow_nan=False))
def test_a_negative_factor_stands_in_brackets_and_no_other_does(value: float) -> None:
    bracketed = factor(value)
    assert bracketed.startswith("(") == bracketed.endswith(")") == (value < 0)
    assert bracketed.strip("()") == latex(value)


@pytest.mark.parametrize(
    ("sign", "log10", "written"),
    [
        (0, -math.inf, "0"),
        (1, 0.0, "1"),
        (-1, 0.0, "−1"),
        (1, 4.0, "10000"),
        (1, -400.0, "1.00 × 10⁻⁴⁰⁰"),
        (-1, -400.0 + math.log10(3.21), "−3.21 × 10⁻⁴⁰⁰"),
        (1, 400.0 + math.log10(9.999), "1.00 × 10⁴⁰¹"),
        (1, -400.0 + math.log10(9.996), "1.00 × 10⁻³⁹⁹"),
        (1, 400.0 + math.log10(9.994), "9.99 × 10⁴⁰⁰"),
        (1, 1e6, "1.00 × 10¹⁰⁰⁰⁰⁰⁰"),
    ],
)
def test_a_size_beyond_float64_has_its_digits(sign: int, log10: float, written: str) -> None:
    assert magnitude(sign, log10) == written


@pytest.mark.parametrize("value", [0.9999, 9.999, 99.99, 999.7, 9999.6])
def test_a_size_that_rounds_up_to_a_power_of_ten_is_written_like_that_power(value: float) -> None:
    assert magnitude(1, math.log10(value)) == plain(10.0 ** round(math.log10(value)))


@given(sign=st.sampled_from([-1, 1]), log10=st.floats(-5000, 5000), digits=st.integers(2, 6))
@example(sign=1, log10=math.log10(999.7), digits=3)
def test_reading_a_size_back_agrees_to_the_shown_digits(sign: int, log10: float, digits: int) -> None:
    mantissa, exponent = parts_of(magnitude(sign, log10, digits))
    assert math.copysign(1, mantissa) == sign
    assert math.log10(abs(mantissa)) + exponent == pytest.approx(log10, abs=0.5 * 10.0 ** (1 - digits) + 1e-9)


@given(index=st.integers(0, 10**6))
def test_a_lowered_number_has_the_same_digits(index: int) -> None:
    lowered = subscript(index)
    assert int(lowered.translate(str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789"))) == index
    assert not set(lowered) & set("0123456789")
