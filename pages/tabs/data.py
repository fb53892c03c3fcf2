"""Your own data: a table of your own, the bowl that it makes, and a line that finds its place step by step."""

import streamlit as st

from pages.tabs.columns import columns_choice, target_choice
from pages.tabs.own_table import editor, refusal, remarks, table_controls
from views.charts.fit import fit_picture
from views.charts.fit_frames import fit_frames, fit_numbers, points_frames
from views.charts.player import played
from views.controls import button, segments, slider, toggle
from views.csv_text import Said
from views.drawing import draw
from views.figure_notes import figure_notes
from views.fit import MOST_WRITTEN, Fit, chosen_fit, fit_program
from views.page import lesson, why
from views.problem import OWN, chosen_columns, own_loss
from views.settings import another_loss, another_table
from views.state import Lab, lab
from views.tables import find
from views.verdicts.fit import data_words, fit_verdict, no_slope

LIMIT = 2.0  # of αL


@st.fragment
def your_own_data() -> None:
    here = lab()
    if here.current["tab"] != "data":  # a button here has opened another tab: the tabs are drawn by the whole page
        st.rerun()
    place = lesson("data")
    with place.controls:
        table_controls(here)
        target_choice(here)
        columns_choice(here)
        left, right = st.columns(2, vertical_alignment="center")
        with left:
            toggle(here, "intercept", "without", "with", follow_up=another_table)
        with right:
            slider(here, "fit_steps", 1, 100, 1)
        segments(here, "scaling", ("raw", "standardised"), follow_up=another_table)
    fit = chosen_fit(here.current)
    with place.picture:
        refusal(here)
        if isinstance(fit, Said):
            st.warning(fit.words(here.text))
            _points(here)
        else:
            _picture(here, fit)
        remarks(here)
        editor(here)
        hand_over(here, fit)
        why(here, "data")
    with place.words:
        if isinstance(fit, Fit):
            st.markdown(data_words(here.text, fit))


def _picture(here: Lab, fit: Fit) -> None:
    """The learning rate, the line on its way, and what theory and run say."""
    text, values = here.text, here.current
    steps = int(values["fit_steps"])
    along, named = st.columns([5, 3], vertical_alignment="bottom")
    with along:
        slider(here, "fit_pace", 0.01, 2.5, 0.01, format="%.10g")
    with named, st.container(horizontal=True, gap="small"):
        button(here, "fit_safe", ":material/shield:", fit_pace=1.0)
        button(here, "fit_best", ":material/star:", fit_pace=fit.best_pace)
        button(here, "fit_limit", ":material/block:", fit_pace=LIMIT)
    run = fit.run(float(values["fit_pace"]), steps)
    verdict = fit_verdict(text, fit, run)
    draw(
        played(fit_picture(text, len(fit.inputs)), text, steps),
        fit_frames(text, fit, run),
        key="fit",
        alt=text("chart.fit.alt"),
        state=verdict,
    )
    st.markdown(verdict)
    if len(fit.inputs) == 2:
        st.caption(text("fit.second_at_mean"))
    if len(fit.made.y) > MOST_WRITTEN:
        st.caption(text("fit.reduced", rows=len(fit.made.names), count=f"{len(fit.made.y):,}"))
    figure_notes(
        here, "fit", lambda: fit_numbers(run), lambda: fit_program(fit, float(run.learning_rates[0, 0]), steps)
    )


def _points(here: Lab) -> None:
    """What can still be shown where there is no fit."""
    (inputs, target), text = chosen_columns(here.current), here.text
    frames = points_frames(text, inputs, target, find(str(here.current["table"])).columns)
    if frames:
        draw(played(fit_picture(text, len(inputs)), text, 1), frames, key="fit", alt=text("chart.fit.alt"))


def hand_over(here: Lab, fit: Fit | Said) -> None:
    """The loss of these data, for the lessons with one parameter and the one with two; or why some cannot take it."""
    st.markdown(here.text("fit.hands_over"))
    none = own_loss(here.current) is None
    own = another_loss({**here.current, "loss": OWN})
    with st.container(horizontal=True, gap="small"):
        button(here, "to_size", ":material/straighten:", disabled=none, tab="size", loss=OWN, **own)
        button(here, "to_shrink", ":material/trending_down:", disabled=none, tab="shrink", samples=OWN)
        button(here, "to_bowl", ":material/adjust:", tab="bowl", bowl=OWN)
    if none and isinstance(fit, Fit):
        st.caption(no_slope(fit).words(here.text))
