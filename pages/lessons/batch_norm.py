"""Batch norm: a wide network on real digits, without it and with it."""

import streamlit as st

from gdcore.activations import ACTIVATIONS
from gdcore.comparison import compare
from views.charts.batch_norm_layers import batch_norm_frames, batch_norm_layers
from views.controls import choice, number, segments, slider
from views.drawing import draw
from views.page import lesson, why
from views.state import lab
from views.verdicts.depth import batch_norm_verdict

FEWEST_WIDE_LAYERS, MOST_WIDE_LAYERS = 2, 50  # the scalar chain, which shares the depth, goes from 1 to 200


@st.fragment
def batch_norm() -> None:
    here = lab()
    text, values = here.text, here.current
    place = lesson("batch_norm")
    depth = min(max(int(values["depth"]), FEWEST_WIDE_LAYERS), MOST_WIDE_LAYERS)
    with place.controls:
        choice(here, "activation", list(ACTIVATIONS))
        slider(here, "depth", FEWEST_WIDE_LAYERS, MOST_WIDE_LAYERS, 1, label="net_depth")
        if depth != values["depth"]:
            st.caption(text("note.other_depth", depth=values["depth"], shown=depth))
        slider(here, "scale", 0.1, 3.0, 0.05, label="net_scale")
        segments(here, "bn", ("both", "without", "with"))
        with st.popover(text("note.more"), width="stretch"):
            number(here, "width", 4, 256, 1)
            number(here, "batch", 1, 256, 1)
            number(here, "seed", 0, 9999, 1)
    comparison = compare(
        depth,
        int(values["width"]),
        int(values["batch"]),
        float(values["scale"]),
        str(values["activation"]),
        int(values["seed"]),
    )
    verdict = batch_norm_verdict(text, comparison)
    with place.words:
        st.markdown(verdict)
    with place.picture:
        draw(
            batch_norm_layers(text, str(values["bn"])),
            batch_norm_frames(text, comparison),
            key="batch_norm",
            alt=text("chart.batch_norm.alt"),
            state=verdict,
        )
        why(here, "batch_norm")
        st.caption(text("note.data_digits"))
