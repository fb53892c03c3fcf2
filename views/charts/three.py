"""The picture of "Three layers": the network with its live values, and below every edge the factor that it contributes.

Three rows of factors stand under the edges they belong to, so ∂L/∂w₁ is the longest row and ∂L/∂w₃ the shortest.
Moving over a factor lights up its edge and the rest of its path; a click, or the control, keeps a path lit.
"""

from __future__ import annotations

from typing import Any

from views.charts.ink import BLUE, GRAY, GREEN, ORANGE, RED, VIOLET, anchor, named
from views.charts.pointer import HOVERED, hover, pick
from views.charts.room import GAP, TWO_COLUMNS_FROM, Spec, View, fitted, headed, parts, wide_or_narrow
from views.charts.shipped import once
from views.lazily import alt
from views.text import Text

KINDS = {"error": ORANGE, "product": BLUE, "signal": GREEN}
WIDTH = "room - 12"
NODE, RADIUS = 74, 18  # px: the height of the nodes' centres, and their radius
NETWORK = 142  # px
ROW, CELL = 62, 56  # px: from one row of factors to the next, and the height of a factor
NARROW = 16  # px: on a phone the name of a gradient stands above its row
LEFT_MARGIN = wide_or_narrow("-0.95", "-0.42")  # in nodes: on a projector the gradients stand left of their factors
PITCH = wide_or_narrow(str(ROW), str(ROW + NARROW))
TOP = wide_or_narrow("0", str(NARROW))

LIT_ROW = {"name": "lit_row", "expr": "hovered < 0 ? kept : data('cells')[hovered].row"}
LIT_EDGE = {"name": "lit_edge", "expr": "hovered < 0 ? 0 : data('cells')[hovered].edge"}
KEPT = {"name": "kept", "expr": "isValid(data('frame')[0]) ? data('frame')[0].row : 1"}


def _along(field: str) -> alt.X:
    ends = [alt.ExprRef(LEFT_MARGIN), alt.ExprRef(wide_or_narrow("5.3", "5.42"))]
    return alt.X(f"{field}:Q", scale=alt.Scale(domain=ends, nice=False, zero=False), axis=None)


def _at(height: float) -> Any:
    return alt.value(height)


def _small(source: alt.Chart, wide: int, narrow: int, **options: Any) -> alt.Chart:
    size = alt.ExprRef(wide_or_narrow(str(wide), str(narrow)))
    mark: alt.Chart = source.mark_text(fontSize=size, baseline="middle", **options)
    return mark


def _network() -> alt.LayerChart | alt.FacetChart:
    """Nodes and edges; forward values above, sensitivities below; the lit path in the colour of the gradient."""
    nodes, edges = named("nodes"), named("edges")
    gray, green, violet, red = (alt.value(ink) for ink in (GRAY, GREEN, VIOLET, RED))
    inset = f"{RADIUS + 3} / max(1, network_width) * 6"  # of a node, in units of the axis
    ends = edges.transform_calculate(from_=f"datum.start + {inset}", to=f"datum.end - {inset}")
    lit = edges.transform_filter("datum.edge >= lit_row").transform_calculate(
        from_=f"datum.start + {inset}", to=f"datum.end - {inset}"
    )
    touched = lit.transform_filter("datum.edge == lit_edge")
    return alt.layer(
        anchor("frame"),
        ends.mark_rule(strokeWidth=1.6).encode(_along("from_"), x2="to:Q", y=_at(NODE), color=gray),
        ends.mark_point(shape="triangle-right", filled=True, size=60, opacity=1, xOffset=-3).encode(
            _along("to"), y=_at(NODE), color=gray
        ),
        lit.mark_rule(strokeWidth=3.2).encode(_along("from_"), x2="to:Q", y=_at(NODE + 9), color=red),
        lit.mark_point(shape="triangle-left", filled=True, size=80, opacity=1, xOffset=3).encode(
            _along("from_"), y=_at(NODE + 9), color=red
        ),
        touched.mark_rule(strokeWidth=24, opacity=0.25).encode(_along("from_"), x2="to:Q", y=_at(NODE + 4), color=red),
        nodes.mark_point(filled=True, size=1150, opacity=0.16).encode(_along("place"), y=_at(NODE), color=gray),
        nodes.mark_point(filled=False, size=1150, strokeWidth=1.4, opacity=1).encode(
            _along("place"), y=_at(NODE), color=gray
        ),
        _small(nodes, 16, 15, fontWeight=600).encode(_along("place"), y=_at(NODE), text="node:N", color=gray),
        _small(nodes, 13, 11).encode(_along("place"), y=_at(24), text="above:N", color=green),
        _small(nodes, 15, 11, fontWeight=600).encode(_along("place"), y=_at(41), text="value:N", color=green),
        _small(nodes, 13, 11).encode(_along("place"), y=_at(NODE + 33), text="below:N", color=violet),
        _small(nodes, 15, 11, fontWeight=600).encode(
            _along("place"), y=_at(NODE + 51), text="sensitivity:N", color=violet
        ),
        _small(edges, 13, 11).encode(_along("middle"), y=_at(NODE - 27), text="name:N", color=alt.value(BLUE)),
        _small(edges.transform_filter(f"datum.edge < 5 || room >= {TWO_COLUMNS_FROM}"), 14, 10, fontWeight=600).encode(
            _along("middle"), y=_at(NODE - 12), text="value:N", color=alt.value(BLUE)
        ),
    )


