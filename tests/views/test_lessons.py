"""The lessons that come with the app: whole, alike in both languages, and right by independent means."""

import re
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest

from gdcore.samples import car_loss_data, digits
from views.lesson import RIGHT
from views.lesson_file import load_heading, load_lesson
from views.setting import Values
from views.settings import LESSONS, PAGES
from views.text import LANGUAGES, load_text

every_lesson = pytest.mark.parametrize("key", LESSONS)
in_every_language = pytest.mark.parametrize("language", LANGUAGES)
STEPS = [(key, turn) for key in LESSONS for turn in range(1, len(load_lesson(key, "en").steps) + 1)]


def walked(gradient: Callable[[float], float], start: float, alpha: float, steps: int) -> list[float]:
    points = [start]
    for _ in range(steps):
        points.append(points[-1] - alpha * gradient(points[-1]))
        if abs(points[-1]) > 1e100:
            break
    return points


def parabola_walk(v: Values, steps: int = 400, alpha: float | None = None) -> list[float]:
    return walked(lambda theta: float(v["curvature"]) * theta, float(v["start"]), alpha or float(v["alpha"]), steps)


def way(v: Values) -> str:
    after = parabola_walk(v, 1)[1] - float(v["start"])
    return "right" if after > 0 else "left"


def said_of_walk(v: Values) -> str:
    points = np.array(parabola_walk(v))
    size = np.abs(points)
    swings = bool((points[1:3] * points[:2] < 0).all())
    if size[-1] > 2 * size[0]:
        return "diverges"
    if size[-1] > 0.5 * size[0]:
        return "cycles"
    return "changes_sides" if swings else "one_side"


def border(v: Values) -> float:
    low, high = 0.0, 100.0
    for _ in range(60):
        middle = 0.5 * (low + high)
        grows = abs(parabola_walk(v, 300, middle)[-1]) > abs(float(v["start"]))
        low, high = (low, middle) if grows else (middle, high)
    return low


def patience(v: Values) -> int:
    return next(t for t, theta in enumerate(parabola_walk(v)) if abs(theta) <= 0.01 * abs(float(v["start"])))


def end_in_dip(v: Values) -> str:
    def gradient(theta: float) -> float:
        return 0.1 * theta + 0.3 * (theta - 3) * (2 / 0.18) * np.exp(-((theta - 3) ** 2) / 0.18)

    end = walked(gradient, float(v["dip_start"]), float(v["dip_alpha"]), 3000)[-1]
    return "trapped" if abs(end - 2.9086) < 0.01 else "escaped" if abs(end) < 0.01 else "neither"


