"""Two directions at once: the verdict on both sides of every limit, and what theory says of the steps."""

import itertools

import pytest

from gdcore.bowl_theory import Motion, long_run_loss
from gdcore.heavy_ball import Roll
from gdcore.rates import best_heavy_ball, best_learning_rate, best_rate
from tests.views.bowl_problems import BESIDE, EN, PROBLEMS, cars, every_problem, spoken, values
from views.bowls import made_bowl
from views.charts.bowl_frames import bowl_frames, described, run_at
from views.charts.bowl_ruler import limit_of, motions_at
from views.tables import car_table
from views.verdicts.bowl import best_pair, expected, measured_factor, steps_at
from views.verdicts.bowl_data import comparison


@pytest.mark.parametrize("momentum", [0.0, 0.9])
@pytest.mark.parametrize("factor", BESIDE)
@every_problem
def test_the_verdict_stands_on_the_right_side_of_the_limit(problem, factor, momentum) -> None:
    pace = factor * limit_of(momentum)
    said = spoken(problem, pace, momentum, 100)
    word = "below" if factor < 1 else "above" if factor > 1 else "exactly at"
    assert f"α is {word} " in said.split("\n")[0]
    needed = steps_at(problem, pace, momentum)
    assert (needed is None) == (factor >= 1)
    assert ("**never**" in said) == (factor >= 1)
    kind = motions_at(problem, pace, momentum)[0]
    assert kind is {1 - 1e-3: Motion.CHANGES_SIDES, 1.0: Motion.TURNS, 1 + 1e-3: Motion.DIVERGES}[factor] or (
        momentum and factor < 1 and kind is Motion.SWINGS
    )


@pytest.mark.parametrize(("factor", "kind"), [(0.999, "ONE_SIDED"), (1.0, "ONE_STEP"), (1.001, "CHANGES_SIDES")])
@every_problem
def test_at_one_over_l_the_steepest_direction_is_there_in_one_step(problem, factor, kind) -> None:
    assert motions_at(problem, factor, 0.0)[0].name == kind
    frames = bowl_frames(EN, problem, factor, 0.0, run_at(problem, factor, 0.0, 40))
    assert frames["problem"]["regime"][0] == kind
    assert EN(f"motion.{kind}") in described(EN, problem, factor, 0.0, run_at(problem, factor, 0.0, 40))


@pytest.mark.parametrize("factor", [0.9, *BESIDE, 1.01])
@pytest.mark.parametrize("name", ["made", "narrow", "cars", "slopes"])
def test_no_learning_rate_near_the_best_one_needs_fewer_steps_in_the_long_run(name, factor) -> None:
    problem = PROBLEMS[name]
    shares = problem.bowl.curvatures / problem.bowl.L
    slowest = min(long_run_loss(factor * problem.best_pace * share) for share in shares)
    best = 1 - best_rate(problem.bowl.mu, problem.bowl.L)
    assert slowest <= best * (1 + 1e-9)
    if factor == 1.0:
        assert slowest == pytest.approx(best, rel=1e-9)
        assert problem.best_pace / problem.bowl.L == pytest.approx(
            best_learning_rate(problem.bowl.mu, problem.bowl.L), rel=1e-14
        )


def test_condition_number_100_takes_691_steps_at_the_best_learning_rate() -> None:
    problem = made_bowl(100.0)
    assert steps_at(problem, problem.best_pace, 0.0) == 346  # the excess is a distance squared: half of 691
    assert f"**{steps_at(problem, 1.0, 0.0)}**" in spoken(problem, 1.0, 0.0)


def test_a_round_bowl_takes_one_step() -> None:
    problem = PROBLEMS["round"]
    assert steps_at(problem, 1.0, 0.0) == 1
    assert problem.best_pace == 1.0
    assert "Every direction is there after one step." in spoken(problem, 1.0, 0.0)
    assert bowl_frames(EN, problem, 1.0, 0.0, run_at(problem, 1.0, 0.0, 40))["limits"]["label"] == [
        "1/L = 2/(L + μ)",
        "2/L",
    ]


