"""The data of the charts at the ends of every setting: numbers that an axis can place, words that a person can read."""

import itertools
import re

import numpy as np
import pytest

from gdcore.convex_loss import Loss
from gdcore.descent import descend
from tests.views.frame_tables import tables
from views.arrow_stream import arrow
from views.charts.ruler import ruler
from views.charts.ruler_bands import ruler_bands
from views.charts.slope import slope_frames
from views.charts.step_size_frames import (
    COMMITTED,
    DECADES_ABOVE,
    DECADES_BELOW,
    LEVELS,
    OUTSIDE,
    PLACES,
    SPOTS,
    Axes,
    step_size_frames,
)
from views.drawing import Frames
from views.numbers import plain
from views.problem import LOSSES, start_range
from views.text import load_text

TEXT = load_text("en")
MACHINE = re.compile(r"nan|\binf\b|None|e[+-]\d|0\.0000|\?", re.IGNORECASE)
BUDGET = 30_000  # bytes: what the data of one committed change may take; with spec and words it sends less than 50 kB


def step_size(loss: Loss, start: float, learning_rate: float, steps: int) -> Frames:
    scale = ruler(loss, start, learning_rate, steps)
    run = descend(loss, start, learning_rate, steps)
    return step_size_frames(TEXT, loss, start, learning_rate, run, scale)


def size_of(frames: Frames) -> int:
    """In bytes, as Streamlit sends them."""
    return sum(len(arrow(frame)) for frame in frames.values())


def made(name: str, curvature: float = 1.0, p: float = 0.9) -> Loss:
    return LOSSES[name](curvature, p)


def require_drawable(frames: Frames) -> None:
    for name, data in frames.items():
        for column in data.columns:
            values = np.asarray(data[column])
            if values.dtype.kind in "biuf":
                assert np.isfinite(values).all(), f"{name}.{column}"
            else:
                found = [said for said in values.tolist() if MACHINE.search(str(said))]
                assert not found, f"{name}.{column} says {found[:3]}"
    window = frames.get("problem", frames.get("frame"))
    assert window is not None
    for low in (column for column in window.columns if column.endswith("low")):
        assert window[low][0] < window[low.removesuffix("low") + "high"][0], f"the axis of {low} has no length"


def starts(loss: Loss) -> list[float]:
    return [loss.minimiser, *loss.window, loss.start, -100.0, 100.0]


