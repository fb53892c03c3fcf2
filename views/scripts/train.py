"""A deep network learns handwritten digits twice: without and with batch norm, from the same weights and mini-batches.

Prints a table: 0 or 1 for batch norm, updates done, loss on training and on held-out digits, accuracy on both.
Run it where gdcore/data/digits.npz is found. Everything is float32: another order of the same sums gives other last
digits, and a long training lets such differences grow. The first updates agree to about five digits.
"""

import math

import numpy as np

DEPTH = 20
WIDTH = 64
ACTIVATION = "sigmoid"  # identity, tanh, relu
INITIALISER = "lecun"  # constant, normal, uniform, xavier, he, orthogonal
GAIN = 1.0  # the initialiser's number: value, deviation, limit or gain
LEARNING_RATE = 0.1
SCHEDULE = "constant"  # step, exponential, cosine
BATCH = 64
EPOCHS = 10
SEED = 0
EPSILON = 1e-5
HELD_OUT = 360

with np.load("gdcore/data/digits.npz") as file:
    images, labels = file["images"].reshape(-1, 64).astype(float), file["labels"].astype(int)
order = np.random.default_rng([SEED, 1]).permutation(len(labels))
held_out, train = order[:HELD_OUT], order[HELD_OUT:]
images = (images / np.sqrt(np.mean(images[train] ** 2))).astype(np.float32)
batches = len(train) // BATCH
updates = EPOCHS * batches
measured_at = {1, *(round(batches * k / 5) for k in range(1, 5)), *(batches * k for k in range(1, EPOCHS + 1))}

phi, slope = {  # φ(z), and φ′ in terms of u = φ(z)
    "identity": (lambda z: z, lambda u: np.ones_like(u)),
    "tanh": (np.tanh, lambda u: 1 - u * u),
    "relu": (lambda z: np.maximum(z, 0), lambda u: (u > 0).astype(u.dtype)),
    "sigmoid": (lambda z: (1 + np.tanh(z / 2)) / 2, lambda u: u * (1 - u)),
}[ACTIVATION]


def rate(t):
    falls = {"step": 0.5 ** (t // math.ceil(updates / 6)), "exponential": 0.01 ** (t / updates)}
    falls["cosine"] = math.cos(0.5 * math.pi * t / updates) ** 2
    return LEARNING_RATE * falls.get(SCHEDULE, 1.0)


def draw(rows, columns, rng):
    if INITIALISER == "constant":
        return np.full((rows, columns), GAIN)
    if INITIALISER == "uniform":
        return GAIN * rng.uniform(-1, 1, (rows, columns))
    if INITIALISER == "orthogonal":
        q, r = np.linalg.qr(rng.standard_normal((max(rows, columns), min(rows, columns))))
        q = q * np.where(np.diag(r) < 0, -1, 1)
        return GAIN * (q if rows >= columns else q.T)
    variance = {"normal": 1, "xavier": 2 / (rows + columns), "he": 2 / columns, "lecun": 1 / columns}[INITIALISER]
    return GAIN * math.sqrt(variance) * rng.standard_normal((rows, columns))


def forward(x, weights, readout, statistics):
    """Logits, and what the way back needs; batch norm by given (mean, variance) pairs, or by those of this batch."""
    signals, normalised, spreads, measured = [x], [], [], []
    for i, (W, b, gamma, beta) in enumerate(weights):
        h = signals[-1] @ W.T
        if gamma is None:
            signals.append(phi(h + b))
            continue
        mean, variance = statistics[i] if statistics else (h.mean(axis=0), h.var(axis=0))
        measured.append((mean, variance))
        spreads.append(np.sqrt(variance + np.float32(EPSILON)))
        normalised.append((h - mean) / spreads[-1])
        signals.append(phi(gamma * normalised[-1] + beta))
    V, c = readout
    return signals[-1] @ V.T + c, signals, normalised, spreads, measured


def surprise(logits, right):
    shifted = logits - logits.max(axis=1, keepdims=True)
    return np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(right)), right]


