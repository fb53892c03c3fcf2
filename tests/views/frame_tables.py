"""The data sets of a chart as tables of pandas, for a test that looks into them."""

import pandas as pd

from views.drawing import Frames


def tables(frames: Frames) -> dict[str, pd.DataFrame]:
    """Every data set as a table."""
    return {name: data.table() for name, data in frames.items()}
