"""What lies along the α ruler: the regimes as bands, the learning rates that have a name as marks.

A band comes from theory where theory decides. Where it does not, many learning rates are run for long, and the band
says that it was found that way.
"""

import math
from itertools import groupby, pairwise

import numpy as np

from gdcore.convex_loss import Loss
from gdcore.descent import Outcome, descend
from gdcore.descent_theory import Regime, limits, predict
from views.charts.data_set import DataSet
from views.charts.ruler import Ruler
from views.text import Text

LONG = 1500  # steps of the runs where theory cannot tell
FINE = 48  # learning rates tried in such a stretch
SIZES = ("small", "good", "large")  # the learning rates that are compared
LIMIT = "limit"
Stretch = tuple[float, float, Regime]


def ruler_bands(text: Text, loss: Loss, start: float, scale: Ruler) -> DataSet:
    """The regimes along the ruler, one row a band: from, to, its share of the width, its word, where it comes from."""
    known = limits(loss, start)
    marks = (known.one_sided, known.converges, known.local)
    edges = sorted({scale.low, scale.end, *(mark for mark in marks if scale.low < mark < scale.end)})
    rows = []
    for low, high in pairwise(edges):
        regime = predict(loss, start, _between(scale, low, high)).regime
        found = regime is Regime.UNDECIDED
        for left, right, seen in _by_running(loss, start, low, high) if found else [(low, high, regime)]:
            word = text(f"regime.{seen.name}")
            said = text("chart.step_size.by_running", regime=word) if found else word
            middle, share = _between(scale, left, right), _share(scale, left, right)
            rows.append((left, right, middle, share, seen.name, said, found))
    places = dict.fromkeys(("low", "high", "middle", "share"), "f8")
    return DataSet.of_rows({**places, "regime": str, "word": str, "found": "?"}, rows)


def _by_running(loss: Loss, start: float, low: float, high: float) -> list[Stretch]:
    """The stretches of learning rates between two limits whose long runs end alike."""
    edges = np.linspace(low, high, FINE + 1)
    runs = descend(loss, start, (edges[:-1] + edges[1:]) / 2, LONG)
    settles = [outcome in (Outcome.REACHED, Outcome.APPROACHING, Outcome.AT_REST) for outcome in runs.outcome]
    stretches, first = [], 0
    for settled, alike in groupby(settles):
        last = first + len(list(alike))
        regime = Regime.CHANGES_SIDES if settled else Regime.CYCLES
        stretches.append((float(edges[first]), float(edges[last]), regime))
        first = last
    return stretches


def ruler_marks(text: Text, loss: Loss, scale: Ruler, three: tuple[float, float, float] | None) -> DataSet:
    """1/L and 2/L, where the loss has a largest curvature, and the learning rates that are compared."""
    steepest = loss.curvature_bounds[1]
    rows = [(1 / steepest, "1/L", LIMIT), (2 / steepest, "2/L", LIMIT)] if math.isfinite(steepest) else []
    if three is not None:
        rows = [(rate, text(f"chart.step_size.{size}"), size) for rate, size in zip(three, SIZES, strict=True)]
    rows = [row for row in rows if scale.low <= row[0] <= scale.end]
    return DataSet.of_rows({"alpha": "f8", "label": str, "regime": str}, rows)


def _between(scale: Ruler, low: float, high: float) -> float:
    """The middle of a stretch of the axis."""
    return math.sqrt(low * high) if scale.low else (low + high) / 2


def _share(scale: Ruler, low: float, high: float) -> float:
    """The part of the axis that a stretch of it takes."""
    return math.log(high / low) / math.log(scale.end / scale.low) if scale.low else (high - low) / scale.end
