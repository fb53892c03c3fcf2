"""The map: where gradients vanish and explode, over depth and weight scale, without batch norm and with it."""

import streamlit as st

from gdcore.activations import ACTIVATIONS
from gdcore.depth_map import DEPTHS, SCALES
from gdcore.depth_theory import critical_weight_scale
from gdcore.experiment import Experiment
from pages.tabs.network_choice import network_choice
from views.charts.depth_map import depth_map
from views.charts.depth_map_frames import depth_map_frames
from views.controls import button, choice, ladder
from views.depth_maps import committed, depth_map_table
from views.drawing import Row, draw
from views.experiments import chosen_experiment
from views.figure_notes import figure_notes
from views.page import lesson, why
from views.scripts import script
from views.settings import another_scale
from views.state import Lab, commit_with, lab
from views.verdicts.depth_map import depth_map_verdict, place_note, what_happens

MOST_SIDE = 64  # units a layer and images a batch: the map computes 984 networks


@st.fragment
def the_map() -> None:
    here = lab()
    text = here.text
    place = lesson("map")
    with place.controls:
        _controls(here)
    experiment = chosen_experiment(here.current, most=MOST_SIDE)
    cut = (experiment.width, experiment.batch) != (here.current["width"], here.current["batch"])
    with place.words:
        st.markdown(depth_map_verdict(text, experiment))
    with place.picture:
        note = place_note(text, experiment)
        draw(
            depth_map(text),
            depth_map_frames(experiment),
            key="map",
            alt=text("chart.map.alt"),
            state="\n\n".join([what_happens(text, committed(experiment)), note]),
            on_pick=_take,
        )
        smaller = [text("note.map_smaller", units=experiment.width, images=experiment.batch)] if cut else []
        st.caption(text.together([note, *smaller, text("note.map")]))
        figure_notes(here, "map", lambda: depth_map_table(experiment), lambda: program(experiment))
        why(here, "map")
        st.caption(text("note.data_digits"))


def _controls(here: Lab) -> None:
    values = here.current
    choice(here, "activation", list(ACTIVATIONS))
    ladder(here, "depth", DEPTHS, label="map_depth")
    ladder(here, "scale", SCALES, label="map_scale", follow_up=another_scale)
    critical = critical_weight_scale(ACTIVATIONS[str(values["activation"])], float(values["bias_scale"]))
    here_too = critical <= SCALES[-1]
    scale = float(f"{critical:.6g}") if here_too else float(values["scale"])
    changes = {"scale": scale, **another_scale({**values, "scale": scale})}
    why_not = None if here_too else "map_outside"
    button(here, "map_critical", ":material/balance:", disabled=not here_too, why=why_not, **changes)
    network_choice(here)


def program(experiment: Experiment) -> str:
    """The program that prints the table of the map."""
    return script(
        "depth_map",
        DEPTHS=list(DEPTHS),
        SCALES=list(SCALES),
        ACTIVATION=experiment.activation,
        WIDTH=experiment.width,
        BATCH=experiment.batch,
        SEED=experiment.seed,
        BIAS_SCALE=experiment.bias_scale,
        PLACE="before" if experiment.before else "after",
        GAMMA=experiment.gamma,
        BETA=experiment.beta,
        EPSILON=experiment.epsilon,
    )


def _take(row: Row) -> None:
    """A clicked cell: its depth and its weight scale, and what follows from them."""
    depth, scale = divmod(int(row["cell"]), len(SCALES))
    commit_with(another_scale, depth=DEPTHS[depth], scale=SCALES[scale])
