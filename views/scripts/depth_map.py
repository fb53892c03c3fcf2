"""The gradient of the first layer for many depths and weight scales, without batch norm and with it.

Prints a table: depth n, weight scale σ_w, and log₁₀‖∂L/∂W₁‖ without and with batch norm (-inf: exactly zero; nan: no
such network, because something would be divided by 0). Every network is a rescaled copy of the same random numbers.
Needs the file digits.npz of the gradient lab (gdcore/data) at the path below; takes some seconds.
"""

import numpy as np

DIGITS = "gdcore/data/digits.npz"
DEPTHS = [2, 3, 4, 6, 8, 10, 15, 20, 25, 30, 40, 50]
SCALES = [0.1, 0.316, 1.0, 3.16, 10.0]
ACTIVATION = "sigmoid"  # identity, tanh, relu or sigmoid
WIDTH = 64
BATCH = 64
SEED = 0
BIAS_SCALE = 0.0
PLACE = "before"  # batch norm before or after the activation
GAMMA = 1.0
BETA = 0.0
EPSILON = 1e-05


def falling(z):
    return np.exp(-np.abs(z))


def sigmoid(z):
    return np.where(z >= 0, 1, falling(z)) / (1 + falling(z))


PHI = {
    "identity": (lambda z: z, np.ones_like),
    "tanh": (np.tanh, lambda z: 4 * falling(z) ** 2 / (1 + falling(z) ** 2) ** 2),
    "relu": (lambda z: np.maximum(z, 0), lambda z: (z > 0) * 1.0),
    "sigmoid": (
        lambda z: np.where(z >= 0, 1, falling(z)) / (1 + falling(z)),
        lambda z: falling(z) / (1 + falling(z)) ** 2,
    ),
}
phi, slope = PHI[ACTIVATION]

file, rng = np.load(DIGITS), np.random.default_rng(SEED)
pixels, labels = file["images"].reshape(-1, 64).astype(float), file["labels"]
rows = rng.choice(len(pixels), size=BATCH, replace=False)
images = pixels[rows] / np.sqrt(np.mean(pixels**2))
targets = np.eye(10)[labels[rows]]
of_biases = rng.spawn(1)[0]
readout = np.sqrt(1 / WIDTH) * rng.standard_normal((10, WIDTH))
drawn, biases = [], []
for layer in range(max(DEPTHS)):
    fan_in = WIDTH if layer else images.shape[1]
    drawn.append(np.sqrt(1 / fan_in) * rng.standard_normal((WIDTH, fan_in)))
    biases.append(BIAS_SCALE * of_biases.standard_normal(WIDTH))


def normalise(x):
    centred = x - x[:1]
    centred -= centred.sum(axis=0) / BATCH
    spread = np.hypot(np.sqrt((centred * centred).sum(axis=0) / BATCH), np.sqrt(EPSILON))
    return centred / spread, spread


def through_batch_norm(coming, record):
    unit, spread = record
    along = (coming * unit).sum(axis=0) / BATCH
    return (coming - coming.sum(axis=0) / BATCH - unit * along) * (GAMMA / spread)


def log10_norm(array):
    largest = np.abs(array).max()
    return np.log10(np.linalg.norm(array / largest)) + np.log10(largest) if largest > 0 else -np.inf


def gradients(scale, place):
    """log₁₀‖∂L/∂W₁‖ for every depth."""
    signals, inputs, records = [images], [], []
    for weights, bias in zip(drawn, biases, strict=True):
        h = signals[-1] @ (scale * weights).T + bias
        if place == "before":
            records.append(normalise(h))
            h = GAMMA * records[-1][0] + BETA
        inputs.append(h)
        u = phi(h)
        if place == "after":
            records.append(normalise(u))
            u = GAMMA * records[-1][0] + BETA
        signals.append(u)
    return [gradient(depth, scale, place, signals, inputs, records) for depth in DEPTHS]


def gradient(depth, scale, place, signals, inputs, records):
    outputs = signals[depth] @ readout.T
    chances = np.exp(outputs - outputs.max(axis=1, keepdims=True))
    error = (chances / chances.sum(axis=1, keepdims=True) - targets) / BATCH
    coming = error @ readout
    for layer in reversed(range(depth)):
        if place == "after":
            coming = through_batch_norm(coming, records[layer])
        coming = coming * slope(inputs[layer])
        if place == "before":
            coming = through_batch_norm(coming, records[layer])
        if layer:
            coming = coming @ (scale * drawn[layer])
    result = coming.T @ images
    return log10_norm(result) if np.isfinite(result).all() else np.nan


np.seterr(all="ignore")
without, normalised = [], []
for scale in SCALES:
    without.append(gradients(scale, "none"))
    normalised.append(gradients(scale, PLACE) if BATCH > 1 else [np.nan] * len(DEPTHS))
print("depth,weight_scale,log10_without,log10_with")
for row, depth in enumerate(DEPTHS):
    for column, scale in enumerate(SCALES):
        print(f"{depth},{scale!r},{float(without[column][row])!r},{float(normalised[column][row])!r}")
