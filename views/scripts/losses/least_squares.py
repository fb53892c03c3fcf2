"""J = 1/(2m) * sum (theta * x - y)^2."""

import numpy as np

x = [1.0, 2.0, 3.0]
y = [2.0, 4.1, 5.9]
curvature = np.mean(np.square(x))
minimiser = np.mean(np.multiply(x, y)) / curvature
minimum = np.mean((minimiser * np.array(x) - y) ** 2) / 2


def excess(theta):
    return 0.5 * curvature * (theta - minimiser) ** 2


def gradient(theta):
    return curvature * (theta - minimiser)
