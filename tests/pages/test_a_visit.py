"""A visit: every control reaches the link, pages keep what was set on them, and a change can be taken back."""

from collections.abc import Callable
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.pages.test_every_page import _fresh_process, healthy, opened, query_of, said  # noqa: F401
from views.setting import Choice, Number, Setting, defaults
from views.settings import PAGES
from views.state import Lab
from views.text import LANGUAGES, load_text

TABS = [(page, tab) for page, table in PAGES.items() for tab in (table[0].options if table else ())]
every_tab = pytest.mark.parametrize(("page", "tab"), TABS, ids=[f"{page}-{tab}" for page, tab in TABS])


def visit(app: AppTest, page: str, query: dict[str, str] | None = None) -> AppTest:
    """Follow the navigation, which drops the query; or a link, which brings its own."""
    app.query_params.clear()
    app.query_params.update(query or {})
    app.switch_page(f"pages/{page}.py")
    return app.run()


def lab_of(app: AppTest) -> Lab:
    found = app.session_state["lab"]
    assert isinstance(found, Lab)
    return found


def controls(app: AppTest, page: str) -> dict[str, Any]:
    """The page's controls by the key of the setting that they change."""
    widgets = [*app.slider, *app.number_input, *app.selectbox, *app.button_group, *app.toggle]
    return {
        widget.key.removeprefix(f"{page}-").split("-")[0]: widget
        for widget in widgets
        if widget.key.startswith(f"{page}-")
    }


def setting_of(page: str, key: str) -> Setting:
    return next(setting for setting in PAGES[page] if setting.key == key)


def another_value(setting: Setting, widget: Any) -> tuple[Any, Any]:
    """Another value of the setting, and what its widget must be set to for it."""
    if isinstance(widget.value, bool):
        assert isinstance(setting, Choice)
        off, on = setting.options
        return (off, False) if widget.value else (on, True)
    if isinstance(setting, Choice):
        value = next(option for option in setting.options if option != widget.value)
    elif widget.type == "selectbox":  # names of columns stand for their places
        value = int(not widget.value)
    else:
        value = widget.max if widget.value != widget.max else widget.min
    return value, value


WITH_A_LOSS = [("learning_rate", tab, "softplus") for tab in ("size", "slope")]  # which has one control more


@pytest.mark.parametrize(("page", "tab", "loss"), [*((page, tab, "quadratic") for page, tab in TABS), *WITH_A_LOSS])
def test_every_control_of_a_tab_reaches_the_link_and_the_link_reaches_the_control(
    page: str, tab: str, loss: str
) -> None:
    small = {"width": "8", "batch": "8"}  # networks that are computed at once
    query = {"lang": "en", "tab": tab} | ({"loss": loss} if page == "learning_rate" else small)
    for key in controls(opened(page, **query), page):
        app = opened(page, **query)
        value, shown = another_value(setting_of(page, key), controls(app, page)[key])
        controls(app, page)[key].set_value(shown).run()
        healthy(app)
        assert lab_of(app).current[key] == value
        link = query_of(app)
        if value != defaults(PAGES[page])[key]:
            assert key in link
        again = opened(page, **{"lang": "en", **link})
        assert lab_of(again).current == lab_of(app).current
        assert controls(again, page)[key].value == shown
        assert not lab_of(again).refusals


@every_tab
def test_a_number_beyond_its_range_leaves_the_default_in_its_control(page: str, tab: str) -> None:
    for key, widget in controls(opened(page, lang="en", tab=tab), page).items():
        if isinstance(setting_of(page, key), Number):
            app = opened(page, lang="en", tab=tab, **{key: "1e999"})
            healthy(app)
            assert controls(app, page)[key].value == widget.value
            assert any(f"**{key}**" in text and "1e999" in text for text in said(app))


@pytest.mark.parametrize("language", LANGUAGES)
@every_tab
def test_every_tab_speaks_a_verdict(page: str, tab: str, language: str) -> None:
    app = opened(page, lang=language, tab=tab)
    text = load_text(language)
    families = {
        "slope": "verdict.slope",
        "data": "verdict.fit",
        "size": "verdict.theory",
        "chain": "verdict.chain",
        "three": "verdict.three",
        "bowl": "verdict.bowl",
        "dip": "verdict.dip",
        "map": "verdict.map",
        "start": "verdict.start",
        "train": "verdict.train",
        "shrink": "verdict.shrink",
    }
    openings = {words.split("@")[0] for words in text.under(families.get(tab, "verdict.batch_norm")).values()} - {""}
    assert any(opening.strip() in shown for shown in said(app) for opening in openings)


def test_a_page_that_is_left_and_visited_again_keeps_its_settings() -> None:
    app = opened("learning_rate", lang="zh", loss="huber", alpha="0.7")
    visit(app, "depth", {"depth": "33"})
    assert lab_of(app).current["depth"] == 33
    visit(app, "home")
    visit(app, "learning_rate")
    healthy(app)
    assert query_of(app) == {"lang": "zh", "loss": "huber", "alpha": "0.7"}
    assert app.selectbox(key="learning_rate-loss").value == "huber"
    visit(app, "depth")
    assert query_of(app) == {"lang": "zh", "depth": "33"}
    assert app.slider(key="depth-depth-").value == 33


def test_a_link_to_a_page_that_was_visited_before_wins_over_what_was_set_there() -> None:
    app = opened("depth", lang="en", depth="33", scale="1.2")
    visit(app, "home")
    visit(app, "depth", {"scale": "0.5"})
    assert {key: lab_of(app).current[key] for key in ("depth", "scale")} == {"depth": 20, "scale": 0.5}


