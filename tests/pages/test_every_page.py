"""Every page, tab and language with ordinary and extreme settings: no exception, no NaN, a verdict."""

import json
import re
from collections.abc import Iterator
from functools import cache

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Selectbox

from views.charts import ALL_CHARTS
from views.setting import Choice, Number, defaults
from views.settings import PAGES
from views.text import LANGUAGES, load_text

NONSENSE = re.compile(r"\b[Nn]a[Nn]\b|\bNone\b|undefined|\[object")


# AppTest reads the metadata of all installed packages for every app it opens: that takes longer than all the rest
components_found = cache(manifest_scanner.scan_component_manifests)


@pytest.fixture(autouse=True)
def _fresh_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Streamlit remembers for the whole process whether st.navigation was ever called."""
    monkeypatch.setattr(manifest_scanner, "scan_component_manifests", components_found)
    yield
    PagesManager.uses_pages_directory = None


MORE = ("chain", "network", "shrink", "start", "train")  # tabs, or groups of them, with settings folded away
FIGURES = ("step_size", "slope", "shrink", "bowl", "dip", "fit", "three", "chain", "map", "start", "train", "train_map")
FIGURES += tuple(f"batch_norm_{look}" for look in ("layers", "unit", "readings", "growth"))
FOLDED = [*(f"more-{name}" for name in MORE), *(f"notes-{name}" for name in FIGURES)]


def opened(page: str, **query: str) -> AppTest:
    """The page as a link with this query opens it, with all that it folds away unfolded."""
    app = AppTest.from_file("../../app.py", default_timeout=30)
    for name in FOLDED:
        app.session_state[name] = True
    for key, value in query.items():
        app.query_params[key] = value
    if page != "home":
        app.switch_page(f"pages/{page}.py")
    return app.run()


def said(app: AppTest) -> list[str]:
    """All text of the page."""
    return [str(element.value) for kind in ("markdown", "caption", "title") for element in app.get(kind)]


def query_of(app: AppTest) -> dict[str, str]:
    """The page's query string; AppTest keeps a value as it was given, a list or not."""
    return {key: each if isinstance(each, str) else "&".join(each) for key, each in app.query_params.items()}


def healthy(app: AppTest) -> None:
    assert not app.exception, app.exception[0].stack_trace
    assert not [text for text in said(app) if NONSENSE.search(re.sub("“.*?”", "", text))]  # a note may quote nonsense


