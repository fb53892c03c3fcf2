"""A wide network on handwritten digits, without batch norm and with it, layer by layer.

Prints a table: for TABLE = "layers" statistics and gradients of each layer of both networks; for "unit" one unit's
signal before and after batch norm; for "readings" log10 of the norm of the weight gradient under four readings of batch
norm; for "growth" the same with batch norm for several draws of the weights. A size of 0 has no logarithm
and leaves an empty cell. Where the samples have become alike to the last digit, what is printed is rounding, and
another order of the same sums prints something else.
It reads the digits from the project's folder; where they lie elsewhere, change DIGITS.
"""

import numpy as np

DIGITS = "gdcore/data/digits.npz"
TABLE = "layers"
DEPTH = 20
WIDTH = 64
BATCH = 64
WEIGHT_SCALE = 0.8
BIAS_SCALE = 0.0
ACTIVATION = "sigmoid"  # identity, tanh, relu or sigmoid
PLACE = "before"  # batch norm before or after the activation
GAMMA = 1.0
BETA = 0.0
EPSILON = 1e-05
SEED = 0
UNIT = 1
DRAWS = 6

rng = np.random.default_rng(SEED)
with np.load(DIGITS) as file:
    pixels, labels = file["images"].reshape(-1, 64).astype(float), file["labels"]
rows = rng.choice(len(pixels), size=BATCH, replace=False)
images, targets = pixels[rows] / np.sqrt(np.mean(pixels**2)), np.eye(10)[labels[rows]]


def phi(z):
    if ACTIVATION == "sigmoid":
        return 1.0 / (1.0 + np.exp(-z))
    return {"identity": z, "tanh": np.tanh(z), "relu": np.maximum(z, 0.0)}[ACTIVATION]


def slope(z):
    if ACTIVATION == "identity":
        return np.ones_like(z)
    if ACTIVATION == "relu":
        return (z > 0.0).astype(float)
    return 1.0 - np.tanh(z) ** 2 if ACTIVATION == "tanh" else phi(z) * (1.0 - phi(z))


def draw(stack):
    """Read-out first, then W_1 … W_n; the biases from a stream of their own."""
    of_biases = rng.spawn(1)[0]
    readout = rng.standard_normal((*stack, 10, WIDTH)) / np.sqrt(WIDTH)
    fans = [images.shape[1]] + [WIDTH] * (DEPTH - 1)
    weights = [WEIGHT_SCALE * rng.standard_normal((*stack, WIDTH, fan)) / np.sqrt(fan) for fan in fans]
    biases = [BIAS_SCALE * of_biases.standard_normal((*stack, WIDTH)) for _ in fans]
    return [[each[r] for each in weights] for r in range(stack[0])] if stack else weights, biases, readout


def normalise(x):
    """Batch norm, with what the way back needs: x̂ and s."""
    centred = x - x.mean(axis=0)
    if EPSILON == 0.0 and (np.ptp(x, axis=0) == 0.0).any():
        raise ZeroDivisionError("a unit gives the same value for every sample")
    s = np.sqrt(np.mean(centred**2, axis=0) + EPSILON)
    return GAMMA * centred / s + BETA, (centred / s, s)


def back(g, record, reading):
    """The gradient on its way back through batch norm."""
    xhat, s = record
    if reading == "outputs":
        return g
    if reading == "held":
        return GAMMA * g / s
    return GAMMA * (g - g.mean(axis=0) - xhat * np.mean(g * xhat, axis=0)) / s


def network(weights, biases, readout, reading):
    """Forward and backward; log10 of the norms of ∂L/∂y_i and ∂L/∂W_i, what batch norm stands at, and its records."""
    u, watched, signals, entering, records, raw = images, [], [], [], [], []
    for W, b in zip(weights, biases, strict=True):
        signals.append(u)
        y = u @ W.T + b
        if reading != "none" and PLACE == "before":
            raw.append(y)
            y, record = normalise(y)
            records.append(record)
        entering.append(y)
        u = phi(y)
        if reading != "none" and PLACE == "after":
            raw.append(u)
            u, record = normalise(u)
            records.append(record)
        watched.append(y if PLACE == "before" else u)
    z = u @ readout.T
    p = np.exp(z - z.max(axis=1, keepdims=True))
    g = (p / p.sum(axis=1, keepdims=True) - targets) / BATCH @ readout
    norms = []
    for i in reversed(range(DEPTH)):
        if reading != "none" and PLACE == "after":
            g = back(g, records[i], reading)
        g = g * slope(entering[i])
        if reading != "none" and PLACE == "before":
            g = back(g, records[i], reading)
        norms.append((np.linalg.norm(g), np.linalg.norm(g.T @ signals[i])))
        g = g @ weights[i]
    return np.array(norms[::-1]), watched, raw


def cell(value):
    return repr(float(value)) if np.isfinite(value) else ""


def log10(value):
    with np.errstate(divide="ignore"):
        return cell(np.log10(value))


def possible():
    """Whether there is a network with batch norm: not for one sample, nor where ε = 0 and a unit does not vary."""
    if BATCH < 2:
        return False
    try:
        network(*parameters, "full")
    except ZeroDivisionError:
        return False
    return True


if TABLE == "growth":
    weights, biases, readout = draw((DRAWS,))
    runs = [network(weights[r], [b[r] for b in biases], readout[r], "full")[0][:, 1] for r in range(DRAWS)]
    print("layer", *[f"log10_draw_{r + 1}" for r in range(DRAWS)], sep=",")
    for i in range(DEPTH):
        print(i + 1, *[log10(run[i]) for run in runs], sep=",")
else:
    parameters = draw(())

if TABLE == "readings":
    readings = ["none"] + ["outputs", "held", "full"] * possible()
    runs = [network(*parameters, reading)[0][:, 1] for reading in readings]
    print("layer", *[f"log10_{reading}" for reading in readings], sep=",")
    for i in range(DEPTH):
        print(i + 1, *[log10(run[i]) for run in runs], sep=",")

if TABLE == "unit":
    _, _, raw = network(*parameters, "full")
    print("layer,sample,before,after")
    for i in range(DEPTH):
        before, after = raw[i][:, UNIT - 1], normalise(raw[i])[0][:, UNIT - 1]
        for k in range(BATCH):
            print(i + 1, k + 1, cell(before[k]), cell(after[k]), sep=",")

if TABLE == "layers":
    shares = [0.05, 0.25, 0.5, 0.75, 0.95]
    print("network,layer,log10_mean,log10_deviation,log10_sensitivity,log10_gradient,q05,q25,q50,q75,q95")
    for name, reading in [("without", "none"), ("with", "full")][: 1 + possible()]:
        norms, watched, _ = network(*parameters, reading)
        for i, y in enumerate(watched):
            mean, deviation = np.sqrt(np.mean(y.mean(axis=0) ** 2)), np.sqrt(np.mean(y.var(axis=0)))
            mean = mean if mean > 1e-12 * max(deviation, 1e-12) else 0.0  # what batch norm leaves of it is rounding
            sizes = [log10(each) for each in (mean, deviation, *norms[i])]
            print(name, i + 1, *sizes, *[cell(q) for q in np.quantile(y, shares)], sep=",")
