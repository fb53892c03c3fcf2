"""theta <- theta - alpha * dJ/dtheta: every step, for each learning rate, as CSV."""

import numpy as np

from views.scripts.losses.quadratic import excess, gradient, minimum

learning_rates = [0.3]
start = 2.5
steps = 30

print("learning_rate,step,theta,gradient,excess,loss")
with np.errstate(over="ignore", invalid="ignore"):
    for learning_rate in learning_rates:
        theta = np.float64(start)
        for step in range(steps + 1):
            row = learning_rate, step, theta, gradient(theta), excess(theta), minimum + excess(theta)
            print(*(f"{value:.17g}" for value in row), sep=",")
            theta = theta - learning_rate * gradient(theta)
