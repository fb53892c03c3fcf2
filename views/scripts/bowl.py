"""Gradient descent with momentum on a bowl of two parameters, along its two eigen-directions."""

import numpy as np

L = 1.0  # the largest curvature
mu = 0.05  # the smallest
pace = 1.0  # the learning rate in units of 1/L
momentum = 0.0
steps = 40

curvature = np.array([L, mu])
alpha = pace / L
c = np.ones(2)  # θ − θ* along each direction: the start is equally far along both
v = np.zeros(2)

np.seterr(over="ignore")  # beyond float64 the loop ends
print("step,component_1,component_2,excess")
for step in range(steps + 1):
    excess = 0.5 * (curvature * c**2).sum()
    if not np.isfinite(excess):
        break
    print(",".join(repr(float(number)) if i else str(number) for i, number in enumerate([step, *c, excess])))
    v = momentum * v + curvature * c
    c = c - alpha * v
