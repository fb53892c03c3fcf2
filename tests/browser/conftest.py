"""One server and one Chromium for all browser tests; every visit is watched from its first request to its last."""

import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.browser.visitor import Visitor
from tests.streamlit_client import ROOT, serve

SYSTEM_CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 15_000  # ms: for one expectation, on a machine that has other work

Visit = Callable[..., Visitor]


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of the running app."""
    with serve(ROOT / "app.py") as address:
        yield address


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium, or else Playwright's own."""
    found = next(filter(None, map(shutil.which, SYSTEM_CHROMIUMS)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=OPTIONS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def profiles(chromium: Browser) -> Iterator[Callable[[str, str], BrowserContext]]:
    """Browser profiles by language and colour scheme: each loads Streamlit's own files once."""
    made: dict[tuple[str, str], BrowserContext] = {}

    def profile(locale: str, scheme: str) -> BrowserContext:
        if (locale, scheme) not in made:
            made[locale, scheme] = chromium.new_context(locale=locale, color_scheme=scheme)  # type: ignore[arg-type]
            made[locale, scheme].set_default_timeout(PATIENCE)
        return made[locale, scheme]

    yield profile
    for context in made.values():
        context.close()


@pytest.fixture
def visit(request: pytest.FixtureRequest, profiles: Callable[[str, str], BrowserContext]) -> Iterator[Visit]:
    """Open a path of the app in a page of its own; afterwards nobody may have complained."""
    visitors: list[Visitor] = []

    def open_page(
        path: str,
        *,
        locale: str = "en-US",
        scheme: str = "light",
        width: int = 1280,
        height: int = 720,
        address: str | None = None,
    ) -> Visitor:
        page = profiles(locale, scheme).new_page()
        page.set_viewport_size({"width": width, "height": height})
        visitors.append(Visitor(page, address or request.getfixturevalue("server")))
        visitors[-1].open(path)
        return visitors[-1]

    yield open_page
    for visitor in visitors:
        visitor.page.close()
    assert not [complaint for visitor in visitors for complaint in visitor.complaints]
