"""The data sets of "Three layers": nodes, edges, and the factors of each gradient, one factor an edge.

The edges are counted from the input: 1 to 3 carry w₁, w₂, w₃, edge 4 hands y₃ on as ŷ, edge 5 leads into the loss.
∂L/∂w_i has a factor for every edge from the last one back to edge i.
"""

from __future__ import annotations

import numpy as np

from gdcore.three_layers import LAYERS, ThreeLayers
from views.charts.data_set import DataSet
from views.lazily import pd
from views.numbers import plain, subscript
from views.text import Text

EDGES = 5
DIGITS = 3
PATHS = ("w1", "w2", "w3")  # what the setting `path` may be: whose gradient is lit up
NODES = ("x", "h₁", "h₂", "h₃", "ŷ", "L")


def written(value: float) -> str:
    """A number for the picture."""
    return plain(value, DIGITS)


def three_frames(text: Text, run: ThreeLayers, path: str) -> dict[str, DataSet]:
    """The data sets of `three`; `path` is the gradient that is lit up while nothing is hovered."""
    row = PATHS.index(path) + 1
    return {
        "frame": DataSet.row(row=row, bias=written(run.bias)),
        "nodes": _nodes(text, run),
        "edges": _edges(run),
        "cells": _cells(run).with_columns(was=row),
        "gradients": _gradients(run),
    }


def three_table(run: ThreeLayers) -> pd.DataFrame:
    """What the picture shows, one row a layer."""
    return pd.DataFrame(
        {
            "layer": range(1, LAYERS + 1),
            "weight": run.weights,
            "signal_in": run.signals[:-1],
            "signal_out": run.signals[1:],
            "sensitivity": run.sensitivities,
            "gradient": run.gradients,
            "central_difference": run.quotients,
        }
    )


def _nodes(text: Text, run: ThreeLayers) -> DataSet:
    """Forward values above the nodes, sensitivities below; the target below the loss."""
    values = [*run.signals, run.signals[-1], run.loss]
    below = [("", ""), *((f"∂L/∂y{subscript(i + 1)}", written(run.sensitivities[i])) for i in range(LAYERS))]
    below += [("∂L/∂ŷ", written(run.error)), (text("chart.three.target"), written(run.target))]
    return DataSet(
        {
            "place": np.arange(len(NODES), dtype="i1"),
            "node": NODES,
            "above": ["x", "y₁", "y₂", "y₃", "ŷ", "L"],
            "value": [written(value) for value in values],
            "below": [name for name, _ in below],
            "sensitivity": [value for _, value in below],
        }
    )


def _edges(run: ThreeLayers) -> DataSet:
    names = ["w₁", "w₂", "w₃", "", ""]
    values = [*(written(w) for w in run.weights), "", "½(ŷ − y)²"]
    edges = np.arange(1, EDGES + 1, dtype="i1")
    return DataSet(
        {
            "edge": edges,
            "start": edges - 1,
            "middle": (edges - 0.5).astype("f4"),
            "end": edges,
            "name": names,
            "value": values,
        }
    )


def factors(run: ThreeLayers, row: int) -> list[tuple[int, str, str, str, float]]:
    """The factors of ∂L/∂w_row in the order of the chain rule: edge, kind, partial derivative, letters, number."""
    found: list[tuple[int, str, str, str, float]] = [
        (5, "error", "∂L/∂ŷ", "ŷ − y", run.error),
        (4, "product", "∂ŷ/∂y₃", "1", 1.0),
    ]
    for edge in range(LAYERS, row, -1):
        partial = f"∂y{subscript(edge)}/∂y{subscript(edge - 1)}"
        found.append((edge, "product", partial, f"w{subscript(edge)}", float(run.weights[edge - 1])))
    signal = "x" if row == 1 else f"y{subscript(row - 1)}"
    found.append((row, "signal", f"∂y{subscript(row)}/∂w{subscript(row)}", signal, float(run.signals[row - 1])))
    return found


def _cells(run: ThreeLayers) -> DataSet:
    rows = [
        (number, edge, edge - 0.5, PATHS[number - 1], kind, partial, letters, written(value))
        for number in range(1, LAYERS + 1)
        for edge, kind, partial, letters, value in factors(run, number)
    ]
    words = dict.fromkeys(("way", "quantity", "partial", "letters", "number"), str)
    cells = DataSet.of_rows({"row": "i1", "edge": "i1", "middle": "f4", **words}, rows)
    return cells.with_columns(cell=np.arange(len(rows), dtype="i1"))


def headline(run: ThreeLayers, row: int) -> tuple[str, str, str]:
    """∂L/∂w_row as the chain of partial derivatives, then letters put in, then numbers."""
    chain = factors(run, row)
    symbols = " · ".join(partial for _, _, partial, _, _ in chain)
    letters = " · ".join(f"({each})" if " " in each else each for _, _, _, each, _ in chain)
    numbers = " · ".join(f"({written(value)})" if value < 0 else written(value) for *_, value in chain)
    product = f"= {numbers} = {written(run.gradients[row - 1])}"
    return f"∂L/∂w{subscript(row)} = {symbols}", f"= {letters}", product


def _gradients(run: ThreeLayers) -> DataSet:
    numbers = range(1, LAYERS + 1)
    lines = [headline(run, row) for row in numbers]
    gradients = [written(gradient) for gradient in run.gradients]
    return DataSet(
        {
            "row": np.array(numbers, dtype="i1"),
            "first": np.array([row - 0.95 for row in numbers], dtype="f4"),
            "name": [f"∂L/∂w{subscript(row)}" for row in numbers],
            "shown": [f"= {gradient}" for gradient in gradients],
            "both": [f"∂L/∂w{subscript(row)} = {gradient}" for row, gradient in zip(numbers, gradients, strict=True)],
            "symbols": [symbols for symbols, _, _ in lines],
            "letters": [letters for _, letters, _ in lines],
            "numbers": [numbers for _, _, numbers in lines],
        }
    )
