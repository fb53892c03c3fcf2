"""What a lesson leaves behind: the summary of a learner's answers, and a worksheet for a class."""

from collections.abc import Mapping
from urllib.parse import urlencode

from views.lesson import RIGHT, Given, Lesson, Step
from views.setting import write
from views.settings import PAGES
from views.text import Text

Answers = Mapping[int, Given]  # by step, counted from 1
ICONS = {RIGHT: ":material/check_circle:", "wrong": ":material/cancel:"}
SIGNS = {RIGHT: "✓", "wrong": "✗", "open": "○"}
LINES = 3  # to write on
PAGE_BREAK = '<div style="break-before: page"></div>'


def verdict(step: Step, given: Given | None) -> str:
    """right, wrong, or open where there is no answer yet: a key under `guide`."""
    if given is None:
        return "open"
    return RIGHT if step.outcome(given) == RIGHT else "wrong"


def score(lesson: Lesson, answers: Answers) -> int:
    """How many answers are right."""
    return sum(verdict(step, answers.get(turn)) == RIGHT for turn, step in enumerate(lesson.steps, 1))


def picture_query(lesson: Lesson, step: Step, language: str) -> str:
    """The query string of the state that a step asks about."""
    return "?" + urlencode({"lang": language, **write(PAGES[lesson.heading.page], step.settings)})


def score_said(text: Text, lesson: Lesson, answers: Answers) -> str:
    """How many answers are right, and what is missing."""
    missing = len(lesson.steps) - len(answers)
    if not answers:
        return text("guide.none")
    said = [text("guide.score", right=score(lesson, answers), steps=len(answers))]
    if missing:
        said.append(text("guide.missing", missing=missing))
    return text.together(said)


def answer_said(text: Text, step: Step, given: Given | None) -> str:
    """What was predicted and what came out, in a sentence; the answer is not told where none was given."""
    found = verdict(step, given)
    predicted = "" if given is None else _quoted(step, given)
    return text(f"guide.was_{found}", predicted=predicted, answer=_quoted(step, step.right))


def _quoted(step: Step, answer: Given) -> str:
    return f"“{step.says(answer)}”" if isinstance(answer, str) else step.says(answer)


def summary_markdown(text: Text, lesson: Lesson, answers: Answers, address: str) -> str:
    """The summary as a file; `address` is that of the lab, without a query."""
    parts = [f"# {lesson.heading.title}", score_said(text, lesson, answers)]
    for turn, step in enumerate(lesson.steps, 1):
        given = answers.get(turn)
        parts += [f"## {turn}. {step.question}", f"{SIGNS[verdict(step, given)]} {answer_said(text, step, given)}"]
        if given is not None:  # else it is still to be predicted
            picture = f"[{text('guide.picture')}]({address}{picture_query(lesson, step, text.language)})"
            parts += [step.explanation, picture]
    return "\n\n".join(parts) + "\n"


def worksheet_markdown(text: Text, lesson: Lesson) -> str:
    """The questions with room to write, and the solutions on a page of their own."""
    heading = lesson.heading
    parts = [f"# {heading.title}", text("guide.sheet_name"), text("guide.sheet_how", minutes=heading.minutes)]
    for turn, step in enumerate(lesson.steps, 1):
        parts += [f"## {turn}. {step.question}", room(text, step), text("guide.sheet_seen"), _lines(LINES)]
    parts += [PAGE_BREAK, f"# {text('guide.sheet_solutions', title=heading.title)}"]
    for turn, step in enumerate(lesson.steps, 1):
        parts += [f"**{turn}. {step.says(step.right)}**", step.explanation, reasons(text, step)]
    return "\n\n".join(parts) + "\n"


def room(text: Text, step: Step) -> str:
    """The choices to tick, or the line for a number."""
    if step.guess:
        return text("guide.sheet_number", label=step.guess.label)
    return "\n".join(f"- ☐ {words}" for words in step.options.values())


def reasons(text: Text, step: Step) -> str:
    """What each wrong answer has in its favour, and what it misses."""
    return "\n".join(f"- {_asked(text, step, key)} {why}" for key, why in step.why.items())


def _lines(count: int) -> str:
    return "\n\n".join(["_" * 72] * count)


def _asked(text: Text, step: Step, key: str) -> str:
    """The wrong answer that a reason speaks of."""
    return text(f"guide.sheet_{key}") if step.guess else text("guide.sheet_choice", words=step.options[key])
