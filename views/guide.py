"""The guide of a lesson, above the lab: question, committed answer, explanation, summary.

Until an answer is committed the lab is not drawn: whoever predicts first understands better what happens.
"""

import streamlit as st

from views.guide_moves import answers_to, go, leave, move, take
from views.guide_paper import sheet_button, summary, worksheet
from views.lesson import RIGHT, Given, Lesson, Step
from views.lesson_error import LessonError
from views.lesson_file import load_heading, load_lesson
from views.lesson_summary import ICONS, answer_said, verdict
from views.setting import write
from views.settings import FRAME, LESSONS
from views.state import Lab
from views.text import verbatim


def guide(here: Lab) -> bool:
    """Draw the place in the lesson that is open on this page, if there is one; whether the lab stands below it."""
    key, here.guided = str(here.frame["lesson"]), frozenset()
    if not key:
        return True
    try:
        lesson = load_lesson(key, here.language)
    except LessonError as error:
        _broken(here, error)
        return True
    if lesson.heading.page != here.page:
        _elsewhere(here, lesson)
        return True
    place = min(int(here.frame["step"]), lesson.end)
    step = lesson.steps[place - 1] if 0 < place < lesson.end else None
    given = answers_to(here, lesson).get(place)
    with st.container(key="guide", border=True):
        _bar(here, lesson, place)
        if here.frame["sheet"]:
            worksheet(here, lesson)
        elif place == 0:
            _beginning(here, lesson)
        elif step is None:
            summary(here, lesson)
        elif given is None:
            _question(here, lesson, place, step)
        else:
            _explanation(here, step, given)
            here.guided = step.hide
            return True
    return False


def lesson_links(here: Lab, page: str) -> None:
    """For Home: each lesson of a lab as a link that starts it."""
    for key in LESSONS:
        try:
            heading = load_heading(key, here.language)
        except LessonError:  # `broken_lessons` says so, once for both labs
            continue
        if heading.page != page:
            continue
        st.page_link(
            f"pages/{page}.py",
            label=here.text("guide.start", title=heading.title, minutes=heading.minutes),
            icon=":material/school:",
            query_params={**write(FRAME, {**here.frame, "step": 0, "sheet": ""}), "lesson": key},
        )


def broken_lessons(here: Lab) -> None:
    """For Home: what is wrong with each lesson that cannot be offered."""
    for key in LESSONS:
        try:
            load_heading(key, here.language)
        except LessonError as error:
            _broken(here, error)


def _broken(here: Lab, error: LessonError) -> None:
    st.error(here.text("guide.broken", error=verbatim(str(error), 400)))


def _elsewhere(here: Lab, lesson: Lesson) -> None:
    """The lesson belongs to the other lab."""
    with st.container(key="guide", horizontal=True, vertical_alignment="center"):
        st.page_link(
            f"pages/{lesson.heading.page}.py",
            label=here.text("guide.elsewhere", title=lesson.heading.title),
            icon=":material/school:",
        )
        move(here, "leave", leave, here)


def _bar(here: Lab, lesson: Lesson, place: int) -> None:
    """Where the learner is, and the ways from there."""
    text, steps = here.text, len(lesson.steps)
    titles = {0: text("guide.lesson", minutes=lesson.heading.minutes), lesson.end: text("guide.summary")}
    said = titles.get(place) or text("guide.step", step=place, steps=steps)
    if here.frame["sheet"]:
        said = text("guide.sheet")
    with st.container(key="guide-bar", horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{said}** · {lesson.heading.title}", width="stretch")
        if here.frame["sheet"]:
            move(here, "fold", go, here, lesson, place)
        elif place > 0:
            move(here, "back", go, here, lesson, place - 1)
        if 0 < place < lesson.end and not here.frame["sheet"]:
            move(here, "next", go, here, lesson, place + 1)
        move(here, "leave", leave, here)


def _beginning(here: Lab, lesson: Lesson) -> None:
    st.markdown(lesson.heading.lead)
    with st.container(horizontal=True):
        move(here, "begin", go, here, lesson, 1, primary=True)
        sheet_button(here)


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
            on_click=take,
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
