"""J = |theta|."""

import numpy as np

minimum = 0.0


def excess(theta):
    return abs(theta)


def gradient(theta):
    return np.sign(theta)
