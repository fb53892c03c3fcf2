"""What the columns of a table do to the bowl: raw beside standardised, and columns that say the same."""

from gdcore.design_matrix import INTERCEPT, Design
from views.bowls import BowlProblem, Trouble, Values, data_bowl
from views.charts.bowl_contours import halves
from views.numbers import plain
from views.problem import chosen_columns
from views.tables import CARS
from views.text import Text, verbatim
from views.verdicts.bowl import count, steps_at

SCALINGS = ("raw", "standardised")
UNBROKEN = "\u00a0"  # a space at which no line ends


def trouble_note(text: Text, trouble: Trouble) -> str:
    """Why the columns give no bowl, and what to do."""
    names = _listed(text, trouble.columns)
    return text.together([text(f"bowl.trouble.{trouble.reason}", columns=names), text("bowl.stand_in")])


def _listed(text: Text, names: tuple[str, ...]) -> str:
    return _joined(text, [verbatim(name) for name in dict.fromkeys(names)])


def _joined(text: Text, names: list[str]) -> str:
    return f" {text('columns.and')} ".join(names)


def scale_note(text: Text, problem: BowlProblem) -> str:
    """That the axes of the contours have different scales; empty if they have not."""
    return "" if halves(problem)[2] else text("bowl.scales")


def flat_note(text: Text, problem: BowlProblem) -> str:
    """Which columns make the floor flat; empty if none do."""
    flat, made = problem.bowl.flat, problem.design
    if flat is None or made is None:
        return ""
    names = _joined(text, [_named(text, made, column) for column in flat.columns])
    return text.together([text(f"bowl.flat.{flat.reason.name}", columns=names), text("bowl.flat.means")])


def _named(text: Text, made: Design, column: int) -> str:
    constant = column == 0 and made.names[0] == INTERCEPT and bool((made.X[:, 0] == 1.0).all())
    return text("bowl.intercept") if constant else verbatim(made.names[column])


def source_note(text: Text, values: Values, made: Design) -> str:
    """What is predicted from what, and where the data come from."""
    inputs, target = chosen_columns(values)
    names = _listed(text, inputs)
    said = [text("bowl.source", target=verbatim(target), inputs=names, count=len(made.y), dropped=made.dropped)]
    return text.together(said + ([text("bowl.cars")] if values["table"] == CARS else []))


def comparison(text: Text, values: Values) -> str:
    """Raw and standardised columns side by side, as a table and a sentence."""
    bowls = [data_bowl(values, scaling) for scaling in SCALINGS]
    columns = [_column(text, found) for found in bowls]
    names = ("L", "μ", "κ", "2/L", f"**{text('bowl.table.steps')}**")
    lines = [f"| | {' | '.join(text(f'bowl.table.{scaling}') for scaling in SCALINGS)} |", "|---|---:|---:|"]
    lines += [f"| {name} | {left} | {right} |" for name, left, right in zip(names, *columns, strict=True)]
    said = [_ratio(text, bowls), "\n".join(lines), text.together([text("bowl.table.note"), text("bowl.bridge")])]
    return "\n\n".join(part for part in said if part)


def _column(text: Text, found: BowlProblem | Trouble) -> list[str]:
    if isinstance(found, Trouble):
        return ["–"] * 5
    made = found.bowl
    numbers = [plain(number, 3).replace(" ", UNBROKEN) for number in (made.L, made.mu, made.condition, 2.0 / made.L)]
    steps = count(text, steps_at(found, found.best_pace, 0.0), 3).replace(" ", UNBROKEN)
    return [*numbers, f"**{steps}**"]


def _ratio(text: Text, bowls: list[BowlProblem | Trouble]) -> str:
    needed = [None if isinstance(each, Trouble) else steps_at(each, each.best_pace, 0.0) for each in bowls]
    raw, standardised = needed
    if not raw or not standardised:
        return ""
    if raw == standardised:
        return text("bowl.same")
    more, times = ("more_raw", raw / standardised) if raw > standardised else ("more_standardised", standardised / raw)
    return text(f"bowl.{more}", times=plain(times, 2 if times >= 100 else 3))
