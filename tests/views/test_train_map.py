"""The map of final loss shows what was shipped: every cell, its end, its curve, and the cell that is set."""

import numpy as np
import pytest

from gdcore.loss_map import loss_map
from tests.views.frame_tables import tables
from tests.views.test_frames import BUDGET, MACHINE, size_of
from views.charts.train import LOSS_TICKS
from views.charts.train_frames import GUESSING
from views.charts.train_map_frames import NOWHERE, PARTS, REGIMES, nearest_cell, points, train_map_frames, values_of
from views.text import LANGUAGES, load_text
from views.training import SIDES

EN = load_text("en")
KNOWN = loss_map()
CELLS = len(KNOWN.learning_rates) * len(KNOWN.weight_scales)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_map_is_sent_in_few_bytes_and_says_no_number_of_the_machine(language: str) -> None:
    made = train_map_frames(load_text(language), 0.1, 1.0)
    assert size_of(made) < BUDGET
    frames = tables(made)
    assert not [said for said in frames["cells"].ends if MACHINE.search(said)]
    assert frames["cells"].isna().sum().sum() == 0


def test_every_cell_carries_its_curve_and_its_end() -> None:
    cells = train_map_frames(EN, 0.1, 1.0)["cells"].table()
    assert len(cells) == len(SIDES) * CELLS
    curves = train_map_frames(EN, 0.1, 1.0)["losses"]["part"].reshape(-1, points()).astype(float)
    shipped = KNOWN.curves.reshape(len(cells), -1)
    finite = np.isfinite(shipped)
    assert (curves[~finite] == NOWHERE).all()
    np.testing.assert_allclose(10 ** (curves[finite] / PARTS), np.clip(shipped[finite], 1e-5, 1e6), rtol=2e-3)
    assert ((cells.ends == EN("chart.train_map.explodes")) == KNOWN.exploded.ravel()).all()


def test_a_colour_says_which_side_of_guessing_a_cell_ends_on() -> None:
    cells, final = train_map_frames(EN, 0.1, 1.0)["cells"].table(), KNOWN.final_loss.ravel()
    assert (final[cells.code == REGIMES.index("learned")] < GUESSING).all()
    assert (final[cells.code == REGIMES.index("worse")] > GUESSING).all()
    assert KNOWN.exploded.ravel()[cells.code == REGIMES.index("exploded")].all()
    below = cells.code == REGIMES.index("learned")
    learned = cells[below].assign(final=final[below])
    assert learned.sort_values("final").strength.is_monotonic_decreasing


def test_the_set_cell_is_the_nearest_one_and_every_cell_leads_back_to_itself() -> None:
    assert all(nearest_cell(*values_of(cell)) == cell for cell in range(CELLS))
    assert values_of(nearest_cell(1e-4, 0.0)) == pytest.approx((KNOWN.learning_rates[0], KNOWN.weight_scales[0]))
    assert values_of(nearest_cell(100.0, 1e3)) == pytest.approx((KNOWN.learning_rates[-1], KNOWN.weight_scales[-1]))
    assert train_map_frames(EN, 0.1, 1.0)["spot"]["cell"][0] == nearest_cell(0.1, 1.0)


def test_where_labels_are_powers_of_ten_every_tick_is_one() -> None:
    powers = np.log10(LOSS_TICKS)
    outer = powers[np.abs(powers) > 3.5]
    assert len(outer) > 2
    np.testing.assert_allclose(outer, np.round(outer), atol=1e-12)
