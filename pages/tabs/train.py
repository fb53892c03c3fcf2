"""Train it: the same network learns the digits twice, without and with batch norm, while one watches."""

import streamlit as st

from gdcore.activations import ACTIVATIONS
from views.charts.train import train as chart
from views.charts.train_frames import train_frames, train_table
from views.charts.train_map import train_map
from views.charts.train_map_frames import train_map_frames, train_map_said, train_map_table, values_of
from views.controls import choice, ladder, number, slider
from views.drawing import Row, draw
from views.figure_notes import figure_notes
from views.numbers import DIGITS
from views.outlook import weight_scale
from views.page import Lesson, folded, lesson, why
from views.scripts import script
from views.settings import MOST_GAIN, STARTS, another_gain
from views.state import Lab, commit, lab
from views.training import MOST_LAYERS, TICK, Pair, Stage, chosen_plan, constants, plan_of_map, planned_updates
from views.verdicts.train import headline, progress_said, train_verdict

SLOT = "training"  # of the session: the pair that is in training, or was last
RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)


@st.fragment
def train() -> None:
    here = lab()
    place = lesson("train")
    pair: Pair | None = st.session_state.get(SLOT)
    if pair is not None and pair.plan != chosen_plan(here.current):
        pair.stop(Stage.CHANGED)
    with place.controls:
        _controls(here)
        _start_or_stop(here, pair)
    if pair is not None and pair.busy:
        with place.picture:
            st.fragment(_slice, run_every=TICK)(here, place, pair)
    else:
        with place.picture, st.container():
            _picture(here, place, pair)
    with place.picture:
        curves = pair.curves if pair is not None else {}
        plan = pair.plan if pair is not None else chosen_plan(here.current)
        figure_notes(here, "train", lambda: train_table(curves), lambda: script("train", **constants(plan)))
        _map(here)
        figure_notes(here, "train_map", train_map_table)
        why(here, "train")
        st.caption(here.text("note.data_digits"))


def _controls(here: Lab) -> None:
    text, values = here.text, here.current
    left, right = st.columns(2)
    with left:
        choice(here, "activation", list(ACTIVATIONS))
    with right:
        choice(here, "initialiser", STARTS, follow_up=another_gain)
    with left:
        slider(here, "depth", 1, MOST_LAYERS, 1, label="train_depth")
    with right:
        number(here, "gain", 0.0, MOST_GAIN, 0.05, label=f"gain_{values['initialiser']}")
    if int(values["depth"]) > MOST_LAYERS:
        st.caption(text("note.train_depth", depth=values["depth"], shown=MOST_LAYERS))
    ladder(here, "rate", RATES)
    folded(here, "train", _more)


def _more(here: Lab) -> None:
    number(here, "width", 1, 256, 1)
    number(here, "batch", 1, 256, 1)
    number(here, "epochs", 1, 50, 1)
    choice(here, "rate_schedule", ["constant", "step", "exponential", "cosine"])
    number(here, "seed", 0, 9999, 1)


def _map(here: Lab) -> None:
    """The final loss of many networks that were trained beforehand; a click takes one of them over."""
    text = here.text
    rate, scale = float(here.current["rate"]), weight_scale(chosen_plan(here.current))
    draw(
        train_map(text),
        train_map_frames(text, rate, scale),
        key="train_map",
        alt=text("chart.train_map.alt"),
        state=train_map_said(text, rate, scale),
        on_pick=_take_over,
    )
    known = plan_of_map()
    st.caption(text("note.train_map", **(known | {"activation": text(f"option.activation.{known['activation']}")})))


def _take_over(row: Row) -> None:
    rate, scale = (float(f"{value:.{DIGITS}g}") for value in values_of(int(row["cell"])))  # as they are written
    commit(**plan_of_map(), rate=rate, scale=scale, gain=scale)


def _start_or_stop(here: Lab, pair: Pair | None) -> None:
    busy = pair is not None and pair.busy
    name = "train_stop" if busy else "train_start"
    st.button(
        here.text(f"action.{name}"),
        icon=":material/stop:" if busy else ":material/play_arrow:",
        type="secondary" if busy else "primary",
        key="depth-train_button",
        help=here.text(f"action.{name}_help"),
        on_click=_stop if busy else _start,
        width="stretch",
    )


def _start() -> None:
    st.session_state[SLOT] = Pair(chosen_plan(lab().current))


def _stop() -> None:
    st.session_state[SLOT].stop()


def _slice(here: Lab, place: Lesson, pair: Pair) -> None:
    """One slice of work and what it changed; the browser asks for the next one."""
    pair.tick()
    if not pair.busy:
        st.rerun()  # no more ticks
    _picture(here, place, pair)


def _picture(here: Lab, place: Lesson, pair: Pair | None) -> None:
    text = here.text
    plan = chosen_plan(here.current)
    verdict = train_verdict(text, pair, plan)
    with place.words:
        if pair is not None and pair.busy:
            st.progress(pair.progress, text=progress_said(text, pair))
        st.markdown(verdict)
    curves = pair.curves if pair is not None else {}
    total = planned_updates(pair.plan if pair is not None else plan)
    draw(
        chart(text),
        train_frames(text, curves, total, headline(text, pair)),
        key="train",
        alt=text("chart.train.alt"),
        state=verdict,
    )
