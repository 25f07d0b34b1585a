"""A server and a browser for the tests."""

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from miniml._playground.core.creation import session_from_config
from miniml._playground.core.session import Session

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@contextmanager
def served(session: Session | None = None) -> Iterator[str]:
    """Run a server in a thread, and yield its address."""
    from miniml._playground.shell.server import opened

    with opened(session or session_from_config()) as (address, server, listening):
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield address
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Return the address of a playground with the default model and data."""
    with served() as found:
        yield found


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """Debian's Chromium, without a window."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        path = None
    if path is None:
        reason = "no Chromium, or no Playwright to drive it: apt-get install chromium"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=path,
            args=["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: "Browser", address: str) -> Iterator["Page"]:
    """A new page of the default playground; errors of its script fail the test."""
    with fresh(browser, address) as found:
        yield found


@contextmanager
def fresh(browser: "Browser", address: str, **options: object) -> Iterator["Page"]:
    """Open a page in a new browser context, and fail on errors of its script."""
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})  # type: ignore[arg-type]  # passed through
    found = context.new_page()
    found.set_default_timeout(8000)
    errors: list[str] = []
    found.on("pageerror", lambda error: errors.append(str(error)))
    found.goto(address)
    found.wait_for_selector(".ml-knob, .ml-matrix")
    yield found
    context.close()
    assert not errors
