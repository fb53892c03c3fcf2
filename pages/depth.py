"""The depth lab: why gradients vanish or explode, and what batch normalisation changes."""

import streamlit as st

from gdcore.activations import ACTIVATIONS
from gdcore.chain import backpropagate, equal_weights
from gdcore.comparison import compare
from views.charts.batch_norm_layers import batch_norm_frames, batch_norm_layers
from views.charts.chain_factors import chain_factors, chain_frames
from views.controls import choice, number, segments, slider
from views.drawing import draw
from views.page import lesson, show
from views.state import lab
from views.verdicts.depth import batch_norm_verdict, chain_verdict

FEWEST_WIDE_LAYERS, MOST_WIDE_LAYERS = 2, 50  # the scalar chain, which shares the depth, goes from 1 to 200


@st.fragment
def n_layers() -> None:
    here = lab()
    text, values = here.text, here.current
    place = lesson("chain")
    with place.controls:
        slider(here, "depth", 1, 200, 1)
        slider(here, "scale", 0.1, 3.0, 0.05)
        with st.popover(text("note.more"), width="stretch"):
            number(here, "bias", -2.0, 2.0, 0.05)
            number(here, "input", -10.0, 10.0, 0.1)
            number(here, "target", -10.0, 10.0, 0.1)
    depth, weight = int(values["depth"]), float(values["scale"])
    rest = float(values["bias"]), float(values["input"]), float(values["target"])
    chain = backpropagate(equal_weights(depth, weight), *rest)
    deeper = backpropagate(equal_weights(depth + 1, weight), *rest)
    with place.words:
        st.markdown(chain_verdict(text, chain, deeper, weight))
    with place.picture:
        draw(chain_factors(text), chain_frames(text, chain), key="chain", alt=text("chart.chain.alt"))
        with st.expander(text("note.why")):
            st.markdown(text("prose.chain"))


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
    with place.words:
        st.markdown(batch_norm_verdict(text, comparison))
    with place.picture:
        draw(
            batch_norm_layers(text, str(values["bn"])),
            batch_norm_frames(text, comparison),
            key="batch_norm",
            alt=text("chart.batch_norm.alt"),
        )
        with st.expander(text("note.why")):
            st.markdown(text("prose.batch_norm"))
        st.caption(text("note.data_digits"))


show({"chain": n_layers, "batch_norm": batch_norm})
