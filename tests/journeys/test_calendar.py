"""A member subscribes; the session moves, is cancelled, and at last she ends the subscription."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from django.conf import settings
from django.test import Client
from icalendar import Calendar
from playwright.sync_api import expect

from scheduler.models import Membership
from tests import make

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer

    from scheduler.models import Occurrence

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Evening(NamedTuple):
    """A session in two days, and the cookies of two people who are signed in."""

    session: Occurrence
    cookies: dict[str, str]


@pytest.fixture
def evening() -> Evening:
    group = make.group(is_listed=False)
    amina, bo = make.person("amina", tz="Africa/Cairo"), make.person("bo")
    make.membership(amina, group, role=Membership.Role.FACILITATOR)
    make.membership(bo, group)
    start = datetime.now(UTC).replace(hour=16, minute=0, second=0, microsecond=0)
    session = make.occurrence(group, starts_at=start + timedelta(days=2))
    cookies = {}
    for person in (amina, bo):
        browser = Client()
        browser.force_login(person)
        cookies[person.username] = browser.cookies[settings.SESSION_COOKIE_NAME].value
    return Evening(session, cookies)


def _open(chromium: Browser, server: LiveServer, cookie: str) -> Page:
    context = chromium.new_context(base_url=server.url, timezone_id="Europe/Copenhagen")
    context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": server.url}]
    )
    return context.new_page()


class Program:
    """A calendar program that remembers what it was told last."""

    def __init__(self, server: LiveServer, address: str) -> None:
        self.url = server.url + "/c/" + address.partition("/c/")[2]
        self.tag = ""

    def poll(self) -> tuple[int, list[Any]]:
        """Ask for news; return the status and the events."""
        asked = Request(  # noqa: S310 our own http address
            self.url, headers={"If-None-Match": self.tag} if self.tag else {}
        )
        try:
            with urlopen(asked, timeout=10) as answer:  # noqa: S310 our own http address
                self.tag = answer.headers["ETag"]
                return answer.status, list(Calendar.from_ical(answer.read()).walk("VEVENT"))
        except HTTPError as unchanged:
            unchanged.close()
            return unchanged.code, []


def test_a_subscription_from_the_first_fetch_to_its_end(
    evening: Evening, live_server: LiveServer, chromium: Browser
) -> None:
    bo = _open(chromium, live_server, evening.cookies["bo"])
    amina = _open(chromium, live_server, evening.cookies["amina"])
    program = _subscribe(live_server, bo)

    status, (first,) = program.poll()
    assert (status, first.start, first["SUMMARY"]) == (200, evening.session.starts_at, "Session")
    assert program.poll() == (304, [])

    amina.goto(f"/s/{evening.session.key}/move/")
    amina.get_by_label("Starts at").fill("20:30")
    amina.get_by_role("button", name="Move the session").click()
    expect(amina.get_by_text("Moved to")).to_be_visible()
    status, (moved,) = program.poll()
    assert (status, moved["UID"], moved["SEQUENCE"]) == (200, first["UID"], 1)
    assert moved.start.astimezone(evening.session.tz).strftime("%H:%M") == "20:30"
    assert moved["LAST-MODIFIED"].dt > first["LAST-MODIFIED"].dt

    amina.goto(f"/s/{evening.session.key}/cancel/")
    amina.get_by_role("button", name="Cancel this session").click()
    expect(amina.get_by_text("Cancelled:")).to_be_visible()
    status, (cancelled,) = program.poll()
    assert (status, cancelled["UID"], cancelled["SEQUENCE"]) == (200, first["UID"], 2)
    assert (cancelled["STATUS"], cancelled["SUMMARY"]) == ("CANCELLED", "Cancelled: Session")

    bo.goto("/mine/calendar/")
    bo.get_by_text("Disconnect…").click()
    bo.get_by_role("button", name="Disconnect").click()
    expect(bo.get_by_text("My calendar is disconnected.")).to_be_visible()
    status, (ended,) = program.poll()
    assert (status, ended["SUMMARY"]) == (200, "This calendar subscription has ended")


def _subscribe(server: LiveServer, page: Page) -> Program:
    """Get a link as a person does, on a page that asks no other site for anything."""
    strangers: list[str] = []
    page.on(
        "request", lambda it: it.url.startswith((server.url, "data:")) or strangers.append(it.url)
    )
    page.goto("/mine/calendar/")
    page.get_by_role("button", name="Get a link").click()
    address = page.get_by_role("textbox", name="Your calendar link").input_value()
    page.get_by_text("Another program or phone").click()
    picture = page.get_by_role("img", name="The link as a QR code")
    assert picture.evaluate("it => it.complete && it.naturalWidth > 0")
    for name in ("Apple", "Google", "Outlook.com"):
        expect(page.get_by_role("link", name=name)).to_be_visible()
    assert not strangers
    return Program(server, address)