def require_linked_view(frames: Frames) -> None:
    require_drawable(frames)
    seen = tables(frames)
    path, runs, final, problem = seen["path"], seen["runs"], seen["final"], seen["problem"].iloc[0]
    assert len(frames["numbers"]) == problem.steps + 1
    for drawn in (path, runs, final):
        assert drawn.level.between(-LEVELS, (DECADES_BELOW + DECADES_ABOVE + 1) * LEVELS).all()
    for drawn in (path, runs):
        assert drawn.place.between(-OUTSIDE * PLACES, (1 + OUTSIDE) * PLACES).all()
    assert COMMITTED in set(path.run)
    assert set(runs.key // SPOTS) == set(final.run)
    assert runs.key.is_unique
    assert (runs.key % SPOTS).max() <= path.step.max() == problem.steps < SPOTS


@pytest.mark.parametrize("steps", [1, 100])
@pytest.mark.parametrize("learning_rate", [1e-12, 1e-6, 0.3, 1000.0, 1e12])
@pytest.mark.parametrize("name", LOSSES)
def test_the_linked_view_can_draw_every_run(name: str, learning_rate: float, steps: int) -> None:
    loss = made(name)
    for start in (*starts(loss), -1e12, 1e12):
        require_linked_view(step_size(loss, start, learning_rate, steps))


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("name", LOSSES)
def test_the_linked_view_can_draw_three_runs_on_either_axis(name: str, log: bool) -> None:
    loss = made(name)
    scale = ruler(loss, loss.start, loss.learning_rate, 30, log=log)
    three = loss.learning_rate / 10, loss.learning_rate, 100 * loss.learning_rate
    run = descend(loss, loss.start, loss.learning_rate, 30)
    frames = step_size_frames(TEXT, loss, loss.start, loss.learning_rate, run, scale, three)
    require_linked_view(frames)
    assert frames["problem"]["three"][0]
    numbers = [COMMITTED - 1, COMMITTED - 2, COMMITTED - 3]
    for number, rate in zip(numbers, three, strict=True):
        alone = step_size(loss, loss.start, rate, 30)["path"].table().query(f"run == {COMMITTED}")
        together = frames["path"].table().query(f"run == {number}")
        np.testing.assert_array_equal(together[["step", "place", "level"]], alone[["step", "place", "level"]])


@pytest.mark.parametrize("name", LOSSES)
def test_a_log_ruler_ascends_to_the_same_end_and_holds_the_committed_learning_rate(name: str) -> None:
    loss = made(name)
    for learning_rate in (1e-12, loss.learning_rate, 1e3):
        linear = ruler(loss, loss.start, learning_rate, 30)
        log = ruler(loss, loss.start, learning_rate, 30, log=True)
        rates = log.learning_rates
        assert (np.diff(rates) > 0).all()
        assert rates[-1] == linear.end
        assert log.low == rates[0] <= learning_rate <= log.end
        assert linear.low == 0


@pytest.mark.parametrize(("curvature", "p"), [(0.1, 0.05), (10.0, 0.95)])
def test_the_linked_view_can_draw_the_ends_of_a_losss_parameter(curvature: float, p: float) -> None:
    for name in ("quadratic", "softplus"):
        loss = made(name, curvature, p)
        for start, learning_rate in itertools.product(starts(loss), (1e-6, 1000.0)):
            require_linked_view(step_size(loss, start, learning_rate, 100))


NEAR = list(itertools.product(LOSSES, (1e-3, 1e-12, 1e-30, 1e-160, 5e-324)))


@pytest.mark.parametrize(("name", "distance"), NEAR)
def test_the_linked_view_can_draw_a_start_as_near_to_the_minimum_as_a_link_may_ask(name: str, distance: float) -> None:
    loss = made(name)
    require_linked_view(step_size(loss, loss.minimiser + distance, 0.3, 30))


WALKS = list(itertools.product(LOSSES, (1e-12, 1e-6, 0.3, 1000.0, 1e12), (0, 100)))


@pytest.mark.parametrize(("name", "learning_rate", "at"), WALKS)
def test_the_slope_can_be_drawn_at_every_place(name: str, learning_rate: float, at: int) -> None:
    loss = made(name)
    for start in starts(loss):
        frames = slope_frames(TEXT, loss, descend(loss, start, learning_rate, at + 1), at, start_range(loss))
        require_drawable(frames)
        assert len(frames["point"]) == 1
        assert len(frames["walked"]) == at


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("factor", [0.1, 0.9, 2.0, 7.0])
def test_the_committed_run_is_that_of_a_plain_loop(name: str, factor: float) -> None:
    loss = made(name)
    theta, learning_rate, steps = loss.start, factor * loss.learning_rate, 40
    path = [theta]
    for _ in range(steps):
        theta -= learning_rate * float(loss.gradient(theta))
        path.append(theta)
    frames = tables(step_size(loss, loss.start, learning_rate, steps))
    committed = frames["path"].query(f"run == {COMMITTED}")
    assert committed.step.tolist() == list(range(steps + 1))
    low, high = Axes.of(loss, loss.start).theta
    seen = (np.array(path) >= low) & (np.array(path) <= high)
    assert seen[0]
    drawn = low + committed.place.to_numpy(dtype=np.float64) / PLACES * (high - low)
    half_a_place = 0.501 * (high - low) / PLACES
    np.testing.assert_allclose(drawn[seen], np.array(path)[seen], rtol=0, atol=half_a_place)
    said = frames["numbers"]
    assert said.theta.tolist() == [
        plain(theta) if np.isfinite(theta) else TEXT("chart.step_size.beyond") for theta in path
    ]


@pytest.mark.parametrize("name", LOSSES)
def test_the_previewed_run_of_a_learning_rate_is_the_run_that_a_click_commits(name: str) -> None:
    loss = made(name)
    frames = tables(step_size(loss, loss.start, loss.learning_rate, 30))
    for index in (0, 7, len(frames["final"]) - 1):
        chosen = frames["final"].iloc[index]
        after = tables(step_size(loss, loss.start, float(chosen.alpha), 30))
        preview = frames["runs"].query(f"{SPOTS * index} <= key < {SPOTS * (index + 1)}")
        committed = after["path"].query(f"run == {COMMITTED}").set_index("step")
        np.testing.assert_array_equal(preview.place, committed.place[preview.key % SPOTS])
        np.testing.assert_array_equal(preview.level, committed.level[preview.key % SPOTS])
        problem = after["problem"].iloc[0]
        assert problem[["result", "regime"]].tolist() == [chosen.result, chosen.regime]
        regime = TEXT(f"regime.{chosen.regime}")
        assert problem.headline == TEXT("chart.step_size.headline", alpha=chosen.said, regime=regime)
        assert after["numbers"].iloc[-1][["measured", "predicted"]].tolist() == [chosen.measured, chosen.predicted]


@pytest.mark.parametrize("start", [-6.0, -2.0, 0.0, 5.0])
def test_a_band_found_by_running_says_so_and_ends_as_a_long_run_ends(start: float) -> None:
    loss = made("softplus")
    scale = ruler(loss, start, 1.0, 30)
    bands = ruler_bands(TEXT, loss, start, scale).table()
    assert bands.low.iloc[0] == 0
    assert bands.high.iloc[-1] == scale.end
    np.testing.assert_array_equal(bands.low[1:], bands.high[:-1])
    assert bands.share.sum() == pytest.approx(1)
    found = bands[bands.found]
    assert len(found)
    for band in found.itertuples():
        assert TEXT(f"regime.{band.regime}") in band.word != TEXT(f"regime.{band.regime}")
        theta = start
        for _ in range(3000):
            theta -= band.middle * float(loss.gradient(theta))
        settled = abs(theta - loss.minimiser) < 1e-3
        assert settled == (band.regime == "CHANGES_SIDES")


@pytest.mark.parametrize("name", [name for name in LOSSES if name != "softplus"])
def test_where_theory_decides_no_band_is_found_by_running(name: str) -> None:
    loss = made(name)
    assert not ruler_bands(TEXT, loss, loss.start, ruler(loss, loss.start, 1.0, 30))["found"].any()


SENT = list(itertools.product(LOSSES, (1, 10, 30, 60, 100)))


@pytest.mark.parametrize(("name", "steps"), SENT)
def test_a_committed_change_of_the_linked_view_sends_little(name: str, steps: int) -> None:
    loss = made(name)
    sizes = [
        size_of(step_size(loss, start, factor * loss.learning_rate, steps))
        for start in (loss.start, *loss.window)
        for factor in (0.01, 1.0, 10.0)
    ]
    print(f"{name}, {steps} steps: {min(sizes)} to {max(sizes)} bytes of Arrow")
    assert max(sizes) < BUDGET


@pytest.mark.parametrize("name", LOSSES)
def test_a_committed_change_of_the_slope_sends_little(name: str) -> None:
    loss = made(name)
    run = descend(loss, loss.start, loss.learning_rate, 101)
    assert size_of(slope_frames(TEXT, loss, run, 100, start_range(loss))) < BUDGET
