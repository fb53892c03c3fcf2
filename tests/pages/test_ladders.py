"""A slider over a few values: it reaches the link, and the link reaches it."""

import pytest

from tests.pages.test_every_page import _fresh_process, healthy, opened, query_of  # noqa: F401

LADDERS = {"small": 0.05, "large": 2.0, "updates": 500, "batch": 32, "runs": 5}


@pytest.mark.parametrize(("key", "value"), LADDERS.items())
def test_a_ladder_of_the_lesson_reaches_the_link_and_the_link_reaches_the_ladder(key, value) -> None:
    app = opened("learning_rate", lang="en", tab="shrink")
    ladder = f"learning_rate-{key}-ladder"
    app.select_slider(key=ladder).set_value(value).run()
    healthy(app)
    assert query_of(app)[key] == str(int(value) if value == int(value) else value)
    again = opened("learning_rate", **query_of(app))
    healthy(again)
    assert again.select_slider(key=ladder).value == value


def test_a_value_between_the_rungs_of_a_ladder_stays_as_the_link_gives_it() -> None:
    app = opened("learning_rate", lang="en", tab="shrink", large="0.37", batch="13")
    healthy(app)
    assert app.select_slider(key="learning_rate-large-ladder").value == 0.37
    assert (query_of(app)["large"], query_of(app)["batch"]) == ("0.37", "13")
