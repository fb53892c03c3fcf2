"""J = log(1 + e^theta) - p * theta."""

import numpy as np

p = 0.9
minimiser = np.log(p / (1 - p))
minimum = np.logaddexp(0, minimiser) - p * minimiser


def excess(theta):  # near the minimum J - J* would cancel: the integral of the gradient does not
    if abs(theta - minimiser) > 1:
        return np.logaddexp(0, theta) - p * theta - minimum
    nodes, weights = np.polynomial.legendre.leggauss(20)
    half = (theta - minimiser) / 2
    return half * np.sum(weights * gradient(minimiser + half * (nodes + 1)))


def gradient(theta):  # sigmoid(theta) - p, with all its digits near the minimum; below -700 it is -p
    theta = np.maximum(theta, -700)
    return -(1 - p) / (1 + np.exp(-theta)) * np.expm1(minimiser - theta)
