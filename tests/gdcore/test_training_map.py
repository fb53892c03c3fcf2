from dataclasses import replace

import numpy as np
import pytest

from gdcore.loss_map import FILE, LEARNING_RATES, PLAN, WEIGHT_SCALES, cell_plan, loss_map, train_cell


def test_the_shipped_map_is_whole_small_and_made_by_the_plan_that_the_command_has_now() -> None:
    shipped = loss_map()
    shape = (2, len(LEARNING_RATES), len(WEIGHT_SCALES))
    assert shipped.final_loss.shape == shipped.exploded.shape == shipped.exploded_at.shape == shape
    assert shipped.curves.shape == (*shape, len(shipped.updates))
    assert shipped.plan == PLAN
    np.testing.assert_array_equal(shipped.learning_rates, LEARNING_RATES)
    np.testing.assert_array_equal(shipped.weight_scales, WEIGHT_SCALES)
    assert FILE.stat().st_size < 100_000
    assert not shipped.curves.flags.writeable


def test_a_cell_is_infinite_where_it_exploded_from_that_update_on_and_finite_elsewhere() -> None:
    shipped = loss_map()
    assert not np.isnan(shipped.curves).any()
    np.testing.assert_array_equal(np.isinf(shipped.final_loss), shipped.exploded)
    np.testing.assert_array_equal(shipped.exploded_at > 0, shipped.exploded)
    np.testing.assert_array_equal(shipped.curves[..., -1], shipped.final_loss)
    before = shipped.updates < np.where(shipped.exploded_at, shipped.exploded_at, np.inf)[..., None]
    np.testing.assert_array_equal(np.isfinite(shipped.curves), before)


@pytest.mark.parametrize(
    ("batch_norm", "rate", "scale"), [(0, 0, 8), (0, 4, 10), (1, 4, 7)], ids=["learns slowly", "explodes", "learns"]
)
def test_a_cell_trained_again_has_the_shipped_curve(batch_norm: int, rate: int, scale: int) -> None:
    shipped = loss_map()
    updates, losses, exploded_at = train_cell(cell_plan(shipped.plan, bool(batch_norm), rate, scale))
    curve = shipped.curves[batch_norm, rate, scale]
    np.testing.assert_array_equal(updates, shipped.updates[np.isfinite(curve)])
    # calm cells: another processor adds up in another order, and a chaotic training would end elsewhere
    np.testing.assert_allclose(losses, curve[np.isfinite(curve)], rtol=1e-4)
    assert exploded_at == shipped.exploded_at[batch_norm, rate, scale]


def test_a_cell_is_one_plan_with_its_own_rate_scale_and_batch_norm() -> None:
    plan = cell_plan(PLAN, True, 3, 5)
    assert plan == replace(PLAN, batch_norm=True, learning_rate=LEARNING_RATES[3], gain=WEIGHT_SCALES[5])


def test_without_batch_norm_an_island_learns_and_with_it_most_of_the_map() -> None:
    learnt = loss_map().final_loss < 0.5
    assert learnt[0].mean() < 0.25
    assert learnt[1].mean() > 2.0 * learnt[0].mean()
    best = WEIGHT_SCALES[learnt[0].any(axis=0)]
    assert best.max() / best.min() < 5.0
    assert learnt[1].any(axis=0).all()  # every weight scale has a learning rate that works
