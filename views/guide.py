"""The guide of a lesson, above the lab: question, committed answer, explanation, summary.

Until an answer is committed the lab is not drawn: whoever predicts first understands better what happens.
"""

from collections.abc import Callable

import streamlit as st

from views.lesson import RIGHT, Given, Lesson, Step
from views.lesson_file import LessonError, load_heading, load_lesson
from views.lesson_summary import (
    answer_said,
    picture_query,
    score_said,
    summary_markdown,
    verdict,
    worksheet_markdown,
)
from views.setting import write
from views.settings import FRAME, LESSONS
from views.state import Lab, commit
from views.text import verbatim

ICONS = {RIGHT: ":material/check_circle:", "wrong": ":material/cancel:", "open": ":material/radio_button_unchecked:"}


def guide(here: Lab) -> bool:
    """Draw the place in the lesson that is open on this page, if there is one; whether the lab stands below it."""
    key = str(here.frame["lesson"])
    if not key:
        return True
    try:
        lesson = load_lesson(key, here.language)
    except LessonError as error:
        st.error(here.text("guide.broken", error=verbatim(str(error), 400)))
        return True
    if lesson.heading.page != here.page:
        _elsewhere(here, lesson)
        return True
    place = min(int(here.frame["step"]), lesson.end)
    step = lesson.steps[place - 1] if 0 < place < lesson.end else None
    given = here.answers.get(key, {}).get(place)
    with st.container(key="guide", border=True):
        _bar(here, lesson, place)
        if place == 0:
            _beginning(here, lesson)
        elif step is None:
            _summary(here, lesson)
        elif given is None or not step.takes(given):
            _question(here, lesson, place, step)
        else:
            _explanation(here, step, given)
            return True
    return False


def lesson_links(here: Lab, page: str) -> None:
    """For Home: each lesson of a lab as a link that starts it."""
    for key in LESSONS:
        try:
            heading = load_heading(key, here.language)
        except LessonError as error:
            st.error(here.text("guide.broken", error=verbatim(str(error), 400)))
            continue
        if heading.page != page:
            continue
        st.page_link(
            f"pages/{page}.py",
            label=here.text("guide.start", title=heading.title, minutes=heading.minutes),
            icon=":material/school:",
            query_params={**write(FRAME, here.frame), "lesson": key},
        )


def _elsewhere(here: Lab, lesson: Lesson) -> None:
    """The lesson belongs to the other lab."""
    with st.container(key="guide", horizontal=True, vertical_alignment="center"):
        st.page_link(
            f"pages/{lesson.heading.page}.py",
            label=here.text("guide.elsewhere", title=lesson.heading.title),
            icon=":material/school:",
        )
        _button(here, "leave", "close", _leave, here)


