"""A lesson that somebody writes: what is taken, and what is refused with its place and a remedy."""

import tomllib

import pytest

from views import lesson_file
from views.answers import ANSWERS
from views.lesson import RIGHT
from views.lesson_error import LessonError
from views.lesson_file import load_lesson, read_lesson

CHOICE = """
page = "learning_rate"
title = "A title"
minutes = 5
lead = "A lead."
[[step]]
question = "What does α = @alpha do?"
answer = "regime"
explanation = "It is @answer."
observe = "The curve for λ = @curvature."
[step.settings]
tab = "size"
alpha = 1.5
[step.options]
one_side = "one"
changes_sides = "two"
[step.why]
one_side = "because"
"""
NUMBER = """
page = "learning_rate"
title = "A title"
minutes = 5
lead = "A lead."
[[step]]
question = "Where is the border?"
answer = "largest_learning_rate"
explanation = "At @answer."
observe = "Look."
[step.settings]
curvature = 4
alpha = 0.9
[step.number]
label = "α"
within = 0.1
[step.why]
low = "more"
high = "less"
"""


def read(content: str):
    return read_lesson("mine", content, "en/mine.toml")


def test_settings_not_named_have_their_defaults_and_numbers_find_their_place() -> None:
    step = read(CHOICE).steps[0]
    assert (step.settings["alpha"], step.settings["curvature"], step.settings["steps"]) == (1.5, 1.0, 30)
    assert step.question == "What does α = 1.5 do?"
    assert step.explanation == "It is two."
    assert step.observe == "The curve for λ = 1."
    assert read(NUMBER).steps[0].explanation == "At 0.5."


def test_a_default_follows_the_settings_that_it_depends_on() -> None:
    other_loss = NUMBER.replace("curvature = 4", 'loss = "softplus"')
    assert read(other_loss).steps[0].settings["start"] != read(NUMBER).steps[0].settings["start"]


def test_what_the_lesson_hides_is_hidden_in_every_step_besides_what_the_step_hides() -> None:
    both = CHOICE.replace("minutes = 5", 'minutes = 5\nhide = ["tabs", "loss"]')
    both += both[both.index("[[step]]") :].replace("[step.settings]", 'hide = ["alpha", "loss"]\n[step.settings]')
    assert [set(step.hide) for step in read(both).steps] == [{"tabs", "loss"}, {"tabs", "loss", "alpha"}]
    assert read(CHOICE).steps[0].hide == frozenset()


@pytest.mark.parametrize(
    ("given", "found"),
    [(0.5, RIGHT), (0.4501, RIGHT), (0.5499, RIGHT), (0.4499, "low"), (0.5501, "high"), (-0.5, "low"), (1e300, "high")],
)
def test_a_number_is_right_within_its_tolerance(given: float, found: str) -> None:
    assert read(NUMBER).steps[0].outcome(given) == found


def test_a_choice_is_right_if_it_is_the_computed_one_and_an_old_answer_is_no_answer() -> None:
    step = read(CHOICE).steps[0]
    assert (step.outcome("changes_sides"), step.outcome("one_side")) == (RIGHT, "one_side")
    assert step.takes("one_side")
    assert not step.takes("gone")
    assert not step.takes(3.0)
    assert not read(NUMBER).steps[0].takes("one_side")


