"""The chain rule through three layers y_i = w_i·y_{i−1} + b, and central differences beside it.

Prints a table, one row a layer: its weight, the signal that enters and that leaves it, ∂L/∂y_i, ∂L/∂w_i by the
formula, and ∂L/∂w_i by a central difference.
"""

import numpy as np

WEIGHTS = [0.5, 0.8, 1.5]
BIAS = 0.0
INPUT = 1.0
TARGET = 1.0
STEP = 1e-3  # of the central difference


def forward(weights, x=INPUT, bias=BIAS):
    signals = [x]
    for w in weights:
        signals.append(w * signals[-1] + bias)
    return signals


def loss(weights):
    return 0.5 * (forward(weights)[-1] - TARGET) ** 2


w1, w2, w3 = WEIGHTS
x, y1, y2, prediction = forward(WEIGHTS)
error = prediction - TARGET
size = forward(np.abs(WEIGHTS), abs(INPUT), abs(BIAS))[-1] + abs(TARGET)
if abs(error) <= 1e-13 * size:  # nothing but the rounding of decimals: the prediction is exact
    error = 0.0
sensitivities = [error * 1 * w3 * w2, error * 1 * w3, error * 1]
gradients = [sensitivities[0] * x, sensitivities[1] * y1, sensitivities[2] * y2]

print("layer,weight,signal_in,signal_out,sensitivity,gradient,central_difference")
for i in range(3):
    h = STEP * np.eye(3)[i]
    difference = (loss(WEIGHTS + h) - loss(WEIGHTS - h)) / (2 * STEP)
    row = [WEIGHTS[i], (x, y1, y2)[i], (y1, y2, prediction)[i], sensitivities[i], gradients[i], difference]
    print(i + 1, *(repr(float(value)) for value in row), sep=",")
