"""What the picture of "n layers" says of the chain and the layer that are shown, put together in the browser.

The words are in the spec, once; the numbers are read from the cube, for any run, depth and layer that a pointer finds.
"""

import json

from views.charts.chain_problem import MOST_LAYERS, NOTHING
from views.charts.ink import filled, in_digits
from views.charts.room import TWO_COLUMNS_FROM, Spec
from views.text import Text

_FIELDS = ("run", "depth", "error", "turn", "low", "high")
_FRAME, _EMPTY = "data('frame')[0]", "{run: 0, depth: 1, error: 1, turn: 1, low: 1, high: 2}"
ORDINARY = 0.5  # decades: a gradient this near to 1 needs nobody to blame
SHARE = 0.75  # of the worst factor's log: whatever reaches this shares the blame


def row_of(layer: str) -> str:
    """The row of a layer of the shown chain in the cube."""
    return f"data('cube')[shown_run * {MOST_LAYERS} + {layer} - 1]"


def _param(name: str, expression: str, empty: str = "1") -> Spec:
    return {"name": name, "expr": f"ready ? {expression} : {empty}"}


def sign_of_signal(signs: str) -> str:
    """A row's `signs` is 3 times the sign of the signal plus that of the product."""
    return f"round({signs} / 3)"


def sign_of_product(signs: str) -> str:
    """See `sign_of_signal`."""
    return f"({signs} - 3 * round({signs} / 3))"


PARAMETERS: list[Spec] = [
    {"name": "low_digits", "value": "₀₁₂₃₄₅₆₇₈₉"},
    {"name": "ready", "expr": f"isValid({_FRAME}) && isValid(data('cube')[0]) && isValid(data('points')[0])"},
    _param("shown", f"(hovered < 0 ? {_FRAME} : data('points')[hovered])", _EMPTY),
    *({"name": f"shown_{field}", "expr": f"shown.{field}"} for field in _FIELDS),
    _param("last_row", row_of("shown_depth"), "{product: 1, signs: 1}"),
    {"name": "shown_product", "expr": "last_row.product"},
    {"name": "end_sign", "expr": sign_of_product("last_row.signs")},
    # the layer that is spoken of, and its factors
    _param("lit_layer", f"min(over_layer < 1 ? {_FRAME}.layer : over_layer, shown_depth)"),
    _param("lit_row", row_of("lit_layer"), "{signal: 1, product: 1, signs: 1}"),
    {"name": "lit_signal", "expr": "lit_row.signal"},
    {"name": "lit_product", "expr": "shown_product - lit_row.product"},
    {"name": "lit_gradient", "expr": "shown_error + lit_product + lit_signal"},
    {"name": "signal_sign", "expr": sign_of_signal("lit_row.signs")},
    {"name": "product_sign", "expr": f"end_sign * {sign_of_product('lit_row.signs')}"},
]


def _magnitude(log10: str, sign: str) -> tuple[str, Spec]:
    """The Vega expression for a number given by its log₁₀ and sign, and the parameter that it needs.

    It writes 0, 0.123, −1.23 × 10⁻⁴⁰⁰ (`numbers.magnitude`). The parameter is the whole part of the log₁₀.
    """
    whole = f"{log10}_whole"
    minus = f"({sign} < 0 ? '−' : '')"
    lifted = f"({whole} < 0 ? '⁻' : '') + {in_digits(f'abs({whole})', 4)}"
    power = f"format(pow(10, {log10} - {whole}), '.2f') + ' × 10' + {lifted}"
    ordinary = f"format(pow(10, {log10}), '.3~r')"
    number = f"({log10} >= -3 && {log10} < 5 ? {ordinary} : {power})"
    said = f"({log10} < {NOTHING} ? '0' : {minus} + {number})"
    return said, {"name": whole, "expr": f"floor({log10} + 0.000217)"}  # 9.995 would be written as 10.0


def _word(text: Text, key: str) -> str:
    return json.dumps(text(key), ensure_ascii=False)


def _blame(text: Text) -> str:
    """Which factor makes the lit layer's gradient small or large (`verdicts.chain.to_blame` has the same rule)."""
    factors = {"product": "lit_product", "signal": "lit_signal", "error": "shown_error"}
    every, g = ", ".join(factors.values()), "lit_gradient"
    worst = f"({g} < 0 ? min({every}) : max({every}))"
    share = [f"({log10} / {worst} >= {SHARE} ? {2**bit} : 0)" for bit, log10 in enumerate(factors.values())]
    names = ["_".join(name for bit, name in enumerate(factors) if number >> bit & 1) for number in range(1, 8)]
    words = json.dumps([text(f"blame.{name}") for name in names], ensure_ascii=False)
    none, zero = (_word(text, f"blame.{name}") for name in ("none", "zero"))
    return f"({g} < {NOTHING} ? {zero} : abs({g}) < {ORDINARY} ? {none} : {words}[{' + '.join(share)} - 1])"


def said(text: Text) -> list[Spec]:
    """The chain that is shown, and the lit layer's gradient: its factor to blame, symbols, numbers; a signal each."""
    ready = "ready && isValid(data('lines')[shown_run])"
    chain = "data('lines')[shown_run].letter + ' = ' + data('lines')[shown_run].label + ', n = ' + shown_depth"
    layer = filled(text.template("chart.chain.in_layer"), "", layer="lit_layer", blame=_blame(text))
    signs = {
        "shown_error": "shown_turn",
        "lit_product": "product_sign",
        "lit_signal": "signal_sign",
        "lit_gradient": "shown_turn * product_sign * signal_sign",
    }
    (error, product, signal, gradient), wholes = zip(*map(_magnitude, signs, signs.values()), strict=True)
    layers = [in_digits(each, 3, "low_digits") for each in ("lit_layer", "(lit_layer - 1)")]
    symbols = f"'∂L/∂w' + {layers[0]} + ' = (ŷ − y) · ∏w · y' + {layers[1]}"
    numbers = f"'= (' + {error} + ') · (' + {product} + ') · (' + {signal} + ') = ' + {gradient}"
    parts = {"said_chain": chain, "said_layer": layer, "said_symbols": symbols, "said_numbers": numbers}
    said = [{"name": name, "expr": f"{ready} ? {expression} : ''"} for name, expression in parts.items()]
    return [*wholes, *said]


HEADLINE = (
    f"room >= {TWO_COLUMNS_FROM} ? [said_chain + ' · ' + said_layer, said_symbols + ' ' + said_numbers]"
    " : [said_chain, said_layer, said_symbols, said_numbers]"
)