@pytest.mark.parametrize("pace", [0.05, 0.5, 1.5, 1.9, 2.1, 2.5])
@pytest.mark.parametrize("name", ["made", "narrow", "cars", "slopes", "one"])
def test_the_measured_factor_is_one_that_theory_predicts_and_the_slowest_where_that_has_won(name, pace) -> None:
    problem = PROBLEMS[name]
    run = run_at(problem, pace, 0.0, 100)
    shares = problem.bowl.curvatures[problem.live] / problem.bowl.L
    losses = [long_run_loss(pace * float(share)) for share in shares]
    measured = measured_factor(run)
    assert min(losses) - 1e-9 <= measured <= max(losses) + 1e-9
    if name in ("one", "slopes", "made") and pace >= 0.5:
        assert measured == pytest.approx(min(losses), rel=0.05)


@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9])
@every_problem
def test_a_run_does_what_theory_expects_or_the_words_say_that_it_does_not_yet(problem, momentum) -> None:
    for factor in (0.02, 0.3, 0.7, 0.95, 1.0, 1.05, 1.2):
        pace = factor * limit_of(momentum)
        run = run_at(problem, pace, momentum, 100)
        agrees = run.outcome[0] in expected(problem, motions_at(problem, pace, momentum))
        said = spoken(problem, pace, momentum, 100)
        assert ("do not show it yet" in said or "hardly show it" in said) is not agrees
        if momentum == 0.0 and problem.bowl.condition < 1e3:
            assert agrees
        if factor > 1:
            assert run.outcome[0] in (Roll.GROWING, Roll.OVERFLOWED)
            assert "leaves the picture" in said


@pytest.mark.parametrize("name", ["made", "narrow", "cars", "slopes", "raw"])
def test_the_best_pair_is_polyaks_and_needs_fewer_steps_than_any_learning_rate_alone(name) -> None:
    problem = PROBLEMS[name]
    pace, momentum = best_pair(problem)
    alpha, beta = best_heavy_ball(problem.bowl.mu, problem.bowl.L)
    assert (pace / problem.bowl.L, momentum) == pytest.approx((alpha, beta), rel=1e-12)
    assert pace < limit_of(momentum)
    assert steps_at(problem, pace, momentum) < steps_at(problem, problem.best_pace, 0.0)


def test_a_pair_that_the_page_cannot_set_gives_way_to_one_that_it_can() -> None:
    pace, momentum = best_pair(PROBLEMS["year"])  # κ = 4e12
    assert momentum == 0.9999
    assert pace < limit_of(momentum)
    assert "closer to 1 than the 0.9999" in spoken(PROBLEMS["year"], 1.0, 0.0)
    assert steps_at(PROBLEMS["year"], pace, momentum) < steps_at(PROBLEMS["year"], PROBLEMS["year"].best_pace, 0.0)


def ratios():
    """How many times the steps of the standardised columns the raw ones need, for every pair of inputs."""
    names = car_table().names
    for first, second in itertools.combinations(range(1, len(names)), 2):
        for intercept in ("with", "without"):
            chosen = {"first": first, "second": second, "intercept": intercept}
            raw, scaled = (cars(scaling, **chosen) for scaling in ("raw", "standardised"))
            yield steps_at(raw, raw.best_pace, 0.0) / steps_at(scaled, scaled.best_pace, 0.0)


def test_for_some_pairs_raw_needs_ten_times_the_steps_and_for_some_a_hundred_million() -> None:
    found = sorted(ratios())
    assert found[0] < 20
    assert found[-1] > 1e8


def test_the_table_shows_both_columns_and_the_sentence_their_ratio() -> None:
    said = comparison(EN, values())
    assert "| **steps** | **4.54 × 10⁸** | **39** |".replace(" × ", "\u00a0×\u00a0") in said
    assert "1.2 × 10⁷ times the steps" in said
    assert "/depth?tab=batch_norm" in said
