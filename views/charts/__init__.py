"""One file a figure: finished data and finished words in, a chart as a dict out; nothing here knows Streamlit.

A chart is built once per process and language, when it is first asked for.
"""

from collections.abc import Callable, Mapping
from functools import partial

from views.charts.batch_norm_layers import SHOWN, batch_norm_layers
from views.charts.bowl import bowl
from views.charts.chain_factors import chain_factors
from views.charts.dip import dip
from views.charts.fit import fit_picture
from views.charts.home_previews import descent_preview, gradient_preview
from views.charts.room import Spec
from views.charts.shrink import shrink
from views.charts.slope import slope
from views.charts.step_size import step_size
from views.text import Text

ALL_CHARTS: Mapping[str, Callable[[Text], Spec]] = {
    "descent_preview": descent_preview,
    "gradient_preview": gradient_preview,
    "slope": slope,
    "step_size": step_size,
    "shrink": shrink,
    "dip": dip,
    "bowl": bowl,
    "chain_factors": chain_factors,
    "fit_one": partial(fit_picture, inputs=1),
    "fit_two": partial(fit_picture, inputs=2),
    **{f"batch_norm_layers_{shown}": partial(batch_norm_layers, shown=shown) for shown in SHOWN},
}
