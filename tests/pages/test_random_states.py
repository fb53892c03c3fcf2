"""Controls turned at random, tab by tab, in both languages: no exception, no NaN, every chart drawable.

A walk is replayed by its name and seed alone. `make test` takes short walks, `make test-long` thousands of steps.
"""

import math
import random
import re
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.test_a_visit import TABS
from tests.pages.test_every_page import _fresh_process, healthy, opened, query_of  # noqa: F401
from views.setting import Choice, Names, Number, Setting, write
from views.settings import PAGES
from views.text import LANGUAGES

NUMBER = re.compile(r"[0-9.]+")
SHORT, LONG = 3, 60  # changes in a walk
LONG_WALKS = 3  # for each tab and language
SELDOM = 0.1  # how often a number is one of its ends
SMALL_NETWORKS = {"width": 32, "batch": 32, "seeds": 5, "depth": 60, "runs": 10}  # what larger values only slow down


def random_value(setting: Setting, dice: random.Random) -> Any:
    """Any admissible value: of a number, every order of magnitude is as likely as another, and its ends come up too."""
    if isinstance(setting, Choice):
        return dice.choice(setting.options)
    if not isinstance(setting, Number):
        return ""
    high = min(setting.high, SMALL_NETWORKS.get(setting.key, setting.high))
    if dice.random() < SELDOM:
        value = dice.choice([setting.low, high])
    elif setting.low > 0 and high / setting.low > 100:
        value = math.exp(dice.uniform(math.log(setting.low), math.log(high)))
    else:
        value = dice.uniform(setting.low, high)
    return int(value) if setting.whole else float(f"{value:.6g}")


def random_query(page: str, dice: random.Random) -> dict[str, str]:
    """A link that sets some of the page's settings, all of them admissible."""
    values = {each.key: random_value(each, dice) for each in PAGES[page] if not isinstance(each, Names)}
    query = write([each for each in PAGES[page] if each.key in values and each.key != "table"], values)
    return {key: value for key, value in query.items() if dice.random() < 0.5}


def turn(widget: Any, dice: random.Random) -> None:
    """Set a control to something that a visitor could set it to."""
    if widget.type in ("toggle", "checkbox"):
        widget.set_value(not widget.value)
    elif widget.type == "selectbox":
        widget.select_index(dice.randrange(len(widget.options)))
    elif widget.type == "button_group":
        widget.set_value(dice.choice(widget.options))
    elif widget.type == "select_slider":
        plain = [each for each in widget.options if NUMBER.fullmatch(each)]
        if plain:  # 2.59 × 10¹⁰ is rounded, and cannot be sent back as it is read
            widget.set_value(float(dice.choice(plain)))
    else:
        low, high, step = float(widget.min), float(widget.max), float(widget.step or 1)
        high = min(high, SMALL_NETWORKS.get(str(widget.key).split("-")[1], high))
        value = low + step * dice.randrange(max(1, int((high - low) / step) + 1))
        widget.set_value(int(value) if isinstance(widget.value, int) else float(f"{value:.10g}"))


def require_drawable(app: AppTest) -> None:
    """Every chart has rows to draw, and every number in them is one."""
    for chart in app.get("arrow_vega_lite_chart") or app.get("vega_lite_chart"):
        assert chart.proto.datasets
        for data in chart.proto.datasets:
            table = pa.ipc.open_stream(data.data.data).read_all()
            for name, column in zip(table.column_names, table.columns, strict=True):
                assert not column.null_count, f"{data.name}.{name} has gaps"
                if pa.types.is_floating(column.type):
                    assert pc.all(pc.is_finite(column)).as_py() in (True, None), f"{data.name}.{name}: {column}"


def walk(page: str, tab: str, language: str, seed: int, steps: int) -> None:
    """Open a random link and turn controls of its tab at random; every state must be whole."""
    dice = random.Random(f"{page} {tab} {language} {seed}")
    query = {**random_query(page, dice), "tab": tab, "lang": language}
    history = [str(query)]
    app = opened(page, **query)
    try:
        healthy(app)
        require_drawable(app)
        for _ in range(steps):
            widgets = [*app.slider, *app.select_slider, *app.number_input, *app.selectbox, *app.button_group]
            widgets = [each for each in [*widgets, *app.toggle] if str(each.key).startswith(f"{page}-")]
            widget = dice.choice([each for each in widgets if not each.disabled and each.key != f"{page}-tab"])
            turn(widget, dice)
            history.append(f"{widget.key} = {widget.value}")
            app.run()
            healthy(app)
            require_drawable(app)
    except Exception as error:
        error.add_note("\n".join(["the way there:", *history, f"the link there: {query_of(app)}"]))
        raise


@pytest.mark.parametrize(("page", "tab"), TABS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_short_walk_meets_only_whole_pages(page: str, tab: str, language: str) -> None:
    walk(page, tab, language, seed=0, steps=SHORT)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1, 1 + LONG_WALKS))
@pytest.mark.parametrize(("page", "tab"), TABS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_long_walk_meets_only_whole_pages(page: str, tab: str, language: str, seed: int) -> None:
    walk(page, tab, language, seed, LONG)
