"""A real browser, for whoever asks."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import sync_playwright

from tests.support.server_process import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page, Route

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Two connections of one page may meet on this machine, by its real addresses.
LOOPBACK_CALLS = [
    "--allow-loopback-in-peer-connection",
    "--disable-features=WebRtcHideLocalIpsWithMdns",
]


def require_chromium() -> str:
    """Return the machine's Chromium; skip without it, and fail where it must be there."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program:
        return program
    if os.environ.get("CI"):
        pytest.fail("CI needs chromium")
    pytest.skip("no chromium on this machine")


@contextmanager
def a_browser(*arguments: str) -> Iterator[Browser]:
    """Start the machine's Chromium with these arguments; CI insists on it."""
    program = require_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(arguments))
        yield browser
        browser.close()


@pytest.fixture
def chromium() -> Iterator[Browser]:
    """Start the machine's Chromium; CI insists on it.

    Ask for it last: while it runs, this thread may not touch the database.
    """
    with a_browser(*QUIET) as browser:
        yield browser


@pytest.fixture(scope="module")
def module_page() -> Iterator[Page]:
    """Return a blank page that imports the product's ES modules from disk: no server, no database.

    The tests of a file share it, so none may leave anything in ``window``.
    """
    with a_browser(*QUIET, *LOOPBACK_CALLS) as browser:
        page = browser.new_page()
        page.route("**", lambda route: route.fulfill(body="", content_type="text/html"))
        page.route("**/static/**", _from_disk)
        page.goto("http://127.0.0.1:9/")  # any address of this machine counts as secure
        yield page


def _from_disk(route: Route) -> None:
    path = ROOT / urlsplit(route.request.url).path.lstrip("/")
    route.fulfill(path=path, content_type="text/javascript")
