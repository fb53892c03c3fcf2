"""n layers: the gradient of a chain of scalars, split into its factors."""

import streamlit as st

from gdcore.chain import backpropagate, equal_weights
from views.charts.chain_factors import chain_factors, chain_frames
from views.controls import number, slider
from views.drawing import draw
from views.page import lesson, why
from views.state import lab
from views.verdicts.depth import chain_verdict


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
    verdict = chain_verdict(text, chain, deeper, weight)
    with place.words:
        st.markdown(verdict)
    with place.picture:
        draw(chain_factors(text), chain_frames(text, chain), key="chain", alt=text("chart.chain.alt"), state=verdict)
        why(here, "chain")
