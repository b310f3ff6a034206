from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from scheduler.models import Membership
from tests import make
from tests.browser.test_style_guide import TOO_WIDE
from tests.support.accessibility import violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {"width": 360, "height": 740}


@pytest.fixture
def amina():
    person = make.person("amina", tz="Africa/Cairo")
    group = make.group("Tuesday lamp")
    make.membership(person, group, role=Membership.Role.FACILITATOR)
    for _one in range(2):
        make.membership(make.person(tz="Asia/Kathmandu"), group)
    browser = Client()
    browser.force_login(person)
    return group, browser.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.fixture
def open_page(amina, live_server, chromium):
    group, session = amina

    def opened(path, **options):
        context = chromium.new_context(base_url=live_server.url, viewport=PHONE, **options)
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}
        context.add_cookies([cookie])
        page = context.new_page()
        page.goto(f"/g/{group.key}/manage/{path}")
        return page

    return opened


def _a_tuesday():
    """Return a Tuesday within the window in which sessions exist."""
    in_a_week = timezone.localdate() + timedelta(days=7)
    return in_a_week + timedelta(days=(1 - in_a_week.weekday()) % 7)


def test_the_next_sessions_show_while_the_controls_are_changed(open_page):
    page = open_page("series/")
    page.get_by_label("Date").fill("2027-06-01")
    page.get_by_label("Starts at").fill("18:00")
    expect(page.get_by_text("18:00 Tuesday in Bratislava")).to_have_count(8)
    expect(page.get_by_text("21:45 from Tuesday 1 June")).to_be_visible()
    page.get_by_text("More options").click()
    page.get_by_label("Thursday").check()
    expect(page.get_by_text("18:00 Thursday in Bratislava")).to_have_count(0)
    page.get_by_label("Tuesday").check()
    expect(page.get_by_text("18:00 Thursday in Bratislava")).to_have_count(4)


def test_the_same_without_javascript_and_with_the_keyboard_alone(open_page):
    page = open_page("series/", java_script_enabled=False)
    page.get_by_label("Date").press_sequentially(f"{_a_tuesday():%m%d%Y}")
    page.keyboard.press("Tab")
    page.get_by_label("Starts at").press_sequentially("0600PM")
    page.get_by_role("button", name="Show the next sessions").press("Enter")
    expect(page.get_by_text("18:00 Tuesday in Bratislava")).to_have_count(8)
    page.get_by_role("button", name="Add this time").press("Enter")
    expect(page.get_by_text("Added: Every week on Tuesday at 18:00")).to_be_visible()
    page.locator("summary", has_text="More for: Every week on Tuesday").press("Enter")
    page.get_by_role("link", name="Change this time").press("Enter")
    expect(page.get_by_label("Starts at")).to_have_value("18:00")


@pytest.mark.parametrize("path", ["", "series/", "add/", "history/", "invite/", "hand-over/"])
def test_on_a_phone_every_page_fits_and_passes_axe(open_page, path):
    page = open_page(path)
    assert page.evaluate(TOO_WIDE) == 0
    assert violations(page) == []


def test_a_changed_time_is_announced_in_one_sentence(open_page):
    page = open_page("series/")
    page.get_by_label("Date").fill("2027-06-01")
    page.get_by_label("Starts at").fill("18:00")
    said = page.locator("form [role=status]")
    expect(said).to_have_text("Tuesday at 18:00 in Bratislava, and in other places")
    assert page.locator("[aria-live]").count() == 0
