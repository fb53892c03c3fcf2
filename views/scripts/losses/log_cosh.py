"""J = log(cosh(theta))."""

import numpy as np

minimum = 0.0


def excess(theta):  # near 0 without cancellation, far away without overflow
    size = abs(theta)
    near = np.log1p(2 * np.sinh(min(size, 1.0) / 2) ** 2)
    return near if size < 1 else size + np.log1p(np.exp(-2 * size)) - np.log(2)


def gradient(theta):
    return np.tanh(theta)
