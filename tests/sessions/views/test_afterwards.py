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
from sessions.reports.attendance_letters import Letter
from tests import make
from tests.support.ws_client import Evening, an_evening

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


@pytest.fixture
def evening() -> Evening:
    """Bo was there for 40 minutes, and then removed by Amina for good."""
    evening = an_evening()
    session = evening.occurrence
    session.group.name = "Evenings clean and sober"
    session.group.save()
    Attendance.objects.create(
        occurrence=session,
        membership=evening.members["bo"],
        joined_at=session.starts_at,
        left_at=session.starts_at + timedelta(minutes=40),
    )
    Removal.objects.create(
        occurrence=session,
        membership=evening.members["bo"],
        by=evening.members["amina"],
        reason="sells",
        scope="group",
        at=timezone.now(),
    )
    return evening


def browser(evening: Evening, name: str) -> Client:
    client = Client()
    client.force_login(evening.person(name) if name in evening.members else make.person(name))
    return client


def addresses(evening: Evening) -> dict[str, str]:
    removal = Removal.objects.get().pk
    return {
        "letter": reverse("letter", args=[evening.occurrence.key]),
        "ask": reverse("ask_after_removal", args=[removal]),
        "record": reverse("group_record", args=[evening.group.key]),
        "review": reverse("review_removal", args=[evening.group.key, removal]),
    }


MAY = {
    "amina": {"record", "review"},
    "edith": {"record", "review"},
    "bo": {"letter", "ask"},
    "dara": set(),
    "chen": set(),
}


@pytest.mark.parametrize("name", MAY)
def test_what_is_not_for_somebody_looks_missing(evening: Evening, name: str) -> None:
    own = browser(evening, name)
    opened = {
        page
        for page, address in addresses(evening).items()
        if {own.get(address).status_code, own.post(address).status_code} & {200, 302}
    }
    assert opened == MAY[name]


def test_a_stranger_is_asked_to_sign_in(evening: Evening) -> None:
    for address in (*addresses(evening).values(), reverse("attended")):
        assert Client().get(address)["Location"].startswith(reverse("sign_in"))


def test_a_letter_is_a_file_whose_address_anyone_can_check(evening: Evening) -> None:
    answer = browser(evening, "bo").get(addresses(evening)["letter"])
    text = answer.content.decode()
    assert answer["Content-Disposition"].startswith("attachment")
    assert "40 minutes" in text
    for secret in ("Bo", "sober", "lamp", evening.occurrence.key):
        assert secret not in text
    found = re.search(r"http://testserver(/letter/\S+/)", text)
    assert found
    page = Client().get(found[1])
    assert page.status_code == 200
    assert "40 minutes" in page.content.decode()


def test_a_letter_that_we_did_not_sign_is_said_to_be_invalid() -> None:
    forged = Letter(timezone.now().date(), 40).token[:-2] + "xx"
    page = Client().get(reverse("check_letter", args=[forged]))
    assert page.status_code == 404
    assert "not valid" in page.content.decode()


def test_a_removed_person_reads_how_to_ask_and_asks(evening: Evening) -> None:
    bo = browser(evening, "bo")
    page = bo.get(reverse("attended")).content.decode()
    assert "You were asked to leave" in page
    assert "sells" not in page
    assert "sober" not in page
    bo.post(addresses(evening)["ask"], {"text": "It was my brother"})
    assert "It was my brother" in bo.get(reverse("attended")).content.decode()
    seen = browser(evening, "edith").get(addresses(evening)["record"]).content.decode()
    assert "It was my brother" in seen


def test_the_second_facilitator_decides_on_the_page(evening: Evening) -> None:
    edith = browser(evening, "edith")
    assert "sells" in edith.get(addresses(evening)["record"]).content.decode()
    edith.post(addresses(evening)["review"], {"remove": "1"})
    evening.members["bo"].refresh_from_db()
    assert evening.members["bo"].state == "removed"
    assert "sells" not in edith.get(addresses(evening)["record"]).content.decode()


def test_the_first_facilitator_is_told_that_another_decides(evening: Evening) -> None:
    amina = browser(evening, "amina")
    page = amina.get(addresses(evening)["record"]).content.decode()
    assert "another facilitator decides" in page
    assert 'name="remove"' not in page
    amina.post(addresses(evening)["review"], {"remove": "1"})
    assert Removal.objects.get().reviewed_at is None


@pytest.mark.parametrize("sessions", [1, 3])
def test_who_came_is_shown_by_alias_in_a_fixed_number_of_queries(
    evening: Evening, sessions: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(1, sessions):
        before = evening.occurrence.starts_at - timedelta(days=7 * number)
        occurrence = make.occurrence(evening.group, starts_at=before)
        for member in evening.members.values():
            Attendance.objects.create(
                occurrence=occurrence, membership=member, joined_at=before, left_at=None
            )
    long_ago = make.occurrence(
        evening.group, starts_at=evening.occurrence.starts_at - timedelta(days=98)
    )
    AttendanceCount.objects.create(occurrence=long_ago, people=7)
    Person.objects.filter(pk=evening.person("bo").pk).update(username="otter-of-the-bay")
    edith = browser(evening, "edith")
    with django_assert_num_queries(12):
        page = edith.get(addresses(evening)["record"]).content.decode()
    assert "Bo" in page
    assert "7 people came" in page
    assert "otter-of-the-bay" not in page
