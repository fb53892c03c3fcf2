"""Presets: settings worth showing, one click each. They name what differs from the page's defaults."""

from collections.abc import Mapping
from dataclasses import dataclass

from views.setting import Value, read, written
from views.settings import PAGES


@dataclass(frozen=True)
class Preset:
    """An icon, and the settings that differ from the defaults."""

    icon: str
    changes: Mapping[str, Value]

    def values(self, page: str) -> dict[str, Value]:
        """All settings of the page, with defaults that suit the changes; the learner's own table stays."""
        query = {key: [value if isinstance(value, str) else written(value)] for key, value in self.changes.items()}
        return {key: value for key, value in read(PAGES[page], query)[0].items() if key != "table"}


PRESETS: dict[str, dict[str, Preset]] = {
    "learning_rate": {
        "too_small": Preset("trending_flat", {"tab": "size", "alpha": 0.05}),
        "just_right": Preset("check_circle", {"tab": "size", "alpha": 0.8}),
        "zig_zag": Preset("timeline", {"tab": "bowl", "condition": 20.0, "pace": 1.9}),
        "two_cycle": Preset("sync_alt", {"tab": "size", "alpha": 2.0}),
        "diverges": Preset("open_in_full", {"tab": "size", "alpha": 2.1}),
    },
    "depth": {
        "vanishes": Preset("compress", {"tab": "chain", "scale": 0.5, "depth": 20}),
        "explodes": Preset("expand", {"tab": "chain", "scale": 1.5, "depth": 50}),
        "float16_dies": Preset("memory", {"tab": "chain", "scale": 0.5, "depth": 26}),
        "rescues": Preset("healing", {"tab": "batch_norm", "activation": "sigmoid", "scale": 1.0, "depth": 20}),
        "cannot_rescue": Preset("warning", {"tab": "batch_norm", "activation": "relu", "scale": 1.4, "depth": 50}),
    },
}
