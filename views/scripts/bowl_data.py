"""Gradient descent with momentum on 1/(2m) ‖Xθ − y‖², from θ = 0, along the eigen-directions of XᵀX/m."""

import numpy as np

columns = [[1.0, 2.0, 3.0], [2.0, 1.0, 0.0]]  # the inputs
target = [1.0, 0.0, 2.0]
rows = 3  # m
intercept = 1  # 1: with a column of ones
standardised = 1  # 1: every input minus its mean, divided by its standard deviation
pace = 1.0  # the learning rate in units of 1/L
momentum = 0.0
steps = 40

X, y = np.array(columns).T, np.array(target)
if standardised:
    constant = np.ptp(X, axis=0) == 0
    mean = np.where(constant, X[0], X.mean(axis=0))
    X = (X - mean) / np.where(constant, 1.0, (X - mean).std(axis=0))
if intercept:
    X = np.column_stack([np.ones(len(X)), X])

length = np.linalg.norm(X, axis=0)  # columns of length 1 tell whether some of them say the same
rank = np.linalg.matrix_rank(X / np.where(length > 0, length, 1.0), tol=1e-13)
U, singular, V = np.linalg.svd(X, full_matrices=False)
curvature = np.zeros(X.shape[1])  # 0 in a flat direction
curvature[:rank] = singular[:rank] ** 2 / rows
c = np.zeros(len(curvature))  # θ − θ* along each direction; here |θ*|: which way is positive is free to choose
c[:rank] = np.abs(U.T @ y)[:rank] / singular[:rank]
v = np.zeros(len(c))
alpha = pace / curvature[0]

np.seterr(over="ignore")  # beyond float64 the loop ends
print(",".join(["step", *(f"component_{i + 1}" for i in range(len(c))), "excess"]))
for step in range(steps + 1):
    excess = 0.5 * (curvature * c**2).sum()
    if not np.isfinite(excess):
        break
    print(",".join(repr(float(number)) if i else str(number) for i, number in enumerate([step, *c, excess])))
    v = momentum * v + curvature * c
    c = c - alpha * v
