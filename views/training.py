"""One network trained twice, without and with batch norm: from the same weights, on the same mini-batches, in turn.

A `Pair` is what one visitor's session keeps of it. While it works it holds the two trainings; when it is done, or
stopped, only their curves are left, so that a class of visitors does not fill the memory.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import Enum

from gdcore.digit_batches import HELD_OUT
from gdcore.loss_map import loss_map
from gdcore.samples import digits
from gdcore.training import History, Plan, Training
from views.outlook import outlook
from views.setting import Value
from views.slices import Places

SIDES = {"without": False, "with": True}  # batch norm
MOST_LAYERS = 50
SLICE, BURST, REST = 0.1, 0.006, 0.006  # seconds: of work a tick, without a rest, of a rest
TICK = 0.25  # seconds between two questions of the browser
PLACES = Places(most=2, lease=6.0)  # a hidden browser tab asks once a second


class Stage(Enum):
    """How far a pair has come."""

    WAITING = "for a place"
    WORKING = "in slices"
    STOPPED = "by the learner"
    CHANGED = "stopped because a setting was changed"
    FINISHED = "all updates done, or exploded"


@dataclass(frozen=True)
class Curve:
    """What is known of one training so far."""

    history: History
    updates: int
    exploded_at: int | None


def chosen_plan(values: Mapping[str, Value]) -> Plan:
    """The network and its training as the learner has set them, without batch norm."""
    return Plan(
        depth=min(int(values["depth"]), MOST_LAYERS),
        width=int(values["width"]),
        activation=str(values["activation"]),
        initialiser=str(values["initialiser"]),
        gain=float(values["gain"]),
        learning_rate=float(values["rate"]),
        schedule=str(values["rate_schedule"]),
        batch=int(values["batch"]),
        epochs=int(values["epochs"]),
        batch_norm=False,
        seed=int(values["seed"]),
    )


def planned_updates(plan: Plan) -> int:
    """How many updates a training with this plan has; a short last batch of an epoch is left out."""
    return plan.epochs * ((len(digits()[1]) - HELD_OUT) // plan.batch)


def plan_of_map() -> dict[str, Value]:
    """The settings of the networks on the map of final loss, apart from learning rate and weight scale."""
    plan = loss_map().plan
    return {
        "depth": plan.depth,
        "width": plan.width,
        "activation": plan.activation,
        "initialiser": plan.initialiser,
        "rate_schedule": plan.schedule,
        "batch": plan.batch,
        "epochs": plan.epochs,
        "seed": plan.seed,
    }


def constants(plan: Plan) -> dict[str, int | float | str]:
    """The plan as the constants of the program that trains it."""
    return {name.upper(): value for name, value in asdict(plan).items() if name not in ("batch_norm", "epsilon")}


class Pair:
    """A plan under training, without and with batch norm."""

    def __init__(self, plan: Plan, places: Places | None = None) -> None:
        """Nothing is computed before the first tick that finds a place."""
        self.plan, self.places = plan, places or PLACES
        self.stage, self.ahead = Stage.WAITING, 0
        self.curves: dict[str, Curve] = {}
        self.refused: list[str] = []  # sides that cannot be: batch norm over a batch of one
        self.total_updates = planned_updates(plan)
        self._ticket = self.places.ticket()
        self._trainings: dict[str, Training] = {}

    @property
    def busy(self) -> bool:
        """Whether it wants to be asked for a next slice."""
        return self.stage in (Stage.WAITING, Stage.WORKING)

    @property
    def progress(self) -> float:
        """How much of all the work is done, from 0 to 1; what exploded or cannot be is done."""
        if not self._trainings:
            return 1.0 if self.stage is Stage.FINISHED else 0.0
        shares = [1.0 if each.finished else each.updates / each.total_updates for each in self._trainings.values()]
        return sum(shares) / len(shares)

    def tick(self) -> None:
        """One slice of work, if there is a place for it."""
        if not self.busy:
            return
        self.ahead = self.places.ask(self._ticket)
        if self.ahead:
            self.stage = Stage.WAITING
            return
        self.stage = Stage.WORKING
        if not self._trainings:
            self._begin()
        self.places.work(self._step, SLICE, BURST, REST)
        self._note()
        if not self._unfinished():
            self._end(Stage.FINISHED)

    def stop(self, stage: Stage = Stage.STOPPED) -> None:
        """Stop for good and give the place back; the curves stay."""
        if self.busy:
            self._end(stage)

    def _begin(self) -> None:
        for side, batch_norm in SIDES.items():
            try:
                self._trainings[side] = Training(replace(self.plan, batch_norm=batch_norm))
            except ValueError:
                self.refused.append(side)
        outlook(self.plan)  # remembered: a stop, later, must not wait for it

    def _unfinished(self) -> list[Training]:
        return [each for each in self._trainings.values() if not each.finished]

    def _step(self, seconds: float) -> bool:
        """A burst for the training that is behind; whether there is more to do."""
        behind = min(self._unfinished(), key=lambda each: each.updates, default=None)
        if behind is not None:
            behind.advance(seconds)
        return bool(self._unfinished())

    def _note(self) -> None:
        self.curves = {
            side: Curve(each.history, each.updates, each.exploded_at) for side, each in self._trainings.items()
        }

    def _end(self, stage: Stage) -> None:
        self.stage = stage
        self.places.leave(self._ticket)
        self._trainings = {}
