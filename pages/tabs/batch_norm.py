"""Batch norm: a wide network on real digits, without it and with it; four ways to look at it."""

from dataclasses import dataclass

import streamlit as st

from gdcore.activations import ACTIVATIONS
from gdcore.batch_norm_growth import measure_growth
from gdcore.comparison import compare
from gdcore.experiment import Absent, Experiment
from gdcore.one_unit import follow_unit
from gdcore.readings import read
from pages.tabs.network_choice import network_choice
from views.batch_norm_table import Table, growth_table, layers_table, readings_table, unit_table
from views.charts.batch_norm_growth import batch_norm_growth, batch_norm_growth_frames
from views.charts.batch_norm_layers import batch_norm_layers
from views.charts.batch_norm_layers_frames import batch_norm_layers_frames, layer_said
from views.charts.batch_norm_readings import batch_norm_readings, batch_norm_readings_frames
from views.charts.batch_norm_unit import batch_norm_unit
from views.charts.batch_norm_unit_frames import MOST_SAMPLES, batch_norm_unit_frames
from views.charts.room import Spec
from views.controls import choice, ladder, segments, slider
from views.drawing import Frames, draw
from views.experiments import chosen_experiment
from views.figure_notes import figure_notes
from views.page import lesson, why
from views.scripts import script
from views.settings import another_scale
from views.state import Lab, commit, lab
from views.text import Text
from views.verdicts.batch_norm import batch_norm_verdict, unit_verdict
from views.verdicts.batch_norm_gradients import growth_headline, growth_verdict, readings_verdict

FEWEST_WIDE_LAYERS, MOST_WIDE_LAYERS = 2, 50  # the scalar chain, which shares the depth, goes from 1 to 200
SCALES = (0.0, 0.001, 0.002, 0.003, 0.004, 0.005, 0.007, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8,
          0.9, 1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.7, 2.0, 2.5, 3.0, 4.0, 5.0, 7.0, 10.0)  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """What one way to look at it shows; without a spec there are only words."""

    verdict: str
    state: str = ""
    spec: Spec | None = None
    frames: Frames | None = None
    table: Table | None = None


@st.fragment
def batch_norm() -> None:
    here = lab()
    text, values = here.text, here.current
    place, look = lesson("batch_norm"), str(values["look"])
    experiment = chosen_experiment(values, layers=(FEWEST_WIDE_LAYERS, MOST_WIDE_LAYERS))
    layer, unit = min(int(values["layer"]), experiment.depth), min(int(values["unit"]), experiment.width)
    with place.controls:
        controls(here, look, experiment)
    shown = WAYS[look](text, experiment, layer, unit)
    with place.words:
        st.markdown(shown.verdict)
    with place.picture:
        if shown.spec is None or shown.frames is None or shown.table is None:
            st.info(shown.verdict)
        else:
            draw(
                shown.spec,
                shown.frames,
                key=f"batch_norm_{look}",
                alt=text("chart.batch_norm.alt" if look == "layers" else f"chart.batch_norm.alt_{look}"),
                state=shown.state,
                on_pick=lambda row: commit(layer=int(row["layer"])),
            )
            figure_notes(here, f"batch_norm_{look}", shown.table, lambda: program(experiment, look, unit))
        why(here, "batch_norm")
        st.caption(text("note.data_digits"))


def controls(here: Lab, look: str, experiment: Experiment) -> None:
    """The few that matter, and the rest folded away."""
    text, values = here.text, here.current
    segments(here, "look", list(WAYS))
    choice(here, "activation", list(ACTIVATIONS))
    left, right = st.columns(2)
    with left:
        slider(here, "depth", FEWEST_WIDE_LAYERS, MOST_WIDE_LAYERS, 1, label="net_depth")
    with right:
        ladder(here, "scale", SCALES, label="net_scale", follow_up=another_scale)
    if experiment.depth != values["depth"]:
        st.caption(text("note.other_depth", depth=values["depth"], shown=experiment.depth))
    left, right = st.columns(2)
    with left:
        slider(here, "layer", 1, experiment.depth, 1, label="bn_layer")
    if look == "unit" and experiment.width > 1:
        with right:
            slider(here, "unit", 1, experiment.width, 1)
    network_choice(here)


def layers(text: Text, experiment: Experiment, layer: int, _: int) -> Shown:
    """Statistics and gradients of every layer."""
    comparison = compare(experiment)
    verdict = batch_norm_verdict(text, comparison)
    frames = batch_norm_layers_frames(text, comparison, layer)
    state = "\n\n".join([*layer_said(text, frames, layer), verdict])
    return Shown(verdict, state, batch_norm_layers(text), frames, lambda: layers_table(comparison))


def one_unit(text: Text, experiment: Experiment, layer: int, unit: int) -> Shown:
    """One unit's signal before and after batch norm."""
    signals = follow_unit(experiment, unit - 1)
    if isinstance(signals, Absent):
        return Shown(text(f"verdict.batch_norm.{signals}"))
    verdict = unit_verdict(text, signals, unit, layer, min(MOST_SAMPLES, experiment.batch))
    frames = batch_norm_unit_frames(text, signals, unit, layer)
    return Shown(verdict, verdict, batch_norm_unit(text), frames, lambda: unit_table(signals))


def four_readings(text: Text, experiment: Experiment, layer: int, _: int) -> Shown:
    """The weight gradient under four readings of batch norm."""
    readings = read(experiment)
    verdict = readings_verdict(text, readings, experiment.width)
    frames = batch_norm_readings_frames(text, readings, layer)
    return Shown(verdict, verdict, batch_norm_readings(text), frames, lambda: readings_table(readings))


def growth(text: Text, experiment: Experiment, layer: int, _: int) -> Shown:
    """The growth of the gradient towards the input, measured and predicted."""
    grown = measure_growth(experiment)
    if isinstance(grown, Absent):
        return Shown(text(f"verdict.batch_norm.{grown}"))
    verdict = growth_verdict(text, grown)
    frames = batch_norm_growth_frames(text, grown, growth_headline(text, grown), layer)
    return Shown(verdict, verdict, batch_norm_growth(text), frames, lambda: growth_table(grown))


WAYS = {"layers": layers, "unit": one_unit, "readings": four_readings, "growth": growth}


def program(experiment: Experiment, look: str, unit: int) -> str:
    """The program that prints the table of what is looked at."""
    return script(
        "batch_norm",
        TABLE=look,
        DEPTH=experiment.depth,
        WIDTH=experiment.width,
        BATCH=experiment.batch,
        WEIGHT_SCALE=experiment.weight_scale,
        BIAS_SCALE=experiment.bias_scale,
        ACTIVATION=experiment.activation,
        PLACE="before" if experiment.before else "after",
        GAMMA=experiment.gamma,
        BETA=experiment.beta,
        EPSILON=experiment.epsilon,
        SEED=experiment.seed,
        UNIT=unit,
    )
