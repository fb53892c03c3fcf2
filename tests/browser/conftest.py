"""Pages that tell when something went wrong, and waits that notice at once what they wait for."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from playwright.sync_api import Browser, Page, TimeoutError, expect

# Streamlit looks for its server below the page's own path first; the browser logs the two misses.
LOOKS_AROUND = re.compile(r"/(learning_rate|depth|teach)/_stcore/(health|host-config)$")
# Whoever uses two fragments in the same moment gets both run, and this warning beside.
TWO_AT_ONCE = "Unexpected state: Multiple different fragmentIds detected"

# What a page still lacks before it is at rest; "" when it lacks nothing. Streamlit builds a picture anew when it learns
# the width of its element: it must have stayed the same for a moment.
LACKS = """steady => {
    const seen = each => each && each.checkVisibility({visibilityProperty: true}) && each.getBoundingClientRect().width;
    const lacks = () => {
        const app = document.querySelector('[data-testid=stApp]'), state = app?.dataset.testScriptState;
        if (state !== 'notRunning') return `a script that has run; its state is ${state}`;
        if (document.querySelector('[data-testid=stException]')) return 'freedom from exceptions';
        if (steady === null) return '';
        const picture = document.querySelector('svg.marks, canvas.marks');
        if (!seen(picture)) return 'a picture that is seen';
        if (picture !== window.lastPicture) { window.lastPicture = picture; window.since = performance.now(); }
        return performance.now() - window.since < steady ? 'a picture that stays' : '';
    };
    return lacks();
}"""
APPEARS = """([place, words]) => [...document.querySelectorAll(place)].some(each =>
    each.checkVisibility({visibilityProperty: true}) && each.textContent.replace(/\\s+/g, ' ').includes(words))"""
STEADY = 200  # ms that a picture must stay
POLL = 40  # ms between two looks; Playwright's own waits look every half second after a while

LONGEST = ("test_half_a_minute", "test_ten_minutes", "test_a_lesson_by_keyboard_alone", "test_a_training_is_started")

expect.set_options(timeout=20_000)  # ms, on a busy machine; what is there already is seen at once

Opener = Callable[..., Page]
Pages = defaultdict[tuple[str, str], list[Page]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a browser, and begin with the longest: no worker may start one when the others are done."""
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)
    items.sort(key=lambda item: not item.name.startswith(LONGEST))


@pytest.fixture(scope="session")
def server(server: str) -> str:
    return f"http://{server}"


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
        path: str,
        *,
        width: int = 1280,
        height: int = 720,
        dark: bool = False,
        locale: str = "en-US",
        at: str = server,
        drawn: bool = True,
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
        settled(page, drawn=drawn)
        return page

    yield opener
    for page, event, listener in heard:
        page.remove_listener(event, listener)
    for page, empty in visited:
        leave(page, empty)
    assert complaints == []


def settled(page: Page, *, drawn: bool = True) -> None:
    """Wait until the script has run and every chart is drawn, on a page that has one."""
    steady = STEADY if drawn else None
    try:
        page.wait_for_function(f"steady => ({LACKS})(steady) === ''", arg=steady, polling=POLL)
    except TimeoutError:
        raise AssertionError(f"{page.url} lacks {page.evaluate(LACKS, steady)}") from None


def appears(page: Page, place: str, words: str = "") -> None:
    """Wait until something is seen at this place and reads these words; says nothing if it never does: assert it."""
    with suppress(TimeoutError):
        page.wait_for_function(APPEARS, arg=[place, " ".join(words.split())], polling=POLL)


def headline(page: Page) -> str:
    """What the linked view says of the run that it shows: the first line."""
    return str(page.locator("svg.marks .role-title-text tspan").first.text_content())
