"""My sessions and my availability in a real browser: nobody loses their place."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from tests import make

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

COVERED = """
() => {
  const cell = document.activeElement, at = cell.getBoundingClientRect();
  return [[0.1, 0.1], [0.9, 0.1], [0.5, 0.5], [0.1, 0.9], [0.9, 0.9]].filter(([x, y]) =>
    document.elementFromPoint(at.x + at.width * x, at.y + at.height * y) !== cell).length;
}
"""


@pytest.fixture
def cookie(live_server: LiveServer) -> dict[str, str]:
    bo, group = make.person("bo"), make.group()
    make.membership(bo, group)
    for days in range(1, 10):
        make.occurrence(group, starts_at=timezone.now() + timedelta(days=days))
    client = Client()
    client.force_login(bo)
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": live_server.url}


def opened(
    chromium: Browser, server: LiveServer, cookie: dict[str, str], path: str, **options: Any
) -> Page:
    phone = {"width": 360, "height": 640}
    context = chromium.new_context(base_url=server.url, viewport=phone, **options)
    context.add_cookies([cookie])
    page = context.new_page()
    page.goto(path, wait_until="networkidle")
    return page


def test_one_tap_says_im_coming_and_the_page_stays_where_it_was(
    cookie: dict[str, str], live_server: LiveServer, chromium: Browser
) -> None:
    page = opened(chromium, live_server, cookie, "/mine/")
    row = page.locator("li.row").nth(5)
    row.scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    row.get_by_role("button", name="I'm coming").click()
    expect(row.get_by_role("button", name="I'm coming", pressed=True)).to_be_focused()
    expect(row.get_by_text("You're coming on")).to_be_in_viewport()
    assert page.evaluate("scrollY") == before
    expect(page.locator(".toast")).to_have_count(1)


def test_without_javascript_the_page_opens_at_the_row_with_its_answer(
    cookie: dict[str, str], live_server: LiveServer, chromium: Browser
) -> None:
    page = opened(chromium, live_server, cookie, "/mine/", java_script_enabled=False)
    row = page.locator("li.row").nth(5)
    row.get_by_role("button", name="I'm coming").click()
    expect(row.get_by_text("You're coming on")).to_be_in_viewport()


def test_no_hour_that_has_the_focus_is_covered_by_the_tools(
    cookie: dict[str, str], live_server: LiveServer, chromium: Browser
) -> None:
    page = opened(chromium, live_server, cookie, "/mine/week/")
    page.locator('td[tabindex="0"]').focus()
    for key in ["ArrowDown"] * 15 + ["ArrowUp"] * 23:
        page.keyboard.press(key)
        assert page.evaluate(COVERED) == 0
