import numpy as np
import pytest

from gdcore.batch_norm import RunningStatistics as ByDefinition
from gdcore.digit_batches import HELD_OUT, split_digits
from gdcore.inference import RunningStatistics, infer, measure
from gdcore.network import initialise
from gdcore.parameters import Shape
from gdcore.samples import digits
from gdcore.training_pass import Real, TrainingPass

SHAPE, BATCH = Shape(inputs=6, depth=2, width=5, classes=3), 8


def network(rng: np.random.Generator) -> TrainingPass:
    made = TrainingPass(SHAPE, BATCH, "tanh", batch_norm=True, dtype=np.float64)
    made.parameters.take(initialise(SHAPE.depth, SHAPE.width, SHAPE.inputs, SHAPE.classes, 2.0, rng=rng))
    made.parameters.gammas[...] = rng.uniform(0.5, 2.0, made.parameters.gammas.shape)
    made.parameters.betas[...] = rng.normal(size=made.parameters.betas.shape)
    return made


def columns(rng: np.random.Generator, samples: int = BATCH) -> Real:
    return np.vstack((rng.normal(2.0, 3.0, size=(SHAPE.inputs, samples)), np.ones(samples)))


def first_layer(of: TrainingPass, X: Real) -> Real:
    return np.asarray((of.parameters.layers[0] @ X[:-1]).T)


def test_running_statistics_are_weighted_means_of_the_batches_gathered_one_by_one() -> None:
    rng = np.random.default_rng(0)
    of = network(rng)
    running = RunningStatistics(of)
    means, variances = [], []
    for _ in range(30):
        X = columns(rng)
        of.forward(X)
        running.gather()
        means.append(first_layer(of, X).mean(axis=0))
        variances.append(first_layer(of, X).var(axis=0, ddof=1))
        weights = 0.9 ** np.arange(len(means))[::-1]
        np.testing.assert_allclose(running.mean[0], np.average(means, axis=0, weights=weights), rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(running.variance[0], np.average(variances, axis=0, weights=weights), rtol=1e-9)


def test_they_are_the_usual_ones_without_the_invented_start_value() -> None:
    rng = np.random.default_rng(1)
    of = network(rng)
    running, usual = RunningStatistics(of), ByDefinition.start(SHAPE.width)
    for _ in range(6):
        X = columns(rng)
        of.forward(X)
        running.gather()
        usual = usual.updated(first_layer(of, X))
    left = 0.9**6
    np.testing.assert_allclose(running.mean[0] * (1.0 - left), usual.mean, rtol=1e-9)
    np.testing.assert_allclose(running.variance[0] * (1.0 - left) + left, usual.variance, rtol=1e-9)


def test_folded_into_the_weights_batch_norm_does_what_it_does_with_held_statistics() -> None:
    rng = np.random.default_rng(2)
    of = network(rng)
    running = RunningStatistics(of)
    for _ in range(3):
        of.forward(columns(rng))
        running.gather()
    X = columns(rng, 1)  # one sample alone
    u = X[:-1].T
    for i, weights in enumerate(of.parameters.layers):
        held = ByDefinition(running.mean[i], running.variance[i])
        u = np.tanh(held.apply(u @ weights.T, of.parameters.gammas[i], of.parameters.betas[i]))
    expected = of.parameters.readout @ np.append(u, 1.0)
    np.testing.assert_allclose(infer(running.folded(), of.parameters.readout, X, "tanh")[:, 0], expected, rtol=1e-12)


def test_a_measurement_in_blocks_is_loss_and_accuracy_over_all() -> None:
    rng = np.random.default_rng(3)
    layers = [rng.normal(size=(5, 7)), rng.normal(size=(5, 6))]
    readout, X, labels = rng.normal(size=(3, 6)), columns(rng, 300), rng.integers(0, 3, 300)
    *_, (loss, accuracy) = measure(layers, readout, X, labels, "relu")
    u = X
    for weights in layers:
        u = np.vstack((np.maximum(weights @ u, 0.0), np.ones(300)))
    logits = (readout @ u).T
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares = exponentials / exponentials.sum(axis=1, keepdims=True)
    assert loss == pytest.approx(-np.log(shares[np.arange(300), labels]).mean(), rel=1e-9)
    assert accuracy == pytest.approx(np.mean(shares.argmax(axis=1) == labels))


def test_every_digit_is_either_trained_on_or_held_out() -> None:
    train, held_out = split_digits(4)
    images, labels = digits()
    assert held_out.X.shape == (65, HELD_OUT)
    assert len(train.labels) + len(held_out.labels) == len(labels)
    both = np.concatenate((train.X, held_out.X), axis=1)[:-1]
    size = images[images > 0].min() / both[both > 0].min()
    seen = {tuple(column) for column in np.rint(both * size).astype(int).T}
    assert seen == {tuple(row) for row in images.astype(int)}
    assert np.mean(np.square(train.X[:-1])) == pytest.approx(1.0, rel=1e-5)
    assert (train.X[-1] == 1.0).all()


def test_batches_keep_every_image_with_its_label() -> None:
    train, _ = split_digits(4)
    rows = np.random.default_rng(0).permutation(len(train.labels))[:60]
    images, targets = train.batches(rows, 20)
    assert images.shape == (3, 65, 20)
    assert images.flags.c_contiguous
    for k in range(60):
        np.testing.assert_array_equal(images[k // 20, :, k % 20], train.X[:, rows[k]])
        assert targets[k // 20, :, k % 20].argmax() == train.labels[rows[k]]
    assert targets.sum() == 60
