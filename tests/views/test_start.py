"""The words, pictures and program of "Start well": right for every start, drawable at the ends of every setting."""

import itertools
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pandas as pd
import pytest

from gdcore.activations import ACTIVATIONS
from gdcore.samples import DATA
from gdcore.starts import Spread, Start, Started, small_table
from tests.views.frame_tables import tables
from tests.views.program_running import printed_by
from tests.views.test_frames import require_drawable, size_of
from views import starts
from views.charts.start_frames import QUANTITIES, UNIT, start_frames, start_table
from views.scripts import script
from views.setting import Value, defaults
from views.settings import MOST_GAIN, PAGES, STARTS
from views.starts import MOST_NUMBERS, Picture, chosen_start, constants, good_start, picture
from views.text import load_text
from views.verdicts.start import ALIKE, flatter, keeps_already, start_verdict

EN = load_text("en")
BUDGET = 26_000  # bytes of data; the spec takes 24,000


def seen(**changes: Value) -> Picture:
    values = defaults(PAGES["depth"]) | {"depth": 6, "width": 16, "batch": 8, "seeds": 5}
    return picture(values | changes)


def says(found: Picture, key: str) -> bool:
    """Whether the verdict holds the sentence, whatever stands at its placeholders."""
    pieces = [re.escape(piece) for piece in re.split(r"@[a-z_]+", EN.template(f"verdict.start.{key}"))]
    return re.search(".*?".join(pieces), start_verdict(EN, found)) is not None


ENDS: list[Mapping[str, Value]] = [
    {"depth": depth, "width": width, "batch": batch, "seeds": seeds, "beside": "rivals"}
    for depth, width, batch, seeds in [(2, 1, 1, 1), (200, 3, 2, 2), (1, 16, 3, 50), (8, 70, 8, 3)]
]


@pytest.mark.parametrize("ends", ENDS, ids=str)
def test_every_start_can_be_drawn_and_said_at_the_ends_of_every_setting(ends: Mapping[str, Value]) -> None:
    cases = itertools.product((0.0, 1e-12, MOST_GAIN), STARTS)
    for (gain, name), activation in zip(cases, itertools.cycle(["relu", "sigmoid", "tanh", "identity"]), strict=False):
        found = seen(initialiser=name, activation=activation, gain=gain, **ends)
        require_drawable(start_frames(EN, found))
        assert not re.search(r"\bnan\b|\binf\b|None|e[+-]\d|0\.0000", start_verdict(EN, found), re.IGNORECASE)


@pytest.mark.parametrize("depth", [14, 50])
def test_a_committed_change_sends_little(depth: int) -> None:
    found = seen(depth=depth, beside="rivals", initialiser="constant")
    assert size_of(start_frames(load_text("zh"), found)) < BUDGET


def test_the_profile_of_a_cell_is_the_run_behind_its_factor_and_holds_both_ends() -> None:
    found = seen(depth=30)
    frames = tables(start_frames(EN, found))
    for number, cell in enumerate(found.cells):
        profile = frames["profiles"][frames["profiles"].cell == number].set_index("layer")
        assert {1, 30} <= set(profile.index)
        run = cell.run.sensitivity.median
        np.testing.assert_allclose(profile.sensitivity / UNIT, run[profile.index - 1], atol=0.5001 / UNIT)
        factor = 10 ** ((run[0] - run[-1]) / 29)
        assert float(frames["cells"].backward[number].removeprefix("×")) == pytest.approx(factor, rel=6e-3)
    assert frames["cells"].chosen.sum() == 1


def test_a_cell_has_the_initialisers_natural_number_but_the_chosen_one_its_own() -> None:
    found = seen(initialiser="he", gain=0.3, scale=1.7)
    gains = {cell.initialiser: cell.gain for cell in found.cells}
    assert gains == {
        "constant": 0.02, "normal": 0.1, "uniform": 0.2, "xavier": 1.0, "he": 0.3, "lecun": 1.7, "orthogonal": 1.0,
    }  # fmt: skip
    assert len(found.cells) == len(STARTS) * len(ACTIVATIONS)


