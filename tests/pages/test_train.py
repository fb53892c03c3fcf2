"""A visitor trains: it starts when asked, goes on by itself, waits in line, and a change of the settings ends it."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.test_every_page import _fresh_process, healthy, opened, query_of, said  # noqa: F401
from views import training
from views.charts.train_map_frames import nearest_cell, values_of
from views.slices import Places
from views.text import load_text
from views.training import Pair, Stage, plan_of_map

EN = load_text("en")
SMALL = {"tab": "train", "activation": "tanh", "depth": "3", "width": "12", "epochs": "1"}
BUTTON = "depth-train_button"


@pytest.fixture(autouse=True)
def _places_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test waits for what another has left behind."""
    monkeypatch.setattr(training, "PLACES", Places(most=1, lease=60.0))


def visitor(**changes: str) -> AppTest:
    return opened("depth", lang="en", **{**SMALL, **changes})


def pair_of(app: AppTest) -> Pair:
    found = app.session_state["training"]
    assert isinstance(found, Pair)
    return found


def press(app: AppTest) -> AppTest:
    return app.button(key=BUTTON).click().run()


def label(app: AppTest) -> str:
    return str(app.button(key=BUTTON).label)


def to_the_end(app: AppTest) -> AppTest:
    for _ in range(200):
        if not pair_of(app).busy:
            return app
        app.run()
    raise AssertionError("it never ends")


def test_nothing_is_trained_before_the_learner_asks_for_it() -> None:
    app = visitor()
    healthy(app)
    assert "training" not in app.session_state
    assert label(app) == EN("action.train_start")
    assert EN("verdict.train.idle") in said(app)


def test_a_training_goes_on_from_tick_to_tick_and_ends_with_a_verdict() -> None:
    app = press(visitor(epochs="20", depth="8"))
    assert label(app) == EN("action.train_stop")
    first = pair_of(app).progress
    app.run()
    healthy(app)
    assert pair_of(app).progress > first
    to_the_end(app)
    healthy(app)
    assert label(app) == EN("action.train_start")
    assert pair_of(app).stage is Stage.FINISHED
    assert any("of the held-out digits** (" in text or "of the held-out digits (" in text for text in said(app))
    assert "training" not in query_of(app)


def test_stop_is_heard_and_the_next_start_begins_from_the_beginning() -> None:
    app = press(visitor(epochs="50"))
    press(app)
    healthy(app)
    stopped = pair_of(app)
    assert (stopped.stage, label(app)) == (Stage.STOPPED, EN("action.train_start"))
    assert any(text.startswith("**Stopped**") for text in said(app))
    press(app)
    assert pair_of(app) is not stopped
    press(app)


def test_a_changed_setting_stops_it_and_says_so_and_the_curves_stay_until_the_next_start() -> None:
    app = press(visitor(epochs="50"))
    app.slider(key="depth-depth-train_depth").set_value(5).run()
    healthy(app)
    assert pair_of(app).stage is Stage.CHANGED
    assert pair_of(app).curves
    assert any(text.startswith("**You changed a setting") for text in said(app))
    press(app)
    assert pair_of(app).plan.depth == 5
    press(app)


def test_changing_the_settings_after_the_end_leaves_the_curves_and_says_whose_they_are() -> None:
    app = to_the_end(press(visitor()))
    app.selectbox(key="depth-activation").set_value("relu").run()
    healthy(app)
    assert pair_of(app).plan.activation == "tanh"
    assert EN("verdict.train.other") in " ".join(said(app))


def test_the_language_can_be_changed_while_it_runs() -> None:
    app = press(visitor(epochs="50"))
    app.button_group(key="language").set_value("zh").run()
    healthy(app)
    assert pair_of(app).busy
    press(app)


def test_one_visitor_waits_for_another_with_a_sentence_and_then_begins_by_itself() -> None:
    one, other = press(visitor(epochs="50")), press(visitor())
    assert pair_of(other).stage is Stage.WAITING
    assert any(text.startswith("**You are in line.**") for text in said(other))
    press(one)
    other.run()
    healthy(other)
    assert pair_of(other).curves


def test_a_batch_of_one_and_a_chain_that_is_too_deep_are_explained() -> None:
    app = to_the_end(press(visitor(depth="1", width="1", batch="1")))
    healthy(app)
    assert any(EN("verdict.train.one") in text for text in said(app))
    app = visitor(depth="200")
    assert EN("note.train_depth", depth=200, shown=50) in said(app)


def test_another_initialiser_brings_its_own_number() -> None:
    app = visitor(scale="1.5")
    assert app.number_input(key="depth-gain").value == 1.5
    app.selectbox(key="depth-initialiser").set_value("he").run()
    assert app.number_input(key="depth-gain").value == 1.0
    assert "gain" not in query_of(app)


@pytest.mark.parametrize("cell", [0, 84, 168])
def test_a_cell_of_the_map_can_be_taken_over_and_trained(cell: int) -> None:
    rate, scale = values_of(cell)
    assert nearest_cell(rate, scale) == cell
    query = {name: str(value) for name, value in plan_of_map().items()}
    app = opened("depth", lang="en", **query, tab="train", rate=repr(rate), scale=repr(scale))
    healthy(app)
    press(app)
    plan = pair_of(app).plan
    assert (plan.learning_rate, plan.gain, plan.depth) == (rate, scale, int(query["depth"]))
    press(app)
