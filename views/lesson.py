"""A lesson: predict, commit, observe, explain. It is data, one file per lesson and language.

A step asks a question about settings of a lab. The answer is computed from those settings by a function of
`views.answers`, never written down; the file says what each wrong answer has in its favour, and why the right one is.
`views.lesson_file` reads the files in `views/lessons/<language>/`, `views.lesson_step` one step; README says how to
write a lesson.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from views.numbers import plain
from views.setting import Value

Given = str | float  # an answer: the key of a choice, or a number
RIGHT = "right"


@dataclass(frozen=True)
class Guess:
    """How a number is asked for: the label of its box, and the relative error that still counts as right."""

    label: str
    within: float


@dataclass(frozen=True)
class Step:
    """One step of a lesson; its words are Markdown, with every number in its place.

    Attributes:
        question: what is asked.
        settings: all settings of the page that are asked about; the lab shows them once an answer is given.
        right: the right answer, computed.
        options: what can be chosen, by key; empty where a number is asked for.
        guess: how the number is asked for, or None.
        why: for each wrong choice ("low" and "high" for a number) why it looked right, and what it misses.
        explanation: said with every answer.
        observe: what to look at in the lab now.
        hide: the controls that are off the page meanwhile, by the names that a link's `hide` takes.
    """

    question: str
    settings: Mapping[str, Value]
    right: Given
    options: Mapping[str, str]
    guess: Guess | None
    why: Mapping[str, str]
    explanation: str
    observe: str
    hide: frozenset[str]

    def outcome(self, given: Given) -> str:
        """RIGHT, or the key of `why` that speaks of this answer."""
        if self.guess is None or isinstance(given, str) or isinstance(self.right, str):
            return RIGHT if given == self.right else str(given)
        if abs(given - self.right) <= self.guess.within * abs(self.right):
            return RIGHT
        return "low" if given < self.right else "high"

    def says(self, answer: Given) -> str:
        """An answer as it is read: the words of a choice, or the number."""
        return self.options[answer] if isinstance(answer, str) else plain(answer)

    def takes(self, given: Given) -> bool:
        """Whether this can be an answer to the question."""
        return given in self.options if isinstance(given, str) else self.guess is not None


@dataclass(frozen=True)
class Heading:
    """What stands above a lesson.

    Attributes:
        key: the name of its file, and of the lesson in a link.
        page: the lab that it is given in.
        title, lead: its name, and what it is about.
        minutes: how long it takes.
    """

    key: str
    page: str
    title: str
    minutes: int
    lead: str


@dataclass(frozen=True)
class Lesson:
    """A lesson in one language."""

    heading: Heading
    steps: tuple[Step, ...] = field(repr=False)

    @property
    def end(self) -> int:
        """The place after the last step: the summary. Place 0 is the beginning, place i is step i."""
        return len(self.steps) + 1