LOSSES = next(setting.options for setting in PAGES["learning_rate"] if setting.key == "loss")
CASES = [("home", {}), ("teach", {})]
CASES += [("learning_rate", {"loss": loss}) for loss in LOSSES]
CASES += [("learning_rate", {"tab": "slope", "loss": loss, "at": "7"}) for loss in LOSSES]
CASES += [
    ("learning_rate", {"tab": "slope", "alpha": "1000", "at": "100"}),
    ("learning_rate", {"tab": "slope", "loss": "quartic", "start": "100", "alpha": "1000", "at": "100"}),
    ("learning_rate", {"tab": "slope", "loss": "absolute", "start": "0"}),
    ("learning_rate", {"loss": "quadratic", "alpha": "1000", "steps": "100"}),
    ("learning_rate", {"loss": "quadratic", "alpha": "2", "steps": "1"}),
    ("learning_rate", {"loss": "quartic", "alpha": "1000", "start": "100", "steps": "100"}),
    ("learning_rate", {"loss": "quartic", "start": "0"}),
    ("learning_rate", {"loss": "cars", "alpha": "0.000001"}),
    ("learning_rate", {"loss": "absolute", "alpha": "0.5", "start": "2"}),
    ("learning_rate", {"tab": "shrink"}),
    ("learning_rate", {"tab": "shrink", "noise": "off", "large": "1"}),
    ("learning_rate", {"tab": "shrink", "large": "2.5", "small": "1", "updates": "1000", "batch": "1", "runs": "1"}),
    ("learning_rate", {"tab": "shrink", "samples": "data", "batch": "512", "updates": "20", "small": "0.001"}),
    ("learning_rate", {"tab": "dip"}),
    ("learning_rate", {"tab": "dip", "dip_alpha": "40", "dip_steps": "100", "dip_start": "-4"}),
    ("learning_rate", {"tab": "dip", "dip_alpha": "1.14", "dip_schedule": "shrinks", "dip_start": "0"}),
    ("learning_rate", {"tab": "bowl"}),
    ("learning_rate", {"tab": "bowl", "condition": "1", "pace": "2", "rolls": "5"}),
    ("learning_rate", {"tab": "bowl", "condition": "1000", "pace": "4.5", "momentum": "0.9999", "rolls": "100"}),
    ("learning_rate", {"tab": "bowl", "bowl": "data", "scaling": "raw", "pace": "0.01"}),
    ("learning_rate", {"tab": "bowl", "bowl": "data", "second": "-1", "intercept": "without"}),
    ("learning_rate", {"tab": "bowl", "bowl": "data", "second": "4", "momentum": "0.9"}),
    ("learning_rate", {"tab": "bowl", "bowl": "data", "first": "49", "second": "49", "target": "49"}),
    ("learning_rate", {"tab": "data"}),
    ("learning_rate", {"tab": "data", "second": "-1", "scaling": "raw", "intercept": "without", "fit_pace": "2.5"}),
    ("learning_rate", {"tab": "data", "target": "49", "first": "4", "second": "4", "fit_steps": "100"}),
    ("learning_rate", {"loss": "data", "first": "1", "target": "5"}),
    ("depth", {"depth": "1", "scale": "3"}),
    ("depth", {"depth": "200", "scale": "0.1"}),
    ("depth", {"depth": "200", "scale": "3", "bias": "2"}),
    ("depth", {"scale": "1"}),
    ("depth", {"input": "0", "bias": "0.5"}),
    ("depth", {"weights": "gaussian", "scale": "10", "depth": "200", "layer": "150"}),
    ("depth", {"weights": "signs", "scale": "0", "depth": "2"}),
    ("depth", {"tab": "three", "w1": "3", "w2": "-3", "w3": "3", "input": "10", "bias": "2", "target": "-10"}),
    ("depth", {"tab": "three", "w1": "0", "w2": "0", "path": "w3"}),
    ("depth", {"tab": "three", "target": "0.6"}),
    ("depth", {"tab": "batch_norm", "depth": "200", "scale": "3", "activation": "identity"}),
    ("depth", {"tab": "batch_norm", "depth": "1", "scale": "0.1", "activation": "relu"}),
    ("depth", {"tab": "batch_norm", "batch": "1"}),
    ("depth", {"tab": "batch_norm", "batch": "2"}),
    ("depth", {"tab": "map", "width": "1", "batch": "256", "depth": "200", "scale": "10", "activation": "identity"}),
    ("depth", {"tab": "map", "width": "8", "batch": "1", "depth": "1", "scale": "0"}),
    ("depth", {"tab": "map", "width": "8", "activation": "relu", "place": "after", "epsilon": "0", "gamma": "0"}),
    ("depth", {"tab": "start"}),
    ("depth", {"tab": "start", "depth": "200", "width": "1", "batch": "1", "gain": "20", "beside": "rivals"}),
    ("depth", {"tab": "start", "depth": "1", "initialiser": "constant", "beside": "rivals", "batch": "3"}),
    ("depth", {"tab": "start", "activation": "relu", "initialiser": "he", "width": "2", "batch": "1", "gain": "0"}),
    ("depth", {"tab": "train", "depth": "200", "batch": "1", "scale": "0", "rate": "100"}),
    ("depth", {"tab": "batch_norm", "batch": "3", "look": "growth"}),
    ("depth", {"tab": "batch_norm", "width": "1", "batch": "256", "look": "readings"}),
    ("depth", {"tab": "batch_norm", "scale": "0", "epsilon": "0"}),
    ("depth", {"tab": "batch_norm", "scale": "0.002", "look": "readings", "activation": "relu", "place": "after"}),
    ("depth", {"tab": "batch_norm", "gamma": "0", "look": "unit", "layer": "200", "unit": "256"}),
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("page", "query"), CASES, ids=[f"{page}-{query}" for page, query in CASES])
def test_a_page_with_these_settings_shows_its_picture_and_its_verdict(page: str, query: dict, language: str) -> None:
    app = opened(page, lang=language, **query)
    healthy(app)
    assert page == "teach" or app.get("vega_lite_chart") or app.get("arrow_vega_lite_chart")
    assert len(said(app)) >= 2


PAGES_WITH_SETTINGS = [page for page, table in PAGES.items() if table]
REFUSED = ["", "banana", "1e999", "nan", "-1e30", "<script>alert(1)</script>", "9" * 1000, "0x10", "１", "1_0"]


@pytest.mark.parametrize("turn", range(len(REFUSED)))
@pytest.mark.parametrize("page", PAGES_WITH_SETTINGS)
def test_numbers_that_cannot_be_used_give_way_to_the_defaults_with_a_note_each(page: str, turn: int) -> None:
    """Every number of the page is asked for at once, each with another text; in ten turns each meets every text."""
    numbers = [setting.key for setting in PAGES[page] if isinstance(setting, Number)]
    app = opened(page, lang="en", **{key: REFUSED[(turn + i) % len(REFUSED)] for i, key in enumerate(numbers)})
    healthy(app)
    assert [key for key in numbers if not any(f"**{key}**" in text for text in said(app))] == []
    assert not app.query_params.keys() & set(numbers)
    assert {key: app.session_state["lab"].current[key] for key in numbers} == {
        key: defaults(PAGES[page])[key] for key in numbers
    }
    assert not any("<script" in text for text in said(app))


