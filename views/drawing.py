"""A finished chart and its data sets, on the page.

A chart is a dict that is built once per process and language and never changes; what changes are its named data sets.
So the server validates nothing twice, and the browser redraws instead of building anew.
"""

import gc
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from copy import deepcopy
from typing import Any

import streamlit as st

from views.arrow_stream import arrow
from views.charts.data_set import DataSet
from views.charts.projector import enlarged
from views.state import lab

Frames = Mapping[str, DataSet]
Row = Mapping[str, Any]


def draw(
    spec: dict[str, Any],
    frames: Frames,
    *,
    key: str,
    alt: str,
    state: str = "",
    on_pick: Callable[[Row], None] | None = None,
) -> None:
    """Draw `spec` with its data sets; a click that selects a row (the chart's parameter `pick`) calls `on_pick`.

    The alternative text comes in two parts. `alt` says what the figure is; it becomes part of the spec in the browser,
    which builds a figure anew when its spec changes. So what it shows just now, `state`, precedes it as text that
    only screen readers meet.
    """
    if lab().presenting:
        spec = enlarged(spec)
    content = {**spec, "datasets": {name: arrow(frame) for name, frame in frames.items()}}
    if "encoding" in content:
        content["encoding"] = deepcopy(content["encoding"])  # Streamlit changes the title of a legend in place
    with st.container(key=f"figure-{key}", gap=None) if state else nullcontext():
        if state:
            st.markdown(state)  # `page.css` hides what stands first
        if on_pick is None:
            st.vega_lite_chart(spec=content, width="stretch", key=key, alt=alt)
            return

        def hand_on() -> None:
            for row in st.session_state[key]["selection"].get("pick") or []:
                on_pick(row)

        st.vega_lite_chart(spec=content, width="stretch", key=key, alt=alt, on_select=hand_on, selection_mode="pick")


@st.cache_resource(show_spinner=False)
def settle_memory() -> None:
    """Once per process, after the first page has run: take what is loaded out of the garbage collector's sight.

    Streamlit collects after every run, over every object that pandas, Altair and numpy ever made: most of the time of
    a run otherwise.
    """
    gc.collect()
    gc.freeze()
