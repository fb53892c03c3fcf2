"""The lesson "Batch norm": what is drawn, what is said, and the program, for ordinary and for odd settings."""

import io
import re
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gdcore.batch_norm_growth import measure_growth
from gdcore.batch_norm_theory import relu_takeover_scale
from gdcore.comparison import compare
from gdcore.experiment import Experiment
from gdcore.network import BatchNorm
from gdcore.one_unit import follow_unit
from gdcore.readings import Reading, read
from pages.tabs.batch_norm import WAYS, program
from tests.views.batch_norm_frames import LOOKS, looked_at
from tests.views.frame_tables import tables
from tests.views.program_running import printed_by
from tests.views.test_frames import MACHINE, require_drawable, size_of
from views.batch_norm_table import growth_table, layers_table, readings_table, unit_table
from views.charts import ALL_CHARTS
from views.text import LANGUAGES, load_text
from views.verdicts.batch_norm import epsilon_limit

TEXT = load_text("en")
AFTER = BatchNorm.AFTER_ACTIVATION
SMALL = Experiment(6, 16, 16, 0.8, "sigmoid", 0)
MOST = 50_000  # bytes of one committed change, spec and data
ODD = {
    "one sample": {"batch": 1},
    "two samples": {"batch": 2},
    "two samples, no epsilon": {"batch": 2, "epsilon": 0.0},
    "three samples": {"batch": 3},
    "one unit": {"width": 1},
    "one unit, no epsilon": {"width": 1, "epsilon": 0.0},
    "one unit after": {"width": 1, "place": AFTER},
    "weights of zero": {"weight_scale": 0.0},
    "weights of zero, no epsilon": {"weight_scale": 0.0, "epsilon": 0.0},
    "weights of zero and biases": {"weight_scale": 0.0, "bias_scale": 1.0, "epsilon": 0.0},
    "dead units": {"activation": "relu", "epsilon": 0.0, "place": AFTER, "batch": 4},
    "gamma zero": {"gamma": 0.0},
    "gamma zero, beta": {"gamma": 0.0, "beta": 1.0, "place": AFTER},
    "gamma negative": {"gamma": -1.5, "beta": 0.5, "depth": 20},
    "a ReLU that is always off": {"activation": "relu", "gamma": 0.1, "beta": -3.0},
    "tiny": {"weight_scale": 0.001, "activation": "relu", "depth": 50},
    "tiny, large epsilon": {"weight_scale": 0.001, "epsilon": 1.0, "activation": "identity", "depth": 50},
    "exploding": {"weight_scale": 10.0, "activation": "identity", "depth": 50},
    "shallow": {"depth": 2},
    "after": {"place": AFTER, "bias_scale": 2.0, "depth": 20},
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("change", ODD.values(), ids=ODD)
def test_whatever_is_set_is_drawn_and_said_in_words_and_plain_numbers(change: dict, look: str, language: str) -> None:
    with np.errstate(all="raise", under="ignore"):
        frames, said = looked_at(look, load_text(language), replace(SMALL, **change))
    if frames:
        require_drawable(frames)
    assert said
    assert not MACHINE.search(said), said


@pytest.mark.parametrize("look", LOOKS)
def test_the_largest_network_sends_little(look: str) -> None:
    frames = looked_at(look, TEXT, Experiment(50, 8, 256, 0.8, "tanh", 0))[0]
    spec = len(repr(ALL_CHARTS[f"batch_norm_{look}"](TEXT)))
    assert size_of(frames) + spec < MOST


def opening(key: str) -> str:
    """The words of a sentence up to its first number."""
    return re.split(r"@\w+", TEXT.template(f"verdict.batch_norm.{key}"))[0].strip()


def said(look: str = "layers", **change: object) -> str:
    return looked_at(look, TEXT, replace(SMALL, **change))[1]


@pytest.mark.parametrize(
    ("key", "change"),
    [
        ("one_sample", {"batch": 1}),
        ("two", {"batch": 2}),
        ("three", {"batch": 3}),
        ("one_unit", {"width": 1}),
        ("one_unit_exact", {"width": 1, "epsilon": 0.0}),
        ("one_unit_epsilon", {"width": 1}),
        ("one_unit_after", {"width": 1, "place": AFTER}),
        ("scale_zero", {"weight_scale": 0.0}),
        ("constant", {"weight_scale": 0.0, "epsilon": 0.0}),
        ("constant", ODD["dead units"]),
        ("gamma_zero", {"gamma": 0.0}),
        ("fades", {"weight_scale": 0.002, "activation": "tanh"}),
        ("takeover", {"weight_scale": 0.002, "activation": "relu"}),
        ("visible", {"weight_scale": 0.1}),
        ("alike", {}),
        ("alike_lost", {"depth": 30}),
        ("off", {"activation": "relu", "gamma": 0.1, "beta": -3.0}),
        ("dead", {"activation": "relu", "place": AFTER, "bias_scale": 2.0}),
        ("one_unit_two", {"width": 1}),
        ("one_unit_readout", {"width": 1, "activation": "relu", "depth": 20}),
        ("two_near", {"batch": 2, "depth": 20, "width": 64}),
        ("shifted", {"beta": 0.5}),
        ("removed", {}),
    ],
)
def test_what_is_odd_is_said_where_it_happens_and_nowhere_else(key: str, change: dict) -> None:
    assert opening(key) in said(**change)
    if key not in ("removed", "alike"):
        assert opening(key) not in said(activation="tanh", weight_scale=1.0)


def test_units_that_are_off_are_not_put_down_to_epsilon_and_are_counted() -> None:
    off = {"activation": "relu", "place": AFTER, "bias_scale": 2.0}
    side = compare(replace(SMALL, **off)).normalised
    assert f"{side.constant} of 16 units" in said(**off)
    assert 10 ** side.deviation[-1] == pytest.approx((1 - side.constant / 16) ** 0.5, rel=1e-3)


def test_two_samples_are_only_said_to_grow_where_the_gradient_grows() -> None:
    for seed in range(4):
        change = {"batch": 2, "width": 64, "seed": seed}
        first, *_, last = compare(replace(SMALL, **change)).normalised.gradient
        assert (opening("two_near") in said(**change)) == (first > last)


def test_what_is_said_to_be_left_of_a_silent_layer_is_what_is_drawn() -> None:
    largest = compare(replace(SMALL, width=1, epsilon=0.0)).normalised.gradient[1:].max()
    assert largest < -15.0
    assert f"{10 ** (largest - np.floor(largest)):.2f}" in said(width=1, epsilon=0.0)


@pytest.mark.parametrize("factor", [0.99, 1.01])
@pytest.mark.parametrize(("activation", "slope"), [("identity", 1.0), ("tanh", 1.0), ("sigmoid", 0.25)])
def test_the_signal_fades_below_the_limit_that_is_named(activation: str, slope: float, factor: float) -> None:
    gamma = 0.5
    limit = 1e-5**0.5 / slope / gamma
    change = {"activation": activation, "gamma": gamma, "weight_scale": factor * limit}
    assert epsilon_limit(replace(SMALL, **change)) == ("fades", pytest.approx(limit))
    assert (opening("fades") in said(**change)) == (factor < 1.0)
    spread = compare(replace(SMALL, **change, depth=50)).normalised.deviation[-1] - np.log10(gamma)
    assert spread < -0.5  # near the limit it fades slowly; far above it does not
    far = replace(SMALL, **{**change, "weight_scale": 100 * limit, "depth": 50})
    assert compare(far).normalised.deviation[-1] - np.log10(gamma) > -0.01


def test_the_limit_of_a_relu_network_is_the_takeover_scale() -> None:
    kind, limit = epsilon_limit(replace(SMALL, activation="relu", gamma=2.0))
    assert (kind, limit) == ("takeover", relu_takeover_scale(16, 1e-5) / 2.0)


def test_of_a_unit_the_correlation_is_said_and_drawn_as_one() -> None:
    frames, verdict = looked_at("unit", TEXT, SMALL)
    assert set(frames["layers"]["correlation_said"]) == {"1"}
    assert opening("unit.kept") in verdict
    turned, verdict = looked_at("unit", TEXT, replace(SMALL, gamma=-1.0))
    assert set(turned["layers"]["correlation_said"]) == {"−1"}
    assert opening("unit.turned") in verdict
    assert opening("unit.lost") in said("unit", gamma=0.0)
    assert opening("unit.many") in said("unit", batch=100)


def test_the_drawn_signal_is_the_one_of_the_network() -> None:
    frames, signals = tables(looked_at("unit", TEXT, SMALL)[0]), follow_unit(SMALL, 15)
    rows = frames["samples"].merge(frames["layers"], on="layer")
    before = rows["mean"] + rows["shape"] / 2000 * rows.deviation
    expected = signals.mean[:, None] + signals.deviation[:, None] * signals.shape
    np.testing.assert_allclose(before, expected.ravel(), atol=5e-4)
    assert (before >= rows.before_low).all()
    assert (before <= rows.before_high).all()


def test_every_reading_is_judged_with_the_numbers_of_this_run() -> None:
    experiment = Experiment(20, 64, 64, 0.5, "identity", 0)
    verdict = looked_at("readings", TEXT, experiment)[1]
    parts = {reading: part for reading in ("outputs", "held", "full") for part in verdict.split("\n\n")
             if part.startswith(opening(f"readings.{reading}"))}  # fmt: skip
    for reading, key in (("outputs", "holds"), ("held", "both"), ("full", "both")):
        assert opening(f"readings.{key}") in parts[reading]
        first, last = (10**gain for gain in read(experiment).gains(Reading(reading)))
        numbers = [f"{first:.3g}" if first < 1e5 else f"{first:.2e}"[:4], f"{last:.2e}"[:4]]
        assert all(number in parts[reading] for number in numbers)
    assert opening("readings.why_full") in verdict
    assert opening("readings.calm") in said("readings", activation="tanh", weight_scale=1.0)
    assert opening("readings.one_unit") in said("readings", width=1)
    assert opening("readings.zero") in said("readings", weight_scale=0.0)


@pytest.mark.parametrize(
    ("key", "change"),
    [
        ("shallow", {"depth": 14}),
        ("agrees", {"depth": 24, "width": 128, "activation": "tanh", "weight_scale": 1.0, "batch": 8}),
        ("width", {"depth": 40, "width": 16, "activation": "identity", "batch": 64}),
        ("faded", {"depth": 20, "weight_scale": 0.002, "activation": "tanh"}),
        ("few", {"batch": 3}),
        ("one_unit", {"width": 1}),
        ("nothing", {"weight_scale": 0.0}),
        ("no_formula", {"place": AFTER, "beta": 0.5}),
        ("zero", {"weight_scale": 0.0}),
        ("narrow", {"depth": 20, "width": 8}),
    ],
)
def test_theory_and_measurement_are_compared_and_a_difference_has_its_reason(key: str, change: dict) -> None:
    assert opening(f"grown.{key}") in said("growth", **change)


def test_a_mean_that_was_taken_away_is_drawn_as_removed_and_another_is_not() -> None:
    lines = looked_at("layers", TEXT, SMALL)[0]["lines"].table()
    assert lines[lines.word != ""].side.tolist() == [1]
    assert set(lines[lines.word != ""].word) == {TEXT("chart.batch_norm.removed")}
    moved = looked_at("layers", TEXT, replace(SMALL, beta=0.5))[0]["lines"].table()
    assert (moved.word == "").all()


def test_the_strips_stand_where_their_axis_says() -> None:
    frames, side = tables(looked_at("layers", TEXT, SMALL)[0]), compare(SMALL).without
    unit = next(int(np.log10(float(word))) for place, word in frames["ticks"].values if 0 < place < 0.4)
    rows = frames["layers"][frames["layers"].side == 0]
    values = np.sign(rows.q95) * (10 ** np.abs(rows.q95) - 1) * 10.0**unit
    np.testing.assert_allclose(values, side.signs[4] * 10 ** side.sizes[4], rtol=1e-4)


TABLES = {
    "layers": lambda experiment: layers_table(compare(experiment)),
    "unit": lambda experiment: unit_table(follow_unit(experiment, 2)),
    "readings": lambda experiment: readings_table(read(experiment)),
    "growth": lambda experiment: growth_table(measure_growth(experiment)),
}
RUN = (
    Experiment(5, 12, 8, 0.8, "sigmoid", 3),
    Experiment(4, 9, 8, 1.3, "relu", 1, bias_scale=0.3, place=AFTER, gamma=-1.5, beta=0.4, epsilon=1e-3),
)


@pytest.mark.parametrize(("experiment", "look"), list(product(RUN, LOOKS)))
def test_the_program_prints_the_table(experiment: Experiment, look: str) -> None:
    assert tuple(WAYS) == LOOKS
    place = Path(__file__).parents[2] / "gdcore" / "data" / "digits.npz"
    written = program(experiment, look, 3)
    assert written.count('"gdcore/data/digits.npz"') == 1
    printed = printed_by(written.replace('"gdcore/data/digits.npz"', repr(str(place))))
    table = pd.read_csv(io.StringIO(TABLES[look](experiment).to_csv(index=False)))
    pd.testing.assert_frame_equal(printed, table, rtol=1e-9, atol=1e-12, check_dtype=False)
