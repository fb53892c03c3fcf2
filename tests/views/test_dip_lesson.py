"""The lesson "Beyond convex": its verdict on both sides of every limit, and the fates that the prose promises."""

import itertools
import re

import numpy as np
import pytest

from gdcore.dip import Fate, curvature, landmarks, nudged
from views.charts.dip_frames import SHRINKS, dip_run
from views.settings import PAGES
from views.text import LANGUAGES, load_text
from views.verdicts.dip import Zone, dip_verdict, leaves_at, zone

TEXT = load_text("en")
MACHINE = re.compile(r"nan|\binf\b|∞|None|e[+-]\d|0\.0000|\?|@", re.IGNORECASE)
KNOWN = landmarks()
SETTING = {setting.key: setting for setting in PAGES["learning_rate"]}
SCHEDULES = SETTING["dip_schedule"].options
STARTS = [SETTING["dip_start"].low, SETTING["dip_start"].high, 0.0, KNOWN.barrier, KNOWN.shallow, 3.05]
ENDS_OF_ALL = list(itertools.product(STARTS, [0.05, 0.3, 1.0, 1.14, 3.0, 18.0, 20.0, 22.0, 40.0], [10, 100], SCHEDULES))


def run_of(rate, start=3.05, steps=60, schedule="constant"):
    return dip_run(start, np.array([rate]), steps, schedule)


def said(rate, start=3.05, steps=60, schedule="constant", text=TEXT):
    return dip_verdict(text, run_of(rate, start, steps, schedule))


def opening(key):
    """The first words of a sentence of the catalogue, up to its first number."""
    return TEXT.words[f"verdict.dip.{key}"].split("@")[0]


def fates(rates, start, steps=100, schedule="constant"):
    return {fate.name for fate in dip_run(start, np.asarray(rates), steps, schedule).fate}


@pytest.mark.parametrize(
    ("limit", "below", "on"),
    [(KNOWN.shallow_limit, Zone.BOTH, Zone.ON_SHALLOW), (KNOWN.deep_limit, Zone.ONLY_DEEP, Zone.ON_DEEP)],
)
def test_theory_changes_at_its_two_limits_and_nowhere_else(limit, below, on):
    above = Zone.ONLY_DEEP if below is Zone.BOTH else Zone.NEITHER
    for closeness in (1e-6, 1e-3):
        assert zone(limit * (1 - closeness)) is below
        assert zone(limit * (1 + closeness)) is above
    assert zone(limit) is on
    for rate, expected in ((limit * (1 - 1e-3), below), (limit, on), (limit * (1 + 1e-3), above)):
        words = TEXT.words[f"verdict.dip.theory.{expected.name}"].split("@alpha")[1].split("@")[0]
        assert words in said(rate)


def test_the_factors_that_theory_says_are_those_that_a_run_near_the_minimum_has():
    for minimum, rate in itertools.product((KNOWN.deep, KNOWN.shallow), (0.3, 3.0, 22.0)):
        points = run_of(rate, minimum + 1e-6, 1).points[:, 0]
        factor = (points[1] - minimum) / (points[0] - minimum)
        assert factor == pytest.approx(1 - rate * float(curvature(minimum)), rel=1e-4)
        assert f"**{factor:.3g}**".replace("-", "−") in said(rate)


@pytest.mark.parametrize(
    ("start", "rates", "steps", "expected"),
    [
        (3.05, np.linspace(0.05, 0.6, 60), 60, {"TRAPPED"}),
        (3.05, np.linspace(0.68, 1.1355, 60), 100, {"RATTLES"}),
        (3.05, np.linspace(1.15, 16.4, 200), 100, {"ESCAPED"}),
        (3.05, np.linspace(20.1, 40.0, 60), 60, {"DIVERGED"}),
        (3.3, np.linspace(0.05, 0.6, 60), 60, {"TRAPPED"}),
        (3.3, np.linspace(0.68, 0.987, 60), 100, {"RATTLES"}),
        (3.3, np.linspace(0.99, 12.7, 200), 100, {"ESCAPED"}),
        (3.3, np.linspace(20.1, 40.0, 60), 60, {"DIVERGED"}),
    ],
)
def test_the_fates_of_both_starts_are_those_of_the_prose(start, rates, steps, expected):
    assert fates(rates, start, steps) == expected


def test_almost_too_large_a_rate_leaves_and_may_not_settle():
    assert fates(np.linspace(17.0, 19.9, 60), 3.05) == {"ESCAPED", "ESCAPED_UNSETTLED"}