@pytest.mark.parametrize(
    ("content", "old", "new", "says"),
    [
        (CHOICE, 'title = "A title"', "title = ", "is not TOML"),
        (CHOICE, 'title = "A title"\n', "", "lacks title"),
        (CHOICE, 'lead = "A lead."', 'lead = ""', "lead = '' says nothing"),
        (CHOICE, "minutes = 5", 'minutes = "5"', "minutes = '5' is no length of time"),
        (CHOICE, "minutes = 5", "minutes = 5\nhours = 1", "has hours, which means nothing"),
        (CHOICE, 'page = "learning_rate"', 'page = "home"', "there is no lab 'home'; write one of learning_rate"),
        (CHOICE, CHOICE[CHOICE.index("[[step]]") :], "step = []", "has no step"),
        (CHOICE, CHOICE[CHOICE.index("[[step]]") :], "step = [3]", "step 1 is no table"),
        (CHOICE, 'answer = "regime"', 'answer = "regimes"', "step 1: there is no answer 'regimes'; write one of dir"),
        (CHOICE, 'answer = "regime"', 'answer = "largest_learning_rate"', "answers with 2.0; ask for it by"),
        (CHOICE, 'answer = "regime"', 'answer = "critical_scale"', "critical_scale asks for 'activation', which"),
        (NUMBER, 'answer = "largest_learning_rate"', 'answer = "regime"', "ask for it by \\[step.options\\]"),
        (NUMBER, '"largest_learning_rate"', '"steps_to_a_hundredth"', "no answer for these settings: the run is"),
        (CHOICE, "alpha = 1.5", "alpha = -1", "alpha = -1 cannot be set. alpha is not between"),
        (CHOICE, "alpha = 1.5", "alpha = true", "alpha = True cannot be set; write a number or a word"),
        (CHOICE, "alpha = 1.5", "alpha = nan", "alpha = nan cannot be set"),
        (CHOICE, "alpha = 1.5", "beta = 1", "no setting 'beta'; write one of tab, "),
        (CHOICE, "alpha = 1.5", "alpha = 3", "the right answer is 'diverges'; write it among"),
        (CHOICE, 'one_side = "because"', 'two = "because"', "a reason for each wrong answer: one_side"),
        (CHOICE, 'one_side = "because"', "one_side = 3", "one_side = 3 says nothing"),
        (CHOICE, "α = @alpha", "α = @answer", "question has @answer; write @ and one of alpha, at, "),
        (CHOICE, "α = @alpha", "α = @ 3", "question has an @ that names nothing"),
        (CHOICE, "[step.options]", "[step.number]", "number lacks label, within"),
        (CHOICE, "[step.options]", '[step.number]\nlabel = "x"\nwithin = 0.1\n[step.options]', "either"),
        (NUMBER, "within = 0.1", "within = 5", "within = 5 is no tolerance"),
        (NUMBER, 'low = "more"\n', "", "a reason for each wrong answer: high, low"),
        (NUMBER, "[step.settings]\ncurvature = 4\nalpha = 0.9", "settings = 4", "settings = 4 is no table"),
        (CHOICE, "minutes = 5", 'minutes = 5\nhide = "tabs"', ": hide = 'tabs' is no list of names; write hide = "),
        (CHOICE, "[step.settings]", "hide = [1]\n[step.settings]", "step 1: hide = \\[1\\] is no list of names"),
        (
            CHOICE,
            "[step.settings]",
            'hide = ["tabs", "alfa"]\n[step.settings]',
            "1: hide cannot take 'alfa' off the page",
        ),
        (
            CHOICE,
            "minutes = 5",
            'minutes = 5\nhide = ["gamma"]',
            ": hide cannot take 'gamma' off .*tabs, .*alpha, ",
        ),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(content: str, old: str, new: str, says: str) -> None:
    broken = content.replace(old, new, 1)
    assert broken != content
    with pytest.raises(LessonError, match=rf"^en/mine\.toml.*{says}"):
        read(broken)


def test_a_lesson_in_one_language_only_is_shown_in_that(tmp_path, monkeypatch) -> None:
    (tmp_path / "zh").mkdir()
    (tmp_path / "zh" / "mine.toml").write_text(CHOICE, encoding="utf-8")
    monkeypatch.setattr(lesson_file, "FOLDER", tmp_path)
    assert load_lesson("mine", "en").heading.title == "A title"
    with pytest.raises(LessonError, match=r"^en/nobody\.toml cannot be read"):
        load_lesson("nobody", "en")


def test_the_lesson_that_readme_shows_can_be_read() -> None:
    readme = (lesson_file.FOLDER.parent.parent / "README.md").read_text(encoding="utf-8")
    shown = readme.split("```toml\n")[1].split("```")[0]
    assert tomllib.loads(shown)["step"]
    assert read(shown).steps


def test_the_readme_lists_every_answer() -> None:
    readme = (lesson_file.FOLDER.parent.parent / "README.md").read_text(encoding="utf-8")
    assert [name for name in ANSWERS if f"`{name}`" not in readme] == []