def gathered(running, now, share):
    """The running statistics moved towards those of the batch that has just passed."""
    pairs = zip(running, now, strict=True)
    return [(mean + share * (m - mean), variance + share * (v - variance)) for (mean, variance), (m, v) in pairs]


def finite(layers):
    return all(np.isfinite(each).all() for layer in layers for each in layer if each is not None)


def start(batch_norm):
    """The layers, each [W, b, γ, β], and the read-out [V, c]."""
    rng = np.random.default_rng(SEED)
    zeros, ones = np.zeros(WIDTH, np.float32), np.ones(WIDTH, np.float32)
    V = (rng.standard_normal((10, WIDTH)) / math.sqrt(WIDTH)).astype(np.float32)
    weights = [
        [
            draw(WIDTH, WIDTH if i else 64, rng).astype(np.float32),
            zeros,
            *((ones, zeros) if batch_norm else (None, None)),
        ]
        for i in range(DEPTH)
    ]
    return weights, [V, np.zeros(10, np.float32)]


def step_back(error, weights, readout, signals, normalised, spreads):
    """Subtract α times its gradient from every parameter, from the last layer to the first; `error` has α in it."""
    V, c = readout
    delta = error @ V
    readout[:] = V - error.T @ signals[-1], c - error.sum(axis=0)
    for i in reversed(range(DEPTH)):
        W, b, gamma, beta = weights[i]
        delta = delta * slope(signals[i + 1])
        if gamma is None:
            weights[i][1] = b - delta.sum(axis=0)
        else:
            xhat = normalised[i]
            weights[i][2:] = gamma - (delta * xhat).sum(axis=0), beta - delta.sum(axis=0)
            delta = delta * gamma
            delta = (delta - delta.mean(axis=0) - xhat * (delta * xhat).mean(axis=0)) / spreads[i]
        weights[i][0] = W - delta.T @ signals[i]
        delta = delta @ W


def learn(batch_norm):
    """Train one network; a row for each measurement, until the end or until a number leaves float32."""
    weights, readout = start(batch_norm)
    running, mini = [], np.random.default_rng([SEED, 2])

    def measure(t):
        unbiased = np.float32(BATCH / (BATCH - 1)) if batch_norm else None
        statistics = [(mean, variance * unbiased) for mean, variance in running]
        row = []
        for part in (train, held_out):
            logits = forward(images[part], weights, readout, statistics)[0]
            loss = surprise(logits, labels[part]).astype(float)
            row.append((loss.mean(), (logits.argmax(axis=1) == labels[part]).mean()))
        (loss, right), (other_loss, other_right) = row
        if np.isfinite([loss, other_loss]).all():
            rows.append(f"{int(batch_norm)},{t},{loss!s},{other_loss!s},{right!s},{other_right!s}")
        return np.isfinite([loss, other_loss]).all()

    rows = []
    for t in range(updates):
        if t % batches == 0:
            chosen = train[mini.permutation(len(train))[: batches * BATCH]].reshape(batches, BATCH)
        x, right = images[chosen[t % batches]], labels[chosen[t % batches]]
        logits, signals, normalised, spreads, now = forward(x, weights, readout, None)
        if t == 0:  # nothing is running yet: the first batch stands in
            running = now
            if not measure(0):
                break
        if not np.isfinite(surprise(logits, right).mean()):
            break
        error = np.exp(logits - logits.max(axis=1, keepdims=True))
        error /= error.sum(axis=1, keepdims=True)
        error[np.arange(BATCH), right] -= 1
        error *= np.float32(rate(t) / BATCH)  # the gradient times α: what is subtracted
        step_back(error, weights, readout, signals, normalised, spreads)
        running = gathered(running, now, np.float32(0.1 / (1 - 0.9 ** (t + 1))))
        if not finite([*weights, readout]) or (t + 1 in measured_at and not measure(t + 1)):
            break
    return rows


np.seterr(all="ignore")  # a number that leaves float32 ends the training
print("batch_norm,update,train_loss,held_out_loss,train_accuracy,held_out_accuracy")
for batch_norm in (False, True) if BATCH > 1 else (False,):
    print("\n".join(learn(batch_norm)))
