"""A table of one's own in the browser: upload it, move over the loss, edit a cell, take it to another lesson."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener, settled
from tests.views.test_csv_table import HOSTILE
from views.text import load_text

EN = load_text("en")
INPUT = "[data-testid=stFileUploaderDropzoneInput]"
GOOD = b"speed,weight,price\n" + b"".join(b"%d,%d,%d\n" % (t, t * t % 7, 3 * t + t % 3) for t in range(30))


def upload(page: Page, data: bytes, name: str = "table.csv") -> None:
    page.locator(INPUT).set_input_files({"name": name, "mimeType": "text/csv", "buffer": data})
    page.get_by_text(name).first.wait_for()


def changed(page: Page, act: Callable[[], object]) -> None:
    """Do something that changes the address, and wait until it is drawn."""
    before = page.url
    act()
    page.wait_for_function("was => location.href !== was", arg=before)
    settled(page)


def said_above(page: Page) -> str:
    return str(page.locator("svg.marks .role-title-text").first.text_content())


def test_an_uploaded_table_is_drawn_with_its_own_names_and_a_bad_one_leaves_it(visit: Opener) -> None:
    page = visit("/learning_rate?tab=data")
    changed(page, lambda: upload(page, GOOD))
    picture = page.locator("svg.marks")
    expect(picture).to_contain_text("speed")
    expect(picture).to_contain_text("price")
    link = page.url
    upload(page, b"\x89PNG\r\n\x1a\n\0", "photo.png")
    expect(page.get_by_text(EN("csv.binary"))).to_be_visible()
    expect(picture).to_contain_text("speed")
    assert page.url == link


def test_a_file_of_more_than_a_megabyte_is_refused_before_it_is_read(visit: Opener) -> None:
    page = visit("/learning_rate?tab=data")
    link = page.url
    upload(page, b"a,b\n" + b"1,2\n" * 300_000, "big.csv")
    expect(page.locator("[data-testid=stFileUploader]")).to_contain_text(re.compile("1.0 ?MB or smaller"))
    assert page.url == link


def test_hostile_names_are_shown_and_do_nothing(visit: Opener) -> None:
    page = visit("/learning_rate?tab=data")
    for place in range(0, len(HOSTILE) - 2, 9):
        names = [*HOSTILE[place : place + 2], "last"]
        cells = ",".join('"' + name.replace('"', '""') + '"' for name in names)
        changed(page, lambda cells=cells: upload(page, f"{cells}\n1,2,3\n2,x,5\n4,1,1\n3,5,4\n".encode()))
        main = page.locator(".stMainBlockContainer")
        assert main.locator("script:not(.st-key-script *), iframe, a[href*='b.c'], .katex-error, p b").count() == 0
        assert page.locator("svg.marks text").count() > 10


def test_a_name_that_is_an_expression_a_formula_or_a_link_is_a_name_in_the_picture(visit: Opener) -> None:
    page = visit("/learning_rate?tab=data")
    names = ["'+alert(1)+'", "$\\href{javascript:alert(1)}{x}$", "datum['price'] + ${alert(1)}"]
    cells = ",".join(names)
    changed(page, lambda: upload(page, f"{cells}\n1,2,3\n2,7,5\n4,1,1\n3,5,4\n".encode(), "<b>$x$:red[y].csv"))
    picture = page.locator("svg.marks")
    for name in names:
        expect(picture).to_contain_text(name[:15])
    main = page.locator(".stMainBlockContainer")
    assert (
        main.locator(
            "[href^='javascript'], [data-testid=stFileUploader] b, [data-testid=stFileUploader] .katex"
        ).count()
        == 0
    )
    expect(page.locator("[data-testid=stFileUploader]")).to_contain_text("<b>$x$:red[y].csv")


def test_moving_over_the_loss_shows_the_line_of_that_step_without_the_server(visit: Opener) -> None:
    page = visit("/learning_rate?tab=data")
    last = said_above(page)
    sent = len(page.frames_sent)
    band = page.locator("svg.marks .loss_group path.background").first.bounding_box()
    page.mouse.move(band["x"] + 0.5 * band["width"], band["y"] + 20)
    page.mouse.move(band["x"] + 0.35 * band["width"], band["y"] + 20)
    expect(page.locator("svg.marks")).not_to_contain_text(last)
    assert said_above(page).startswith("Step 10:")
    assert len(page.frames_sent) == sent
    page.mouse.move(5, 400)
    expect(page.locator("svg.marks")).to_contain_text(last)


def test_a_cell_that_is_edited_changes_the_picture_and_can_be_taken_back(visit: Opener) -> None:
    page = visit("/learning_rate?tab=data", height=1600)
    changed(page, lambda: upload(page, GOOD))
    first = page.url
    page.get_by_text(EN("fit.edit"), exact=True).click()
    grid = page.locator("[data-testid=stDataFrame]")
    grid.wait_for()
    settled(page)

    def type_into_a_cell(number: str) -> None:
        box = grid.bounding_box()
        page.mouse.dblclick(box["x"] + 120, box["y"] + 52)
        page.locator("#portal input, #portal textarea").first.wait_for()
        page.keyboard.press("Control+a")
        page.keyboard.type(number, delay=80)  # the grid takes what it has drawn: Enter must not outrun it
        page.wait_for_timeout(400)
        page.keyboard.press("Enter")

    changed(page, lambda: type_into_a_cell("55"))
    second = page.url
    changed(page, lambda: type_into_a_cell("66"))
    assert len({first, second, page.url}) == 3
    undo = page.get_by_role("button", name=EN("action.undo"))
    changed(page, undo.click)
    assert page.url == second
    changed(page, undo.click)
    assert page.url == first


def test_the_loss_is_taken_to_other_lessons_whose_tabs_open(visit: Opener) -> None:
    page = visit("/learning_rate?tab=data", height=1600)
    changed(page, lambda: upload(page, GOOD))
    for name, tab in (("to_size", "size"), ("to_shrink", "shrink"), ("to_bowl", "bowl")):
        changed(page, page.get_by_role("button", name=EN(f"action.{name}"), exact=True).click)
        expect(page.get_by_role("tab", selected=True)).to_have_text(EN(f"tab.{tab}"))
        expect(page.get_by_role("tabpanel")).to_contain_text("speed" if tab != "shrink" else "N = 30")
        changed(page, page.get_by_role("tab", name=EN("tab.data")).click)


def test_a_link_made_with_a_file_of_somebody_else_says_so(visit: Opener) -> None:
    page = visit("/learning_rate?tab=data&table=0123456789abcdef&target=2")
    expect(page.get_by_text(EN("note.stranger"))).to_be_visible()
    assert "table" not in page.url
