"""Each preset shows what its name promises, by theory and by run."""

import numpy as np
import pytest

from gdcore.activations import ACTIVATIONS
from gdcore.chain import backpropagate, equal_weights
from gdcore.descent import descend
from gdcore.descent_theory import Regime, predict
from gdcore.layer_statistics import measure
from gdcore.network import Architecture, BatchNorm, initialise
from gdcore.objectives import CROSS_ENTROPY, one_hot
from gdcore.precision import FLOAT16, FLOAT32, Storage, storage
from gdcore.samples import digits
from views.presets import PRESETS
from views.problem import chosen_loss
from views.settings import PAGES
from views.text import LANGUAGES, load_text

EVERY = [(page, name) for page, presets in PRESETS.items() for name in presets]


def values(page: str, name: str) -> dict:
    return PRESETS[page][name].values(page)


@pytest.mark.parametrize(("page", "name"), EVERY)
def test_a_preset_sets_admissible_values_and_is_said_in_both_languages(page: str, name: str) -> None:
    table = {setting.key: setting for setting in PAGES[page]}
    for key, value in PRESETS[page][name].changes.items():
        assert table[key].parse(str(value)) == value
    for language in LANGUAGES:
        assert f"preset.{name}" in load_text(language)
        assert f"preset.{name}_says" in load_text(language)


@pytest.mark.parametrize(
    ("name", "regime"),
    [
        ("too_small", Regime.ONE_SIDED),
        ("just_right", Regime.ONE_SIDED),
        ("two_cycle", Regime.CYCLES),
        ("diverges", Regime.DIVERGES),
    ],
)
def test_the_learning_rates_do_what_their_names_say(name: str, regime: Regime) -> None:
    chosen = values("learning_rate", name)
    loss, start, alpha = chosen_loss(chosen), float(chosen["start"]), float(chosen["alpha"])
    assert predict(loss, start, alpha).regime is regime
    distance = abs(descend(loss, start, [alpha], int(chosen["steps"])).points[:, 0] - loss.minimiser)
    arrived = distance[-1] < 1e-3 * distance[0]
    assert arrived == (name == "just_right")


def test_the_chains_vanish_explode_and_are_lost_in_float16_only() -> None:
    gradients = {}
    for name in ("vanishes", "explodes", "float16_dies"):
        chosen = values("depth", name)
        weights = equal_weights(int(chosen["depth"]), float(chosen["scale"]))
        gradients[name] = backpropagate(weights, 0.0, float(chosen["input"]), float(chosen["target"])).gradients
    assert gradients["vanishes"].log10.max() < -5
    assert gradients["explodes"].log10.min() > 10
    assert set(storage(gradients["float16_dies"], FLOAT16)) == {Storage.UNDERFLOW}
    assert set(storage(gradients["float16_dies"], FLOAT32)) == {Storage.NORMAL}


def test_batch_norm_rescues_the_sigmoid_network_and_not_the_relu_network() -> None:
    images, labels = digits()
    grown = {}
    for name in ("rescues", "cannot_rescue"):
        chosen = values("depth", name)
        batch, rng = int(chosen["batch"]), np.random.default_rng(int(chosen["seed"]))
        X, targets = images[:batch] / np.sqrt(np.mean(images**2)), one_hot(labels[:batch], 10)
        sizes = int(chosen["depth"]), int(chosen["width"]), X.shape[1], 10
        network = initialise(*sizes, float(chosen["scale"]), rng=rng)
        phi = ACTIVATIONS[str(chosen["activation"])]
        for norm in (BatchNorm.NONE, BatchNorm.BEFORE_ACTIVATION):
            gradient = measure(network, X, targets, Architecture(phi, norm), CROSS_ENTROPY).gradient
            grown[name, norm] = float(gradient[0] - gradient[-1])
    assert grown["rescues", BatchNorm.NONE] < -5
    assert abs(grown["rescues", BatchNorm.BEFORE_ACTIVATION]) < 1
    assert grown["cannot_rescue", BatchNorm.BEFORE_ACTIVATION] > 3
