"""Altair and pandas, loaded when something of theirs is first asked for.

Most visitors need neither: the charts are shipped as built, and a table of pandas is made of what is taken away or
uploaded. To load both takes a second of the first visitor's time.
"""

import importlib
from typing import TYPE_CHECKING, Any

__all__ = ["alt", "pd"]


class _Later:
    """A module that is not imported yet. A file that names its types needs ``from __future__ import annotations``."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        # the import system has the lock: two sessions that come first at once both wait for one import
        return getattr(importlib.import_module(self._name), attribute)


if TYPE_CHECKING:
    import altair as alt
    import pandas as pd
else:
    alt, pd = _Later("altair"), _Later("pandas")
