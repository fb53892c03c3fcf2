"""Beyond convex: how a large learning rate leaves a local minimum, and why one that shrinks also settles."""

import streamlit as st

from views.charts.dip import dip
from views.charts.dip_frames import SHRINKS, dip_frames, dip_run, dip_table
from views.charts.player import played
from views.controls import button, number, segments, slider
from views.drawing import draw
from views.figure_notes import figure_notes
from views.page import lesson, why
from views.scripts import script
from views.state import commit, lab
from views.verdicts.dip import dip_verdict

PRESETS = {  # what each button sets, and its icon
    "trapped": (0.3, "constant", "do_not_disturb_on"),
    "rattles": (1.0, "constant", "vibration"),
    "escapes": (3.0, "constant", "logout"),
    "diverges": (22.0, "constant", "open_in_full"),
    "shrinks": (22.0, SHRINKS, "trending_down"),
}
FORMULA = r"$J(\theta) = 0.05\,\theta^2 - 0.3\,e^{-(\theta-3)^2/0.18}$"


@st.fragment
def beyond_convex() -> None:
    here = lab()
    text, values = here.text, here.current
    place = lesson("dip")
    with place.controls:
        st.markdown(FORMULA)
        with st.container(horizontal=True, gap="small", key="presets-dip"):
            for name, (rate, schedule, icon) in PRESETS.items():
                changes = {"dip_start": 3.05, "dip_alpha": rate, "dip_steps": 60, "dip_schedule": schedule}
                button(here, f"dip_{name}", f":material/{icon}:", **changes)
        number(here, "dip_alpha", 0.05, 40.0, 0.1)
        segments(here, "dip_schedule", ["constant", SHRINKS])
        left, right = st.columns(2)
        with left:
            slider(here, "dip_start", -4.0, 4.5, 0.05)
        with right:
            slider(here, "dip_steps", 10, 100, 1)
    start, learning_rate = float(values["dip_start"]), float(values["dip_alpha"])
    steps, schedule = int(values["dip_steps"]), str(values["dip_schedule"])
    run = dip_run(start, [learning_rate], steps, schedule)
    verdict = dip_verdict(text, run)
    with place.words:
        st.markdown(verdict)
    with place.picture:
        draw(
            played(dip(text), text, steps),
            dip_frames(text, run, schedule),
            key="dip",
            alt=text("chart.dip.alt"),
            state=verdict,
            on_pick=lambda row: commit(dip_alpha=float(row["alpha"])),
        )
        st.caption(text("note.dip"))
        constants = {
            "START": start,
            "LEARNING_RATE": learning_rate,
            "STEPS": steps,
            "SHRINKS": int(schedule == SHRINKS),
        }
        figure_notes(here, "dip", lambda: dip_table(run), lambda: script("dip", **constants))
        why(here, "dip")
