"""The gradient of every layer of a chain y_i = w_i·y_{i−1} + b, and its three factors, however small or large.

Prints a table, one row a layer: its weight, then sign and log₁₀ of the gradient ∂L/∂w_i, of the product of the later
weights, of the signal y_{i−1} that enters, and of the error ŷ − y. Zero has sign 0 and no logarithm. Fractions keep
every digit: a float64 would lose a gradient below 5e-324.
"""

from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np

DRAW = "equal"  # or "signs", or "gaussian"
SCALE = 0.8
SEED = 0
DEPTH = 20
BIAS = 0.0
INPUT = 1.0
TARGET = 1.0

rng = np.random.default_rng(SEED)
if DRAW == "equal":
    weights = np.full(DEPTH, SCALE)
elif DRAW == "signs":
    weights = SCALE * rng.choice(np.array([-1.0, 1.0]), size=DEPTH)
else:
    weights = SCALE * rng.standard_normal(DEPTH)

exact = [Fraction(float(w)) for w in weights]
signals = [Fraction(INPUT)]
for w in exact:
    signals.append(w * signals[-1] + Fraction(BIAS))
error = signals[-1] - Fraction(TARGET)
if abs(error) <= Fraction(1e-14) * max(abs(signals[-1]), abs(Fraction(TARGET))):
    error = Fraction(0)  # nothing but the rounding of decimals: the prediction is exact
products = [Fraction(1)]
for w in exact[:0:-1]:
    products.insert(0, w * products[0])


def written(number):
    if number == 0:
        return "0,"
    with localcontext(prec=40):
        log10 = (Decimal(abs(number.numerator)) / Decimal(number.denominator)).log10()
    return f"{1 if number > 0 else -1},{float(log10)!r}"


names = ["gradient", "product", "signal", "error"]
print("layer,weight," + ",".join(f"{name}_sign,{name}_log10" for name in names))
for i in range(DEPTH):
    gradient = error * products[i] * signals[i]
    cells = [written(number) for number in (gradient, products[i], signals[i], error)]
    print(i + 1, repr(float(weights[i])), *cells, sep=",")
