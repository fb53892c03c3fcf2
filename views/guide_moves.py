"""The ways through a lesson, and the buttons that take them."""

from collections.abc import Callable

import streamlit as st

from views.lesson import Given, Lesson
from views.state import Lab, commit

MOVES = {  # an icon for each
    "begin": "play_arrow",
    "back": "arrow_back",
    "next": "arrow_forward",
    "leave": "close",
    "again": "restart_alt",
    "sheet": "assignment",
    "fold": "arrow_back",
    "print": "print",
}


def move(here: Lab, name: str, act: Callable[..., None], *args: object, primary: bool = False) -> None:
    """A button of the guide: `guide.<name>` is its word, `guide.<name>_help` what it does."""
    st.button(
        here.text(f"guide.{name}"),
        icon=f":material/{MOVES[name]}:",
        type="primary" if primary else "tertiary",
        key=f"guide-{name}",
        help=here.text(f"guide.{name}_help"),
        on_click=act,
        args=args,
    )


def go(here: Lab, lesson: Lesson, place: int) -> None:
    """Turn to a place in the lesson; the lab shows what a step asks about once that was answered."""
    here.frame |= {"step": place, "sheet": ""}
    commit(**(_asked(lesson, place) if place in answers_to(here, lesson) else {}))


def leave(here: Lab) -> None:
    """Take the lesson away and keep the lab as it is; its answers are kept too."""
    here.frame |= {"lesson": "", "step": 0, "sheet": ""}
    commit()


def again(here: Lab, lesson: Lesson) -> None:
    """Forget the answers and begin anew."""
    here.answers.pop(lesson.heading.key, None)
    go(here, lesson, 0)


def take(here: Lab, lesson: Lesson, place: int, widget: str) -> None:
    """Commit the answer, and show what was asked about."""
    given = st.session_state.get(widget)
    if given is not None:
        here.answers.setdefault(lesson.heading.key, {})[place] = given
        go(here, lesson, place)


def answers_to(here: Lab, lesson: Lesson) -> dict[int, Given]:
    """What this visitor has answered, by step; in the other language a lesson may have been written otherwise."""
    given = here.answers.get(lesson.heading.key, {})
    return {turn: given[turn] for turn, step in enumerate(lesson.steps, 1) if turn in given and step.takes(given[turn])}


def _asked(lesson: Lesson, place: int) -> dict[str, Given | int]:
    """The settings of a step; the learner's own table stays."""
    return {key: value for key, value in lesson.steps[place - 1].settings.items() if key != "table"}
