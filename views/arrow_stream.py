"""A data set in Arrow's format, as a browser gets it.

PyArrow's own converters look whether they are given something of pandas, and load pandas for it: half a second of the
first visitor's time. So the arrays are laid over the columns' own memory.
"""

import weakref
from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from views.charts.data_set import Column, DataSet

_sent: weakref.WeakKeyDictionary[DataSet, bytes] = weakref.WeakKeyDictionary()


def arrow(data: DataSet) -> bytes:
    """The data set as an Arrow stream.

    One that is handed over again, because a cache holds it, is not written again.
    """
    content = _sent.get(data)
    if content is None:
        content = _sent[data] = _written(data)
    return content


def _written(data: DataSet) -> bytes:
    arrays = [_array(column) for column in data.columns.values()]
    table = pa.Table.from_arrays(arrays, names=list(data.columns))
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    content: bytes = sink.getvalue().to_pybytes()
    return content


def _array(column: Column) -> pa.Array:
    values = np.ascontiguousarray(column)
    if values.dtype.kind in "UO":
        return _of_words([str(word) for word in column])
    if values.dtype.kind == "b":
        bits = np.packbits(values, bitorder="little")
        return pa.Array.from_buffers(pa.bool_(), len(values), [None, pa.py_buffer(bits)])
    return pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), len(values), [None, pa.py_buffer(values)])


def _of_words(words: Sequence[str]) -> pa.Array:
    encoded = [word.encode() for word in words]
    ends = np.cumsum([0, *map(len, encoded)], dtype=np.int32)
    return pa.Array.from_buffers(pa.string(), len(encoded), [None, pa.py_buffer(ends), pa.py_buffer(b"".join(encoded))])
