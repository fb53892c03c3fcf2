"""The fit of a learner's own table: every table has a picture and words, and the words are true."""

import contextlib
import io
import itertools
import re
from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from gdcore.heavy_ball import Roll
from tests.views.test_frames import BUDGET, require_drawable, size_of
from views.charts.fit_frames import MOST_POINTS, fit_frames, fit_numbers, points_frames
from views.csv_text import Said
from views.fit import MOST_WRITTEN, Fit, chosen_fit, fit_program, sensible_columns
from views.problem import NO_COLUMN, own_loss
from views.setting import defaults
from views.settings import PAGES
from views.tables import Table, keep, make_table
from views.text import LANGUAGES, load_text
from views.verdicts.fit import EXPECTED, data_words, fit_verdict, regime_of

EN = load_text("en")
DEFAULTS = defaults(PAGES["learning_rate"])
ODD = re.compile(r"\b[Nn]a[Nn]\b|\binf\b|e[+-]\d|0\.0000\b|\?|\bNone\b")
RNG = np.random.default_rng(5)
LONG = 20_000
x, z, noise = RNG.normal(size=(3, 60))
TABLES: dict[str, Mapping[str, object]] = {
    "ordinary": {"x": x, "z": z, "y": 3 + 2 * x - z + 0.1 * noise},
    "unlike": {"x": x, "z": 3000 * z, "y": x + z},
    "far from zero": {"x": 1e4 + x, "z": 1e6 * z, "y": x + z},
    "constant": {"x": np.full(60, 7.0), "z": z, "y": z},
    "twice the same": {"x": x, "z": -3 * x, "y": noise},
    "a sum": {"x": x, "z": 1 - x, "y": noise},
    "zero": {"x": np.zeros(60), "z": z, "y": z},
    "one row": {"x": [2.0], "z": [3.0], "y": [4.0]},
    "two rows": {"x": [2.0, 3.0], "z": [3.0, 1.0], "y": [4.0, 8.0]},
    "gaps": {"x": [1, np.nan, 3, 4, 5], "z": [1, 2, np.nan, 1, 7], "y": [1, 2, 3, np.nan, 5]},
    "constant target": {"x": x, "z": z, "y": np.full(60, -5.0)},
    "target zero": {"x": x, "z": z, "y": np.zeros(60)},
    "huge": {"x": 1e149 * x, "z": 1e140 * z, "y": 1e149 * noise},
    "tiny": {"x": 1e-140 * x, "z": 1e-130 * z, "y": 1e-140 * noise},
    "huge from tiny": {"x": 1e-140 * x, "z": 1e-130 * z, "y": 1e140 * noise},
    "all gaps": {"x": np.full(60, np.nan), "z": z, "y": z},
    "no complete row": {"x": [1, np.nan], "z": [np.nan, 1], "y": [1, 2]},
    "long": dict(zip("xzy", RNG.normal(size=(3, LONG)), strict=True)),
}
WAYS = list(itertools.product(("with", "without"), ("raw", "standardised"), (1, NO_COLUMN)))


def brought(columns: Mapping[str, object]) -> Table:
    table = make_table(columns)  # type: ignore[arg-type]
    keep(table)
    return table


def fitted(
    name: str, intercept: str = "with", scaling: str = "standardised", second: int = 1, first: int = 0
) -> Fit | Said:
    key = brought(TABLES[name]).key
    chosen = {"table": key, "target": 2, "first": first, "second": second, "intercept": intercept, "scaling": scaling}
    return chosen_fit({**DEFAULTS, **chosen})


