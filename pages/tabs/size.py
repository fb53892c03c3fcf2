"""How big a step? What a constant learning rate does, for every learning rate at once."""

import math

import streamlit as st

from gdcore.convex_loss import Loss
from gdcore.descent import descend
from gdcore.descent_theory import limits
from gdcore.step_factors import first_to_arrive, locally_best
from pages.tabs.loss_choice import loss_choice, source
from views.charts.player import played
from views.charts.ruler import ruler
from views.charts.step_size import step_size
from views.charts.step_size_frames import Three, step_size_frames, told
from views.controls import button, ladder, slider, toggle
from views.descent_table import descent_program, descent_table
from views.drawing import draw
from views.figure_notes import figure_notes
from views.page import lesson, why
from views.problem import start_range
from views.settings import ALPHA
from views.state import Lab, commit, lab
from views.verdicts.descent import descent_verdict
from views.verdicts.step import step_formula

TOO_LARGE = 1.1  # times the limit: far enough beyond it to be seen
SMALL = 0.1  # times the best


@st.fragment
def how_big_a_step() -> None:
    here = lab()
    text, values = here.text, here.current
    place = lesson("size")
    with place.controls:
        loss = loss_choice(here)
        left, right = st.columns(2)
        with left:
            slider(here, "start", *start_range(loss), format="%.4g")
        with right:
            slider(here, "steps", 1, 100, 1)
        start, learning_rate, steps = float(values["start"]), float(values["alpha"]), int(values["steps"])
        three = named_rates(here, loss, start, steps)
        with st.container(horizontal=True):
            toggle(here, "axis", "linear", "log")
            toggle(here, "compare", "one", "three")
    log = values["axis"] == "log"
    scale = ruler(loss, start, learning_rate, steps, log=log)
    run = descend(loss, start, learning_rate, steps)
    compared = three if values["compare"] == "three" else None
    with place.words:
        st.markdown(step_formula(run, loss, 0))
        st.markdown(descent_verdict(text, loss, run))
    with place.picture:
        if log:
            ladder(here, "alpha", scale.learning_rates.tolist())
        else:
            slider(here, "alpha", scale.step, scale.end, scale.step, format="%.4g")
        frames = step_size_frames(text, loss, start, learning_rate, run, scale, compared)
        draw(
            played(step_size(text, log), text, steps),
            frames,
            key="step_size",
            alt=text("chart.step_size.alt"),
            state=told(frames),
            on_pick=lambda row: commit(alpha=float(row["alpha"])),
        )
        shown = run if compared is None else descend(loss, start, compared, steps)
        figure_notes(here, "step_size", lambda: descent_table(loss, shown), lambda: descent_program(values, shown))
        why(here, "size")
        source(here)


def named_rates(here: Lab, loss: Loss, start: float, steps: int) -> Three:
    """Buttons for the best learning rate and for the limit; returns a small, a good and a large one to compare."""
    known = limits(loss, start)
    in_theory = locally_best(loss, known)
    best = in_theory or first_to_arrive(descend(loss, start, ruler(loss, start, 0.0, steps).learning_rates, steps))
    limited = 0 < known.converges < math.inf
    with st.container(horizontal=True):
        known_by = "best_theory" if in_theory else "best_found"
        button(here, "best", ":material/star:", why=known_by, disabled=not ALPHA[0] <= best <= ALPHA[1], alpha=best)
        if limited and ALPHA[0] <= known.converges <= ALPHA[1]:
            button(here, "limit", ":material/block:", alpha=known.converges)
        else:
            button(here, "limit", ":material/block:", why="no_limit", disabled=True)
    beyond = max(mark for mark in (known.converges, known.local, best) if mark < math.inf)
    return SMALL * best, best, TOO_LARGE * beyond if limited else best / SMALL
