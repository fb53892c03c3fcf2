import numpy as np
import pytest

from gdcore.descent import descend
from gdcore.descent_theory import limits
from gdcore.losses import ALL_LOSSES, least_squares, quadratic, quartic, softplus
from gdcore.samples import car_loss_data
from gdcore.step_factors import first_to_arrive, locally_best, step_factors

LOSSES = [*(make(0.9) if name == "softplus" else make() for name, make in ALL_LOSSES.items())]
LOSSES.append(least_squares(*car_loss_data()[:2]))
every_loss = pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)


@every_loss
@pytest.mark.parametrize("times", [0.1, 1.0, 3.0, 20.0])
def test_what_is_measured_is_what_is_predicted_at_every_step(loss, times):
    run = descend(loss, loss.start, times * loss.learning_rate, 40)
    measured, predicted = step_factors(loss, run)
    seen = np.isfinite(measured)
    assert seen[0].all()
    with np.errstate(over="ignore"):
        rounding = 1e-6 * (1 + np.abs(predicted[seen]))
    assert (np.abs(measured[seen] - predicted[seen]) <= rounding).all()


def test_a_quadratic_has_the_same_factor_at_every_step():
    run = descend(quadratic(2.0), 1.0, [0.1, 0.7, 1.2], 20)
    np.testing.assert_allclose(step_factors(quadratic(2.0), run).measured, np.tile([0.8, -0.4, -1.4], (20, 1)))


def test_a_distance_of_a_few_rounding_errors_is_not_measured():
    loss = least_squares(*car_loss_data()[:2])
    run = descend(loss, loss.start, 0.5 / loss.curvature_at_minimum, 100)
    measured, predicted = step_factors(loss, run)
    assert np.isnan(measured[-1]).all()
    assert np.isfinite(predicted[-1]).all()
    assert measured[0, 0] == pytest.approx(0.5)


def test_a_run_beyond_float64_has_no_factors_any_more():
    measured, predicted = step_factors(quartic(), descend(quartic(), 2.0, 1.0, 20))
    assert np.isnan(measured[-1]).all()
    assert np.isnan(predicted[-1]).all()
    assert predicted[0, 0] == pytest.approx(1 - 16)


@every_loss
def test_the_locally_best_rate_has_factor_0_at_the_minimum_and_converges(loss):
    best = locally_best(loss, limits(loss, loss.start))
    if loss.name in ("quartic", "absolute"):
        assert best is None
    elif best is not None:
        assert 1 - best * float(loss.curvature(loss.minimiser)) == pytest.approx(0, abs=1e-12)
        near = [best * factor for factor in (0.8, 1.0, 1.25)]
        ends = descend(loss, loss.minimiser + 1e-3, near, 4).excess[-1]
        assert ends[1] <= min(ends[0], ends[2])
    else:
        assert loss.name == "softplus"


def test_where_it_is_not_certain_to_converge_theory_gives_no_best_rate():
    loss = softplus(0.9)
    assert locally_best(loss, limits(loss, -6.0)) is None
    assert locally_best(loss, limits(loss, loss.minimiser + 0.1)) == pytest.approx(1 / 0.09)


def test_the_first_to_arrive_is_found_by_brute_force():
    rates = np.linspace(0.02, 0.2, 15)
    runs = descend(quartic(), 1.5, rates, 60, tolerance=1e-3)
    counts = []
    for rate in rates:
        theta, count = 1.5, 0
        while theta**4 > 1e-3 * 1.5**4 and count < 60:
            theta, count = theta - rate * 4 * theta**3, count + 1
        counts.append(count)
    assert counts[list(rates).index(first_to_arrive(runs))] == min(counts)


def test_if_none_arrives_the_lowest_end_wins_and_an_overflow_never_does():
    runs = descend(quadratic(), 1.0, [1e-3, 2e-3, 1e300], 3)
    assert first_to_arrive(runs) == 2e-3
