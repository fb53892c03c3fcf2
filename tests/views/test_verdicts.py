"""The sentences chosen are those that the mathematics asks for, on both sides of every limit and on it."""

import re
from types import MappingProxyType

import pytest

from gdcore.convex_loss import Loss
from gdcore.descent import descend
from gdcore.descent_theory import limits
from views.numbers import plain
from views.problem import LOSSES
from views.text import Text, load_text
from views.verdicts.descent import descent_verdict

PLACEHOLDER = re.compile(r"@[a-z][a-z_0-9]*")
ENGLISH = load_text("en").words
KEYS = Text(  # every word is its own key, followed by what was put in
    "keys", MappingProxyType({key: " ".join([f"[{key}]", *PLACEHOLDER.findall(said)]) for key, said in ENGLISH.items()})
)


def keys_of(said: str, under: str) -> list[str]:
    return re.findall(rf"\[verdict\.{under}\.(\w+)\]", said)


def made(name: str) -> Loss:
    return LOSSES[name](2.0, 0.9)


LIMITS = {  # 1/c and 2/c by hand, for the start below; where c is bounded these are 1/L and 2/L
    "quadratic": (2.5, 0.5, 1.0),
    "cars": (0.0, 1 / float(made("cars").curvature(0.0)), 2 / float(made("cars").curvature(0.0))),
    "log_cosh": (3.0, 1.0, 2.0),
    "huber": (2.7, 1.0, 2.0),
    "quartic": (1.5, 1 / (4 * 1.5**2), 2 / (4 * 1.5**2)),
}
EXPECTED = {  # below 1/c, on it, between, on 2/c, above
    "quadratic": ("ONE_SIDED", "ONE_STEP", "CHANGES_SIDES", "CYCLES", "DIVERGES"),
    "cars": ("ONE_SIDED", "ONE_STEP", "CHANGES_SIDES", "CYCLES", "DIVERGES"),
    "log_cosh": ("ONE_SIDED", "ONE_SIDED", "CHANGES_SIDES", "CHANGES_SIDES", "CYCLES"),
    "huber": ("ONE_SIDED", "ONE_SIDED", "CHANGES_SIDES", "CYCLES", "CYCLES"),
    "quartic": ("ONE_SIDED", "ONE_STEP", "CHANGES_SIDES", "CYCLES", "DIVERGES"),
}
JUST = 1e-6
WALK = [
    (name, start, rate, regime)
    for name, (start, first, second) in LIMITS.items()
    for rates, regime in zip(
        (
            (first / 100, first / 2, first * (1 - JUST)),
            (first,),
            (first * (1 + JUST), (first + second) / 2, second * (1 - JUST)),
            (second,),
            (second * (1 + JUST), second * 1.4),
        ),
        EXPECTED[name],
        strict=True,
    )
    for rate in rates
]
WALK += [("absolute", 3.0, rate, "CYCLES") for rate in (0.001, 0.4, 2.0, 2.9, 3.1, 50.0)]
WALK += [("absolute", 3.0, 3.0, "ONE_STEP"), ("huber", 3.0, 3.0, "ONE_STEP")]
WALK += [(name, made(name).minimiser, rate, "AT_REST") for name in LOSSES for rate in (1e-3, 1.0, 100.0)]
MAY_DO = {
    "LANDS": {"REACHED", "APPROACHING"},
    "AT_REST": {"AT_REST"},
    "ONE_SIDED": {"REACHED", "APPROACHING"},
    "ONE_STEP": {"REACHED"},
    "CHANGES_SIDES": {"REACHED", "APPROACHING"},
    "CYCLES": {"CYCLING"},
    "DIVERGES": {"GROWING", "OVERFLOWED"},
    "UNDECIDED": {"REACHED", "APPROACHING", "CYCLING", "GROWING", "OVERFLOWED", "WANDERING"},
}


