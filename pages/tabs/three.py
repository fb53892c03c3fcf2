"""Three layers: the chain rule, factor by factor, on a network small enough to see whole."""

import streamlit as st

from gdcore.three_layers import three_layers
from views.charts.three import three
from views.charts.three_frames import PATHS, headline, three_frames, three_table
from views.controls import number, segments, slider
from views.drawing import draw
from views.figure_notes import figure_notes
from views.page import lesson, why
from views.scripts import script
from views.state import commit, lab
from views.verdicts.three import agreement_note, agreement_table, three_verdict


@st.fragment
def three_layers_lesson() -> None:
    here = lab()
    text, values = here.text, here.current
    place = lesson("three")
    with place.controls:
        for key, column in zip(("input", "bias", "target"), st.columns(3, gap="small"), strict=True):
            with column:
                number(here, key, *(-2.0, 2.0, 0.05) if key == "bias" else (-10.0, 10.0, 0.1))
        for key in PATHS:
            slider(here, key, -3.0, 3.0, 0.05)
        segments(here, "path", PATHS)
    weights = [float(values[key]) for key in PATHS]
    x, bias, target = (float(values[key]) for key in ("input", "bias", "target"))
    run = three_layers(weights, bias, x, target)
    path = str(values["path"])
    layer = PATHS.index(path) + 1
    verdict = three_verdict(text, run, layer)
    with place.words:
        st.markdown(verdict)
    with place.picture:
        draw(
            three(text),
            three_frames(text, run, path),
            key="three",
            alt=text("chart.three.alt"),
            state="\n\n".join([*headline(run, layer), verdict]),
            on_pick=lambda row: commit(path=str(row["way"])),
        )
        st.table(agreement_table(text, run))
        st.caption(agreement_note(text))
        constants = {"WEIGHTS": weights, "BIAS": bias, "INPUT": x, "TARGET": target}
        figure_notes(here, "three", lambda: three_table(run), lambda: script("three", **constants))
        why(here, "three")
