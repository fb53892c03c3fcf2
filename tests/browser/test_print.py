"""On paper: the worksheet, the summary and a lab, whole, black on white, without what can only be pressed."""

import io
import unicodedata
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.browser.conftest import Opener, appears, settled
from tests.browser.test_guide import SLOW
from views.lesson_file import load_lesson
from views.text import Text, load_text

RADICALS = str.maketrans("⻅⻆⻋⻓⻔⻘⻚⻛⻜⻝⻢⻩", "见角车长门青页风飞食马黄")


def squeezed(words: str) -> str:
    """Without spaces; a PDF may write a Chinese character as the radical that looks the same."""
    return "".join(unicodedata.normalize("NFKC", words.replace("**", "")).translate(RADICALS).split())


def printed(page: Page, folder: Path) -> list[str]:
    """The text of every page of paper, without spaces."""
    page.wait_for_function("window.printsPages")  # the last part of the page's frame
    page.locator("[data-testid=stSkeleton]").first.wait_for(state="detached")
    page.pdf(path=folder / "paper.pdf", format="A4")
    return [squeezed(sheet.extract_text()) for sheet in PdfReader(folder / "paper.pdf").pages]


def only_content(sheets: list[str], text: Text) -> None:
    for word in ("page.teach", "action.share", "guide.leave", "guide.print", "guide.save_sheet", "action.data"):
        assert not any(squeezed(text(word)) in sheet for sheet in sheets), word


def is_black_on_white(page: Page) -> None:
    page.emulate_media(media="print")
    shot = Image.open(io.BytesIO(page.screenshot())).convert("L")
    page.emulate_media(media="null")
    counts = shot.histogram()
    assert sum(counts[250:]) > 0.8 * sum(counts)
    assert sum(counts[:40]) > 0


@pytest.mark.parametrize(
    ("key", "language", "dark"),
    [("step_size", "en", True), pytest.param("deep_gradients", "zh", False, marks=pytest.mark.long)],
)
def test_the_worksheet_on_paper(visit: Opener, tmp_path: Path, key: str, language: str, dark: bool) -> None:
    lesson, text = load_lesson(key, language), load_text(language)
    page = visit(f"/{lesson.heading.page}?lang={language}&lesson={key}&sheet=solutions", dark=dark, drawn=False)
    expect(page.locator(".st-key-solutions")).to_contain_text(lesson.steps[-1].explanation.split("**")[0], timeout=SLOW)
    sheets = printed(page, tmp_path)
    first = next(i for i, sheet in enumerate(sheets) if squeezed(text("guide.sheet_solutions", title="")) in sheet)
    assert 1 < first < len(sheets) - 1
    assert sheets[first].startswith(squeezed(text("guide.sheet_solutions", title=lesson.heading.title)))
    for turn, step in enumerate(lesson.steps, 1):
        whole = [squeezed(f"{turn}. {step.question}"), *(squeezed(f"☐ {words}") for words in step.options.values())]
        assert [all(part in sheet for part in whole) for sheet in sheets[:first]].count(True) == 1
        assert not any(squeezed(step.explanation) in sheet for sheet in sheets[:first])
        assert sum(squeezed(step.explanation) in sheet for sheet in sheets[first:]) == 1
    only_content(sheets, text)
    is_black_on_white(page)


def test_the_print_button_opens_the_dialog_once(visit: Opener) -> None:
    page, text = visit("/learning_rate?lesson=step_size&sheet=questions", drawn=False), load_text("en")
    page.evaluate("() => { window.asked = 0; window.print = () => { window.asked += 1; }; }")
    page.get_by_role("button", name=text("guide.print"), exact=True).click()
    expect(page.locator(".st-key-sheet")).to_be_visible()
    assert page.evaluate("window.asked") == 1


def test_the_summary_on_paper(visit: Opener, tmp_path: Path) -> None:
    lesson, text = load_lesson("step_size", "en"), load_text("en")
    page = visit("/learning_rate?lesson=step_size&step=3", width=390, height=844, dark=True, drawn=False)
    page.get_by_text(lesson.steps[2].options["cycles"], exact=True).click()
    page.get_by_role("button", name=text("guide.commit")).click()
    settled(page)
    for turn in range(4, len(lesson.steps) + 2):
        page.get_by_role("button", name=text("guide.next"), exact=True).click()
        said = text("guide.step", step=turn, steps=len(lesson.steps)) if turn < lesson.end else text("guide.summary")
        appears(page, ".st-key-guide-bar", said)
        expect(page.locator(".st-key-guide-bar")).to_contain_text(said, timeout=SLOW)
    expect(page.locator(".st-key-guide")).to_contain_text(text("guide.missing", missing=8), timeout=SLOW)
    sheets = printed(page, tmp_path)
    assert len(sheets) == 1
    assert squeezed(lesson.steps[2].question) in sheets[0]
    assert squeezed(text("guide.was_wrong", predicted="", answer="")[:14]) in sheets[0]
    only_content(sheets, text)
    is_black_on_white(page)


@pytest.mark.parametrize("dark", [False, pytest.param(True, marks=pytest.mark.long)])
def test_a_lab_on_paper_is_its_figure_and_what_is_said_of_it(visit: Opener, tmp_path: Path, dark: bool) -> None:
    page, text = visit("/learning_rate?alpha=1.5", dark=dark), load_text("en")
    words = page.locator("[class*=st-key-words-] .stMarkdown").last.inner_text()
    sheets = printed(page, tmp_path)
    assert len(sheets) <= 2
    assert squeezed(words) in "".join(sheets)
    assert dark or "step30:J−J*" in "".join(sheets)  # the first lines of the figure; turned round it has no letters
    assert squeezed(text("setting.steps")) not in "".join(sheets)
    only_content(sheets, text)
    is_black_on_white(page)