def winner(v: Values) -> str:
    x, y = car_loss_data()[:2]
    curvature, theta_star = np.mean(x * x), np.mean(x * y) / np.mean(x * x)
    steps, batch, rng = int(v["updates"]), int(v["batch"]), np.random.default_rng(99)
    unit = {"small": float(v["small"]), "large": float(v["large"])}
    alphas = {name: np.full(steps, alpha) for name, alpha in unit.items()}
    alphas["shrinks"] = unit["large"] * 0.5 ** (np.arange(steps) // -(-steps // 6))
    late = {}
    for name, alpha in alphas.items():
        theta, excess = np.zeros(200), []
        for t in range(steps):
            rows = rng.integers(len(x), size=(200, batch))
            gradient = np.mean((theta[:, None] * x[rows] - y[rows]) * x[rows], axis=1)
            theta = theta - alpha[t] / curvature * gradient
            excess.append(np.mean(0.5 * curvature * (theta - theta_star) ** 2))
        late[name] = np.mean(excess[-steps // 4 :])
    return min(late, key=late.__getitem__)


def chain_gradients(v: Values, depth: int) -> list[Fraction]:
    """∂L/∂wᵢ of equal weights, exactly."""
    w, b, x, y = (Fraction(str(v[key])) for key in ("scale", "bias", "input", "target"))
    signals = [x]
    for _ in range(depth):
        signals.append(w * signals[-1] + b)
    return [(signals[-1] - y) * w ** (depth - i) * signals[i - 1] for i in range(1, depth + 1)]


def smallest(v: Values) -> str:
    sizes = [abs(gradient) for gradient in chain_gradients(v, int(v["depth"]))]
    if len(set(sizes)) == 1:
        return "same"
    return {0: "first", len(sizes) - 1: "last"}.get(sizes.index(min(sizes)), "middle")


def ratio(v: Values) -> float:
    return float(abs(chain_gradients(v, 201)[0] / chain_gradients(v, 200)[0]))


def slope_by_difference(v: Values) -> float:
    def loss(w1: float) -> float:
        return 0.5 * (w1 * float(v["w2"]) * float(v["w3"]) * float(v["input"]) - float(v["target"])) ** 2

    return (loss(float(v["w1"]) + 1e-4) - loss(float(v["w1"]) - 1e-4)) / 2e-4


def dies_at(v: Values) -> int:
    w = np.float16(v["scale"])
    for depth in range(1, 100):
        signal = np.float16(v["input"])
        for _ in range(depth):
            signal = w * signal
        sensitivity = signal - np.float16(v["target"])
        for _ in range(depth - 1):
            sensitivity = w * sensitivity
        if sensitivity * np.float16(v["input"]) == 0:
            return depth
    raise AssertionError("float16 holds")


def keeping_scale(v: Values) -> float:
    """One wide ReLU layer: how much of the squared norm comes back through it, at scale 1."""
    rng, width = np.random.default_rng(5), 1500
    weights = rng.standard_normal((width, width)) / np.sqrt(width)
    passes, back = weights @ rng.standard_normal(width) > 0, rng.standard_normal(width)
    return float(np.linalg.norm(back) / np.linalg.norm(weights.T @ (back * passes)))


def decades(v: Values, normalised: bool) -> np.ndarray:
    """log₁₀‖∂L/∂W_i‖ of a network written anew, with weights and images of another draw."""
    rng, depth, width, batch = np.random.default_rng(7), *(int(v[key]) for key in ("depth", "width", "batch"))
    images = digits()[0][rng.choice(1797, batch, replace=False)]
    u = images / np.sqrt(np.mean(images**2))
    sigmoid = v["activation"] == "sigmoid"
    weights, seen = [], []
    for _ in range(depth):
        w = float(v["scale"]) * rng.standard_normal((width, u.shape[1])) / np.sqrt(u.shape[1])
        h = u @ w.T
        spread = np.sqrt(h.var(axis=0) + float(v["epsilon"])) if normalised else np.ones(width)
        z = (h - h.mean(axis=0)) / spread if normalised else h
        weights.append(w)
        seen.append((u, z, spread))
        u = 1 / (1 + np.exp(-z)) if sigmoid else np.maximum(z, 0)
    back, found = rng.standard_normal((batch, width)), []
    for w, (before, z, spread) in zip(weights[::-1], seen[::-1], strict=True):
        s = 1 / (1 + np.exp(-z))
        g = back * (s * (1 - s) if sigmoid else z > 0)
        if normalised:
            g = (g - g.mean(axis=0) - z * np.mean(g * z, axis=0)) / spread
        found.append(np.log10(np.linalg.norm(g.T @ before)))
        back = g @ w
    return np.array(found[::-1])


def pair(v: Values) -> str:
    changes = [found[0] - found[-1] for found in (decades(v, False), decades(v, True))]
    return "_".join("same" if abs(each) < 1 else "vanishes" if each < 0 else "explodes" for each in changes)


def largest(v: Values) -> str:
    found = decades(v, True)
    return {0: "first", len(found) - 1: "last"}.get(int(found.argmax()), "middle")


INDEPENDENT = {
    "step_size": (way, said_of_walk, said_of_walk, said_of_walk, border, patience, end_in_dip, end_in_dip, winner),
    "deep_gradients": (
        *(slope_by_difference, smallest, ratio, ratio, dies_at, smallest, keeping_scale, pair, largest),
    ),
}


@pytest.mark.parametrize(("key", "turn"), STEPS)
def test_the_right_answer_comes_out_by_independent_means(key: str, turn: int) -> None:
    step = load_lesson(key, "en").steps[turn - 1]
    found = INDEPENDENT[key][turn - 1](step.settings)
    if step.guess:
        assert found == pytest.approx(step.right, rel=min(step.guess.within, 0.03))
    assert step.outcome(found) == RIGHT


@every_lesson
def test_both_languages_ask_the_same(key: str) -> None:
    english, chinese = (load_lesson(key, language) for language in LANGUAGES)
    assert (english.heading.page, english.heading.minutes) == (chinese.heading.page, chinese.heading.minutes)
    for one, other in zip(english.steps, chinese.steps, strict=True):
        assert (dict(one.settings), one.right) == (dict(other.settings), other.right)
        assert list(one.options) == list(other.options)
        assert list(one.why) == list(other.why)
        assert (one.guess and one.guess.within) == (other.guess and other.guess.within)
        assert one.hide == other.hide


@every_lesson
@in_every_language
def test_every_wrong_answer_has_its_reason_and_no_placeholder_is_left(key: str, language: str) -> None:
    lesson = load_lesson(key, language)
    assert 7 <= len(lesson.steps) <= 9
    assert load_heading(key, language) == lesson.heading
    for step in lesson.steps:
        wrong = {"low", "high"} if step.guess else set(step.options) - {step.right}
        assert set(step.why) == wrong
        said = [step.question, step.explanation, step.observe, *step.options.values(), *step.why.values()]
        assert not [words for words in said if re.search(r"[@$]", words)]


@every_lesson
@in_every_language
def test_a_lesson_names_buttons_and_lines_as_the_page_does(key: str, language: str) -> None:
    words = set(load_text(language).words.values())
    quoted = [name for step in load_lesson(key, language).steps for name in re.findall("“(.*?)”", step.observe)]
    assert [name for name in quoted if name not in words] == []


@every_lesson
def test_every_step_opens_a_tab_of_its_lab(key: str) -> None:
    lesson = load_lesson(key, "en")
    tabs = PAGES[lesson.heading.page][0].options
    assert {step.settings["tab"] for step in lesson.steps} <= set(tabs)
    assert len({step.settings["tab"] for step in lesson.steps}) > 2
