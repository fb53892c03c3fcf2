"""What a learner can set: one table of keys, ranges and defaults.

The URL, the widgets, the reset button and the tests all read it here.
"""

from collections.abc import Callable
from pathlib import Path

from gdcore.activations import ACTIVATIONS
from gdcore.schedule_race import SCHEDULES
from views.problem import LOSSES, NO_COLUMN, OWN, chosen_loss
from views.setting import Choice, Key, Names, Number, Setting, Value, Values
from views.tables import MOST_COLUMNS


def _natural(constant: str) -> Callable[[Values], float]:
    """The chosen loss's own start or learning rate."""
    return lambda values: float(f"{getattr(chosen_loss(values), constant):.6g}")


def natural_descent(values: Values) -> dict[str, Value]:
    """The start and the learning rate that suit the chosen loss: those of the last one would be out of place."""
    return {"start": _natural("start")(values), "alpha": _natural("learning_rate")(values)}


def from_the_start(values: Values) -> dict[str, Value]:
    """A walk begins again where its start is moved."""
    return {"at": 0}


def another_loss(values: Values) -> dict[str, Value]:
    """What changes with the loss."""
    return natural_descent(values) | from_the_start(values)


def another_table(values: Values) -> dict[str, Value]:
    """What changes with the table or its columns: the start and α of a loss that was made of them."""
    return another_loss(values) if values["loss"] == OWN else {}


STARTS = ("constant", "normal", "uniform", "xavier", "he", "lecun", "orthogonal")
_GAINS = {"constant": 0.02, "normal": 0.1, "uniform": 0.2}


def natural_gain(values: Values) -> float:
    """The number that suits the chosen initialiser; LeCun's, N(0, σ_w²/fan_in), follows the page's weight scale."""
    return float(values["scale"]) if values["initialiser"] == "lecun" else _GAINS.get(str(values["initialiser"]), 1.0)


def another_gain(values: Values) -> dict[str, Value]:
    """What changes with the initialiser, or with the weight scale."""
    return {"gain": natural_gain(values)}


def another_scale(values: Values) -> dict[str, Value]:
    """What changes with the weight scale: LeCun's number, while that initialiser is chosen."""
    return another_gain(values) if values["initialiser"] == "lecun" else {}


MOST_GAIN = 20.0  # a uniform start of one sigmoid unit is kept by 17.6
ALPHA = 1e-12, 1e12  # learning rates that can be set
MOST_STEPS = 100  # that can be walked by hand

HIDEABLE = frozenset({"tabs", "words", "notes", "why"})  # besides controls: other tabs, verdict, what stands below