@pytest.mark.parametrize("page", PAGES_WITH_SETTINGS)
def test_a_word_that_is_no_option_gives_way_to_the_default_with_a_note(page: str) -> None:
    choices = [setting for setting in PAGES[page] if isinstance(setting, Choice)]
    app = opened(page, lang="xx", **{setting.key: "__proto__" for setting in choices})
    healthy(app)
    for key in ["lang", *(setting.key for setting in choices)]:
        assert any(f"**{key}**" in text for text in said(app))
        assert key not in app.query_params


def test_a_changed_slider_stands_in_the_url_and_reset_takes_it_out() -> None:
    app = opened("learning_rate", lang="en")
    app.slider(key="learning_rate-alpha-").set_value(0.9).run()
    healthy(app)
    assert query_of(app)["alpha"] == "0.9"
    app.button(key="reset").click().run()
    assert "alpha" not in app.query_params
    app.button(key="undo").click().run()
    assert query_of(app)["alpha"] == "0.9"


def test_a_walk_goes_forward_and_back_and_begins_again_where_its_start_is_moved() -> None:
    app = opened("learning_rate", lang="en", tab="slope", start="2", alpha="0.5")
    for taken in (1, 2):
        app.button(key="learning_rate-forward").click().run()
        assert query_of(app)["at"] == str(taken)
    app.button(key="learning_rate-back").click().run()
    assert query_of(app)["at"] == "1"
    assert len(app.table[0].value) == 2
    assert app.table[0].value["θ"].tolist() == ["1", "2"]
    app.slider(key="learning_rate-start-").set_value(1.0).run()
    assert "at" not in query_of(app)
    app.button(key="learning_rate-point_p").click().run()
    assert float(query_of(app)["start"]) < 0


def test_another_loss_brings_its_own_start_and_learning_rate() -> None:
    app = opened("learning_rate", lang="en", alpha="0.9")
    app.selectbox(key="learning_rate-loss").set_value("cars").run()
    healthy(app)
    assert query_of(app) == {"loss": "cars"}


def test_the_language_switch_changes_the_words_and_keeps_the_settings() -> None:
    app = opened("learning_rate", lang="en", alpha="0.9")
    english = said(app)
    app.button_group(key="language").set_value("zh").run()
    healthy(app)
    assert query_of(app)["lang"] == "zh"
    assert app.slider(key="learning_rate-alpha-").value == pytest.approx(0.9)
    assert not set(english) & {text for text in said(app) if not text.startswith("$")}


def test_a_link_shows_the_same_values_as_the_page_it_was_copied_from() -> None:
    query = {"loss": "softplus", "p": "0.35", "start": "-2", "alpha": "7.5", "steps": "44"}
    app = opened("learning_rate", lang="zh", **query)
    healthy(app)
    assert query_of(app) == {"lang": "zh", **query}
    assert defaults(PAGES["learning_rate"])["steps"] == 30


@pytest.mark.parametrize("page", PAGES)
def test_what_is_drawn_stays_as_it_was_built(page: str) -> None:
    def charts() -> str:
        return json.dumps([chart(load_text("en")) for chart in ALL_CHARTS.values()])

    built = charts()
    healthy(opened(page, lang="en"))
    assert charts() == built


@pytest.mark.parametrize(
    ("page", "tab", "name"),
    [
        ("learning_rate", "size", "loss"),  # which settles others as well
        ("depth", "start", "activation"),
        ("learning_rate", "data", "target"),  # a whole number that stands for a column
    ],
)
def test_a_label_of_a_list_that_has_changed_meanwhile_leaves_everything_as_it_is(
    monkeypatch: pytest.MonkeyPatch, page: str, tab: str, name: str
) -> None:
    app = opened(page, tab=tab, lang="en")
    before = said(app)
    box = app.selectbox(key=f"{page}-{name}")
    sent = type(box)._widget_state.fget

    def stale(each: Selectbox) -> WidgetState:
        state = sent(each)
        if each.key == box.key:
            state.string_value = "横断面"
        return state

    monkeypatch.setattr(Selectbox, "_widget_state", property(stale))
    app.run()
    monkeypatch.undo()
    healthy(app)
    assert said(app) == before
    assert name not in query_of(app)


@pytest.mark.parametrize(
    ("page", "tab", "key"),
    [("learning_rate", "size", "learning_rate-steps-"), ("depth", "chain", "depth-depth-")],
)
@pytest.mark.parametrize("value", [10**9, -(10**9)])
def test_a_slider_that_is_made_to_send_what_it_cannot_show_changes_nothing(
    page: str, tab: str, key: str, value: int
) -> None:
    app = opened(page, tab=tab, lang="en")
    before = said(app)
    app.slider(key=key).set_value(value).run()
    healthy(app)
    assert said(app) == before
