from dataclasses import replace

import numpy as np
import pytest

from gdcore.comparison import Side, compare
from gdcore.experiment import Absent, Experiment
from gdcore.layer_statistics import measure
from gdcore.network import BatchNorm
from gdcore.objectives import CROSS_ENTROPY
from gdcore.readings import BACKWARD, Claim, Reading, Readings, read

WIDE = Experiment(20, 128, 64, 0.5, "identity", 0)
BOTH_ENDS = {  # under outputs only, statistics held, and in full
    "identity": (0.5, (Claim.HOLDS, Claim.BOTH, Claim.BOTH)),
    "relu": (1.0, (Claim.HOLDS, Claim.BOTH, Claim.BOTH)),
    "sigmoid": (1.0, (Claim.NEITHER, Claim.EARLY, Claim.EARLY)),
}
JUDGED = (Reading.OUTPUTS, Reading.HELD, Reading.FULL)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("activation", BOTH_ENDS)
def test_the_claim_is_true_in_the_reading_of_the_text_and_false_for_batch_norm(activation: str, seed: int) -> None:
    scale, expected = BOTH_ENDS[activation]
    readings = read(replace(WIDE, activation=activation, weight_scale=scale, seed=seed))
    assert tuple(readings.judge(reading) for reading in JUDGED) == expected


def test_of_exploding_gradients_the_late_ones_are_tamed_in_the_reading_of_the_text() -> None:
    readings = read(replace(WIDE, weight_scale=3.0))
    assert readings.direction == -1
    assert readings.judge(Reading.OUTPUTS) is Claim.HOLDS
    assert readings.judge(Reading.FULL) is Claim.BOTH


def test_with_relu_the_early_layers_end_with_the_largest_gradients() -> None:
    full = read(replace(WIDE, activation="relu", weight_scale=1.0)).gradients[Reading.FULL]
    assert full[0] > full[-1] + 1.0
    assert np.polyfit(np.arange(20), full, 1)[0] < -0.05


def test_the_first_and_the_last_reading_are_those_of_the_comparison() -> None:
    found, readings = compare(WIDE), read(WIDE)
    assert isinstance(found.normalised, Side)
    np.testing.assert_array_equal(readings.gradients[Reading.NONE], found.without.gradient)
    np.testing.assert_array_equal(readings.gradients[Reading.FULL], found.normalised.gradient)


@pytest.mark.parametrize("place", [BatchNorm.BEFORE_ACTIVATION, BatchNorm.AFTER_ACTIVATION])
def test_every_reading_is_what_its_own_backward_pass_gives(place: BatchNorm) -> None:
    experiment = Experiment(6, 9, 12, 0.7, "sigmoid", 2, place=place)
    network, images, targets = experiment.draw()
    for reading, through in BACKWARD.items():
        alone = measure(
            network, images, targets, experiment.normalised, CROSS_ENTROPY, through_batch_norm=through
        ).gradient
        np.testing.assert_array_equal(read(experiment).gradients[reading], alone)


def test_with_outputs_normalised_alone_the_product_of_the_weights_is_left_as_it_was() -> None:
    gradient = read(WIDE).gradients[Reading.OUTPUTS]
    slope = np.polyfit(np.arange(2, 20), gradient[2:], 1)[0]
    assert slope == pytest.approx(np.log10(2.0), abs=0.02)  # 1/σ_w per layer


def test_without_batch_norm_there_is_one_reading() -> None:
    readings = read(replace(WIDE, batch=1))
    assert readings.absent is Absent.ONE_SAMPLE
    assert set(readings.gradients) == {Reading.NONE}


def made(none: tuple[float, float], own: tuple[float, float]) -> Readings:
    return Readings({Reading.NONE: np.array(none), Reading.FULL: np.array(own)}, None)


@pytest.mark.parametrize(
    ("none", "own", "claim"),
    [
        ((-6, -6), (-5.6, 0), Claim.HOLDS),
        ((-6, -6), (-3.1, 0), Claim.HOLDS),  # just less than half of the decades of the other end
        ((-6, -6), (-2.9, 0), Claim.BOTH),
        ((-6, -6), (0, -2.9), Claim.BOTH),
        ((-6, -6), (0, -3.1), Claim.EARLY),
        ((-6, 0), (0, 0.1), Claim.EARLY),
        ((-6, -6), (-5.6, -5.6), Claim.NEITHER),
        ((-6, -6), (-7, -8), Claim.NEITHER),
        ((6, 6), (5.9, 0), Claim.HOLDS),
        ((6, 6), (0, 0), Claim.BOTH),
        ((6, 6), (7, 7), Claim.NEITHER),
        ((-0.99, 0.9), (3, 3), Claim.CALM),
        ((-1.01, 0.9), (3, 3), Claim.BOTH),
        ((-np.inf, -1), (0, 0), Claim.ZERO),
        ((-3, -3), (-np.inf, 0), Claim.SILENT),
    ],
)
def test_the_judgement_is_right_on_both_sides_of_every_limit(none, own, claim: Claim) -> None:
    assert made(none, own).judge(Reading.FULL) is claim
