"""Start large, then shrink: learning rates that change with the step, side by side on noisy gradients."""

from functools import partial

import streamlit as st

from gdcore.schedule_race import SCHEDULES, Race
from views.charts.shrink import shrink
from views.charts.shrink_frames import headline, result, shrink_frames, shrink_table
from views.controls import choice, ladder, number, segments
from views.drawing import draw
from views.figure_notes import figure_notes
from views.numbers import plain
from views.page import folded, lesson, why
from views.schedule_race import Samples, chosen_race, chosen_samples, constants
from views.scripts import script
from views.state import Lab, commit, lab
from views.verdicts.shrink import shrink_verdict

SMALL = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
LARGE = (0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1.0, 1.2, 1.5, 1.8, 2.0, 2.2, 2.5)
STEPS = (20, 50, 100, 200, 300, 500, 1000)
BATCHES = (1, 2, 4, 8, 16, 32, 64, 128, 256)
RUNS = (1, 2, 5, 10, 20, 50)


@st.fragment
def start_large_then_shrink() -> None:
    here = lab()
    text, values = here.text, here.current
    place = lesson("shrink")
    samples = chosen_samples(values)
    race = chosen_race(values, samples)
    with place.controls:
        segments(here, "noise", ("on", "off"))
        choice(here, "schedule", SCHEDULES)
        _race_controls(here, samples)
        rates = {"small": plain(float(race.learning_rates[0, 0])), "large": plain(float(race.learning_rates[0, 1]))}
        st.caption(text("note.shrink_rates", unit=plain(1 / race.noise.curvature), **rates))
    schedule = str(values["schedule"])
    verdict = shrink_verdict(text, race, schedule, int(values["runs"]))
    with place.words:
        st.markdown(verdict)
    with place.picture:
        draw(
            shrink(text),
            shrink_frames(text, race, schedule),
            key="shrink",
            alt=text("chart.shrink.alt"),
            state=f"{headline(text, race, schedule)}\n\n{result(text, race, SCHEDULES.index(schedule))}",
            on_pick=lambda row: commit(schedule=SCHEDULES[int(row["line"])]),
        )
        program = partial(script, "shrink", **constants(values, samples, race))
        figure_notes(here, "shrink", lambda: shrink_table(race), program)
        why(here, "shrink", _plans(here, race))
        _source(here, samples)


def _race_controls(here: Lab, samples: Samples) -> None:
    """What the race is run with."""
    count = len(samples.x)
    left, right = st.columns(2)
    with left:
        ladder(here, "small", SMALL)
        ladder(here, "updates", STEPS)
    with right:
        ladder(here, "large", LARGE)
        ladder(here, "batch", [*(each for each in BATCHES if each < count), count], label="mini_batch")
    if int(here.current["batch"]) >= count and here.current["noise"] == "on":
        st.caption(here.text("note.shrink_batch", count=count))
    folded(here, "shrink", _more)
    if samples.refused:
        st.caption(here.text("note.shrink_refused"))


def _more(here: Lab) -> None:
    choice(here, "samples", ("cars", "data"))
    ladder(here, "runs", RUNS)
    number(here, "seed", 0, 9999, 1, label="shuffle")


def _plans(here: Lab, race: Race) -> str:
    """Every schedule with its numbers."""
    text = here.text
    lines = [f"- {headline(text, race, name)}" for name in SCHEDULES]
    return "\n".join([text("note.shrink_plans", steps=race.plan.steps), "", *lines])


def _source(here: Lab, samples: Samples) -> None:
    """What the samples are."""
    numbers = {"count": len(samples.x), "dropped": samples.dropped}
    if not samples.own:
        st.caption(here.text("note.data_cars", **numbers))
    elif samples.rows > len(samples.x):
        st.caption(here.text("note.shrink_own_thinned", rows=samples.rows, **numbers))
    else:
        st.caption(here.text("note.shrink_own", **numbers))