def test_another_number_of_an_initialiser_runs_its_row_alone_and_leaves_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run: list[int] = []

    def counted(rows: tuple[Start, ...]) -> tuple[dict[str, Started], ...]:
        run.append(len(rows))
        return small_table.__wrapped__(rows)

    monkeypatch.setattr(starts, "small_table", lru_cache(maxsize=8)(counted))
    before, after = (seen(initialiser="he", gain=gain).cells for gain in (1.0, 1.7))
    assert run == [len(STARTS), 1]
    together = small_table(tuple(replace(seen().start, initialiser=name, gain=1.7) for name in STARTS))
    for old, new in zip(before, after, strict=True):
        assert (new.initialiser, new.activation) == (old.initialiser, old.activation)
        if new.initialiser != "he":
            assert new is old or new.run is old.run
        else:
            assert new.gain == 1.7
            expected = together[list(STARTS).index("he")][new.activation]
            np.testing.assert_array_equal(new.run.gradient.median, expected.gradient.median)


def test_the_line_of_theory_begins_at_the_measured_last_layer() -> None:
    lines = start_frames(EN, seen(activation="relu"))["lines"].table().set_index(["quantity", "layer"])
    for quantity in ("sensitivity", "gradient"):
        assert lines.loc[("expected", 6), quantity] == pytest.approx(lines.loc[("median", 6), quantity])


@pytest.mark.parametrize(
    ("gain", "kind"), [(0.0, "silent"), (0.8, "shrinks"), (1.0, "keeps"), (1.2, "grows")]
)  # orthogonal in a linear network: the factor is the gain itself
def test_the_verdict_names_what_the_factor_is(gain: float, kind: str) -> None:
    found = seen(initialiser="orthogonal", activation="identity", gain=gain)
    assert says(found, f"run.{kind}")
    frames = start_frames(EN, found)
    assert frames["frame"]["regime"][0] == kind
    assert says(found, "no_fluctuation") == (gain > 0)
    assert says(found, "even") == (kind in ("shrinks", "grows"))
    assert says(found, "nothing") == (gain == 0)


def test_the_button_sets_what_the_verdict_names_and_then_the_verdict_says_that_it_is_set() -> None:
    for name, activation in itertools.product(STARTS, ACTIVATIONS):
        found = seen(initialiser=name, activation=activation, gain=0.5)
        if name == "constant" and activation == "sigmoid":
            assert found.keeping is None
            assert says(found, "keep.none")
            continue
        assert found.keeping is not None
        assert found.keeping <= MOST_GAIN
        assert not keeps_already(found)
        ending = "_constant" if name == "constant" else ""
        assert says(found, f"keep.other{ending}")
        after = seen(initialiser=name, activation=activation, gain=found.keeping)
        assert keeps_already(after)
        assert says(after, f"keep.now{ending}")


def test_theory_and_run_agree_in_a_wide_network_and_where_they_do_not_it_says_why() -> None:
    assert says(seen(width=64, depth=10, seeds=10, activation="tanh"), "agree")
    for width, key in ((2, "differ_narrow"), (6, "differ")):
        found = seen(width=width, depth=12, activation="identity", batch=1)
        assert says(found, key)
        assert not says(found, "agree")
    assert says(seen(initialiser="constant", gain=0.05, activation="tanh", depth=3), "differ_constant")


def test_weights_that_saturate_are_not_called_zero_and_a_gain_whose_square_is_lost_is_no_error() -> None:
    assert says(seen(initialiser="constant", gain=20.0, width=256), "saturated")
    assert says(seen(initialiser="constant", gain=0.0), "nothing")
    assert says(seen(gain=1e-200), "random")


def test_the_layers_are_called_even_only_where_they_are() -> None:
    for width, activation in itertools.product((1, 2, 32), ("identity", "relu")):
        found = seen(width=width, activation=activation, depth=20, gain=0.5, seeds=9)
        if says(found, "even"):
            assert found.run.gradient.unevenness < np.log10(4.0)
    assert says(seen(width=32, activation="identity", gain=0.5), "even")


def test_the_growth_by_batch_norm_is_not_foretold_where_epsilon_rules() -> None:
    assert says(seen(beside="rivals", gain=1e-6, activation="tanh"), "rivals.faded")
    assert says(seen(beside="rivals", gain=1.0, activation="tanh"), "rivals.growth")
    assert not says(seen(beside="rivals", gain=1e-6, activation="tanh"), "rivals.growth")