def _bar(here: Lab, lesson: Lesson, place: int) -> None:
    """Where the learner is, and the ways from there."""
    text, steps = here.text, len(lesson.steps)
    titles = {0: text("guide.lesson", minutes=lesson.heading.minutes), lesson.end: text("guide.summary")}
    said = titles.get(place) or text("guide.step", step=place, steps=steps)
    with st.container(key="guide-bar", horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{said}** · {lesson.heading.title}", width="stretch")
        if place > 0:
            _button(here, "back", "arrow_back", _go, here, lesson, place - 1)
        if 0 < place < lesson.end:
            _button(here, "next", "arrow_forward", _go, here, lesson, place + 1)
        _button(here, "leave", "close", _leave, here)


def _button(here: Lab, name: str, icon: str, act: Callable[..., None], *args: object, primary: bool = False) -> None:
    st.button(
        here.text(f"guide.{name}"),
        icon=f":material/{icon}:",
        type="primary" if primary else "tertiary",
        key=f"guide-{name}",
        help=here.text(f"guide.{name}_help"),
        on_click=act,
        args=args,
    )


def _go(here: Lab, lesson: Lesson, place: int) -> None:
    """Turn to a place in the lesson; the lab shows what a step asks about once that was answered."""
    here.frame["step"] = place
    commit(**(_asked(lesson, place) if place in here.answers.get(lesson.heading.key, {}) else {}))


def _leave(here: Lab) -> None:
    """Take the lesson away and keep the lab as it is; its answers are kept too."""
    here.frame |= {"lesson": "", "step": 0}
    commit()


def _again(here: Lab, lesson: Lesson) -> None:
    here.answers.pop(lesson.heading.key, None)
    _go(here, lesson, 0)


def _asked(lesson: Lesson, place: int) -> dict[str, Given | int]:
    """The settings of a step; the learner's own table stays."""
    return {key: value for key, value in lesson.steps[place - 1].settings.items() if key != "table"}


def _take(here: Lab, lesson: Lesson, place: int, widget: str) -> None:
    """Commit the answer, and show what was asked about."""
    given = st.session_state.get(widget)
    if given is not None:
        here.answers.setdefault(lesson.heading.key, {})[place] = given
        _go(here, lesson, place)


def _beginning(here: Lab, lesson: Lesson) -> None:
    st.markdown(lesson.heading.lead)
    with st.container(horizontal=True):
        _button(here, "begin", "play_arrow", _go, here, lesson, 1, primary=True)
        _worksheet(here, lesson)


def _question(here: Lab, lesson: Lesson, place: int, step: Step) -> None:
    text, widget = here.text, f"guide-{lesson.heading.key}-{place}"
    with st.form(f"{widget}-form", border=False):
        st.markdown(step.question)
        if step.guess:
            label = text("guide.number", label=step.guess.label, percent=f"{100 * step.guess.within:g}")
            placeholder = text("guide.placeholder")
            st.number_input(label, value=None, format="%g", placeholder=placeholder, key=widget, width=320)
        else:
            st.radio(text("guide.choice"), list(step.options), None, step.options.__getitem__, key=widget)
        pressed = st.form_submit_button(
            text("guide.commit"),
            icon=":material/lock:",
            type="primary",
            key="guide-commit",
            on_click=_take,
            args=(here, lesson, place, widget),
        )
        st.markdown(text("guide.empty" if pressed else "guide.waits"))


def _explanation(here: Lab, step: Step, given: Given) -> None:
    """Right or wrong and why, on the left; what happens and what to look at, on the right."""
    text, found = here.text, verdict(step, given)
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown(step.question)
        said = answer_said(text, step, given)
        box = st.success if found == RIGHT else st.warning
        box(said if found == RIGHT else text.together([said, step.why[step.outcome(given)]]), icon=ICONS[found])
    with right:
        st.markdown(step.explanation)
        st.markdown(f"**{text('guide.look')}** {step.observe}")


def _summary(here: Lab, lesson: Lesson) -> None:
    text, answers = here.text, here.answers.get(lesson.heading.key, {})
    st.markdown(score_said(text, lesson, answers))
    for turn, step in enumerate(lesson.steps, 1):
        given = answers.get(turn)
        found = verdict(step, given)
        link = f"[{text('guide.picture')}]({picture_query(lesson, step, here.language)})"
        st.markdown(f"**{turn}.** {step.question}  \n{ICONS[found]} {answer_said(text, step, given)} {link}")
    address = (st.context.url or "").split("?")[0]
    with st.container(horizontal=True):
        _download(here, "save", "summary", lesson, summary_markdown(text, lesson, answers, address))
        _worksheet(here, lesson)
        _button(here, "again", "restart_alt", _again, here, lesson)


def _worksheet(here: Lab, lesson: Lesson) -> None:
    _download(here, "sheet", "worksheet", lesson, worksheet_markdown(here.text, lesson))


def _download(here: Lab, name: str, file: str, lesson: Lesson, content: str) -> None:
    st.download_button(
        here.text(f"guide.{name}"),
        data=content.encode(),
        file_name=f"{lesson.heading.key}_{file}_{here.language}.md",
        mime="text/markdown",
        on_click="ignore",
        icon=":material/download:",
        key=f"guide-{name}",
        help=here.text(f"guide.{name}_help"),
    )