PAGES: dict[str, tuple[Setting, ...]] = {
    "home": (),
    "learning_rate": (
        Choice("tab", ("slope", "size", "shrink", "bowl", "dip", "data"), "size"),
        # the table of "Your own data", which the other lessons can take over
        Key("table"),
        Number("target", 0, 0, MOST_COLUMNS - 1, whole=True),
        Number("first", 4, 0, MOST_COLUMNS - 1, whole=True),
        Number("second", 3, NO_COLUMN, MOST_COLUMNS - 1, whole=True),
        Choice("intercept", ("without", "with"), "with"),
        Choice("scaling", ("raw", "standardised"), "standardised"),
        # one parameter
        Choice("loss", (*LOSSES, OWN), "quadratic"),
        Number("curvature", 1.0, 0.1, 10.0),
        Number("p", 0.9, 0.05, 0.95),
        Number("start", _natural("start"), -1e12, 1e12),
        Number("alpha", _natural("learning_rate"), *ALPHA),
        Number("steps", 30, 1, 100, whole=True),
        Number("at", 0, 0, MOST_STEPS, whole=True),
        Choice("axis", ("linear", "log"), "linear"),
        Choice("compare", ("one", "three"), "one"),
        # schedules on mini-batches; learning rates in units of 1/λ
        Choice("samples", ("cars", OWN), "cars"),
        Choice("schedule", SCHEDULES, "step"),
        Number("small", 0.01, 0.001, 1.0),
        Number("large", 0.5, 0.01, 2.5),
        Number("updates", 200, 20, 1000, whole=True),
        Number("batch", 8, 1, 512, whole=True),
        Number("runs", 50, 1, 50, whole=True),
        Choice("noise", ("on", "off"), "on"),
        Number("seed", 0, 0, 9999, whole=True),
        # two directions; the learning rate in units of 1/L
        Choice("bowl", ("made", OWN), "made"),
        Number("condition", 20.0, 1.0, 1000.0),
        Number("pace", 1.0, 0.01, 4.5),
        Number("momentum", 0.0, 0.0, 0.9999),
        Number("rolls", 40, 5, 100, whole=True),
        # the bowl with a dip
        Number("dip_start", 3.05, -4.0, 4.5),
        Number("dip_alpha", 0.3, 0.05, 40.0),
        Number("dip_steps", 60, 10, 100, whole=True),
        Choice("dip_schedule", ("constant", "shrinks"), "constant"),
        # the fit of the learner's own data; the learning rate in units of 1/L
        Number("fit_pace", 1.0, 0.01, 2.5),
        Number("fit_steps", 30, 1, 100, whole=True),
    ),
    "depth": (
        Choice("tab", ("three", "chain", "batch_norm", "map", "start", "train"), "chain"),
        # a chain of scalars
        Number("depth", 20, 1, 200, whole=True),
        Number("scale", 0.8, 0.0, 10.0),
        Number("bias", 0.0, -2.0, 2.0),
        Number("input", 1.0, -10.0, 10.0),
        Number("target", 1.0, -10.0, 10.0),
        Number("w1", 0.5, -3.0, 3.0),
        Number("w2", 0.8, -3.0, 3.0),
        Number("w3", 1.5, -3.0, 3.0),
        Choice("path", ("w1", "w2", "w3"), "w1"),
        Choice("weights", ("equal", "signs", "gaussian"), "equal"),
        Number("layer", 1, 1, 200, whole=True),
        # wide layers
        Choice("activation", tuple(ACTIVATIONS), "sigmoid"),
        Number("width", 64, 1, 256, whole=True),
        Number("batch", 64, 1, 256, whole=True),
        Number("bias_scale", 0.0, 0.0, 2.0),
        Number("seed", 0, 0, 9999, whole=True),
        # batch norm
        Choice("look", ("layers", "unit", "readings", "growth"), "layers"),
        Number("unit", 1, 1, 256, whole=True),
        Choice("place", ("before", "after"), "before"),
        Number("gamma", 1.0, -3.0, 3.0),
        Number("beta", 0.0, -3.0, 3.0),
        Number("epsilon", 1e-5, 0.0, 1.0),
        # how weights start: the initialiser and its number
        Choice("initialiser", STARTS, "lecun"),
        Number("gain", natural_gain, 0.0, MOST_GAIN),
        Number("seeds", 20, 1, 50, whole=True),
        Choice("beside", ("alone", "rivals"), "alone"),
        # training
        Number("rate", 0.1, 0.0001, 100.0),
        Choice("rate_schedule", ("constant", "step", "exponential", "cosine"), "constant"),
        Number("epochs", 10, 1, 50, whole=True),
    ),
    "teach": (),
}

# the lessons that there are: a file each, in one language at least
LESSONS = tuple(sorted({file.stem for file in (Path(__file__).parent / "lessons").glob("*/*.toml")}))

# what stands around every page: a lesson and the place in it (0 is its beginning, what lies beyond the last step its
# summary) or its worksheet, controls that a teacher takes off, and a view for the projector
FRAME: tuple[Setting, ...] = (
    Choice("lesson", ("", *LESSONS), ""),
    Number("step", 0, 0, 99, whole=True),
    Choice("sheet", ("", "questions", "solutions"), ""),
    Names("hide", frozenset(setting.key for table in PAGES.values() for setting in table) | HIDEABLE),
    Choice("present", ("0", "1"), "0"),
)
