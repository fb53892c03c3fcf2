"""How a number is written for a person: four significant digits, powers of ten as powers of ten."""

import math

DIGITS = 4
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def _parts(value: float, digits: int) -> tuple[str, int]:
    """The number as text, and the power of ten still to be multiplied on (0 for numbers of ordinary size)."""
    if value == 0:
        return "0", 0
    mantissa, power = f"{value:.{digits - 1}e}".split("e")
    exponent = int(power)  # of the rounded number: 9999.6 has five digits before the point
    ordinary = -3 <= exponent < 5
    number = f"{value:.{max(digits - 1 - exponent, 0)}f}" if ordinary else mantissa
    return (number.rstrip("0").rstrip(".") if "." in number else number), (0 if ordinary else exponent)


def plain(value: float, digits: int = DIGITS) -> str:
    """The number for running text: 0.3, −1.5 × 10⁻⁷, ∞."""
    if not math.isfinite(value):
        return "?" if math.isnan(value) else ("∞" if value > 0 else "−∞")
    number, exponent = _parts(value, digits)
    number = number.replace("-", "−")
    return number if exponent == 0 else f"{number} × 10{str(exponent).translate(_SUPERSCRIPT)}"


def latex(value: float, digits: int = DIGITS) -> str:
    r"""The number for a formula: 0.3, -1.5 \times 10^{-7}, \infty."""
    if not math.isfinite(value):
        return "?" if math.isnan(value) else (r"\infty" if value > 0 else r"-\infty")
    number, exponent = _parts(value, digits)
    return number if exponent == 0 else rf"{number} \times 10^{{{exponent}}}"


def factor(value: float, digits: int = DIGITS) -> str:
    """The number as a factor of a LaTeX product: in brackets where it is negative."""
    return f"({latex(value, digits)})" if value < 0 else latex(value, digits)


def magnitude(sign: int, log10: float, digits: int = 3) -> str:
    """A number given by its sign and log₁₀|·|, however far outside float64: −3.21 × 10⁻⁴⁰⁰."""
    if sign == 0:
        return "0"
    minus = "−" if sign < 0 else ""
    if log10 == math.inf:
        return f"{minus}∞"
    if -3 <= log10 < 5:
        return minus + plain(10**log10, digits)
    exponent = math.floor(log10)
    mantissa = f"{10 ** (log10 - exponent):.{digits - 1}f}"
    if mantissa.startswith("10"):  # 9.999 rounds up into the next power
        mantissa, exponent = f"{1:.{digits - 1}f}", exponent + 1
    return f"{minus}{mantissa} × 10{str(exponent).translate(_SUPERSCRIPT)}"


def subscript(index: int) -> str:
    """A layer's or a step's number, lowered: ₁₂."""
    return str(index).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))
