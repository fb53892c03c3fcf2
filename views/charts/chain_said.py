"""What the picture of "n layers" says of the chain and the layer that are shown, put together in the browser.

The words are in the spec, once; the numbers are read from the cube, for any run, depth and layer that a pointer finds.
"""

import json

from views.charts.chain_problem import MOST_LAYERS, NOTHING
from views.charts.ink import filled
from views.charts.room import TWO_COLUMNS_FROM, Spec
from views.text import Text

SHOWN = "(hovered < 0 ? data('frame')[0] : data('points')[hovered])"
READY = "isValid(data('frame')[0]) && isValid(data('cube')[0])"
ORDINARY = 0.5  # decades: a gradient this near to 1 needs nobody to blame
SHARE = 0.75  # of the worst factor's log: whatever reaches this shares the blame


def _row(index: str, field: str) -> str:
    return f"data('cube')[{index}].{field}"


def _cell(layer: str) -> str:
    return f"shown_run * {MOST_LAYERS} + {layer} - 1"


def _param(name: str, expression: str, empty: str = "1", ready: str = READY) -> Spec:
    return {"name": name, "expr": f"{ready} ? {expression} : {empty}"}


def _of_shown(field: str, empty: str = "1") -> Spec:
    return _param(
        f"shown_{field}", f"{SHOWN}.{field}", empty, "isValid(data('frame')[0]) && isValid(data('points')[0])"
    )


def sign_of_signal(signs: str) -> str:
    """A row's `signs` is 3 times the sign of the signal plus that of the product."""
    return f"round({signs} / 3)"


def sign_of_product(signs: str) -> str:
    """See `sign_of_signal`."""
    return f"({signs} - 3 * round({signs} / 3))"


_LIT_SIGNS, _END_SIGNS = _row(_cell("lit_layer"), "signs"), _row(_cell("shown_depth"), "signs")
PARAMETERS: list[Spec] = [
    {"name": "high_digits", "value": "⁰¹²³⁴⁵⁶⁷⁸⁹"},
    {"name": "low_digits", "value": "₀₁₂₃₄₅₆₇₈₉"},
    _of_shown("run", "0"),
    _of_shown("depth"),
    _of_shown("error"),
    _of_shown("turn"),
    _of_shown("low"),
    _of_shown("high", "2"),
    _param("shown_product", _row(_cell("shown_depth"), "product")),
    _param("end_sign", sign_of_product(_END_SIGNS)),
    # the layer that is spoken of, and its factors
    _param("lit_layer", "min(over_layer < 1 ? data('frame')[0].layer : over_layer, shown_depth)"),
    _param("lit_signal", _row(_cell("lit_layer"), "signal")),
    _param("lit_product", f"shown_product - {_row(_cell('lit_layer'), 'product')}"),
    _param("lit_gradient", "shown_error + lit_product + lit_signal"),
    _param("signal_sign", sign_of_signal(_LIT_SIGNS)),
    _param("product_sign", f"end_sign * {sign_of_product(_LIT_SIGNS)}"),
]


def magnitude(log10: str, sign: str) -> str:
    """The Vega expression for a number given by its log₁₀ and sign: 0, 0.123, −1.23 × 10⁻⁴⁰⁰ (`numbers.magnitude`)."""
    minus = f"({sign} < 0 ? '−' : '')"
    whole = f"floor({log10} + 0.000217)"  # 9.995 would be written as 10.0
    lifted = f"({whole} < 0 ? '⁻' : '') + {_digits(f'abs({whole})', 'high_digits')}"
    power = f"format(pow(10, {log10} - {whole}), '.2f') + ' × 10' + {lifted}"
    ordinary = f"format(pow(10, {log10}), '.3~r')"
    number = f"({log10} >= -3 && {log10} < 5 ? {ordinary} : {power})"
    return f"({log10} < {NOTHING} ? '0' : {minus} + {number})"


def _digits(number: str, alphabet: str) -> str:
    """The Vega expression for a whole number from 0 to 9999, written in the digits of another alphabet."""
    places = [
        f"({number} > {limit - 1} ? {alphabet}[floor({number} / {limit}) % 10] : '')" for limit in (1000, 100, 10)
    ]
    return " + ".join([*places, f"{alphabet}[{number} % 10]"])


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
    ready = f"{READY} && isValid(data('lines')[shown_run])"
    chain = "data('lines')[shown_run].letter + ' = ' + data('lines')[shown_run].label + ', n = ' + shown_depth"
    layer = filled(text.template("chart.chain.in_layer"), "", layer="lit_layer", blame=_blame(text))
    gradient_sign = "shown_turn * product_sign * signal_sign"
    error = magnitude("shown_error", "shown_turn")
    product, signal = magnitude("lit_product", "product_sign"), magnitude("lit_signal", "signal_sign")
    gradient = magnitude("lit_gradient", gradient_sign)
    layers = [_digits(each, "low_digits") for each in ("lit_layer", "(lit_layer - 1)")]
    symbols = f"'∂L/∂w' + {layers[0]} + ' = (ŷ − y) · ∏w · y' + {layers[1]}"
    numbers = f"'= (' + {error} + ') · (' + {product} + ') · (' + {signal} + ') = ' + {gradient}"
    parts = {"said_chain": chain, "said_layer": layer, "said_symbols": symbols, "said_numbers": numbers}
    return [{"name": name, "expr": f"{ready} ? {expression} : ''"} for name, expression in parts.items()]


HEADLINE = (
    f"room >= {TWO_COLUMNS_FROM} ? [said_chain + ' · ' + said_layer, said_symbols + ' ' + said_numbers]"
    " : [said_chain, said_layer, said_symbols, said_numbers]"
)
