"""What a lesson leaves behind, on the page: summary and worksheet. Both print (`print.css`) and can be saved."""

import streamlit as st

from views.controls import mirror
from views.guide_moves import again, answers_to, go, move
from views.lesson import Lesson, Step
from views.lesson_summary import (
    ICONS,
    LINES,
    answer_said,
    picture_query,
    reasons,
    room,
    score_said,
    summary_markdown,
    verdict,
    worksheet_markdown,
)
from views.state import Lab, arrange

RULE = "---"  # a line to write on


def summary(here: Lab, lesson: Lesson) -> None:
    """What was predicted and what came out, step by step; the steps without an answer, to go back to."""
    text, answers = here.text, answers_to(here, lesson)
    open_steps = [turn for turn in range(1, lesson.end) if turn not in answers]
    st.markdown(score_said(text, lesson, answers))
    if open_steps:
        with st.container(horizontal=True, gap="small", key="guide-open"):
            for turn in open_steps:
                st.button(
                    text("guide.question", step=turn), key=f"guide-go-{turn}", on_click=go, args=(here, lesson, turn)
                )
    for turn, given in sorted(answers.items()):
        step = lesson.steps[turn - 1]
        link = f"[{text('guide.picture')}]({picture_query(lesson, step, here.language)})"
        said = f"{ICONS[verdict(step, given)]} {answer_said(text, step, given)} {link}"
        st.markdown(f"**{turn}.** {step.question}  \n{said}")
    with st.container(horizontal=True):
        if answers:
            _print(here)
            address = (st.context.url or "").split("?")[0]
            _download(here, "save", "summary", lesson, summary_markdown(text, lesson, answers, address))
        sheet_button(here)
        if answers:
            move(here, "again", again, here, lesson)


def sheet_button(here: Lab) -> None:
    """The way to the worksheet."""
    move(here, "sheet", lambda: arrange(sheet="questions"))


def worksheet(here: Lab, lesson: Lesson) -> None:
    """The questions with room to write, and below them, if wanted, the solutions, which begin a new page."""
    text, heading, solved = here.text, lesson.heading, here.frame["sheet"] == "solutions"
    with st.container(horizontal=True, vertical_alignment="center", key="guide-tools"):
        _print(here)
        mirror("guide-solutions", solved)
        st.toggle(text("guide.solutions"), solved, key="guide-solutions", on_change=_solve, args=(not solved,))
        _download(here, "save_sheet", "worksheet", lesson, worksheet_markdown(text, lesson))
    with st.container(key="sheet"):
        st.title(heading.title, anchor=False)
        st.markdown(f"{text('guide.sheet_name')}\n\n{text('guide.sheet_how', minutes=heading.minutes)}")
        for turn, step in enumerate(lesson.steps, 1):
            _block(f"sheet-{turn}", f"**{turn}.** {step.question}", room(text, step), _space(here))
        if solved:
            with st.container(key="solutions"):
                st.title(text("guide.sheet_solutions", title=heading.title), anchor=False)
                for turn, step in enumerate(lesson.steps, 1):
                    _block(f"sheet-solution-{turn}", *_solution(here, turn, step))


def _space(here: Lab) -> str:
    return "\n\n".join([here.text("guide.sheet_seen"), *[RULE] * LINES])


def _solution(here: Lab, turn: int, step: Step) -> tuple[str, str, str]:
    return f"**{turn}. {step.says(step.right)}**", step.explanation, reasons(here.text, step)


def _block(key: str, *parts: str) -> None:
    """What no page break may go through."""
    with st.container(key=key):
        st.markdown("\n\n".join(parts))


def _solve(solved: bool) -> None:
    arrange(sheet="solutions" if solved else "questions")


def _print(here: Lab) -> None:
    """The page's script (`print.html`) opens the browser's own dialog."""
    move(here, "print", lambda: None, primary=True)


def _download(here: Lab, name: str, file: str, lesson: Lesson, content: str) -> None:
    st.download_button(
        here.text(f"guide.{name}"),
        data=content.encode(),
        file_name=f"{lesson.heading.key}_{file}_{here.language}.md",
        mime="text/markdown",
        on_click="ignore",
        icon=":material/download:",
        type="tertiary",
        key=f"guide-{name}",
        help=here.text(f"guide.{name}_help"),
    )
