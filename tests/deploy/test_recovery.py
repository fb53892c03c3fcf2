"""A real browser whose server dies."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.browser.conftest import headline, settled
from tests.load.replicas import SECRET, Replicas
from tests.streamlit_client import ROOT, Server
from views.text import load_text

LAB = "/learning_rate?alpha=1.7&steps=12"
NEXT = "**alpha=1.75**"
WITHIN = 30_000  # ms: Streamlit's page asks at once, then after longer and longer pauses


@pytest.fixture
def single() -> Iterator[Server]:
    server = Server(ROOT / "app.py", environment=SECRET).start()
    yield server
    server.stop()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 720}, locale="en-US")
    context.set_default_timeout(40_000)
    yield context.new_page()
    context.close()


def move(page: Page) -> None:
    """Move the slider of α by one step of its keyboard."""
    slider = page.locator(".st-key-learning_rate-alpha- input").first
    slider.focus()
    slider.press("ArrowRight")


def runs_that_finish(page: Page) -> list[str]:
    """A list that grows by one whenever the server has finished a run, from the page's next connection on."""
    seen: list[str] = []

    def note(frame: str | bytes) -> None:
        if isinstance(frame, bytes) and ForwardMsg.FromString(frame).WhichOneof("type") == "script_finished":
            seen.append("finished")

    page.on("websocket", lambda socket: socket.on("framereceived", note))
    return seen


def wait_for_a_run(page: Page, seen: list[str]) -> None:
    for _ in range(WITHIN // 100):
        if seen:
            return settled(page)
        page.wait_for_timeout(100)
    raise AssertionError("the page does not ask its new server for a run")


def test_a_page_whose_server_is_killed_and_restarted_goes_on_from_the_same_picture(single: Server, page: Page) -> None:
    page.goto(f"http://{single.address}{LAB}")
    settled(page)
    picture = headline(page)
    seen = runs_that_finish(page)
    single.kill()
    single.start()
    wait_for_a_run(page, seen)
    assert headline(page) == picture
    expect(page.get_by_role("status").filter(has_text=load_text("en")("note.restarted"))).to_be_visible()
    move(page)
    page.wait_for_url(NEXT)
    assert "steps=12" in page.url


def test_a_page_whose_process_is_killed_goes_on_with_the_other_one(replicas: Replicas, page: Page) -> None:
    for _ in range(50):  # others who were here before are counted out
        if not sum(replicas.sessions):
            break
        page.wait_for_timeout(100)
    page.goto(f"http://{replicas.address}{LAB}")
    settled(page)
    picture = headline(page)
    seen = runs_that_finish(page)
    (place,) = (place for place, count in enumerate(replicas.sessions) if count)
    killed = replicas.servers[place]
    killed.kill()
    try:
        wait_for_a_run(page, seen)
        assert headline(page) == picture
        move(page)
        page.wait_for_url(NEXT)
        assert "steps=12" in page.url
    finally:
        killed.start()
