"""Gradient descent in a wide bowl with a narrow dip, with a learning rate that stays or shrinks.

Prints a table: step t, θ_t, the loss J(θ_t), and the learning rate of the step from θ_t (none for the last row).
Where the motion is chaotic, a rounding error grows at every step: another way to write the formula, or another
machine, may print another path.
"""

import numpy as np

START = 3.05
LEARNING_RATE = 22.0
STEPS = 60
SHRINKS = 1  # 1: α(t) = α · 50^(−t/T); 0: α(t) = α


def dip(theta):
    return np.exp(-np.square(theta - 3) / 0.18)


def loss(theta):
    return 0.05 * np.square(theta) - 0.3 * dip(theta)


def gradient(theta):
    return 0.1 * theta + 0.3 * (theta - 3) * (2 / 0.18) * dip(theta)


factor = 50.0 ** (-1 / STEPS) if SHRINKS else 1.0
rates = LEARNING_RATE * factor ** np.arange(STEPS)

theta = np.float64(START)
print("step,theta,loss,learning_rate")
for step, rate in enumerate(rates):
    print(f"{step},{float(theta)!r},{float(loss(theta))!r},{float(rate)!r}")
    theta = theta - rate * gradient(theta)
print(f"{STEPS},{float(theta)!r},{float(loss(theta))!r},")
