"""Bo chooses how he is told, is told, hears of changes, and stops it all with one click."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
import time_machine
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from playwright.sync_api import expect

from accounts.models import Person
from civiltime.zones import zone
from notifications.delivery.dispatcher import dispatch
from notifications.models import Consent, Transport
from notifications.planning.change_notices import BATCHING_DELAY
from notifications.planning.planner import plan
from scheduler.actions.schedule import cancel_occurrence, move_occurrence
from scheduler.models import Membership, Occurrence
from tests import make
from tests.support.reminders import parts
from tests.support.smtp_server import SmtpServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page
    from pytest_django import Settings
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 360, "height": 740}
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def smtp_server(settings: Settings, live_server: LiveServer) -> Iterator[SmtpServer]:
    with SmtpServer.open() as opened:
        settings.EMAIL_BACKEND = "notifications.transports.smtp.Connection"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", opened.port
        settings.PUBLIC_URL = live_server.url
        yield opened


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def amina() -> Person:
    return make.person("amina", tz="Africa/Cairo")


@pytest.fixture
def sessions(amina: Person, now: datetime) -> list[Occurrence]:
    group = make.group()
    make.membership(amina, group, role=Membership.Role.FACILITATOR)
    make.membership(make.person("bo"), group)
    Membership.objects.update(since=now - timedelta(days=30))
    return [
        make.occurrence(group, starts_at=now + ahead)
        for ahead in (timedelta(hours=30), timedelta(days=9), timedelta(days=16))
    ]


@pytest.fixture
def cookie(sessions: list[Occurrence]) -> str:
    signed_in = Client()
    signed_in.force_login(Person.objects.get(username="bo"))
    return signed_in.cookies[django_settings.SESSION_COOKIE_NAME].value


@pytest.fixture
def page(cookie: str, live_server: LiveServer, chromium: Browser) -> Page:
    context = chromium.new_context(
        base_url=live_server.url,
        timezone_id="Europe/Copenhagen",
        viewport=PHONE,
    )
    name = django_settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": cookie, "url": live_server.url}])
    return context.new_page()


Result = TypeVar("Result")


def aside(work: Callable[..., Result], *given: Any, **named: Any) -> Result:
    """Use the tables in a thread of its own: the browser's has a loop, and Django refuses there."""

    def whole() -> Result:
        try:
            return work(*given, **named)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(whole).result()


def tick(at: datetime) -> None:
    """Let the clock of planners and dispatchers be at an instant."""
    with time_machine.travel(at, tick=False):
        plan(at)
        for transport in (Transport.EMAIL, Transport.INBOX):
            dispatch(transport)


def choose(page: Page, smtp_server: SmtpServer) -> None:
    """Give an address, prove it, and say yes to everything."""
    page.goto("/notifications/")
    page.get_by_role("link", name="Add an address").click()
    page.get_by_label("E-mail address").fill("bo@example.org")
    page.get_by_role("button", name="Send a code").click()
    expect(page.get_by_text("We sent a code to")).to_be_visible()
    code = re.search(r"\d{6}", smtp_server.mails[-1].get_content())
    assert code
    page.get_by_role("textbox", name="Code").fill(code[0])
    page.get_by_role("button", name="Confirm the address").click()
    expect(page.get_by_text("is confirmed")).to_be_visible()
    page.goto("/notifications/")
    page.get_by_label("Remind me").select_option(label="1 day before")
    page.get_by_role("button", name="Save").click()
    assert page.evaluate(TOO_WIDE) == 0


def rearrange(by: Person, moved: Occurrence, cancelled: Occurrence, now: datetime) -> None:
    move_occurrence(
        by=by, occurrence=moved, tz=zone("Europe/Bratislava"), duration_minutes=60,
        starts_local=moved.starts_local + timedelta(hours=1), reason="a holiday", now=now,
    )  # fmt: skip
    cancel_occurrence(by=by, occurrence=cancelled, reason="", now=now)


def test_bo_chooses_is_reminded_hears_of_changes_and_stops_it(
    amina: Person,
    sessions: list[Occurrence],
    smtp_server: SmtpServer,
    page: Page,
) -> None:
    choose(page, smtp_server)
    soon, moved, cancelled = sessions

    aside(tick, soon.starts_at - timedelta(hours=24))
    reminder = smtp_server.mails[-1]
    assert str(reminder["Subject"]).startswith("Reminder: ")
    door = re.search(r"http\S+/s/\S+", parts(reminder)[0])
    assert door
    page.goto(door[0])
    expect(page.get_by_role("main")).to_contain_text(
        "You can come in from 15 minutes before the start."
    )

    changed_at = soon.starts_at - timedelta(hours=23)
    aside(rearrange, amina, moved, cancelled, changed_at)
    aside(tick, changed_at + timedelta(seconds=5))
    aside(tick, changed_at + timedelta(seconds=5) + BATCHING_DELAY)
    assert smtp_server.subjects[-1] == "2 changes to your times"
    assert "holiday" not in str(smtp_server.mails[-1])

    page.goto("/mine/")
    badge = page.get_by_role("link", name="Inbox")
    expect(badge).to_contain_text("2")
    badge.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("This has a new time:")).to_be_visible()
    expect(page.get_by_text("This is cancelled:")).to_be_visible()
    assert page.evaluate(TOO_WIDE) == 0
    assert "lamp" not in page.title().casefold()

    stop = str(smtp_server.mails[-1]["List-Unsubscribe"]).strip("<>")
    assert smtp_server.mails[-1]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    page.goto(urlsplit(stop).path)
    assert aside(Consent.objects.in_force().exists)
    with urlopen(Request(stop, b"List-Unsubscribe=One-Click", method="POST"), timeout=20) as done:  # noqa: S310 - our own address
        assert done.status == 200
    assert not aside(Consent.objects.in_force().exists)

    count = len(smtp_server.mails)
    later = changed_at + timedelta(hours=1)
    aside(moved.refresh_from_db)
    aside(rearrange, amina, moved, soon, later)
    aside(tick, later + timedelta(seconds=5))
    aside(tick, later + timedelta(seconds=5) + BATCHING_DELAY)
    assert len(smtp_server.mails) == count
    page.goto("/inbox/")
    expect(page.get_by_text("This has a new time:")).to_have_count(1)
    expect(page.get_by_text("This is cancelled:")).to_have_count(2)
