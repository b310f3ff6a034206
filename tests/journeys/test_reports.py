"""A report is opened and answered on a phone, in the dark, with and without JavaScript."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.journeys.browsers import sign_in
from tests.support.seeded_data import a_demo

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.support import server_process

pytestmark = pytest.mark.browser

PHONE: Final = {"width": 360, "height": 740}
TOO_WIDE: Final = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
TURN: Final = "document.documentElement.dir = 'rtl'"


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[server_process.Server]:
    """Serve a world of its own to each test, which changes it."""
    with a_demo(tmp_path) as server:
        yield server


def _fits(page: Page) -> bool:
    fits_here = page.evaluate(TOO_WIDE) <= 0
    page.evaluate(TURN)
    return fits_here and page.evaluate(TOO_WIDE) <= 0


def test_a_report_is_found_on_the_desk_opened_and_answered_without_javascript(
    demo: server_process.Server, chromium: Browser
) -> None:
    context = chromium.new_context(viewport=PHONE, color_scheme="dark", java_script_enabled=False)
    page = context.new_page()
    sign_in(page, demo.url, "amina")
    page.goto(f"{demo.url}/facilitating/")
    page.get_by_role("link", name="Read and answer").first.click()
    page.get_by_role("link", name="Read").first.click()
    page.get_by_role("button", name="Open it").click()
    assert "write to him privately" in page.get_by_role("main").inner_text()
    page.get_by_label("Somebody has spoken with the person").check()
    page.get_by_role("button", name="Decide").click()
    assert page.url == f"{demo.url}/reports/"
    assert "Nothing to decide now" in page.get_by_role("main").inner_text()
    context.close()


def test_every_page_of_a_report_fits_a_phone_in_the_dark_in_both_directions(
    demo: server_process.Server, chromium: Browser
) -> None:
    context = chromium.new_context(viewport=PHONE, color_scheme="dark")
    page = context.new_page()
    sign_in(page, demo.url, "amina")
    page.goto(f"{demo.url}/reports/")
    assert _fits(page)
    page.get_by_role("link", name="Read").first.click()
    assert _fits(page)
    page.get_by_role("button", name="Open it").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="An opened report").wait_for()
    assert _fits(page)
    context.close()
