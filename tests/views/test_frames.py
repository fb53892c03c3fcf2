"""The data of the charts at the ends of every setting: numbers that an axis can place, words that a person can read."""

import itertools
import re
from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest
from streamlit.dataframe_util import convert_pandas_df_to_arrow_bytes

from gdcore.activations import ACTIVATIONS
from gdcore.chain import backpropagate, equal_weights
from gdcore.comparison import compare
from gdcore.convex_loss import Loss
from gdcore.descent import descend
from views.charts.batch_norm_layers import batch_norm_frames
from views.charts.chain_factors import chain_frames
from views.charts.ruler import ruler
from views.charts.slope import slope_frames
from views.charts.step_size_frames import Axes, step_size_frames
from views.problem import LOSSES, start_range
from views.text import load_text

TEXT = load_text("en")
MACHINE = re.compile(r"nan|\binf\b|None|e[+-]\d|0\.0000|\?", re.IGNORECASE)
BUDGET = 50_000  # bytes: what one committed change of the linked view may send
Frames = Mapping[str, pd.DataFrame]


def step_size(loss: Loss, start: float, learning_rate: float, steps: int) -> Frames:
    scale = ruler(loss, start, learning_rate, steps)
    run = descend(loss, start, learning_rate, steps)
    return step_size_frames(TEXT, loss, start, learning_rate, run, scale)


def size_of(frames: Frames) -> int:
    """In bytes, as Streamlit sends them."""
    return sum(len(convert_pandas_df_to_arrow_bytes(frame)) for frame in frames.values())


def made(name: str, curvature: float = 1.0, p: float = 0.9) -> Loss:
    return LOSSES[name](curvature, p)


def require_drawable(frames: Frames) -> None:
    for name, frame in frames.items():
        for column in frame:
            values = frame[column]
            if pd.api.types.is_numeric_dtype(values):
                assert np.isfinite(values.to_numpy(dtype=np.float64)).all(), f"{name}.{column}"
            else:
                found = [said for said in values.dropna() if MACHINE.search(str(said))]
                assert not found, f"{name}.{column} says {found[:3]}"
    window = frames.get("problem", frames.get("frame"))
    assert window is not None
    for low in (column for column in window if column.endswith("low")):
        assert window[low].iloc[0] < window[low.removesuffix("low") + "high"].iloc[0], (
            f"the axis of {low} has no length"
        )


def starts(loss: Loss) -> list[float]:
    return [loss.minimiser, *loss.window, loss.start, -100.0, 100.0]


@pytest.mark.parametrize("steps", [1, 100])
@pytest.mark.parametrize("learning_rate", [1e-6, 0.3, 1000.0])
@pytest.mark.parametrize("name", LOSSES)
def test_the_linked_view_can_draw_every_run(name: str, learning_rate: float, steps: int) -> None:
    loss = made(name)
    for start in starts(loss):
        frames = step_size(loss, start, learning_rate, steps)
        require_drawable(frames)
        assert frames["problem"].excess_low.iloc[0] > 0
        for drawn in ("runs", "committed", "final"):
            assert (frames[drawn].excess > 0).all(), f"a log axis has no place for zero: {drawn}"


@pytest.mark.parametrize(("curvature", "p"), [(0.1, 0.05), (10.0, 0.95)])
def test_the_linked_view_can_draw_the_ends_of_a_losss_parameter(curvature: float, p: float) -> None:
    for name in ("quadratic", "softplus"):
        loss = made(name, curvature, p)
        for start, learning_rate in itertools.product(starts(loss), (1e-6, 1000.0)):
            require_drawable(step_size(loss, start, learning_rate, 100))