def consistent(said: str, *, pair: bool = True) -> str:
    """The regime that is said; theory and run agree, or it is said that they do not.

    Where theory knows no pair of points to jump between, a run that cycles may wander.
    """
    (regime,) = [key for key in keys_of(said, "theory") if key in MAY_DO]
    outcome, *more = keys_of(said, "run")
    may_do = MAY_DO[regime] | ({"WANDERING"} if regime == "CYCLES" and not pair else set())
    assert (outcome not in may_do) == bool({"disagrees", "rounded"} & set(more))
    assert not ("crossed" in more and regime in ("AT_REST", "ONE_SIDED", "ONE_STEP"))
    return regime


@pytest.mark.parametrize("steps", [1, 10, 100])
@pytest.mark.parametrize(("name", "start", "rate", "regime"), WALK)
def test_the_sentence_of_theory_is_the_right_one_on_both_sides_of_every_limit(
    name: str, start: float, rate: float, regime: str, steps: int
) -> None:
    loss = made(name)
    assert consistent(descent_verdict(KEYS, loss, descend(loss, start, rate, steps))) == regime


@pytest.mark.parametrize("start", [-4.0, 0.0, 6.0])
def test_softplus_is_undecided_between_the_safe_limit_and_the_local_one(start: float) -> None:
    loss = made("softplus")
    low, high = sorted((start, 2 * loss.minimiser - start))
    safe, local = 2 / loss.steepest_chord(low, high), 2 / float(loss.curvature(loss.minimiser))
    assert safe < local
    on_the_way = loss.steepest_chord(*sorted((start, loss.minimiser)))
    for rate, regime in (
        (safe * (1 - JUST), "ONE_SIDED" if safe < 1 / on_the_way else "CHANGES_SIDES"),
        (safe * (1 + JUST), "UNDECIDED"),
        ((safe + local) / 2, "UNDECIDED"),
        (local * (1 - JUST), "UNDECIDED"),
        (local * (1 + JUST), "CYCLES"),
        (local * 2, "CYCLES"),
    ):
        run = descend(loss, start, rate, 60)
        landed = run.points[1, 0] == loss.minimiser
        assert consistent(descent_verdict(KEYS, loss, run), pair=False) == ("ONE_STEP" if landed else regime)


@pytest.mark.parametrize(
    ("name", "start", "rate"),
    [
        *((name, start, rate) for name, start, rate, _ in WALK),
        ("absolute", 3.0, 0.5),
        ("huber", 4.0, 2.0),
    ],
)
def test_a_learning_rate_that_is_said_to_be_below_a_limit_is_below_it(name: str, start: float, rate: float) -> None:
    loss = made(name)
    known = limits(loss, start)
    regime = consistent(descent_verdict(KEYS, loss, descend(loss, start, rate, 100)))
    if regime == "ONE_SIDED":
        assert rate <= known.one_sided * (1 + 1e-9)
    if regime == "DIVERGES":
        assert rate > known.converges


def test_a_run_on_the_absolute_value_that_settles_is_not_told_that_it_never_does() -> None:
    loss = made("absolute")
    said = descent_verdict(KEYS, loss, descend(loss, 3.0, 0.5, 30))
    assert keys_of(said, "run") == ["REACHED"]
    assert "absolute" not in keys_of(said, "theory")


def test_a_run_that_is_too_short_to_show_its_regime_says_so() -> None:
    loss = made("log_cosh")
    said = descent_verdict(KEYS, loss, descend(loss, 3.0, 2.5, 1))
    assert keys_of(said, "run")[-1] == "disagrees"
    assert "[regime.CYCLES]" in said


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.75, 1.0, 1.3])
def test_the_factor_of_a_parabola_is_said_with_its_value(rate: float) -> None:
    loss = made("quadratic")
    said = descent_verdict(KEYS, loss, descend(loss, 2.5, rate, 30))
    assert f"[verdict.theory.factor] {plain(1 - 2 * rate)}" in said


def test_the_two_points_of_a_cycle_are_those_of_the_run() -> None:
    said = descent_verdict(KEYS, made("quadratic"), descend(made("quadratic"), 2.5, 1.0, 30))
    assert "[verdict.theory.cycle] 2.5 −2.5" in said
