"""Bo paints his week on a phone, Amina finds the hour and uses it, and Bo's calendar shows it."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, NamedTuple
from urllib.request import urlopen

import pytest
from django.conf import settings
from django.test import Client
from icalendar import Calendar
from playwright.sync_api import expect

from calendars.actions.feeds import create_feed
from scheduler.models import Affiliation, Membership
from tests import make
from tests.support import availability

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Locator, Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MONDAY, TUESDAY, THURSDAY, SUNDAY = 0, 1, 3, 6
PHONE = {"width": 360, "height": 740}


class Site(NamedTuple):
    """A group without an hour, Bo's calendar address, and the cookies of two people."""

    group: str
    feed: str
    cookies: dict[str, str]


@pytest.fixture
def site() -> Site:
    organisation = make.organisation()
    group = make.group("Tuesday lamp", organisation=organisation, tz="Europe/Copenhagen")
    amina, bo, kalyna = (
        make.person(username, tz=tz)
        for username, tz in (("amina", "Africa/Cairo"), ("bo", "Europe/Copenhagen"),
                           ("kalyna", "Europe/Kyiv"))
    )  # fmt: skip
    make.affiliation(amina, organisation, role=Affiliation.Role.COORDINATOR)
    make.membership(amina, group, role=Membership.Role.FACILITATOR)
    make.membership(bo, group)
    make.membership(kalyna, group)
    for person in (amina, kalyna):
        availability.share_week(person, availability.hours(time(8), time(23)))
    cookies = {}
    for person in (amina, bo):
        browser = Client()
        browser.force_login(person)
        cookies[person.username] = browser.cookies[settings.SESSION_COOKIE_NAME].value
    feed = create_feed(person=bo, label="phone", now=datetime.now(UTC))
    return Site(group.key, feed.token, cookies)


def _open(chromium: Browser, server: LiveServer, cookie: str, **options: object) -> Page:
    context: BrowserContext = chromium.new_context(
        base_url=server.url, timezone_id="Europe/Copenhagen", reduced_motion="reduce", **options
    )
    context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": server.url}]
    )
    return context.new_page()


def _cell(page: Page, hour: int, day: int) -> Locator:
    return page.get_by_role("grid").locator("tbody tr").nth(hour).locator("td").nth(day)


def test_from_a_painted_week_to_a_session_in_the_calendar(
    site: Site, live_server: LiveServer, chromium: Browser
) -> None:
    bo = _open(chromium, live_server, site.cookies["bo"], viewport=PHONE, has_touch=True)
    bo.goto("/mine/week/")
    expect(bo.get_by_role("grid")).to_be_visible()
    assert bo.evaluate("document.documentElement.scrollWidth") <= 360
    _fill_by_keyboard(bo)
    _fill_by_touch(bo)
    bo.get_by_role("button", name="Save my week").click()
    expect(bo.get_by_text("Your week is saved.")).to_be_visible()
    expect(bo.get_by_text("Tuesday, 18:00–21:00: works best")).to_be_visible()
    expect(bo.get_by_text("Thursday, 19:00–20:00: OK")).to_be_visible()
    bo.get_by_label("Tuesday lamp").check()
    bo.get_by_role("button", name="Save this choice").click()
    expect(bo.get_by_label("Tuesday lamp")).to_be_checked()

    amina = _open(chromium, live_server, site.cookies["amina"])
    amina.goto("/facilitating/")
    amina.get_by_role("link", name="Tuesday lamp").click()
    amina.get_by_role("link", name="Find the best time").click()
    expect(amina.get_by_role("heading", name="best time")).not_to_have_count(0)
    best = amina.locator(".candidate")
    expect(best).to_contain_text("Tuesday")
    best.get_by_role("button", name="Use this time").click()
    expect(amina.get_by_role("heading", name="The next sessions")).to_be_visible()
    amina.get_by_role("button", name="Add this time").click()
    expect(amina.get_by_text("Added: Every week on Tuesday")).to_be_visible()

    with urlopen(f"{live_server.url}/c/{site.feed}.ics", timeout=10) as answer:  # noqa: S310 - ours
        events = Calendar.from_ical(answer.read()).walk("VEVENT")
    starts = {event.start.astimezone(make.zones.zone("Europe/Copenhagen")) for event in events}
    assert len(starts) > 20
    assert {(at.weekday(), at.hour) for at in starts} <= {(TUESDAY, hour) for hour in (18, 19, 20)}
    bo.goto("/mine/")
    expect(bo.get_by_text("Tuesday").first).to_be_visible()


