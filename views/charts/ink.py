"""The colours, axes and small pieces that every figure shares.

Colours are names that Streamlit replaces by the theme's values (`.streamlit/config.toml`), so one spec serves light and
dark. It replaces them in `encoding.color` only: never write one of these names anywhere else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from views.lazily import alt

RED, ORANGE, YELLOW, GREEN, BLUE, VIOLET, GRAY = "red", "orange", "yellow", "green", "blue", "violet", "gray"
PAPER = "background"  # the page's own colour; Vega keeps it in this signal
CASING = 3.0  # px that a cased line is wider than itself

_PLACEHOLDER = re.compile(r"@([a-z][a-z_0-9]*)", re.ASCII)


def raised(exponent: str, places: int = 3) -> str:
    """The Vega expression for 10 to the whole number, of at most so many places, that `exponent` gives: 10⁻¹²."""
    return f"'10' + ({exponent} < 0 ? '⁻' : '') + {in_digits(f'abs({exponent})', places)}"


def in_digits(number: str, places: int, alphabet: str = "digits") -> str:
    """The Vega expression for a whole number of at most so many places, in the digits of another alphabet.

    An alphabet is a parameter of the chart; `room.fitted` adds the raised `digits` where they are used.
    """
    limits = [10**place for place in range(places - 1, 0, -1)]
    first = [f"({number} < {limit} ? '' : {alphabet}[floor({number} / {limit}) % 10])" for limit in limits]
    return " + ".join([*first, f"{alphabet}[{number} % 10]"])


def power_axis(title: str | None, **options: Any) -> alt.Axis:
    """A log axis whose labels are powers of ten."""
    return alt.Axis(title=title, labelExpr=raised("round(log(datum.value) / LN10)"), tickCount=5, **options)


def exponent_axis(title: str | None, **options: Any) -> alt.Axis:
    """A linear axis over log₁₀ of a quantity, labelled by the quantity: reaches far beyond float64."""
    return alt.Axis(title=title, labelExpr=raised("datum.value"), format="d", tickMinStep=1, **options)


def named(frame: str) -> alt.Chart:
    """A chart over the data set that is handed over under this name."""
    return alt.Chart(alt.NamedData(frame))


def cased(marks: alt.Chart) -> list[alt.Chart]:
    """The marks, and below them the same wider in the page's colour: they are seen on cells of any colour."""
    below = marks.copy()
    mark = marks.mark.to_dict()
    edge = {"stroke": alt.ExprRef(PAPER), "strokeWidth": mark.get("strokeWidth", 0) + CASING, "strokeJoin": "round"}
    below.mark = alt.MarkDef(**{**mark, **edge})
    below.encoding.color = alt.value(alt.ExprRef(PAPER))
    return [below, marks]


def lookup(words: Mapping[str, str], field: str) -> str:
    """The Vega expression for the word that belongs to a field's code."""
    return f"({json.dumps(dict(words), ensure_ascii=False)})[{field}]"


def filled(sentence: str, row: str, *fields: str, **expressions: str) -> str:
    """The Vega expression for a sentence of the catalogue with its placeholders filled in the browser.

    A placeholder `@field` is a field of the row that the expression `row` gives, or one of the named expressions.
    """
    values = {field: f"{row}.{field}" for field in fields} | expressions
    pieces = _PLACEHOLDER.split(sentence)
    said = [values[piece] if place % 2 else json.dumps(piece, ensure_ascii=False) for place, piece in enumerate(pieces)]
    return "(" + " + ".join(each for each in said if each != '""') + ")"


def cell(frame: str, field: str, row: str = "0", empty: str = "0") -> alt.ExprRef:
    """A value of a named data set, for titles and scales that follow the data; `empty` before the data have come."""
    return alt.ExprRef(f"isValid(data('{frame}')[{row}]) ? data('{frame}')[{row}].{field} : {empty}")


def window(frame: str, low: str, high: str, **options: Any) -> alt.Scale:
    """A scale from one cell of a named data set to another: the domain travels as data, the spec stays the same."""
    domain = [cell(frame, low, empty="1"), cell(frame, high, empty="2")]
    return alt.Scale(domain=domain, nice=False, **options)


def stroke_legend(words: Mapping[str, str], columns: int | alt.ExprRef = 0) -> alt.Legend:
    """A legend above the picture, of strokes in their colour and dash; `words` by code; 0 columns is one row."""
    return alt.Legend(
        title=None,
        orient="top",
        labelExpr=lookup(words, "datum.value"),
        labelLimit=0,
        symbolType="stroke",
        symbolSize=260,
        symbolStrokeWidth=3,
        columns=columns,
        offset=4,
    )


def anchor(frame: str) -> alt.Chart:
    """A mark without rows that keeps a data set in the compiled chart although only expressions read it."""
    mark: alt.Chart = named(frame).transform_filter("false").mark_point(opacity=0)
    return mark.encode(x=alt.value(0), y=alt.value(0))
