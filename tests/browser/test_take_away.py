"""Every figure can be taken away as CSV, SVG and PNG; the files are opened again."""

import urllib.request
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from playwright.sync_api import Page

from tests.browser.conftest import Opener
from tests.browser.test_look import PLACES
from tests.streamlit_client import Client
from views.text import load_text

EN = load_text("en")
SVG = "{http://www.w3.org/2000/svg}"
ELSEWHERE = ("href", "{http://www.w3.org/1999/xlink}href", "src")
ORDINARY = ("/depth?tab=map",)
UNTRAINED = "/depth?tab=train"
FIGURES = [*((place, 0) for place in PLACES if place != "/"), (UNTRAINED, 1)]  # the map of losses is the second there


def opened(page: Page, figure: int = 0) -> Page:
    """The page with what can be taken away of one of its figures."""
    page.get_by_role("button", name=EN("action.take_away"), exact=True).nth(figure).click()
    page.get_by_role("button", name=EN("action.data"), exact=True).wait_for()
    return page


def saved(page: Page, kind: str, folder: Path) -> Path:
    """The file that the button of this kind saves."""
    with page.expect_download() as download:
        page.get_by_role("button", name=EN(f"action.{kind}"), exact=True).first.click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def require_table(path: Path) -> None:
    table = pd.read_csv(path)
    assert path.suffix == ".csv"
    assert len(table) > 0
    numbers = table.select_dtypes("number")
    assert not numbers.empty
    assert np.isfinite(numbers.to_numpy(dtype=float)).any(axis=0).all()


def require_vector_picture(path: Path, dark: bool) -> tuple[int, int]:
    """An SVG that stands by itself, on its own ground; returns its size."""
    root = ET.parse(path).getroot()
    assert path.suffix == ".svg"
    assert root.tag == f"{SVG}svg"
    assert root[0].tag == f"{SVG}rect"
    ground = sum(int(part) for part in root[0].attrib["fill"].removeprefix("rgb(").removesuffix(")").split(",")) / 3
    assert (ground < 128) == dark
    words = [each for each in root.iter(f"{SVG}text") if each.text]
    assert len(words) > 5
    assert all("sans-serif" in each.attrib["font-family"] for each in words)
    assert not [each.attrib for each in root.iter() for name in ELSEWHERE if name in each.attrib]
    assert "url(http" not in path.read_text(encoding="utf-8")
    return round(float(root.attrib["width"])), round(float(root.attrib["height"]))


def require_painted_picture(path: Path, size: tuple[int, int]) -> None:
    """A PNG, twice as fine as the SVG, with the same ground and more than one colour."""
    picture = Image.open(path).convert("RGB")
    assert path.suffix == ".png"
    assert np.abs(np.subtract(picture.size, np.multiply(2, size))).max() <= 2
    colours = picture.getcolors(maxcolors=1 << 24)
    assert colours is not None
    assert len(colours) > 20


def test_the_numbers_stay_where_they_are_fetched_while_a_class_is_busy(visit: Opener, server: str) -> None:
    """Streamlit sweeps up what no session holds whenever somebody's run ends."""
    page = opened(visit("/learning_rate?tab=slope"))
    with page.expect_download() as download:
        page.get_by_role("button", name=EN("action.data"), exact=True).click()
    with Client(server.removeprefix("http://"), page="learning_rate", query="tab=slope") as another:
        another.open()
        for start in (1.0, 1.1, 1.2):
            another.change("learning_rate-start-", start)
    with urllib.request.urlopen(download.value.url, timeout=20) as answer:
        assert answer.status == 200


@pytest.mark.parametrize(
    ("place", "figure", "dark"),
    [
        pytest.param(place, figure, number % 2 == 1, marks=() if place in ORDINARY else pytest.mark.long)
        for number, (place, figure) in enumerate(FIGURES)
    ],
)
def test_a_figure_is_saved_as_numbers_and_as_pictures_that_open_again(
    visit: Opener, tmp_path: Path, place: str, figure: int, dark: bool
) -> None:
    page = opened(visit(place, dark=dark), figure)
    if (place, figure) != (UNTRAINED, 0):  # a table without rows yet: `test_train` looks at it
        require_table(saved(page, "data", tmp_path))
    size = require_vector_picture(saved(page, "svg", tmp_path), dark)
    require_painted_picture(saved(page, "png", tmp_path), size)


def test_a_saved_picture_is_drawn_where_there_is_neither_app_nor_network(visit: Opener, tmp_path: Path) -> None:
    page = opened(visit("/learning_rate"))
    path = saved(page, "svg", tmp_path)
    shown = page.context.browser.new_page()
    shown.context.set_offline(True)
    shown.goto(path.as_uri())
    seen = Image.open(_shot(shown, tmp_path / "seen.png")).convert("RGB")
    painted = Image.open(saved(page, "png", tmp_path)).convert("RGB").resize(seen.size)
    shown.close()
    apart = np.abs(np.asarray(seen, float) - np.asarray(painted, float)).mean()
    assert apart < 8  # of 255: the font of the words may differ


def _shot(page: Page, path: Path) -> Path:
    page.locator("svg").first.screenshot(path=path)
    return path