def fit_of(name: str, **how: object) -> Fit:
    fit = fitted(name, **how)  # type: ignore[arg-type]
    assert isinstance(fit, Fit)
    return fit


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", TABLES)
def test_every_table_has_a_picture_and_words_in_both_languages(name: str) -> None:
    for intercept, scaling, second in WAYS:
        fit = fitted(name, intercept, scaling, second)
        if isinstance(fit, Said):
            assert not [text for text in map(load_text, LANGUAGES) if ODD.search(fit.words(text))]
            frames = points_frames(EN, ("x", "z"), "y", brought(TABLES[name]).columns)
            assert frames is None or require_drawable(frames) is None
            continue
        for pace, steps in ((0.01, 1), (fit.best_pace, 30), (2.0, 5), (2.5, 100)):
            run = fit.run(pace, steps)
            frames = fit_frames(EN, fit, run)
            require_drawable(frames)
            assert len(frames["run"]) == steps + 1
            assert (frames["run"]["excess"] > 0).all()
            for text in map(load_text, LANGUAGES):
                words = fit_verdict(text, fit, run) + data_words(text, fit)
                assert not ODD.search(words), words


def test_a_table_without_any_fit_says_which_columns_are_to_blame() -> None:
    for name, key, blamed in [
        ("all gaps", "fit.empty", "`x`"),
        ("no complete row", "fit.no_row", "`x`, `z`, `y`"),
    ]:
        said = fitted(name)
        assert isinstance(said, Said)
        assert said.key == key
        assert all(blamed.replace(", ", "、" if language == "zh" else ", ") in said.words(load_text(language))
                   for language in LANGUAGES)  # fmt: skip
    constant = fitted("constant", "without", "standardised", NO_COLUMN)
    assert isinstance(constant, Said)
    assert constant.key == "fit.constant"
    assert "`x`" in constant.words(EN)


SINGULAR = [
    ("constant", "with", "raw", "CONSTANT", ["x"]),
    ("constant", "with", "standardised", "CONSTANT_STANDARDISED", ["x"]),
    ("twice the same", "with", "raw", "PROPORTIONAL", ["x", "z"]),
    ("twice the same", "without", "standardised", "PROPORTIONAL", ["x", "z"]),
    ("a sum", "with", "raw", "COMBINATION", ["x", "z"]),
    ("zero", "with", "raw", "ZERO", ["x"]),
    ("two rows", "with", "raw", "TOO_FEW_ROWS", []),
    ("one row", "without", "raw", "TOO_FEW_ROWS", []),
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("name", "intercept", "scaling", "reason", "blamed"), SINGULAR)
def test_a_singular_hessian_is_said_with_the_columns_that_make_it_so(
    name: str, intercept: str, scaling: str, reason: str, blamed: list[str], language: str
) -> None:
    text = load_text(language)
    words = data_words(text, fit_of(name, intercept=intercept, scaling=scaling))
    assert "κ = ∞" in words
    opening = max(re.split(r"@\w+", text.words[f"verdict.fit.{reason}"]), key=len).strip()
    sentence = next(paragraph for paragraph in words.split("\n\n") if opening in paragraph)
    assert all(f"`{column}`" in sentence for column in blamed)
    assert not [column for column in {"x", "z", "y", "intercept"} - set(blamed) if f"`{column}`" in sentence]


def test_the_same_input_twice_is_called_so() -> None:
    assert "`x` is chosen twice" in data_words(EN, fit_of("ordinary", second=0))


@pytest.mark.parametrize("scaling", ["raw", "standardised"])
def test_the_words_name_the_curvatures_that_numpy_finds(scaling: str) -> None:
    fit = fit_of("ordinary", scaling=scaling)
    values = np.linalg.eigvalsh(fit.made.X.T @ fit.made.X / 60)[::-1]
    np.testing.assert_allclose(fit.bowl.curvatures, values)
    words = data_words(EN, fit)
    assert all(f"{value:.4g}"[:5] in words for value in (*values, values[0] / values[-1], 2 / values[0]))
    assert "m = 60 rows" in words


def test_gaps_are_counted_and_their_columns_named() -> None:
    words = data_words(EN, fit_of("gaps"))
    assert "m = 2 rows" in words
    assert words.endswith("Dropped for a gap in `x`, `z`, `y`: 3.")


