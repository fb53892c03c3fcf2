"""A step that can be scrubbed and played, all in the browser.

The step is a signal with a slider of its own; a timer moves it while `playing` is ticked. Vega-Lite's schema knows no
timer, but hands these parameters on to Vega as they are. No server run; the step keeps its place when data change,
for the spec stays the same.
"""

from views.charts.room import Spec
from views.text import Text

STEP = "shown_step"  # the signal that marks filter by
MILLISECONDS = 160  # a step, while playing


def played(spec: Spec, text: Text, steps: int) -> Spec:
    """The chart with a slider for the step, 0 … `steps`, shown from the last step on, and a control that plays it."""
    tick = {"type": "timer", "throttle": MILLISECONDS}
    playing = {
        "name": "playing",
        "value": False,
        "bind": {"input": "checkbox", "name": text("player.play")},
        "on": [{"events": tick, "update": f"playing && {STEP} < {steps}"}],
    }
    step = {
        "name": STEP,
        "value": steps,
        "bind": {"input": "range", "min": 0, "max": steps, "step": 1, "name": text("player.step")},
        "on": [
            {"events": {"signal": "playing"}, "update": f"playing && {STEP} >= {steps} ? 0 : {STEP}"},
            {"events": tick, "update": f"playing ? min({STEP} + 1, {steps}) : {STEP}"},
        ],
    }
    return {**spec, "params": [playing, step, *spec.get("params", [])]}
