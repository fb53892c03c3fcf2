"""J = theta^4."""

minimum = 0.0


def excess(theta):
    return theta**4


def gradient(theta):
    return 4 * theta**3
