"""The data sets of each way to look at batch norm, for one experiment."""

from gdcore.batch_norm_growth import Growth, measure_growth
from gdcore.comparison import compare
from gdcore.experiment import Absent, Experiment
from gdcore.one_unit import UnitSignals, follow_unit
from gdcore.readings import read
from views.charts.batch_norm_growth import batch_norm_growth_frames
from views.charts.batch_norm_layers_frames import batch_norm_layers_frames
from views.charts.batch_norm_readings import batch_norm_readings_frames
from views.charts.batch_norm_unit_frames import batch_norm_unit_frames
from views.drawing import Frames
from views.text import Text
from views.verdicts.batch_norm import batch_norm_verdict, unit_verdict
from views.verdicts.batch_norm_gradients import growth_headline, growth_verdict, readings_verdict

LOOKS = ("layers", "unit", "readings", "growth")


def looked_at(look: str, text: Text, experiment: Experiment) -> tuple[Frames, str]:
    """What is drawn and what is said; nothing is drawn where there is no batch norm to look at."""
    if look == "layers":
        comparison = compare(experiment)
        return batch_norm_layers_frames(text, comparison, 1), batch_norm_verdict(text, comparison)
    if look == "readings":
        readings = read(experiment)
        return batch_norm_readings_frames(text, readings, 1), readings_verdict(text, readings, experiment.width)
    found: Absent | UnitSignals | Growth
    found = follow_unit(experiment, experiment.width - 1) if look == "unit" else measure_growth(experiment)
    if isinstance(found, UnitSignals):
        return batch_norm_unit_frames(text, found, 1, 1), unit_verdict(text, found, 1, 1, 64)
    if isinstance(found, Growth):
        frames = batch_norm_growth_frames(text, found, growth_headline(text, found), 1)
        return frames, growth_verdict(text, found)
    return {}, text(f"verdict.batch_norm.{found}")


def frames_of(look: str, text: Text, experiment: Experiment) -> Frames:
    """What is drawn."""
    return looked_at(look, text, experiment)[0]