def test_silent_starts_are_counted_and_a_batch_is_told_from_a_single_sample() -> None:
    one = seen(activation="relu", initialiser="he", width=3, batch=1, depth=20, seeds=20)
    assert one.run.silent > 0
    assert says(one, "dead")
    assert f"**{one.run.silent} of 20 starts are exactly zero**" in start_verdict(EN, one)
    assert says(seen(activation="relu", initialiser="he", width=3, batch=8, depth=20), "dead_batch")
    assert "exactly zero" not in start_verdict(EN, seen(activation="relu", initialiser="he"))


def _with_gradient(run: Started, unevenness: float) -> Started:
    medians = np.array([0.0, unevenness])
    return replace(run, gradient=Spread(medians, medians, medians))


def test_the_flatter_gradient_wins_by_more_than_a_tenth() -> None:
    run = seen().run
    good = _with_gradient(run, 1.0)
    for ahead, word in ((-0.001, "tie"), (0.001, "good_wins")):
        assert flatter(good, _with_gradient(run, 1.0 + ALIKE + ahead)) == word
        assert flatter(_with_gradient(run, 1.0 + ALIKE + ahead), good) == word.replace("good", "norm")
    zero = replace(run, gradient=Spread(*[np.array([0.0, -np.inf])] * 3))
    assert flatter(good, zero) == "good_wins"
    assert flatter(zero, zero) == "tie"


def test_a_good_relu_start_is_flatter_than_batch_norm_and_a_sigmoid_is_not() -> None:
    sizes = {"beside": "rivals", "depth": 16, "width": 48, "batch": 32, "seeds": 6}
    assert says(seen(activation="relu", initialiser="he", gain=0.5, **sizes), "rivals.good_wins")
    assert says(seen(activation="sigmoid", gain=1.0, **sizes), "rivals.norm_wins")


def test_batch_norm_that_cannot_be_compared_has_a_sentence() -> None:
    assert says(seen(beside="rivals", batch=1), "rivals.one")
    assert says(seen(beside="rivals", batch=3), "rivals.few")
    assert says(seen(beside="rivals", initialiser="constant"), "rivals.one_unit")
    assert says(seen(beside="rivals", width=1), "rivals.one_unit")


def test_the_rival_is_the_chosen_start_at_the_scale_that_keeps_and_random_where_that_is_constant() -> None:
    he = good_start(chosen_start(defaults(PAGES["depth"]) | {"initialiser": "he", "activation": "relu", "gain": 3.0}))
    assert (he.initialiser, he.gain) == ("he", 1.0)
    random = good_start(chosen_start(defaults(PAGES["depth"]) | {"initialiser": "constant", "gain": 0.1}))
    assert (random.initialiser, random.gain) == ("lecun", pytest.approx(10.1493, rel=1e-4))


def test_a_wide_and_deep_network_is_started_fewer_times_and_says_so() -> None:
    values = defaults(PAGES["depth"]) | {"width": 256, "depth": 50, "batch": 256, "seeds": 50}
    few = chosen_start(values)
    assert few.seeds == 1
    usual = chosen_start(defaults(PAGES["depth"]))
    assert usual.seeds == 20
    assert usual.seeds * usual.depth * usual.width * (usual.width + 2 * usual.batch) <= MOST_NUMBERS
    assert says(replace(seen(), asked=9), "fewer")


PROGRAMS = [
    {"initialiser": "lecun"},
    {"initialiser": "uniform", "activation": "relu", "seeds": 4, "seed": 7},
    {"initialiser": "orthogonal", "activation": "tanh", "width": 80, "gain": 1.4},
    {"initialiser": "constant", "activation": "identity", "width": 70, "seeds": 1},
    {"initialiser": "xavier", "activation": "tanh", "batch": 1, "gain": 9.0},
    {"initialiser": "he", "activation": "relu", "width": 2, "batch": 1, "depth": 12},
]


@pytest.mark.parametrize("changes", PROGRAMS, ids=str)
def test_the_program_prints_the_table_of_the_figure(changes: Mapping[str, Value]) -> None:
    found = seen(**changes)
    program = script("start", **constants(found.start), DIGITS=str(DATA / "digits.npz"))
    table = start_table(found)
    assert list(table) == ["layer", *(f"log10_{q}_{of}" for q in QUANTITIES for of in ("low", "median", "high"))]
    pd.testing.assert_frame_equal(printed_by(program), table, check_dtype=False, rtol=1e-9, atol=1e-11)