@pytest.mark.parametrize("scaling", ["raw", "standardised"])
@pytest.mark.parametrize("second", [1, NO_COLUMN])
@pytest.mark.parametrize("intercept", ["with", "without"])
def test_theory_and_run_agree_just_below_on_and_just_above_the_limit(intercept: str, second: int, scaling: str) -> None:
    fit = fit_of("ordinary", intercept=intercept, second=second, scaling=scaling)
    for pace, regime in ((1.98, "converges"), (2.0, "limit"), (2.02, "diverges")):
        run = fit.run(pace, 100)
        assert regime_of(fit, float(run.learning_rates[0, 0])) == regime
        assert run.outcome[0] in EXPECTED[regime]
        assert EN("verdict.fit.disagrees") not in fit_verdict(EN, fit, run)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_learning_rate_just_below_the_limit_is_not_written_as_the_limit(language: str) -> None:
    text, fit = load_text(language), fit_of("unlike", scaling="raw")
    words = fit_verdict(text, fit, fit.run(fit.best_pace, 30))
    opening = text.words["verdict.fit.rate"].split("@")[0]
    pace, alpha = re.search(rf"{re.escape(opening)}(\S+?)[,，].*?\*\*(.+?)\*\*", words).groups()  # type: ignore[union-attr]
    assert pace.startswith("1.999")
    limit = re.search(r"(?:the limit|界限) (\d[^:：]*)[:：]", words)
    assert limit is not None
    assert limit[1] != alpha
    assert "−(1 − " in words
    assert not re.search(r"−1 (along|，)", words)


def test_the_number_of_steps_that_theory_counts_is_the_one_that_a_run_takes() -> None:
    fit = fit_of("ordinary")
    for pace in (0.3, 1.0, fit.best_pace):
        reached = int(fit.run(pace, 100).reached_at[0])
        assert f"from step **{reached}** on" in fit_verdict(EN, fit, fit.run(pace, 5))


def test_a_start_at_the_goal_is_called_at_rest_and_one_without_a_steep_part_is_explained() -> None:
    still = fit_of("target zero")
    run = still.run(2.4, 30)
    assert run.outcome[0] is Roll.AT_REST
    assert fit_verdict(EN, still, run) == EN("verdict.fit.at_rest")
    columns = {"x": [-1.0, 1.0, -1.0, 1.0], "z": [5.0, 5.0, -5.0, -5.0], "y": [-1.0, 1.0, -1.0, 1.0]}
    chosen = {"target": 2, "first": 0, "second": 1, "intercept": "without", "scaling": "raw"}
    fit = chosen_fit({**DEFAULTS, "table": brought(columns).key, **chosen})
    assert isinstance(fit, Fit)
    assert EN("verdict.fit.disagrees") in fit_verdict(EN, fit, fit.run(2.4, 30))


def test_a_line_in_the_picture_lies_on_the_line_of_the_run_however_steep() -> None:
    for pace in (0.5, 2.3):
        fit = fit_of("ordinary", scaling="raw")
        run = fit.run(pace, 60)
        lines = fit_frames(EN, fit, run)["lines"].table()
        assert len(lines)
        for line in lines.itertuples():
            place = ("first", "second").index(line.side)
            theta = run.points[[line.step], 0]
            ends = fit.line(theta, place, [line.x, line.x_end])[0]
            scale = np.abs(fit.line(theta, place, [0.0, 1.0])).max()
            np.testing.assert_allclose([line.y, line.y_end], ends, atol=1e-9 * scale)


def test_the_line_of_least_squares_is_numpys() -> None:
    fit = fit_of("ordinary", second=NO_COLUMN)
    goal = fit_frames(EN, fit, fit.run(1.0, 1))["goal"].table().iloc[0]
    slope, height = np.polyfit(TABLES["ordinary"]["x"], TABLES["ordinary"]["y"], 1)  # type: ignore[arg-type]
    np.testing.assert_allclose([goal.y, goal.y_end], [height + slope * goal.x, height + slope * goal.x_end])


