"""What remains of a session, for each of the people who may look at it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Person
from sessions.models import Attendance, AttendanceCount, Removal
from sessions.reports.attendance_letters import AttendanceLetter
from tests import make
from tests.support.ws_client import LiveSession, make_live_session

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


@pytest.fixture
def live_session() -> LiveSession:
    """Bo was there for 40 minutes, and then removed by Amina for good."""
    live_session = make_live_session()
    session = live_session.occurrence
    session.group.name = "Evenings clean and sober"
    session.group.save()
    Attendance.objects.create(
        occurrence=session,
        membership=live_session.members["bo"],
        joined_at=session.starts_at,
        left_at=session.starts_at + timedelta(minutes=40),
    )
    Removal.objects.create(
        occurrence=session,
        membership=live_session.members["bo"],
        by=live_session.members["amina"],
        reason="sells",
        scope="group",
        at=timezone.now(),
    )
    return live_session


def browser(live_session: LiveSession, name: str) -> Client:
    client = Client()
    client.force_login(
        live_session.person(name) if name in live_session.members else make.person(name)
    )
    return client


def addresses(live_session: LiveSession) -> dict[str, str]:
    removal = Removal.objects.get().pk
    return {
        "letter": reverse("letter", args=[live_session.occurrence.key]),
        "ask": reverse("appeal_removal", args=[removal]),
        "record": reverse("group_record", args=[live_session.group.key]),
        "review": reverse("review_removal", args=[live_session.group.key, removal]),
    }


MAY = {
    "amina": {"record", "review"},
    "edith": {"record", "review"},
    "bo": {"letter", "ask"},
    "dara": set(),
    "chen": set(),
}


@pytest.mark.parametrize("name", MAY)
def test_what_is_not_for_somebody_looks_missing(live_session: LiveSession, name: str) -> None:
    own = browser(live_session, name)
    opened = {
        page
        for page, address in addresses(live_session).items()
        if {own.get(address).status_code, own.post(address).status_code} & {200, 302}
    }
    assert opened == MAY[name]


def test_a_stranger_is_asked_to_sign_in(live_session: LiveSession) -> None:
    for address in (*addresses(live_session).values(), reverse("attended")):
        assert Client().get(address)["Location"].startswith(reverse("sign_in"))


def test_a_letter_is_a_file_whose_address_anyone_can_check(live_session: LiveSession) -> None:
    answer = browser(live_session, "bo").get(addresses(live_session)["letter"])
    text = answer.content.decode()
    assert answer["Content-Disposition"].startswith("attachment")
    assert "40 minutes" in text
    for secret in ("Bo", "sober", "lamp", live_session.occurrence.key):
        assert secret not in text
    found = re.search(r"http://testserver(/letter/\S+/)", text)
    assert found
    page = Client().get(found[1])
    assert page.status_code == 200
    assert "40 minutes" in page.content.decode()


@pytest.mark.parametrize(
    ("stays", "is_listed", "has_letter"),
    [([2400], True, True), ([30], True, False), ([30, 30], True, True), ([None], False, False)],
)
def test_a_letter_is_offered_for_a_minute_or_more_of_a_session_that_was_left(
    live_session: LiveSession, stays: list[int | None], is_listed: bool, has_letter: bool
) -> None:
    since = live_session.occurrence.starts_at
    for seconds in stays:
        Attendance.objects.create(
            occurrence=live_session.occurrence,
            membership=live_session.members["dara"],
            joined_at=since,
            left_at=None if seconds is None else since + timedelta(seconds=seconds),
        )
    page = browser(live_session, "dara").get(reverse("attended")).content.decode()
    assert ("After 90 days your attendance" in page) == is_listed
    assert (addresses(live_session)["letter"] in page) == has_letter
    assert ("Less than a minute" in page) == (is_listed and not has_letter)


def test_a_letter_that_we_did_not_sign_is_said_to_be_invalid() -> None:
    forged = AttendanceLetter(timezone.now().date(), 40).token[:-2] + "xx"
    page = Client().get(reverse("check_letter", args=[forged]))
    assert page.status_code == 404
    assert "not genuine" in page.content.decode()


def test_a_removed_person_reads_how_to_ask_and_asks(live_session: LiveSession) -> None:
    bo = browser(live_session, "bo")
    page = bo.get(reverse("attended")).content.decode()
    assert "You were asked to leave" in page
    assert "sells" not in page
    assert "sober" not in page
    bo.post(addresses(live_session)["ask"], {"text": "It was my brother"})
    assert "It was my brother" in bo.get(reverse("attended")).content.decode()
    seen = browser(live_session, "edith").get(addresses(live_session)["record"]).content.decode()
    assert "It was my brother" in seen


def test_the_second_facilitator_decides_on_the_page(live_session: LiveSession) -> None:
    edith = browser(live_session, "edith")
    assert "sells" in edith.get(addresses(live_session)["record"]).content.decode()
    edith.post(addresses(live_session)["review"], {"remove": "1"})
    live_session.members["bo"].refresh_from_db()
    assert live_session.members["bo"].state == "removed"
    assert "sells" not in edith.get(addresses(live_session)["record"]).content.decode()


def test_the_first_facilitator_is_told_that_another_decides(live_session: LiveSession) -> None:
    amina = browser(live_session, "amina")
    page = amina.get(addresses(live_session)["record"]).content.decode()
    assert "another facilitator decides" in page
    assert 'name="remove"' not in page
    amina.post(addresses(live_session)["review"], {"remove": "1"})
    assert Removal.objects.get().reviewed_at is None


@pytest.mark.parametrize("sessions", [1, 3])
def test_who_came_is_shown_by_alias_in_a_fixed_number_of_queries(
    live_session: LiveSession, sessions: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(1, sessions):
        before = live_session.occurrence.starts_at - timedelta(days=7 * number)
        occurrence = make.occurrence(live_session.group, starts_at=before)
        for member in live_session.members.values():
            Attendance.objects.create(
                occurrence=occurrence, membership=member, joined_at=before, left_at=None
            )
    long_ago = make.occurrence(
        live_session.group, starts_at=live_session.occurrence.starts_at - timedelta(days=98)
    )
    AttendanceCount.objects.create(occurrence=long_ago, people=7)
    Person.objects.filter(pk=live_session.person("bo").pk).update(username="otter-of-the-bay")
    edith = browser(live_session, "edith")
    with django_assert_num_queries(10):
        page = edith.get(addresses(live_session)["record"]).content.decode()
    assert "Bo" in page
    assert "7 people came" in page
    assert "otter-of-the-bay" not in page
