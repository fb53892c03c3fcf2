"""A data set of a chart: named columns of equal length.

It can do no more than the charts need, so it is made in microseconds; a table of pandas takes a millisecond.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from views.lazily import pd

Column = npt.NDArray[Any] | Sequence[str] | Sequence[float]
Value = str | float | np.generic


@dataclass(frozen=True, eq=False)
class DataSet:
    """Columns by name, as they were given. They never change: what is sent of a data set is kept while it lives."""

    columns: Mapping[str, Column]

    def __post_init__(self) -> None:
        """Refuse columns that do not stand side by side."""
        lengths = {name: len(column) for name, column in self.columns.items()}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"The columns of a data set must be equally long, not {lengths}.")

    def __len__(self) -> int:
        """The number of rows."""
        return len(next(iter(self.columns.values()), ()))

    def __getitem__(self, name: str) -> Any:
        """A column as it was given."""
        return self.columns[name]

    @classmethod
    def row(cls, **values: Any) -> DataSet:
        """A single row."""
        return cls({name: [value] for name, value in values.items()})

    @classmethod
    def of_rows(cls, types: Mapping[str, npt.DTypeLike], rows: Sequence[tuple[Value, ...]]) -> DataSet:
        """From rows, perhaps none; `types` names the columns and says what they are made of."""
        columns = zip(*rows, strict=True) if rows else [()] * len(types)
        return cls(
            {
                name: list(column) if kind is str else np.array(column, dtype=kind)
                for (name, kind), column in zip(types.items(), columns, strict=True)
            }
        )

    @classmethod
    def stacked(cls, sets: Sequence[DataSet]) -> DataSet:
        """The rows of several data sets with the same columns, one below the other."""
        return cls({name: np.concatenate([each[name] for each in sets]) for name in sets[0].columns})

    def where(self, mask: npt.NDArray[np.bool_]) -> DataSet:
        """The rows for which the mask is true."""
        return DataSet({name: np.asarray(column)[mask] for name, column in self.columns.items()})

    def with_columns(self, **columns: Column | Value) -> DataSet:
        """The same with more columns, or others of the same name; a single value is repeated."""
        return DataSet({**self.columns, **{name: self._filled(column) for name, column in columns.items()}})

    def _filled(self, column: Column | Value) -> Column:
        if isinstance(column, str):
            return [column] * len(self)
        return np.full(len(self), column) if isinstance(column, float | int | np.generic) else column

    def table(self) -> pd.DataFrame:
        """As a table of pandas, for whoever wants to look closer."""
        return pd.DataFrame(dict(self.columns))
