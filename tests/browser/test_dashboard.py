"""A facilitator's desk in a real browser: by keyboard, on a small screen, without JavaScript."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from scheduler.models import CoverInvitation, Membership
from tests import make
from tests.browser.test_style_guide import SMALL_TARGETS, SMALLEST_TARGET_PX, TOO_WIDE
from tests.support.accessibility import violations

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Office(NamedTuple):
    """Amina's desk, with somebody to answer and a session in ten minutes."""

    url: str
    cookie: dict[str, str]
    pages: list[str]

    def page(self, browser: Browser, **options: Any) -> Page:
        """Open a browser in which Amina is signed in."""
        context = browser.new_context(base_url=self.url, **options)
        context.add_cookies([self.cookie])
        return context.new_page()


@pytest.fixture
def office(live_server: LiveServer) -> Office:
    organisation = make.organisation("Harbour House")
    amina = make.person("amina", tz="Africa/Cairo")
    make.affiliation(amina, organisation, role="coordinator", is_substitute=True)
    group = make.group("Tuesday lamp", organisation=organisation)
    make.membership(amina, group, role=Membership.Role.FACILITATOR)
    colleague = make.membership(make.person(), group, role=Membership.Role.CO_FACILITATOR)
    for alias in ("Northern star", "مسافر"):
        make.membership(make.person(), group, alias=alias, state=Membership.State.APPLIED)
    occurrence = make.occurrence(group, starts_at=timezone.now() + timedelta(minutes=10))
    other = make.occurrence(group, starts_at=timezone.now() + timedelta(days=2))
    request = other.cover_requests.create(by=colleague.person)
    invitation = CoverInvitation.objects.create(request=request, person=amina)
    client = Client()
    client.force_login(amina)
    name = settings.SESSION_COOKIE_NAME
    cookie = {"name": name, "value": client.cookies[name].value, "url": live_server.url}
    pages = [
        "/facilitating/",
        "/cover/",
        f"/cover/{invitation.key}/",
        f"/s/{occurrence.key}/cover/",
        f"/s/{occurrence.key}/seats/",
        f"/g/{group.key}/manage/message/",
        f"/g/{group.key}/manage/",
        "/organisations/",
    ]
    return Office(live_server.url, cookie, pages)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_desk_and_the_pages_behind_it_pass_axe(office, chromium, scheme):
    page = office.page(chromium, color_scheme=scheme, viewport={"width": 1280, "height": 900})
    for address in office.pages:
        page.goto(address)
        assert violations(page) == [], address


def test_they_fit_a_small_screen_and_a_thumb(office, chromium):
    page = office.page(chromium, viewport={"width": 360, "height": 740})
    for address in office.pages:
        page.goto(address)
        assert page.evaluate(TOO_WIDE) <= 0, address
        assert page.evaluate(SMALL_TARGETS % SMALLEST_TARGET_PX) == [], address


def test_an_application_is_answered_with_the_keyboard_alone(office, chromium):
    page = office.page(chromium, java_script_enabled=False)
    page.goto("/facilitating/")
    asks = page.get_by_role("button", name="Welcome in Northern star")
    for _stop in range(60):
        page.keyboard.press("Tab")
        if asks.evaluate("it => it === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_text("Northern star asks to join")).to_have_count(0)
    assert page.get_by_role("button", name="Welcome in مسافر").count() == 1


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("Find cover", "Ask 1 person", "1 person is asked"),
        ("Cancel this session", "Cancel this session", "Cancelled:"),
        ("Change the places", "Save", "Saved."),
    ],
)
def test_each_task_is_in_the_menu_of_its_session(office, chromium, first, second, said):
    page = office.page(chromium)
    page.goto("/facilitating/")
    row = page.get_by_role("region", name="Coming sessions").get_by_role("listitem").first
    row.locator("summary").click()
    row.get_by_role("link", name=first, exact=True).click()
    page.get_by_role("button", name=second, exact=True).click()
    expect(page.get_by_text(said).first).to_be_visible()


def test_the_room_of_the_next_session_is_one_tap_away_without_scrolling(office, chromium):
    page = office.page(chromium, viewport={"width": 360, "height": 740})
    page.goto("/facilitating/")
    button = page.get_by_role("link", name="Open the room").first
    box = button.bounding_box()
    assert box
    assert box["y"] + box["height"] < 740 - 60  # above the tab bar


def test_a_question_about_a_person_focuses_the_way_back(office, chromium):
    page = office.page(chromium)
    page.goto(office.pages[6])
    person = page.locator(".person").filter(has_text="Person").first
    person.locator("summary").first.click()
    person.get_by_text("Remove from the group…").click()
    expect(page.get_by_role("dialog").get_by_role("button", name="Not now")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(person).to_be_visible()
