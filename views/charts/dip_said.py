"""What the picture of "Beyond convex" says of the run that it shows: sentences put together in the browser.

The words are in the spec, once; the numbers come with the data. Ready sentences for every learning rate on the ruler
would be most of what is sent.
"""

from __future__ import annotations

import json
import re

from gdcore.dip import Fate
from views.charts.ink import lookup
from views.lazily import alt
from views.text import Text

CODES = [fate.name for fate in Fate]
SHOWN = "(hovered < 0 ? data('problem')[0] : data('final')[hovered])"
SHRINKS = "(isValid(data('problem')[0]) && data('problem')[0].shrinks)"


def said(text: Text) -> alt.ExprRef:
    """What is said, in two lines, of the run that is shown: the hovered one, or else the committed one."""
    fate = lookup({code: text(f"fate.{code}") for code in CODES}, f"{SHOWN}.fate")
    alpha = f"format({SHOWN}.alpha, '.4~g')"
    headlines = [
        _sentence(
            text,
            f"chart.dip.{schedule}",
            alpha=alpha,
            last=f"format({SHOWN}.alpha * data('problem')[0].fall, '.3~g')",
            fate=fate,
        )
        for schedule in ("shrinks", "constant")
    ]
    cells = {name: f"{SHOWN}.{name}" for name in ("end", "at", "crossings", "out")}
    cells["steps"] = "data('problem')[0].steps"
    results = {code: _sentence(text, f"chart.dip.result.{code}", **cells) for code in CODES}
    never_in = _sentence(text, "chart.dip.result.NEVER_IN", **cells)
    results["ESCAPED"] = f"({SHOWN}.at == 0 ? {never_in} : {results['ESCAPED']})"
    result = f"({{{', '.join(f'{code}: {said}' for code, said in results.items())}}})[{SHOWN}.fate]"
    fragile = f"({SHOWN}.fragile ? {json.dumps(text('chart.dip.fragile'), ensure_ascii=False)} : '')"
    headline = f"({SHRINKS} ? {headlines[0]} : {headlines[1]})"
    return alt.ExprRef(f"isValid({SHOWN}) ? [{headline}, {result} + {fragile}] : ''")


def _sentence(text: Text, key: str, **expressions: str) -> str:
    """The Vega expression for a sentence whose placeholders are filled by Vega expressions."""
    holes = {name: chr(0xE000 + number) for number, name in enumerate(expressions)}  # letters that no language uses
    filled = {hole: expressions[name] for name, hole in holes.items()}
    pieces = [piece for piece in re.split("([\ue000-\ue0ff])", text(key, **holes)) if piece]
    return "(" + " + ".join(filled.get(piece, json.dumps(piece, ensure_ascii=False)) for piece in pieces) + ")"
