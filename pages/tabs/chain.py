"""n layers: the gradient of a chain of scalars, split into its factors, at every depth."""

import streamlit as st

from gdcore.chain_depths import Draw
from views.charts.chain import chain
from views.charts.chain_frames import chain_frames, chain_table
from views.charts.chain_problem import MOST_LAYERS, Problem
from views.controls import number, segments, slider
from views.drawing import draw
from views.figure_notes import figure_notes
from views.page import folded, lesson, why
from views.scripts import script
from views.settings import another_scale
from views.state import Lab, commit_with, lab
from views.verdicts.chain import chain_verdict, layer_said

LARGEST_SCALE = 3.0  # of the slider; the wide networks of the other tabs, which share the setting, take more


@st.fragment
def n_layers() -> None:
    here = lab()
    text, values = here.text, here.current
    place = lesson("chain")
    depth = int(values["depth"])
    scale = min(float(values["scale"]), LARGEST_SCALE)
    kind = Draw(str(values["weights"]))
    layer = min(int(values["layer"]), depth)
    with place.controls:
        segments(here, "weights", list(Draw))
        slider(here, "depth", 1, MOST_LAYERS, 1)
        slider(
            here,
            "scale",
            0.0,
            LARGEST_SCALE,
            0.05,
            label=None if kind is Draw.EQUAL else f"scale_{kind}",
            follow_up=another_scale,
        )
        if scale != values["scale"]:
            st.caption(text("note.other_scale", scale=values["scale"], shown=scale))
        slider(here, "layer", 1, max(depth, 2), 1)
        folded(here, "chain", _more)
    bias, x, target = (float(values[key]) for key in ("bias", "input", "target"))
    problem = Problem(kind, int(values["seed"]), bias, x, target)
    verdict = chain_verdict(text, problem, scale, depth)
    with place.words:
        st.markdown(verdict)
    with place.picture:
        draw(
            chain(text),
            chain_frames(text, problem, scale, depth, layer),
            key="chain",
            alt=text("chart.chain.alt"),
            state="\n\n".join([layer_said(text, problem, scale, depth, layer), verdict]),
            on_pick=lambda row: commit_with(another_scale, scale=float(row["scale"]), depth=int(row["depth"])),
        )
        constants = {
            "DRAW": str(kind),
            "SCALE": scale,
            "SEED": problem.seed,
            "DEPTH": depth,
            "BIAS": bias,
            "INPUT": x,
            "TARGET": target,
        }
        figure_notes(here, "chain", lambda: chain_table(problem, scale, depth), lambda: script("chain", **constants))
        why(here, "chain")


def _more(here: Lab) -> None:
    number(here, "bias", -2.0, 2.0, 0.05)
    number(here, "input", -10.0, 10.0, 0.1)
    number(here, "target", -10.0, 10.0, 0.1)
    number(here, "seed", 0, 9999, 1)
