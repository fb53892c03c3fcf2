"""A data set keeps its columns side by side, and the browser gets them in the types that they were given in."""

import gc
import weakref

import numpy as np
import pyarrow as pa
import pytest

from views import arrow_stream
from views.arrow_stream import arrow
from views.charts.data_set import DataSet

STEPS = DataSet({"step": np.arange(3, dtype="i1"), "loss": np.array([2.0, 1.0, 0.5]), "word": ["a", "b", "c"]})


def sent(data: DataSet) -> pa.Table:
    return pa.ipc.open_stream(arrow(data)).read_all()


def columns_of(data: DataSet) -> dict[str, list[object]]:
    return {name: list(column) for name, column in data.columns.items()}


def test_a_column_is_the_one_that_was_given() -> None:
    loss = np.array([1.0, 2.0])
    data = DataSet({"loss": loss, "word": ["a", "b"]})
    assert data["loss"] is loss
    assert data["word"] == ["a", "b"]
    assert len(data) == 2


def test_columns_of_unequal_length_are_refused_with_their_lengths() -> None:
    with pytest.raises(ValueError, match=r"must be equally long, not \{'step': 3, 'loss': 2\}"):
        DataSet({"step": [0, 1, 2], "loss": [1.0, 0.5]})
    with pytest.raises(ValueError, match="must be equally long"):
        STEPS.with_columns(more=[1, 2])


def test_a_row_holds_every_value_once() -> None:
    row = DataSet.row(depth=np.int8(3), loss=0.5, word="a", known=True)
    assert len(row) == 1
    assert columns_of(row) == {"depth": [3], "loss": [0.5], "word": ["a"], "known": [True]}
    assert [str(field.type) for field in sent(row).schema] == ["int8", "double", "string", "bool"]


def test_rows_become_columns_of_the_types_that_are_named_even_if_there_are_none() -> None:
    types = {"line": "i1", "loss": "f4", "word": str}
    data = DataSet.of_rows(types, [(0, 2.0, "a"), (1, 1.0, "b")])
    assert columns_of(data) == {"line": [0, 1], "loss": [2.0, 1.0], "word": ["a", "b"]}
    for each in (data, DataSet.of_rows(types, [])):
        assert [str(field.type) for field in sent(each).schema][:2] == ["int8", "float"]
    assert len(DataSet.of_rows(types, [])) == 0
    for uneven in ((1, 1.0), (1, 1.0, "b", "more")):
        with pytest.raises(ValueError, match="zip"):
            DataSet.of_rows(types, [(0, 2.0, "a"), uneven])


def test_data_sets_are_stacked_in_order_and_keep_their_types() -> None:
    last = DataSet({"step": np.array([9], dtype="i1"), "loss": np.array([0.1]), "word": ["end"]})
    both = DataSet.stacked([STEPS, last])
    assert columns_of(both) == {name: cells + columns_of(last)[name] for name, cells in columns_of(STEPS).items()}
    assert sent(both).schema == sent(STEPS).schema


def test_rows_are_kept_where_a_mask_is_true_of_arrays_and_of_lists() -> None:
    kept = STEPS.where(np.array([True, False, True]))
    assert columns_of(kept) == {"step": [0, 2], "loss": [2.0, 0.5], "word": ["a", "c"]}
    assert sent(kept).schema == sent(STEPS).schema


def test_columns_are_added_and_replaced_in_a_new_data_set_and_a_single_value_is_repeated() -> None:
    more = STEPS.with_columns(loss=[1, 2, 3], was=np.int8(7), name="run")
    assert columns_of(more) == {
        **columns_of(STEPS), "loss": [1, 2, 3], "was": [7, 7, 7], "name": ["run"] * 3
    }  # fmt: skip
    assert sent(more).schema.field("was").type == pa.int8()
    assert list(STEPS.columns) == ["step", "loss", "word"]
    assert STEPS["loss"].tolist() == [2.0, 1.0, 0.5]


def test_a_table_has_the_same_columns_and_types() -> None:
    table = STEPS.table()
    assert {name: table[name].tolist() for name in table} == columns_of(STEPS)
    assert table.dtypes[["step", "loss"]].astype(str).tolist() == ["int8", "float64"]


def test_numbers_and_words_travel_as_they_are_and_what_is_not_finite_is_no_gap() -> None:
    data = DataSet(
        {
            "far": np.array([np.nan, np.inf]),
            "small": np.array([1, 2], dtype="u1"),
            "listed": [1, 2],
            "mixed": [1, 2.5],
            "flag": np.array([True, False]),
            "word": np.repeat(["ŷ", "中"], 1),
            "said": np.array(["", "a"], dtype=object),
        }
    )
    table = sent(data)
    types = ["double", "uint8", "int64", "double", "bool", "string", "string"]
    assert [str(field.type) for field in table.schema] == types
    assert sum(column.null_count for column in table.columns) == 0
    assert repr(table.to_pydict()) == repr(
        {
            "far": [float("nan"), float("inf")],
            "small": [1, 2],
            "listed": [1, 2],
            "mixed": [1.0, 2.5],
            "flag": [True, False],
            "word": ["ŷ", "中"],
            "said": ["", "a"],
        }
    )


def test_what_is_sent_is_written_once_and_forgotten_with_its_data_set(monkeypatch: pytest.MonkeyPatch) -> None:
    data = DataSet({"step": [0, 1]})
    first = arrow(data)
    with monkeypatch.context() as patch:
        patch.setattr(arrow_stream, "_written", None)
        assert arrow(data) is first
    assert arrow(DataSet({"step": [0, 1]})) == first
    kept, gone = len(arrow_stream._sent), weakref.ref(data)
    del data
    gc.collect()
    assert gone() is None
    assert len(arrow_stream._sent) == kept - 1
