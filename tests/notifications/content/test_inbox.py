from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from civiltime.zones import zone
from notifications.actions.retention import NOTICES_KEPT, delete_old
from notifications.delivery.dispatcher import dispatch
from notifications.models import Notice, Transport
from notifications.planning.planner import plan
from scheduler.actions.messages import message_group
from scheduler.actions.schedule import cancel_occurrence, move_occurrence
from scheduler.models import Membership, Occurrence
from tests import make
from tests.support.reminders import NOW, session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accounts.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        plan(NOW)
        yield traveller


@pytest.fixture
def amina() -> Person:
    return make.person("amina", tz="Africa/Cairo")


@pytest.fixture
def bo() -> Person:
    return make.person("bo")


@pytest.fixture
def browser(bo: Person) -> Client:
    client = Client()
    client.force_login(bo)
    return client


def held(amina: Person, *members: Person) -> Occurrence:
    occurrence = session(amina, *members)
    Membership.objects.filter(person=amina).update(role=Membership.Role.FACILITATOR)
    return occurrence


def arrive(after: timedelta = timedelta(minutes=11)) -> None:
    with time_machine.travel(NOW + after, tick=False):
        plan(NOW)
        dispatch(Transport.INBOX)


def shown(browser: Client) -> str:
    page = browser.get(reverse("inbox")).content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", page.split("<main")[1].split("</main")[0]).split())


def move(occurrence: Occurrence, by: Person) -> None:
    occurrence.refresh_from_db()
    move_occurrence(
        by=by, occurrence=occurrence, tz=zone("Europe/Bratislava"), duration_minutes=60,
        starts_local=occurrence.starts_local + timedelta(hours=1), reason="", now=NOW,
    )  # fmt: skip


def test_who_gave_no_address_finds_everything_in_the_inbox(
    amina: Person, bo: Person, browser: Client
) -> None:
    occurrence = held(amina, bo)
    move(occurrence, amina)
    message_group(by=amina, group=occurrence.group, text="Bring a cup", now=NOW)
    arrive()
    page = shown(browser)
    assert "This has a new time: Saturday 6 June, 21:00" in page
    assert "Tuesday lamp" in page
    assert "Bring a cup" in page


def test_what_was_seen_is_no_longer_new(amina: Person, bo: Person, browser: Client) -> None:
    move(held(amina, bo), amina)
    arrive()
    assert "1 new" in badge(browser)
    assert browser.get(reverse("inbox")).content.decode().count(">new</span>") == 1
    assert badge(browser) == "Inbox"
    assert browser.get(reverse("inbox")).content.decode().count(">new</span>") == 0


def badge(browser: Client) -> str:
    """Return the text of the link to the inbox on another page."""
    page = browser.get(reverse("my_groups")).content.decode()
    link = re.search(r'<a href="/inbox/".*?</a>', page, re.DOTALL)
    assert link
    return " ".join(re.sub(r"<[^>]+>", "", link[0]).split())


def test_the_title_says_nothing(amina: Person, bo: Person, browser: Client) -> None:
    move(held(amina, bo), amina)
    arrive()
    title = re.search(
        r"<title>(.*?)</title>", browser.get(reverse("inbox")).content.decode(), re.DOTALL
    )
    assert title
    assert not re.search(r"lamp|group|recover|\d", title[1].casefold())


def test_only_the_last_of_two_moves_lies_there(amina: Person, bo: Person, browser: Client) -> None:
    occurrence = held(amina, bo)
    move(occurrence, amina)
    arrive()
    move(occurrence, amina)
    arrive()
    assert shown(browser).count("new time") == 1
    assert "22:00" in shown(browser)


def test_a_message_is_hidden_from_who_was_removed(
    amina: Person, bo: Person, browser: Client
) -> None:
    occurrence = held(amina, bo)
    message_group(by=amina, group=occurrence.group, text="Bring a cup", now=NOW)
    arrive()
    Membership.objects.filter(person=bo).update(state=Membership.State.REMOVED)
    assert "Bring a cup" not in shown(browser)


def test_chen_sees_nothing_of_it(amina: Person, bo: Person) -> None:
    chen = Client()
    chen.force_login(make.person("chen", tz="Asia/Kathmandu"))
    move(held(amina, bo), amina)
    arrive()
    assert "Nothing new" in shown(chen)


def test_the_page_asks_the_tables_as_often_for_one_as_for_three(
    amina: Person, bo: Person, browser: Client
) -> None:
    move(held(amina, bo), amina)
    arrive()
    browser.get(reverse("inbox"))
    with CaptureQueriesContext(connection) as for_one:
        browser.get(reverse("inbox"))
    for _ in range(2):
        move(held(amina, bo), amina)
        cancel_occurrence(by=amina, occurrence=held(amina, bo), reason="", now=NOW)
    arrive()
    browser.get(reverse("inbox"))
    with CaptureQueriesContext(connection) as for_more:
        browser.get(reverse("inbox"))
    assert len(for_more) == len(for_one)


def test_what_lay_there_for_a_month_is_forgotten(amina: Person, bo: Person) -> None:
    move(held(amina, bo), amina)
    arrive()
    later = NOW + NOTICES_KEPT + timedelta(days=3)
    delete_old(now=later)
    assert not Notice.objects.inbox_of(bo).exists()


def test_an_inbox_knows_no_quiet_hours_and_no_consent(amina: Person, bo: Person) -> None:
    cancel_occurrence(by=amina, occurrence=held(amina, bo), reason="", now=NOW)
    arrive(timedelta(seconds=2))
    assert Notice.objects.inbox_of(bo).get().kind == "cancelled"
