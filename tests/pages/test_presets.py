"""Every preset, opened by its button: the page then says what the preset's name promises, in either language."""

import re

import pytest

from tests.pages.test_a_visit import lab_of
from tests.pages.test_every_page import _fresh_process, healthy, opened, query_of, said  # noqa: F401
from views.presets import PRESETS
from views.text import LANGUAGES

PROMISES = {  # what the page must say, in English and in Chinese
    "too_small": (
        ["converges from one side", r"\*\*This run\*\* is not there yet"],
        ["从一侧收敛", "本次运行..尚未到达"],
    ),
    "just_right": (
        ["converges from one side", r"\*\*This run\*\* gets there"],
        ["从一侧收敛", "本次运行..到达了最小值点附近"],
    ),
    "zig_zag": (
        [r"Steepest\*\* direction [^:]*: changes sides", r"Flattest\*\* direction [^:]*: comes closer and stays"],
        [r"最陡\*\*方向[^：]*：每步换侧", r"最平缓\*\*方向[^：]*：逐步靠近，不换侧"],
    ),
    "two_cycle": (
        [
            "never settles",
            "jumps between θ = 2.5 and θ = −2.5",
            r"\*\*This run\*\* jumps to and fro between two points",
        ],
        ["不收敛也不发散", "在 θ = 2.5 与 θ = −2.5 之间来回跳动", "本次运行..在两点之间来回跳动"],
    ),
    "diverges": (["α = 2.1: diverges", r"\*\*This run\*\* moves away"], ["α = 2.1：发散", "本次运行..越走越远"]),
    "vanishes": (
        ["the weights shrink", r"same gradient, −1.91 × 10⁻⁶", r"multiplies ∂L/∂w₁, in size, by \*\*0.5\*\*"],
        ["缩放器", "都是 −1.91 × 10⁻⁶", r"∂L/∂w₁ 的绝对值乘以 \*\*0.5\*\*"],
    ),
    "explodes": (
        [
            "the weights amplify",
            r"same gradient, 2.71 × 10¹⁷",
            r"in size, by \*\*2.25\*\*",
            r"float16\*\*: \*\*inf\*\*",
        ],
        ["放大器", "都是 2.71 × 10¹⁷", r"绝对值乘以 \*\*2.25\*\*", r"float16\*\*：打印 \*\*inf\*\*"],
    ),
    "float16_dies": (
        [r"float16\*\*: \*\*0\.0\*\*; fails first at depth 26", r"float32\*\*: −3 × 10⁻⁸"],
        [r"float16\*\*：打印 \*\*0\.0\*\*；从深度 26 起开始出错", r"float32\*\*：数值 −3 × 10⁻⁸"],
    ),
    "rescues": (
        [r"Without batch norm\*\*.*multiplied by \*\*2.30 × 10⁻¹²", r"With batch norm\*\*.*multiplied by \*\*1.5\*\*"],
        [r"无批归一化\*\*.*乘以 \*\*2.30 × 10⁻¹²", r"有批归一化\*\*.*乘以 \*\*1.5\*\*"],
    ),
    "cannot_rescue": (
        [r"With batch norm\*\*.*multiplied by \*\*21668\*\*", r"1.222\*\* per layer towards the input, whatever σ_w"],
        [r"有批归一化\*\*.*乘以 \*\*21668\*\*", r"就乘以 \*\*1.222\*\*，与 σ_w 无关"],
    ),
}
BY_LANGUAGE = [(page, language) for page in PRESETS for language in LANGUAGES]


def promised(app, name: str, language: str) -> list[str]:
    """The promises that the page does not keep."""
    shown = "\n".join(said(app))
    return [each for each in PROMISES[name][LANGUAGES.index(language)] if not re.search(each, shown)]


@pytest.mark.parametrize(("page", "language"), BY_LANGUAGE)
def test_a_preset_is_one_click_and_the_page_says_what_its_name_promises(page: str, language: str) -> None:
    app = opened(page, lang=language)
    names = list(PRESETS[page])
    for name in names:
        app.button(key=f"preset-{name}").click().run()
        healthy(app)
        assert promised(app, name, language) == []
        others = [other for other in names if other != name and not promised(app, other, language)]
        assert others == []  # what another preset promises is not said of this one
        assert {key: lab_of(app).current[key] for key in PRESETS[page][name].changes} == PRESETS[page][name].changes


def test_a_preset_leaves_nothing_in_the_link_but_what_it_names() -> None:
    for page, presets in PRESETS.items():
        app = opened(page, lang="en")
        for name, preset in presets.items():
            app.button(key=f"preset-{name}").click().run()
            assert query_of(app).keys() <= preset.changes.keys(), name
