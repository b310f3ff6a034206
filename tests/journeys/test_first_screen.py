"""The first screen of a phone holds each page's main action, at 360 × 740, without scrolling."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest
from playwright.sync_api import expect

from tests.journeys.browsers import sign_in
from tests.support.chromium import a_browser

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.support import server_process

pytestmark = pytest.mark.browser

PHONE: Final = {"width": 360, "height": 740}
ABOVE_THE_TABS: Final = """
(it) => {
  const { left, top, width, height } = it.getBoundingClientRect();
  return it.contains(document.elementFromPoint(left + width / 2, top + height / 2));
}
"""

# Who looks, at which address, and the role and name of what they came for.
MAIN_ACTIONS: Final = (
    ("", "/", "link", r"^(Join now|See the group)"),
    ("", "{group}", "link", r"^(Join now|Join|Ask to join)$"),
    ("", "{group}join/", "textbox", "What should we call you here?"),
    ("", "/sign-in/", "button", "^Sign in$"),
    ("", "/sign-up/", "button", "Make my account"),
    ("", "/help/", "link", "Call (112|911)"),
    ("", "/nothing-here/", "link", "See all meetings"),
    ("bo", "/mine/", "link|button", r"^(Join|Join now|I'm coming)$"),
    ("bo", "/groups/", "link", "First Light"),
    ("bo", "/inbox/", "link", "See the session"),
    ("bo", "/account/", "link", "Notifications"),
    ("bo", "/notifications/", "link|checkbox|switch", "E-mail|Add an address"),
    ("bo", "/mine/calendar/", "button", "Get a link"),
    ("bo", "/mine/week/", "button", "Save my week"),
    ("bo", "/zone/", "button", "Save|Use|Show|Set"),
    ("amina", "/facilitating/", "link", "Open the room|Go to the room|Read and answer|Find cover"),
    ("amina", "{group}manage/", "link", "Invite people"),
    ("amina", "{group}manage/best-time/", "link", "Ask the rest"),
    ("amina", "{group}manage/add/", "button", "Add this session"),
    ("amina", "/groups/new/", "textbox", "Name of the group"),
    ("daria", "/organisations/", "link", "Sessions without a facilitator"),
    ("daria", "/operator/", "heading", "Message delivery"),
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with a_browser("--no-sandbox") as made:
        yield made


@pytest.fixture(scope="module")
def pages(browser: Browser, demo: server_process.Server) -> dict[str, Page]:
    """Return a page for each person, on which they are signed in."""
    return {who: _page_of(browser, demo, who) for who in ("", "bo", "amina", "daria")}


def _page_of(browser: Browser, demo: server_process.Server, username: str) -> Page:
    context = browser.new_context(base_url=demo.url, viewport=PHONE, timezone_id="UTC")
    page = context.new_page()
    if username:
        sign_in(page, demo.url, username)
    return page


@pytest.mark.parametrize(("who", "address", "roles", "name"), MAIN_ACTIONS)
def test_the_main_action_is_in_the_first_screen(
    pages: dict[str, Page], who: str, address: str, roles: str, name: str
) -> None:
    page = pages[who]
    page.goto("/?language=")
    group = page.get_by_role("link", name="First Light").first.get_attribute("href") or ""
    page.goto(address.format(group=group))
    wanted = [
        page.get_by_role(role, name=re.compile(name))  # type: ignore[arg-type]  # one of Playwright's roles
        for role in roles.split("|")
    ]
    action = wanted[0]
    for other in wanted[1:]:
        action = action.or_(other)
    expect(action.first).to_be_visible()
    assert page.evaluate("scrollY") == 0
    seen = [one for one in action.all() if one.is_visible() and one.evaluate(ABOVE_THE_TABS)]
    assert seen, page.url
