"""Every page that a person can reach by following links, in a real browser, in the demo's world."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import pytest
from django.urls import resolve

from tests.journeys.browsers import sign_in
from tests.support.accessibility import violations

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Request

    from tests.support import server_process

pytestmark = pytest.mark.browser

KIB: Final = 1024
FILES: Final = {"feed", "session_file", "letter"}
# A room brings its modules with it; every other page is light enough for a line that hardly holds.
HEAVIEST: Final = {"room": 80 * KIB, "join_session": 80 * KIB}
OTHERWISE: Final = 60 * KIB
REVEALING: Final = re.compile(r"recover|sober|addict|opioid|clinic|treat|naloxone", re.IGNORECASE)
IDLE: Final = "() => new Promise((resolve) => requestIdleCallback(() => resolve()))"
ZONE_IS_KNOWN: Final = "html:not([data-behaviour~=zone])"
# What crosses the line; the body as sent, compressed where it is.
WEIGHT: Final = """() => [...performance.getEntriesByType("navigation"),
  ...performance.getEntriesByType("resource")].reduce((sum, it) => sum + it.encodedBodySize, 0)"""
LINKS: Final = "() => [...document.querySelectorAll('a[href]')].map(a => a.href)"
TOO_WIDE: Final = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@dataclass
class Walk:
    """What one person met on the way."""

    seen: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)


@pytest.mark.parametrize("username", ["", "bo", "amina", "daria"])
def test_every_page_can_be_used_by_anyone_is_light_and_asks_nobody_else(
    demo: server_process.Server, chromium: Browser, username: str
) -> None:
    phone = {"width": 360, "height": 740}
    context = chromium.new_context(
        viewport=phone, timezone_id="Asia/Tehran", reduced_motion="reduce"
    )
    _sign_in(context, demo, username)
    walk = _walk(context, demo)
    assert walk.faults == []
    assert {"meetings", "group", "set_zone", "crisis"} <= walk.seen
    if username:
        assert {
            "my_sessions",
            "my_groups",
            "feeds",
            "notifications",
            "notification_topic",
            "quiet_hours",
            "message_wording",
            "give_address",
            "devices",
            "my_privacy",
            "my_week",
            "attended",
            "account_details",
            "account",
            "join_session",
        } <= walk.seen
    if username == "amina":
        assert {"manage_group", "add_series", "create_group"} <= walk.seen
    if username == "daria":
        assert {"organisations", "add_facilitator", "message_delivery"} <= walk.seen


@pytest.mark.parametrize("username", ["", "bo", "amina"])
def test_every_page_stands_without_javascript(
    demo: server_process.Server, chromium: Browser, username: str
) -> None:
    context = chromium.new_context(java_script_enabled=False)
    _sign_in(context, demo, username)
    page = context.new_page()
    for address in (
        "/",
        "/zone/",
        "/help/",
        *(["/mine/", "/groups/", "/account/", "/notifications/", "/devices/"] if username else []),
    ):
        answer = page.goto(demo.url + address)
        assert answer is not None
        assert answer.status == 200, address
        assert page.get_by_role("main").inner_text().strip(), address


def _sign_in(context: BrowserContext, demo: server_process.Server, username: str) -> None:
    if not username:
        return
    page = context.new_page()
    sign_in(page, demo.url, username)
    page.close()


def _learn_the_zone(context: BrowserContext, demo: server_process.Server) -> None:
    """Let the first visit, which shows its page twice, be over."""
    page = context.new_page()
    page.goto(demo.url)
    page.locator(ZONE_IS_KNOWN).wait_for()
    page.close()


def _walk(context: BrowserContext, demo: server_process.Server) -> Walk:
    """Visit one address of every route that links lead to."""
    _learn_the_zone(context, demo)
    walk, to_see = Walk(), deque(["/"])
    while to_see:
        path = to_see.popleft()
        name = _route(path)
        if name is None or name in walk.seen:
            continue
        walk.seen.add(name)
        if name in FILES:
            status = context.request.get(demo.url + path).status
            walk.faults += [f"{path}: answers {status}"] if status != 200 else []
            continue
        page = context.new_page()
        walk.faults += [f"{path}: {fault}" for fault in _check_page(page, demo, name, path)]
        links = (urlsplit(link) for link in page.evaluate(LINKS))
        to_see.extend(link.path for link in links if link.netloc == urlsplit(demo.url).netloc)
        page.close()
    return walk


def _route(path: str) -> str | None:
    """Return the name of the page or file at an address; None for the way out."""
    name = resolve(path).url_name
    return None if name == "leave" else name


def _check_page(page: Page, demo: server_process.Server, name: str, path: str) -> list[str]:
    faults: list[str] = []
    page.on("request", lambda asked: asked.url.startswith(demo.url) or faults.append(asked.url))
    page.on("console", lambda said: faults.append(said.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    under_way: set[Request] = set()

    def begin(asked: Request) -> None:  # Playwright marks what it calls: no set's own method
        under_way.add(asked)

    def end(asked: Request) -> None:
        under_way.discard(asked)

    page.on("request", begin)
    page.on("requestfinished", end)
    page.on("requestfailed", end)
    answer = page.goto(demo.url + path)
    assert answer is not None
    if answer.status != 200:
        faults.append(f"answers {answer.status}")
    _wait_until_all_is_loaded(page, under_way)
    weight = page.evaluate(WEIGHT)
    if weight > HEAVIEST.get(name, OTHERWISE):
        faults.append(f"weighs {weight / KIB:.0f} KiB")
    if page.evaluate(TOO_WIDE) > 0:
        faults.append("is wider than a phone")
    if REVEALING.search(page.title()):
        faults.append(f"tells too much in its title: {page.title()}")
    faults += violations(page)
    page.emulate_media(color_scheme="dark")
    return faults + violations(page, ["color-contrast"])


def _wait_until_all_is_loaded(page: Page, under_way: set[Request]) -> None:
    """Wait for what scripts add, which counts too: until two idle moments in a row miss nothing."""
    idle = 0
    while idle < 2:
        page.evaluate(IDLE)
        idle = 0 if under_way else idle + 1