def test_of_many_points_a_few_are_drawn_and_the_picture_says_so() -> None:
    fit = fit_of("long")
    frames = fit_frames(EN, fit, fit.run(1.0, 100))
    assert len(frames["points"]) == MOST_POINTS
    assert str(MOST_POINTS) in frames["frame"]["points_note"][0]
    assert "20,000" in frames["frame"]["points_note"][0]
    assert size_of(frames) < BUDGET
    assert not fit_frames(EN, fit_of("ordinary"), fit.run(1.0, 1))["frame"]["points_note"][0]


def printed(program: str) -> pd.DataFrame:
    written = io.StringIO()
    with contextlib.redirect_stdout(written):
        exec(compile(program, "fit", "exec"), {})
    written.seek(0)
    return pd.read_csv(written)


@pytest.mark.parametrize(("name", "pace", "steps"), [
    ("ordinary", 0.7, 30), ("ordinary", 2.4, 100), ("far from zero", 1.0, 20), ("gaps", 1.0, 5), ("a sum", 1.5, 30),
    ("twice the same", 1.0, 10), ("constant", 1.0, 10), ("one row", 0.5, 10), ("long", 1.2, 20), ("target zero", 1, 3),
])  # fmt: skip
def test_the_program_prints_the_numbers_of_the_figure(name: str, pace: float, steps: int) -> None:
    for intercept, scaling, second in WAYS:
        fit = fitted(name, intercept, scaling, second)
        if isinstance(fit, Said):
            continue
        run = fit.run(pace, steps)
        table, program = fit_numbers(run), fit_program(fit, float(run.learning_rates[0, 0]), steps)
        found = printed(program)
        assert list(found) == list(table)
        # a small number beside a large one is known to the digits of the large one
        theta = table.filter(like="theta").to_numpy()
        rounding = 1e-12 * (np.abs(theta).max(axis=1) + np.abs(fit.bowl.minimiser).max())
        assert (np.abs(found.filter(like="theta") - theta) <= 1e-9 * np.abs(theta) + rounding[:, np.newaxis]).all(
            axis=None
        )
        np.testing.assert_allclose(found.excess, table.excess, rtol=1e-9, atol=1e-24 * table.excess[0])
    assert len(fit_program(fit_of("long"), 0.1, 3)) < 4000
    assert len(TABLES["long"]["x"]) > MOST_WRITTEN  # type: ignore[arg-type]


def test_the_program_stops_where_the_numbers_of_the_figure_do() -> None:
    fit = fit_of("huge", intercept="without", scaling="raw", second=NO_COLUMN)
    run = fit.run(2.5, 100)
    table = fit_numbers(run)
    assert np.isfinite(table.to_numpy()).all()
    assert len(printed(fit_program(fit, float(run.learning_rates[0, 0]), 100))) == len(table)


def test_the_columns_first_shown_of_a_table_vary_and_the_last_is_predicted() -> None:
    assert sensible_columns(make_table(TABLES["constant"])) == {"target": 2, "first": 1, "second": NO_COLUMN}
    assert sensible_columns(make_table(TABLES["ordinary"])) == {"target": 2, "first": 0, "second": 1}
    pair = make_table({"a": [1, 2], "b": [3, 4]})
    assert sensible_columns(pair) == {"target": 1, "first": 0, "second": NO_COLUMN}
    dull = make_table({"id": [1, 1, 1], "a": [1, 2, 3], "b": [1, 2, 4], "c": [3, 1, 2], "flag": [0, 0, 0]})
    assert sensible_columns(dull) == {"target": 3, "first": 1, "second": 2}
    still = make_table({"a": [1.0], "b": [2.0], "c": [3.0]})
    assert sensible_columns(still) == {"target": 2, "first": 0, "second": 1}


@pytest.mark.parametrize("name", TABLES)
def test_every_table_gives_the_other_lessons_a_loss_or_none(name: str) -> None:
    key = brought(TABLES[name]).key
    for intercept, scaling, second in WAYS:
        values = {"table": key, "target": 2, "first": 0, "second": second, "intercept": intercept, "scaling": scaling}
        loss = own_loss({**DEFAULTS, **values})
        assert loss is None or np.isfinite([loss.start, loss.learning_rate, loss.minimiser]).all()
