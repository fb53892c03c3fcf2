"""Eight schedules α(t) of stochastic gradient descent on the same mini-batches: mean, band and what theory expects.

J(θ; x, y) = 1/(2m) Σ (θx − y)². Learning rates are in units of 1/λ, where λ = mean(x²) is the curvature of J.
"""

import math

import numpy as np

X = [1.0, 2.0, 3.0, 4.0]
Y = [2.1, 3.8, 6.3, 7.9]
START = 0.0
SMALL = 0.01
LARGE = 0.5
BEST = 0.5  # the constant that ends lowest on average, by theory
STEPS = 40
BATCH = 2
RUNS = 50
SEED = 0

x, y = np.array(X), np.array(Y)
n, curvature = len(x), np.mean(x * x)
minimiser = np.mean(x * y) / curvature

t = np.arange(STEPS + 1.0)
warmup = min(max(1, round(0.08 * STEPS)), STEPS - 1)
decay = min(1.0, (SMALL / LARGE) ** (1 / max(1, STEPS - 1)))
falling = np.cos(0.5 * math.pi * np.clip((t - warmup) / (STEPS - warmup), 0, 1)) ** 2
schedules = {
    "small": np.full_like(t, SMALL),
    "large": np.full_like(t, LARGE),
    "step": LARGE * 0.5 ** np.floor(t / math.ceil(STEPS / 6)),
    "exponential": LARGE * decay**t,
    "inverse_time": 1 / (t + 1 / LARGE),
    "cosine": LARGE * np.cos(0.5 * math.pi * t / STEPS) ** 2,
    "warmup": np.where(t < warmup, LARGE * (t + 1) / warmup, LARGE * falling),
    "best": np.full_like(t, BEST),
}
rates = np.stack(list(schedules.values()), axis=1) / curvature  # shape (T + 1, S)

# By how much the curvature and the gradient at the minimiser differ on each mini-batch, drawn without repetition:
# the first cards of a deck, shuffled as far as needed; of the batch and the rest the smaller is drawn. Many decks are
# shuffled side by side, and shuffled on for the next mini-batches.
terms = np.stack([x * x - curvature, x * (minimiser * x - y)])
rng = np.random.default_rng(SEED)
count = STEPS * RUNS
drawn, sign = (BATCH, 1) if n >= 2 * BATCH else (n - BATCH, -1)
decks = min(count, max(1_000_000 // n, 64))
deck = np.repeat(np.arange(n)[:, np.newaxis], decks, axis=1)
sums = np.zeros((2, count))
for first in range(0, count, decks):
    column = np.arange(min(decks, count - first))
    for card in range(drawn):
        other = rng.integers(card, n, size=column.size)
        chosen = deck[other, column]
        deck[other, column], deck[card, column] = deck[card, column], chosen
        sums[:, first : first + column.size] += terms[:, chosen]
differs = (sign * sums / BATCH).reshape(2, STEPS, 1, RUNS)

# The descent of all schedules and runs, and beside it E e and E e², e = θ − θ*, over all mini-batches.
spread = 0.0 if n == BATCH else (n - BATCH) / (n - 1) / BATCH
v, s2, c = spread * np.mean(terms[0] ** 2), spread * np.mean(terms[1] ** 2), spread * np.mean(terms[0] * terms[1])
theta = np.full((STEPS + 1, len(schedules), RUNS), START)
e, e2 = np.full(len(schedules), START - minimiser), np.full((STEPS + 1, len(schedules)), (START - minimiser) ** 2)
with np.errstate(over="ignore", invalid="ignore"):
    for step in range(STEPS):
        a = rates[step]
        gradient = (curvature + differs[0, step]) * (theta[step] - minimiser) + differs[1, step]
        theta[step + 1] = theta[step] - a[:, np.newaxis] * gradient
        e2[step + 1] = ((1 - a * curvature) ** 2 + a * a * v) * e2[step] + a * a * (2 * c * e + s2)
        e = (1 - a * curvature) * e
    excess = curvature / 2 * (theta - minimiser) ** 2
    columns = [rates, excess.mean(axis=2), *np.quantile(excess, (0.1, 0.9), axis=2), curvature / 2 * e2]

shown = sorted({*range(min(10, STEPS) + 1), *range(0, STEPS + 1, -(-STEPS // 100)), STEPS})
print("schedule,step,learning_rate,mean,low,high,expected")
for k, name in enumerate(schedules):
    for step in shown:
        values = [float(column[step, k]) for column in columns]
        print(name, step, *(math.inf if math.isnan(value) else value for value in values), sep=",")