def test_a_rate_that_shrinks_escapes_and_settles_wherever_it_starts_large_enough():
    assert fates(np.geomspace(1.45, 40, 300), 3.05, 60, SHRINKS) == {"ESCAPED"}
    assert fates(np.geomspace(0.05, 1.43, 300), 3.05, 60, SHRINKS) == {"TRAPPED"}
    assert "DIVERGED" in fates([22.0], 3.05, 60)
    assert abs(run_of(22.0, schedule=SHRINKS).points[-1, 0]) < 1e-3


def test_the_schedule_is_that_of_the_formula():
    run = run_of(22.0, steps=40, schedule=SHRINKS)
    assert run.learning_rates[:, 0] == pytest.approx([22.0 * 50 ** (-t / 40) for t in range(40)])
    assert (run_of(22.0, steps=40).learning_rates == 22.0).all()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_verdict_is_words_and_plain_numbers(language):
    text = load_text(language)
    for start, rate, steps, schedule in ENDS_OF_ALL:
        verdict = said(rate, start, steps, schedule, text)
        assert not MACHINE.search(verdict), verdict


@pytest.mark.parametrize(
    ("key", "case"),
    [
        ("run.TRAPPED_SETTLED", {"rate": 0.3}),
        ("run.TRAPPED_MOVING", {"rate": 0.05, "steps": 10}),
        ("run.RATTLES", {"rate": 1.0}),
        ("run.ESCAPED_SETTLED", {"rate": 3.0}),
        ("run.ESCAPED_MOVING", {"rate": 3.0, "steps": 10}),
        ("run.ESCAPED_UNSETTLED", {"rate": 18.0}),
        ("run.DIVERGED", {"rate": 22.0}),
        ("walls", {"rate": 1.0}),
        ("slow_dip", {"rate": 0.66}),
        ("slow_bowl", {"rate": 19.0, "start": -1.0}),
        ("kicked", {"rate": 18.0}),
        ("thrown_back", {"rate": 20.01, "start": 1.0}),
        ("not_yet", {"rate": 22.0, "start": 0.0}),
        ("not_yet", {"rate": 0.7, "start": KNOWN.shallow}),
        ("late", {"rate": 35.379184760849068, "start": 3.3, "steps": 10, "schedule": SHRINKS}),
        ("never_in", {"rate": 0.3, "start": -3.0}),
        ("left", {"rate": 3.0}),
        ("crossed", {"rate": 22.0, "schedule": SHRINKS}),
        ("far", {"rate": 22.0, "schedule": SHRINKS}),
        ("theory.bowl_from", {"rate": 22.0, "schedule": SHRINKS}),
        ("theory.bowl_always", {"rate": 3.0, "schedule": SHRINKS}),
        ("theory.dip_always", {"rate": 0.5, "schedule": SHRINKS}),
        ("theory.dip_from", {"rate": 3.0, "schedule": SHRINKS}),
        ("theory.dip_never", {"rate": 40.0, "schedule": SHRINKS}),
    ],
)
def test_what_happens_is_said_where_it_happens(key, case):
    assert opening(key) in said(**case)


@pytest.mark.parametrize(
    "key", ["walls", "slow_dip", "slow_bowl", "kicked", "thrown_back", "not_yet", "late", "chaotic"]
)
def test_a_calm_run_that_does_as_theory_says_needs_no_reason(key):
    for rate in (0.3, 3.0, 10.0, 22.0):
        assert opening(key) not in said(rate)


def test_a_chaotic_outcome_is_called_one_and_no_other():
    edge = np.linspace(1.137, 1.146, 60)
    found = nudged(dip_run(3.05, edge, 60, "constant")).fate
    assert 0 < found.sum() < 60
    for rate, chaotic in zip(edge, found, strict=True):
        near = {run_of(factor * rate).fate[0] for factor in (0.999, 1.0, 1.001)}
        assert (opening("chaotic") in said(rate)) == chaotic
        assert not chaotic or len(near) > 1
    assert opening("chaotic_place") in said(1.0)
    assert opening("chaotic_place") not in said(0.7)  # a cycle of two, the same for every α nearby


def test_divergence_is_named_with_the_step_at_which_it_leaves_the_picture():
    for rate, start in ((22.0, 3.05), (21.5, -2.0), (40.0, 0.5)):
        run = run_of(rate, start)
        step = int(leaves_at(run)[0])
        window = (-4.0, 4.5)
        assert run.fate[0] is Fate.DIVERGED
        assert all(not window[0] <= point <= window[1] for point in run.points[step:, 0])
        assert step == 0 or window[0] <= run.points[step - 1, 0] <= window[1]
        assert f"from step {step} on" in said(rate, start)
    assert leaves_at(run_of(0.3)).tolist() == [-1]


def test_within_the_settings_no_run_leaves_float64():
    for start, schedule in itertools.product(STARTS, SCHEDULES):
        run = dip_run(start, np.array([0.05, 20.0, 40.0]), 100, schedule)
        assert np.isfinite(run.values).all()
