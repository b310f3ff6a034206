"""A real browser, for whoever asks."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def require_chromium() -> str:
    """Return the machine's Chromium; skip without it, and fail where it must be there."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program:
        return program
    if os.environ.get("CI"):
        pytest.fail("CI needs chromium")
    pytest.skip("no chromium on this machine")


@pytest.fixture
def chromium() -> Iterator[Browser]:
    """Start the machine's Chromium; CI insists on it.

    Ask for it last: while it runs, this thread may not touch the database.
    """
    program = require_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield browser
        browser.close()