def _factors() -> alt.LayerChart | alt.FacetChart:
    """The rows of factors, each factor below its edge, and the gradients that they multiply to."""
    top = f"(datum.row - 1) * ({PITCH}) + ({TOP})"
    cells = (
        named("cells")
        .transform_calculate(top=top, low=f"{top} + {CELL}", mid=f"{top} + {CELL / 2}")
        .encode(key="cell:N")
    )
    rows = named("gradients").transform_calculate(mid=f"{top} + {CELL / 2}", top=top)
    scale = alt.Scale(domain=list(KINDS), range=list(KINDS.values()))
    colour = alt.Color("quantity:N", scale=scale, legend=None)
    down = alt.Scale(domain=[0, alt.ExprRef(f"3 * ({PITCH})")], reverse=True, nice=False, zero=False)

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=down, axis=None)

    half = wide_or_narrow("0.44", "0.47")
    box = cells.transform_calculate(left=f"datum.middle - ({half})", right=f"datum.middle + ({half})")
    placed = box.encode(x=_along("left"), x2="right:Q", y=y("top"), y2="low:Q", color=colour)
    lit = "datum.row == lit_row"
    dots = cells.transform_filter("datum.edge > datum.row").transform_calculate(between="datum.edge - 1")
    red = alt.value(RED)
    wide, narrow = f"room >= {TWO_COLUMNS_FROM}", f"room < {TWO_COLUMNS_FROM}"
    return alt.layer(
        placed.mark_rect(cornerRadius=5).encode(opacity=alt.condition(lit, alt.value(0.13), alt.value(0.06))),
        placed.transform_filter("datum.cell == hovered").mark_rect(cornerRadius=5, filled=False, strokeWidth=2.5),
        *[
            _small(cells, size, small, dy=dy, fontWeight=weight).encode(
                _along("middle"), y("mid"), text=f"{field}:N", color=colour
            )
            for field, size, small, dy, weight in (
                ("partial", 13, 10, -18, 400),
                ("letters", 13, 11, -1, 400),
                ("number", 15, 11, 17, 700),
            )
        ],
        _small(dots, 18, 14, fontWeight=700).encode(
            _along("between"), y("mid"), text=alt.TextValue("·"), color=alt.value(GRAY)
        ),
        *[
            _small(rows.transform_filter(wide), size, size, dy=dy, fontWeight=600, align="right").encode(
                x=alt.value(alt.ExprRef("factors_width * 0.138")), y=y("mid"), text=f"{field}:N", color=red
            )
            for field, size, dy in (("name", 15, -10), ("shown", 15, 11))
        ],
        _small(rows.transform_filter(narrow), 12, 12, dy=-8, fontWeight=600, align="left").encode(
            _along("first"), y("top"), text="both:N", color=red
        ),
        cells.mark_point(opacity=0, size=400)
        .encode(_along("middle"), y("mid"))
        .add_params(hover("cell"), pick("way", "was")),
    )


@once
def three(text: Text) -> Spec:
    """The chart as a dict. Data sets: frame, nodes, edges, cells, gradients (`three_frames`)."""
    views = {
        "network": View(_network(), WIDTH, str(NETWORK)),
        "factors": View(_factors(), WIDTH, f"3 * ({PITCH})"),
    }
    row = "data('gradients')[lit_row - 1]"
    lines = wide_or_narrow(
        f"[{row}.symbols, {row}.letters + ' ' + {row}.numbers]", f"[{row}.symbols, {row}.letters, {row}.numbers]"
    )
    title = {**headed(f"isValid({row}) ? ({lines}) : ''"), "fontSize": {"expr": wide_or_narrow("16", "11.5")}}
    return fitted(
        {
            "title": title,
            "concat": list(parts(views).values()),
            "columns": 1,
            "spacing": GAP // 2,
            "params": [HOVERED, KEPT, LIT_ROW, LIT_EDGE],
        },
        views,
    )
