"""One file a figure: finished data and finished words in, a chart as a dict out; nothing here knows Streamlit.

A chart is built once per process and language, when it is first asked for.
"""

from collections.abc import Callable, Mapping
from functools import partial

from views.charts.batch_norm_growth import batch_norm_growth
from views.charts.batch_norm_layers import batch_norm_layers
from views.charts.batch_norm_readings import batch_norm_readings
from views.charts.batch_norm_unit import batch_norm_unit
from views.charts.bowl import bowl
from views.charts.chain import chain
from views.charts.depth_map import depth_map
from views.charts.dip import dip
from views.charts.fit import fit_picture
from views.charts.home_previews import descent_preview, gradient_preview
from views.charts.room import Spec
from views.charts.shrink import shrink
from views.charts.slope import slope
from views.charts.start import SHOWN as SHOWN_STARTS
from views.charts.start import start
from views.charts.step_size import step_size
from views.charts.three import three
from views.charts.train import train
from views.charts.train_map import train_map
from views.text import Text

ALL_CHARTS: Mapping[str, Callable[[Text], Spec]] = {
    "descent_preview": descent_preview,
    "gradient_preview": gradient_preview,
    "slope": slope,
    "step_size": step_size,
    "step_size_log": partial(step_size, log=True),
    "shrink": shrink,
    "dip": dip,
    "depth_map": depth_map,
    "bowl": bowl,
    "three": three,
    "chain": chain,
    "train": train,
    "train_map": train_map,
    "fit_one": partial(fit_picture, inputs=1),
    "fit_two": partial(fit_picture, inputs=2),
    "batch_norm_layers": batch_norm_layers,
    "batch_norm_unit": batch_norm_unit,
    "batch_norm_readings": batch_norm_readings,
    "batch_norm_growth": batch_norm_growth,
    **{f"start_{shown}": partial(start, shown=shown) for shown in SHOWN_STARTS},
}
