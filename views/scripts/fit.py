"""Gradient descent on your own data: prints θ and the loss above its minimum, step by step."""

import numpy as np

inputs = [[3504.0, 3693.0, 3436.0, 2372.0, 1835.0], [130.0, 165.0, 150.0, 95.0, 46.0]]
target = [18.0, 15.0, 18.0, 24.0, 26.0]
intercept = True
standardise = True
alpha = 0.5
steps = 30

X, y = np.array(inputs).T, np.array(target)
if standardise:
    constant = np.ptp(X, axis=0) == 0
    mean = np.where(constant, X[0], X.mean(axis=0))
    X = (X - mean) / np.where(constant, 1.0, (X - mean).std(axis=0))
if intercept:
    X = np.column_stack([np.ones(len(X)), X])
m, d = X.shape

# The goal θ*: least squares, on columns of equal length; of many solutions the shortest.
length = np.sqrt((X**2).sum(axis=0))
if np.linalg.matrix_rank(X / np.where(length > 0, length, 1), tol=1e-13) == d:
    best = np.linalg.lstsq(X / length, y, rcond=None)[0] / length
else:
    best = np.linalg.lstsq(X, y, rcond=1e-13)[0]

# θ ← θ − α Xᵀ(Xθ − y)/m, from θ = 0. The distance θ − θ* obeys the same rule without y, and keeps its digits.
distance = -best
print(",".join(["step", *(f"theta_{i}" for i in range(d)), "excess"]))
with np.errstate(over="ignore", invalid="ignore"):
    for step in range(steps + 1):
        theta, excess = best + distance, ((X @ distance / np.sqrt(m)) ** 2).sum() / 2
        if not np.isfinite([*theta, excess]).all():
            break  # too large for float64
        print(step, *map(float, [*theta, excess]), sep=",")
        distance = distance - alpha * (X.T @ (X @ distance)) / m
