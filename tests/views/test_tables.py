"""Tables of numbers: what an editor makes of one, and how many are kept."""

import numpy as np
import pytest

from tests.views.test_fit import brought
from views import tables
from views.tables import edited, find, keep, make_table


def test_a_table_in_the_editor_changes_cells_gains_rows_and_loses_them() -> None:
    table = make_table({"a": [1.0, 2.0, 3.0], "b": [4.0, 5.0, 6.0]})
    made = edited(
        table,
        {
            "edited_rows": {"0": {"a": 9, "b": None}, 2: {"b": 1e300}},
            "added_rows": [{"a": 7}, {"b": 8.5}],
            "deleted_rows": [1],
        },
    )
    assert made is not None
    np.testing.assert_array_equal(made.columns["a"], [9, 3, 7, np.nan])
    np.testing.assert_array_equal(made.columns["b"], [np.nan, np.nan, np.nan, 8.5])
    assert edited(table, {}).key == table.key  # type: ignore[union-attr]
    assert edited(table, {"deleted_rows": [0, 1, 2]}) is None


def test_the_shelf_holds_so_many_tables_and_so_many_bytes_and_the_newest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "_shelf", tables._Shelf())
    small = [brought({"a": [number]}) for number in range(tables.MOST_KEPT + 5)]
    keep(small[-1])
    assert [find(table.key) is table for table in small] == [False] * 5 + [True] * tables.MOST_KEPT
    keep(small[5])
    last = brought({"a": [-1.0]})
    assert find(small[5].key) is small[5]
    assert find(small[6].key) is not small[6]
    monkeypatch.setattr(tables, "_MOST_BYTES", 800)
    large = brought({"a": np.arange(95.0)})
    assert find(large.key) is large
    assert find(last.key) is last
    assert len(tables._shelf.tables) == 6
    assert tables._shelf.bytes == 800
    larger = brought({"a": np.arange(500.0)})
    assert list(tables._shelf.tables) == [larger.key]
