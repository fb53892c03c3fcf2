"""What a process of tests starts only once: its Chromium; and one server of the app for all of them."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.chromium import launched
from tests.streamlit_client import ROOT, Server, wait_until_healthy

SHARED: pytest.StashKey[Server] = pytest.StashKey()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launched(playwright)
        yield browser
        browser.close()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Of the process that hands the tests out: give its workers one server, whose first pictures are computed once."""
    stash = node.config.stash
    if SHARED not in stash:
        stash[SHARED] = Server(ROOT / "app.py").launch()
    node.workerinput["server"] = stash[SHARED].address


def pytest_unconfigure(config: pytest.Config) -> None:
    if SHARED in config.stash:
        config.stash[SHARED].stop()


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest) -> Iterator[str]:
    """A server of the app that is there as long as the tests; its address without a scheme."""
    shared = getattr(request.config, "workerinput", {}).get("server")
    if shared is not None:
        wait_until_healthy(shared, None)
        yield shared
        return
    own = Server(ROOT / "app.py").start()
    yield own.address
    own.stop()
