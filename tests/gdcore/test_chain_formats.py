import math

import numpy as np
import pytest

from gdcore.chain_formats import Printed, _to_float16, first_gradients_in, printed
from gdcore.precision import BFLOAT16, FLOAT16, FLOAT32, FLOAT64, FORMATS, Format, stored
from gdcore.scaled import Scaled

DEAD = (Printed.ZERO, Printed.INFINITE, Printed.NAN)
every_format = pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)


def one_by_one(fmt: Format, weights: list[float], bias: float, x: float, target: float) -> float:
    """The last chain's first gradient, every number rounded on its way by `stored`."""

    def fit(value: float) -> float:
        return value if not math.isfinite(value) else float(stored(Scaled.from_floats(value), fmt))

    w, b, start, goal = [fit(each) for each in weights], fit(bias), fit(x), fit(target)
    signal = start
    for weight in w:
        signal = fit(fit(weight * signal) + b)
    sensitivity = fit(signal - goal)
    for weight in w[:0:-1]:
        sensitivity = fit(weight * sensitivity)
    return fit(sensitivity * start)


@every_format
@pytest.mark.parametrize("scale", [0.3, 0.9, 1.4, 3.0])
@pytest.mark.parametrize(("bias", "x", "target"), [(0.0, 1.0, 1.0), (0.3, -2.5, 0.7), (0.0, 0.0, 1.0)])
def test_every_depth_is_what_rounding_step_by_step_gives(
    fmt: Format, scale: float, bias: float, x: float, target: float
) -> None:
    weights = scale * np.random.default_rng(5).standard_normal((2, 90))
    found = first_gradients_in(fmt, weights, bias, x, target)
    for draw in range(2):
        for n in (1, 2, 20, 90):
            expected = one_by_one(fmt, weights[draw, :n].tolist(), bias, x, target)
            np.testing.assert_equal(found[draw, n - 1], expected)


def test_bfloat16_rounds_to_the_nearest_even_neighbour() -> None:
    def held(value: float) -> float:
        return float(first_gradients_in(BFLOAT16, [[1.0]], 0.0, value, 0.0)[0, 0]) / value

    assert first_gradients_in(BFLOAT16, [[1.0]], 0.0, 1.0, 0.0)[0, 0] == 1.0
    for value in (1 + 2**-8, 1 + 3 * 2**-8, 0.9, 3.14159):
        near = float(stored(Scaled.from_floats(value), BFLOAT16))
        squared = float(stored(Scaled.from_floats(near * near), BFLOAT16))
        assert held(value) * value == squared


def test_float16_is_rounded_as_numpy_rounds_it() -> None:
    halves = np.arange(0x7C02, dtype=np.uint16).view(np.float16).astype(np.float32)  # all >= 0, ∞ and a NaN
    ties = 0.5 * (halves[:-3] + halves[1:-2])
    products = np.outer(halves[::97], halves[5::89])  # all that is ever rounded is a product of two
    last = np.float32([65519.996, 65520.0, 65536.0, 2.0**33])
    for sizes in (halves, ties, np.nextafter(ties, 0.0), np.nextafter(ties, np.inf), last, products):
        with np.errstate(all="ignore"):
            np.testing.assert_array_equal(_to_float16(sizes.astype(np.float32)), sizes.astype(np.float16))


@every_format
def test_one_draw_alone_is_what_it_is_among_many(fmt: Format) -> None:
    weights = 1.1 * np.random.default_rng(6).standard_normal((3, 60))
    together = first_gradients_in(fmt, weights, 0.2, 1.0, 0.5)
    for own, expected in zip(weights, together, strict=True):
        np.testing.assert_array_equal(first_gradients_in(fmt, own, 0.2, 1.0, 0.5), expected)


def first_dead(fmt: Format, w: float) -> int | None:
    ways = printed(first_gradients_in(fmt, [[w] * 200], 0.0, 1.0, 1.0), fmt)[0]
    dead = np.flatnonzero(np.isin(ways, [way.value for way in DEAD]))
    return int(dead[0]) + 1 if dead.size else None


@pytest.mark.parametrize(
    ("fmt", "vanishes", "explodes"), [(FLOAT16, 26, 9), (BFLOAT16, 135, 65), (FLOAT32, 151, 65), (FLOAT64, None, None)]
)
def test_powers_of_two_die_where_the_exponents_end(fmt: Format, vanishes: int | None, explodes: int | None) -> None:
    """|∂L/∂w₁| is about 2^{−(n − 1)} for w = ½, and about 2^{2n − 1} for w = 2."""
    assert first_dead(fmt, 0.5) == vanishes
    assert first_dead(fmt, 2.0) == explodes


def test_multiplying_again_and_again_sticks_above_zero() -> None:
    numbers = first_gradients_in(FLOAT16, [[0.9] * 200], 0.0, 1.0, 1.0)[0]
    assert float(FLOAT16.zero_threshold) > 0.9**199
    assert numbers[-1] == numbers[-20] != 0.0
    assert abs(numbers[-1]) < float(FLOAT16.smallest_normal)


def test_infinity_times_zero_is_printed_as_nan() -> None:
    numbers = first_gradients_in(FLOAT16, [[3.0] * 20], 1.0, 0.0, 1.0)
    assert printed(numbers, FLOAT16)[0, -1] == Printed.NAN


def test_what_is_printed_has_a_name() -> None:
    numbers = np.array([1.0, -1e-6, 0.0, -0.0, math.inf, -math.inf, math.nan])
    names = [Printed.NORMAL, Printed.SUBNORMAL, *[Printed.ZERO] * 2, *[Printed.INFINITE] * 2, Printed.NAN]
    assert printed(numbers, FLOAT16).tolist() == names