def _fill_by_keyboard(page: Page) -> None:
    """Paint Tuesday evening: arrows go there, Shift takes three hours, 1 says that they are preferred."""
    page.get_by_role("grid").locator('td[tabindex="0"]').focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    for _hour in range(10):  # from 8 to 18
        page.keyboard.press("ArrowDown")
    for _hour in range(2):
        page.keyboard.press("Shift+ArrowDown")
    expect(_cell(page, 19, TUESDAY)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("1")
    expect(page.locator("[data-status]")).to_have_text("Tuesday 18:00 to 21:00, works best")
    expect(_cell(page, 20, TUESDAY)).to_have_attribute(
        "aria-label", "Tuesday 20:00 to 21:00, works best"
    )
    expect(_cell(page, 21, TUESDAY)).to_have_attribute("data-v", "3")


def _fill_by_touch(page: Page) -> None:
    """Light one hour of Thursday, and take one back that was not meant."""
    page.locator("[data-level]").filter(has_text="OK").tap()
    _cell(page, 19, THURSDAY).tap()
    expect(_cell(page, 19, THURSDAY)).to_have_attribute("data-v", "1")
    _cell(page, 3, SUNDAY).tap()
    expect(_cell(page, 3, SUNDAY)).to_have_attribute("data-v", "1")
    page.get_by_role("button", name="Undo").tap()
    expect(_cell(page, 3, SUNDAY)).to_have_attribute("data-v", "3")
    expect(_cell(page, 19, THURSDAY)).to_have_attribute("data-v", "1")


def test_two_taps_finer_grains_and_a_drag_paint_too(
    site: Site, live_server: LiveServer, chromium: Browser
) -> None:
    bo = _open(chromium, live_server, site.cookies["bo"], viewport={"width": 1000, "height": 1600})
    bo.goto("/mine/week/")
    first, last = _cell(bo, 9, MONDAY).bounding_box(), _cell(bo, 11, TUESDAY).bounding_box()
    assert first
    assert last
    bo.mouse.move(first["x"] + 5, first["y"] + 5)
    bo.mouse.down()
    bo.mouse.move(last["x"] + 5, last["y"] + 5, steps=4)
    bo.mouse.up()
    expect(bo.locator("[data-status]")).to_have_text("Monday to Tuesday, 09:00 to 12:00: OK")
    bo.get_by_text("How to set hours").click()
    bo.get_by_label("Two taps: from, to").check()
    _cell(bo, 20, SUNDAY).click()
    _cell(bo, 22, SUNDAY).click()
    expect(bo.locator("[data-status]")).to_have_text("Sunday 20:00 to 23:00, OK")
    bo.get_by_label("Two taps: from, to").uncheck()
    bo.get_by_label("Steps of").select_option("1")
    expect(bo.get_by_role("grid").locator("tbody tr")).to_have_count(96)
    _cell(bo, 4 * 6 + 1, MONDAY).click()
    expect(bo.locator("[data-status]")).to_have_text("Monday 06:15 to 06:30, OK")
    bo.get_by_label("Steps of").select_option("4")
    expect(_cell(bo, 6, MONDAY)).to_have_attribute("aria-label", "Monday 06:00 to 07:00, mixed")
    bo.get_by_role("button", name="Save my week").click()
    expect(bo.get_by_text("Monday, 06:15–06:30: OK")).to_be_visible()


def test_the_week_is_told_and_the_hour_found_without_scripts(
    site: Site, live_server: LiveServer, chromium: Browser
) -> None:
    bo = _open(chromium, live_server, site.cookies["bo"], java_script_enabled=False)
    bo.goto("/mine/week/")
    expect(bo.get_by_role("button", name="Save my week")).to_be_hidden()
    bo.get_by_text("Add hours with a form").click()
    bo.get_by_label("Tuesday", exact=True).check()
    bo.get_by_label("From", exact=True).fill("18:00")
    bo.get_by_label("To", exact=True).fill("21:00")
    bo.get_by_role("button", name="Add these hours").click()
    expect(bo.get_by_text("Tuesday, 18:00–21:00: OK")).to_be_visible()
    bo.get_by_label("All my groups, also those I join later").check()
    bo.get_by_role("button", name="Save this choice").click()

    amina = _open(chromium, live_server, site.cookies["amina"], java_script_enabled=False)
    amina.goto(f"/g/{site.group}/manage/best-time/")
    amina.get_by_text("What you look for").click()
    amina.get_by_label("How long").select_option("90")
    amina.get_by_role("button", name="Search again").click()
    amina.locator(".candidate").get_by_role("button", name="Use this time").click()
    expect(amina.get_by_role("heading", name="The next sessions")).to_be_visible()
    expect(amina.get_by_label("Minutes")).to_have_value("90")
