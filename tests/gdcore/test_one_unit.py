from dataclasses import replace

import numpy as np
import pytest

from gdcore.experiment import Absent, Experiment
from gdcore.forward_pass import forward
from gdcore.network import BatchNorm
from gdcore.one_unit import UnitSignals, follow_unit

SMALL = Experiment(5, 12, 16, 0.9, "sigmoid", 2, bias_scale=0.5)


def followed(experiment: Experiment, unit: int = 3) -> UnitSignals:
    found = follow_unit(experiment, unit)
    assert isinstance(found, UnitSignals)
    return found


@pytest.mark.parametrize("place", [BatchNorm.BEFORE_ACTIVATION, BatchNorm.AFTER_ACTIVATION])
@pytest.mark.parametrize(("gamma", "sign"), [(1.0, 1), (0.1, 1), (-2.0, -1)])
def test_the_shape_is_kept_and_the_dc_part_is_gone(gamma: float, sign: int, place: BatchNorm) -> None:
    signals = followed(replace(SMALL, gamma=gamma, place=place))
    np.testing.assert_allclose(signals.correlation, sign, rtol=1e-12)
    np.testing.assert_allclose(signals.after_mean, 0.0, atol=1e-14)
    variance = signals.deviation**2
    np.testing.assert_allclose(signals.after_deviation, abs(gamma) * np.sqrt(variance / (variance + 1e-5)), rtol=1e-12)
    assert (np.abs(signals.mean) > 1e-3).all()


def test_shape_mean_and_spread_give_the_signals_back() -> None:
    experiment = replace(SMALL, gamma=-1.5, beta=0.7)
    signals = followed(experiment)
    network, images, _ = experiment.draw()
    passed = forward(network, images, experiment.normalised)
    for layer in range(5):
        before = passed.signals[layer].real() @ network.weights[layer].T + network.biases[layer]
        rebuilt = signals.mean[layer] + signals.deviation[layer] * signals.shape[layer]
        np.testing.assert_allclose(rebuilt, before[:, 3], rtol=1e-12)
        after = signals.after_mean[layer] - signals.after_deviation[layer] * signals.shape[layer]
        np.testing.assert_allclose(after, passed.activation_inputs[layer].real()[:, 3], rtol=1e-11)


def test_the_correlation_stays_one_where_epsilon_outweighs_the_variance() -> None:
    signals = followed(replace(SMALL, weight_scale=1e-3, epsilon=1.0))
    assert (signals.after_deviation < 0.01).all()
    np.testing.assert_allclose(signals.correlation[0], 1.0, rtol=1e-9)


def test_a_signal_that_is_the_same_for_every_sample_has_no_correlation() -> None:
    for experiment in (replace(SMALL, weight_scale=0.0), replace(SMALL, gamma=0.0)):
        assert not followed(experiment).correlation.any()


def test_without_batch_norm_there_is_nothing_to_follow() -> None:
    assert follow_unit(replace(SMALL, batch=1), 0) is Absent.ONE_SAMPLE
    with pytest.raises(ValueError, match="unit 12"):
        follow_unit(SMALL, 12)
