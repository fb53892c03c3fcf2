"""Which network of the depth lab the settings mean."""

from dataclasses import replace

from gdcore.experiment import Experiment
from gdcore.network import BatchNorm
from views.setting import Values

PLACES = {"before": BatchNorm.BEFORE_ACTIVATION, "after": BatchNorm.AFTER_ACTIVATION}


def chosen_experiment(values: Values, *, layers: tuple[int, int] = (1, 200), most: int = 256) -> Experiment:
    """The experiment that the settings of the depth lab ask for.

    Args:
        values: the settings of the depth lab.
        layers: fewest and most hidden layers; a depth outside becomes the nearer one.
        most: the most units a layer and images a batch.
    """
    fewest, deepest = layers
    asked = Experiment(
        depth=min(max(int(values["depth"]), fewest), deepest),
        width=int(values["width"]),
        batch=int(values["batch"]),
        weight_scale=float(values["scale"]),
        activation=str(values["activation"]),
        seed=int(values["seed"]),
        bias_scale=float(values["bias_scale"]),
        place=PLACES[str(values["place"])],
        gamma=float(values["gamma"]),
        beta=float(values["beta"]),
        epsilon=float(values["epsilon"]),
    )
    return replace(asked, width=min(asked.width, most), batch=min(asked.batch, most))
