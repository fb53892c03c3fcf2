"""Signals and gradients of a network that is started many times at random, layer by layer.

Prints a table, one row a layer: log₁₀ of the norms of the signal u, of the sensitivity ∂L/∂h and of the weight
gradient ∂L/∂W; of each the 10th percentile, the median and the 90th percentile over the starts (-inf is exactly zero).
Reads the lab's own file of handwritten digits: put its path into DIGITS. Numbers below 1e-300 are lost here.
"""

import numpy as np

DIGITS = "gdcore/data/digits.npz"
INITIALISER = "lecun"  # constant, normal, uniform, xavier, he, lecun or orthogonal
GAIN = 0.8  # its number: the value, the deviation, the limit, or a factor
ACTIVATION = "sigmoid"  # identity, tanh, relu or sigmoid
DEPTH = 20
WIDTH = 64
BATCH = 64
SEEDS = 20
SEED = 0


def draw(fan_out, fan_in):
    shape = (SEEDS, fan_out, fan_in)
    if INITIALISER == "constant":
        return np.full(shape, GAIN)
    if INITIALISER == "uniform":
        return GAIN * rng.uniform(-1, 1, shape)
    if INITIALISER == "orthogonal":
        q, r = np.linalg.qr(rng.standard_normal((SEEDS, max(fan_out, fan_in), min(fan_out, fan_in))))
        q = q * np.where(np.diagonal(r, axis1=1, axis2=2) < 0, -1, 1)[:, None, :]
        return GAIN * (q if fan_out >= fan_in else q.mT)
    variance = {"normal": 1, "xavier": 2 / (fan_in + fan_out), "he": 2 / fan_in, "lecun": 1 / fan_in}[INITIALISER]
    return GAIN * np.sqrt(variance) * rng.standard_normal(shape)


def phi(h):
    if ACTIVATION == "sigmoid":
        return np.exp(-np.logaddexp(0, -h))
    return {"identity": h, "tanh": np.tanh(h), "relu": np.maximum(h, 0)}[ACTIVATION]


def slope(h):
    if ACTIVATION == "relu":
        return (h > 0) * 1.0
    if ACTIVATION == "sigmoid":
        return np.exp(-np.logaddexp(0, -h) - np.logaddexp(0, h))
    return 1 / np.cosh(np.clip(h, -350, 350)) ** 2 if ACTIVATION == "tanh" else np.ones_like(h)


def log10_norm(a):
    """Of each matrix; its largest entry is taken out first, so that no square leaves float64."""
    largest = np.abs(a).max(axis=(1, 2), keepdims=True)
    norm = np.sqrt(np.square(a / np.where(largest == 0, 1, largest)).sum(axis=(1, 2)))
    with np.errstate(divide="ignore"):
        return np.log10(norm) + np.log10(largest[:, 0, 0])


rng = np.random.default_rng(SEED)
with np.load(DIGITS) as file:
    images, labels = file["images"].reshape(-1, 64).astype(float), file["labels"]
rows = rng.choice(len(images), size=BATCH, replace=False)
X, targets = images[rows] / np.sqrt(np.mean(images**2)), np.eye(10)[labels[rows]]
readout = rng.standard_normal((SEEDS, 10, WIDTH)) / np.sqrt(WIDTH)
weights = [draw(WIDTH, 64 if layer == 0 else WIDTH) for layer in range(DEPTH)]

signals, entering = [np.broadcast_to(X, (SEEDS, *X.shape))], []
for W in weights:
    entering.append(signals[-1] @ W.mT)
    signals.append(phi(entering[-1]))
outputs = signals[-1] @ readout.mT
softmax = np.exp(outputs - outputs.max(axis=2, keepdims=True))
error = (softmax / softmax.sum(axis=2, keepdims=True) - targets) / BATCH

norms = np.empty((DEPTH, 3, SEEDS))
back = error @ readout
for layer in reversed(range(DEPTH)):
    delta = back * slope(entering[layer])
    gradient = delta.mT @ signals[layer]
    norms[layer] = [log10_norm(a) for a in (signals[layer + 1], delta, gradient)]
    back = delta @ weights[layer]

norms.sort(axis=2)
last = SEEDS - 1
names = [f"log10_{what}_{of}" for what in ("signal", "sensitivity", "gradient") for of in ("low", "median", "high")]
print("layer", *names, sep=",")
for layer in range(DEPTH):
    row = []
    for runs in norms[layer]:
        row += [runs[round(0.1 * last)], (runs[last // 2] + runs[-(-last // 2)]) / 2, runs[round(0.9 * last)]]
    print(layer + 1, *(repr(float(value)) for value in row), sep=",")