BENEATH_THE_AXIS = {  # the excess loss at the start, or the foot of its axis, rounds to zero in float32 or float64
    ("quartic", 1e-12),
    *((name, 1e-30) for name in ("quadratic", "log_cosh", "huber", "quartic")),
    *((name, 1e-160) for name in ("quadratic", "log_cosh", "huber", "absolute")),
    *((name, 5e-324) for name in ("huber", "absolute")),  # huber: OverflowError in gdcore.cycles._grown
}
NEAR = [
    pytest.param(
        name,
        distance,
    )
    for name, distance in itertools.product(LOSSES, (1e-3, 1e-12, 1e-30, 1e-160, 5e-324))
]


@pytest.mark.parametrize(("name", "distance"), NEAR)
def test_the_linked_view_can_draw_a_start_as_near_to_the_minimum_as_a_link_may_ask(name: str, distance: float) -> None:
    loss = made(name)
    frames = step_size(loss, loss.minimiser + distance, 0.3, 30)
    require_drawable(frames)
    assert frames["problem"].excess_low.iloc[0] > 0
    assert (frames["runs"].excess > 0).all()


LEAVES_FLOAT64 = {("quartic", 0.3), ("quartic", 1000.0), ("cars", 1000.0)}
WALKS = [
    pytest.param(
        name,
        learning_rate,
        at,
    )
    for name, learning_rate, at in itertools.product(LOSSES, (1e-6, 0.3, 1000.0), (0, 100))
]


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
    committed = step_size(loss, loss.start, learning_rate, steps)["committed"]
    assert committed.step.tolist() == list(range(steps + 1))
    low, high = Axes.of(loss, loss.start).theta
    seen = (np.array(path) >= low) & (np.array(path) <= high)
    assert seen[0]
    np.testing.assert_allclose(committed.theta[seen], np.array(path)[seen], rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(committed.loss[seen], loss.value(np.array(path)[seen]), rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("name", LOSSES)
def test_the_previewed_run_of_a_learning_rate_is_the_run_that_a_click_commits(name: str) -> None:
    loss = made(name)
    frames = step_size(loss, loss.start, loss.learning_rate, 30)
    for index in (0, 7, len(frames["final"]) - 1):
        chosen = frames["final"].iloc[index]
        after = step_size(loss, loss.start, float(chosen.alpha), 30)
        preview, committed = frames["runs"].query(f"run == {index}"), after["committed"]
        np.testing.assert_array_equal(preview.theta, committed.theta[preview.step])
        assert after["problem"][["headline", "result", "regime"]].iloc[0].tolist() == [
            chosen.headline,
            chosen.result,
            chosen.regime,
        ]


TOO_MUCH = {("log_cosh", 60), ("huber", 60), ("absolute", 30)}
SENT = [
    pytest.param(
        name,
        steps,
    )
    for name, steps in itertools.product(LOSSES, (1, 10, 30, 60))
]


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


@pytest.mark.parametrize("bias", [-2.0, 0.0, 0.3])
@pytest.mark.parametrize("weight", [0.1, 1.0, 3.0])
@pytest.mark.parametrize("depth", [1, 2, 200])
def test_the_chain_can_be_drawn_from_one_layer_to_two_hundred(depth: int, weight: float, bias: float) -> None:
    for value, target in itertools.product((-10.0, 0.0, 1.0), (0.0, 1.0, 10.0)):
        frames = chain_frames(TEXT, backpropagate(equal_weights(depth, weight), bias, value, target))
        require_drawable(frames)
        assert frames["layers"].layer.tolist() == list(range(1, depth + 1))


@pytest.mark.parametrize("batch", [1, 2, 3, 4, 256])
@pytest.mark.parametrize("scale", [0.1, 3.0])
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("depth", [2, 50])
def test_the_wide_network_can_be_drawn_whatever_its_activation(
    depth: int, activation: str, scale: float, batch: int
) -> None:
    frames = batch_norm_frames(TEXT, compare(depth, 16, batch, scale, activation, 0))
    require_drawable(frames)
    assert set(frames["layers"].side) == ({"without"} if batch == 1 else {"without", "with"})
