"""Two directions at once: a bowl, its condition number, and what the units of real data do to it."""

import streamlit as st

from gdcore.heavy_ball import BowlDescent
from pages.tabs.columns import columns_choice
from views.bowl_table import bowl_script, bowl_table
from views.bowls import BowlProblem, Trouble, chosen_bowl, made_bowl
from views.charts.bowl import bowl
from views.charts.bowl_frames import bowl_frames, described, run_at
from views.charts.bowl_ruler import limit_of, ruler_end
from views.charts.player import played
from views.controls import button, choice, ladder, segments, slider
from views.drawing import draw
from views.figure_notes import figure_notes
from views.page import lesson, why
from views.problem import OWN
from views.settings import another_table
from views.state import Lab, commit, lab
from views.verdicts.bowl import best_pair, bowl_formula, bowl_verdict
from views.verdicts.bowl_data import comparison, flat_note, scale_note, source_note, trouble_note

CONDITIONS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


@st.fragment
def two_directions_at_once() -> None:
    here = lab()
    text, values = here.text, here.current
    place = lesson("bowl")
    with place.controls:
        found = _bowl_choice(here)
        problem = made_bowl(float(values["condition"])) if isinstance(found, Trouble) else found
        left, right = st.columns(2)
        with left:
            slider(here, "momentum", 0.0, 0.9999, 0.01, format="%.4g")
        with right:
            slider(here, "rolls", 5, 100, 1)
        _marks(here, problem)
    pace, momentum = float(values["pace"]), float(values["momentum"])
    run = run_at(problem, pace, momentum, int(values["rolls"]))
    with place.words:
        _words(here, found)
        st.markdown(bowl_formula(problem, pace, momentum))
        st.markdown(bowl_verdict(text, problem, pace, momentum, run))
    with place.picture:
        slider(here, "pace", min(0.05, pace), ruler_end(momentum, pace), 0.01, format="%.4g")
        _picture(here, problem, run)


def _bowl_choice(here: Lab) -> BowlProblem | Trouble:
    segments(here, "bowl", ("made", OWN))
    if here.current["bowl"] == OWN:
        columns_choice(here)
        left, right = st.columns([4, 5])
        with left:
            choice(here, "intercept", ("with", "without"), follow_up=another_table)
        with right:
            choice(here, "scaling", ("raw", "standardised"), follow_up=another_table)
    else:
        ladder(here, "condition", CONDITIONS)
    return chosen_bowl(here.current)


def _marks(here: Lab, problem: BowlProblem) -> None:
    """Buttons for the learning rates that theory names."""
    momentum = float(here.current["momentum"])
    pace, heavy = best_pair(problem)
    with st.container(horizontal=True, gap="small"):
        button(here, "pace_one", ":material/looks_one:", pace=1.0)
        button(here, "pace_limit", ":material/block:", pace=limit_of(momentum))
    with st.container(horizontal=True, gap="small"):
        button(here, "pace_best", ":material/star:", pace=problem.best_pace, momentum=0.0)
        button(here, "pace_pair", ":material/stars:", pace=pace, momentum=heavy)


def _words(here: Lab, found: BowlProblem | Trouble) -> None:
    """What the data do to the bowl, before what the learning rate does on it."""
    text, values = here.text, here.current
    if values["bowl"] != OWN:
        return
    if isinstance(found, Trouble):
        st.warning(trouble_note(text, found))
        return
    if found.bowl.flat is not None:
        st.warning(flat_note(text, found))
    if len(found.shown) < 2:
        st.info(text("bowl.one_direction"))
    st.markdown(comparison(text, values))


def _picture(here: Lab, problem: BowlProblem, run: BowlDescent) -> None:
    text, values = here.text, here.current
    pace, momentum = float(values["pace"]), float(values["momentum"])
    draw(
        played(bowl(text), text, int(values["rolls"])),
        bowl_frames(text, problem, pace, momentum, run),
        key="bowl",
        alt=text("chart.bowl.alt"),
        state=described(text, problem, pace, momentum, run),
        on_pick=lambda row: commit(pace=float(row["pace"])),
    )

    figure_notes(
        here,
        "bowl",
        lambda: bowl_table(problem, run),
        lambda: bowl_script(problem, pace, momentum, len(run.excess) - 1),
    )
    notes = [scale_note(text, problem)]
    if (made := problem.design) is not None:
        notes.append(source_note(text, values, made))
    if any(notes):
        st.caption(text.together(note for note in notes if note))
    why(here, "bowl")
