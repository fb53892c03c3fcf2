"""J = curvature * theta^2 / 2."""

curvature = 1.0
minimum = 0.0


def excess(theta):
    return 0.5 * curvature * theta**2


def gradient(theta):
    return curvature * theta
