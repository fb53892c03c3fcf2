"""What a first visitor waits for: a process imports what a page needs, and nothing that few visitors ever ask for."""

import subprocess
import sys

from tests.streamlit_client import ROOT

VISIT = """
import sys
from views.charts import ALL_CHARTS
from views.text import LANGUAGES, load_text
import pages.tabs, pkgutil, importlib

for module in pkgutil.iter_modules(pages.tabs.__path__):
    importlib.import_module(f"pages.tabs.{module.name}")
for language in LANGUAGES:
    for chart in ALL_CHARTS.values():
        chart(load_text(language))

import numpy as np
from views.arrow_stream import arrow
from views.charts.data_set import DataSet
arrow(DataSet({"step": np.arange(3), "said": ["a", "b", "c"], "listed": [1.0, 2.0, 3.0], "kept": np.ones(3, bool)}))
print(*sorted({"altair", "pandas"} & set(sys.modules)))

from views.charts.data_set import DataSet
print(DataSet({"step": [1]}).table().to_csv(index=False))
from views.lazily import alt
print(alt.Chart.__name__)
"""


def test_neither_altair_nor_pandas_is_loaded_before_somebody_asks_for_it() -> None:
    printed = subprocess.run([sys.executable, "-c", VISIT], cwd=ROOT, capture_output=True, text=True, check=True)
    assert printed.stdout.splitlines() == ["", "step", "1", "", "Chart"]
