"""One server for all browser tests, and pages that tell when something went wrong."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.streamlit_client import ROOT, serve

# Streamlit looks for its server below the page's own path first; the browser logs the two misses.
LOOKS_AROUND = re.compile(r"/(learning_rate|depth|teach)/_stcore/(health|host-config)$")
# Whoever uses two fragments in the same moment gets both run, and this warning beside.
TWO_AT_ONCE = "Unexpected state: Multiple different fragmentIds detected"

SAME_PICTURE_AGAIN = """() => {
    const picture = document.querySelector('svg.marks, canvas.marks'), again = picture === window.lastPicture;
    window.lastPicture = picture;
    return picture !== null && again;
}"""

Opener = Callable[..., Page]
Pages = defaultdict[tuple[str, str], list[Page]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    with serve(ROOT / "app.py") as address:
        yield f"http://{address}"


@pytest.fixture(scope="session")
def empty_pages() -> Pages:
    """Pages by server and locale that earlier tests have left: a new window costs more than what it shows."""
    return defaultdict(list)


def leave(page: Page, empty: list[Page]) -> None:
    """Forget the visit, so that the next one finds an empty page in an empty window."""
    if page.is_closed():
        page.context.close()
        return
    page.evaluate("localStorage.clear(), sessionStorage.clear()")
    page.goto("about:blank")
    page.context.clear_cookies()
    page.mouse.move(0, 0)
    empty.append(page)


@pytest.fixture
def visit(server: str, chromium: Browser, empty_pages: Pages) -> Iterator[Opener]:
    """Open a page in a session of its own; at the end of the test nothing may have gone wrong on it."""
    complaints: list[str] = []
    visited: list[tuple[Page, list[Page]]] = []
    heard: list[tuple[Page, str, Callable]] = []

    def opener(
        path: str, *, width: int = 1280, height: int = 720, dark: bool = False, locale: str = "en-US", at: str = server
    ) -> Page:
        empty = empty_pages[at, locale]
        page = empty.pop() if empty else chromium.new_context(locale=locale).new_page()
        visited.append((page, empty))
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme="dark" if dark else "light", reduced_motion="null")
        page.set_default_timeout(40_000)  # a busy machine draws the first picture of a fresh server slowly
        page.frames_sent = []

        def listen(message) -> None:
            looked_around = "404" in message.text and LOOKS_AROUND.search(message.location.get("url", ""))
            known = looked_around or message.text.startswith(TWO_AT_ONCE)
            if message.type in ("error", "warning") and not known:
                complaints.append(f"{path}: {message.text[:900]}")

        def watch(request) -> None:
            if not request.url.startswith((at, at.replace("http", "ws"), "data:", "blob:")):
                complaints.append(f"{path} asks elsewhere: {request.url}")

        def refuse(dialog) -> None:
            complaints.append(f"{path} asks: {dialog.message}")
            dialog.dismiss()

        listeners = {
            "websocket": lambda socket: socket.on("framesent", lambda frame: page.frames_sent.append(frame)),
            "console": listen,
            "pageerror": lambda error: complaints.append(f"{path}: {error}"),
            "request": watch,
            "dialog": refuse,
        }
        for event, listener in listeners.items():
            page.on(event, listener)
            heard.append((page, event, listener))
        page.goto(at + path)
        settled(page)
        return page

    yield opener
    for page, event, listener in heard:
        page.remove_listener(event, listener)
    for page, empty in visited:
        leave(page, empty)
    assert complaints == []


def settled(page: Page) -> None:
    """Wait until the script has run and every chart is drawn."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    page.locator("svg.marks, canvas.marks").first.wait_for()
    page.locator("[data-testid=stException]").wait_for(state="detached")
    # Streamlit builds a picture anew when it learns the width of its element: wait until it is the same twice
    page.wait_for_function(SAME_PICTURE_AGAIN, polling=200)


def headline(page: Page) -> str:
    """What the linked view says of the run that it shows: the first line."""
    return str(page.locator("svg.marks .role-title-text tspan").first.text_content())