def test_the_browsers_back_button_brings_the_former_values_into_the_controls() -> None:
    app = opened("depth", lang="en", depth="33")
    before = query_of(app)
    app.slider(key="depth-depth-").set_value(44).run()
    app.query_params.clear()
    app.query_params.update(before)
    app.run()
    assert app.slider(key="depth-depth-").value == 33


def test_a_tab_keeps_what_was_set_in_it_while_another_is_open() -> None:
    app = opened("depth", lang="en", tab="batch_norm", width="32", look="growth")
    labels = load_text("en").under("tab")  # AppTest cannot press a tab: do what the press does
    app.session_state["depth-tab"] = labels["chain"]
    lab_of(app).current["tab"] = "chain"
    app.run()
    assert query_of(app) == {"width": "32", "look": "growth"}
    assert "width" not in controls(app, "depth")


@pytest.mark.parametrize(("label", "opens"), [("zh", "dip"), ("en", "dip"), (None, "slope")])
def test_a_tab_that_is_pressed_while_the_language_changes_opens(
    monkeypatch: pytest.MonkeyPatch, label: str | None, opens: str
) -> None:
    app = opened("learning_rate", lang="en", tab="slope")
    drawn = st.tabs

    def pressed(labels: list[str], key: str, on_change: Callable[[], None]) -> Any:
        shown = st.session_state[key]
        st.session_state[key] = load_text(label)("tab.dip") if label else "no tab at all"
        on_change()
        st.session_state[key] = shown
        return drawn(labels, key=key, on_change=on_change)

    monkeypatch.setattr(st, "tabs", pressed)
    healthy(app.run())
    monkeypatch.undo()
    healthy(app.run())
    assert lab_of(app).current["tab"] == opens


def test_reset_brings_the_defaults_of_this_page_alone_and_leaves_tab_and_language() -> None:
    app = opened("learning_rate", lang="zh", loss="quartic")
    visit(app, "depth", {"tab": "batch_norm", "depth": "33", "seed": "7"})
    app.button(key="reset").click().run()
    healthy(app)
    assert query_of(app) == {"lang": "zh", "tab": "batch_norm"}
    assert lab_of(app).values["learning_rate"]["loss"] == "quartic"
    app.button(key="undo").click().run()
    assert query_of(app) == {"lang": "zh", "tab": "batch_norm", "depth": "33", "seed": "7"}


def test_changes_are_taken_back_one_by_one_and_then_nothing_more_happens() -> None:
    app = opened("depth", lang="en")
    for depth in (30, 40, 50):
        app.slider(key="depth-depth-").set_value(depth).run()
    for depth in (40, 30, 20, 20):
        app.button(key="undo").click().run()
        healthy(app)
        assert app.slider(key="depth-depth-").value == depth
        assert lab_of(app).current["depth"] == depth
    assert query_of(app) == {}


def test_taking_a_change_of_one_page_back_leaves_those_of_another_page_to_be_taken_back() -> None:
    app = opened("depth", lang="en")
    app.slider(key="depth-depth-").set_value(30).run()
    visit(app, "learning_rate")
    app.slider(key="learning_rate-steps-").set_value(50).run()
    visit(app, "depth")
    app.button(key="undo").click().run()
    assert lab_of(app).current["depth"] == 20
    visit(app, "learning_rate")
    app.button(key="undo").click().run()
    assert lab_of(app).current["steps"] == 30


def test_two_visitors_share_neither_settings_nor_language() -> None:
    one, other = opened("depth", lang="zh", depth="33"), opened("depth", lang="en")
    one.slider(key="depth-scale-").set_value(1.5).run()
    other.run()
    assert query_of(other) == {}
    assert lab_of(other).language == "en"
    assert query_of(one) == {"lang": "zh", "depth": "33", "scale": "1.5"}


@pytest.mark.parametrize(("locale", "language"), [("zh-CN", "zh"), ("zh", "zh"), ("en-GB", "en"), ("fr", "en")])
def test_a_link_without_a_language_opens_in_that_of_the_browser(locale: str, language: str) -> None:
    app = AppTest.from_file("../../app.py", default_timeout=30)
    app.context["locale"] = locale
    app.run()
    healthy(app)
    assert app.title[0].value == load_text(language)("home.title")
    assert query_of(app) == {}


def test_a_link_followed_on_the_page_can_be_taken_back() -> None:
    app = opened("learning_rate", lang="en")
    app.slider(key="learning_rate-steps-").set_value(50).run()
    app.query_params.clear()
    app.query_params.update({"lang": "en", "loss": "huber"})
    app.run()
    assert lab_of(app).current["loss"] == "huber"
    app.button(key="undo").click().run()
    assert (lab_of(app).current["loss"], lab_of(app).current["steps"]) == ("quadratic", 50)


def test_undo_passes_over_pictures_whose_table_has_gone() -> None:
    app = opened("learning_rate", lang="en", tab="data")
    here = lab_of(app)
    before = dict(here.current)
    here.past = [
        ("learning_rate", before | {"fit_steps": 7}),
        ("learning_rate", before | {"table": "0123456789abcdef"}),
    ]
    app.button(key="undo").click().run()
    healthy(app)
    assert (lab_of(app).current["table"], lab_of(app).current["fit_steps"]) == ("cars", 7)


def test_a_strangers_link_keeps_what_has_nothing_to_do_with_the_table() -> None:
    app = opened("learning_rate", lang="en", table="0123456789abcdef", alpha="0.7", start="1.5")
    assert any(load_text("en")("note.stranger") in text for text in said(app))
    assert query_of(app) == {"alpha": "0.7", "start": "1.5"}
