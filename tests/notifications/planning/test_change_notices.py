from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
import time_machine

from notifications.delivery.dispatcher import dispatch
from notifications.models import Notice, Transport
from notifications.planning.change_notices import BATCHING_DELAY
from notifications.planning.planner import plan
from scheduler.actions.schedule import cancel_occurrence, move_occurrence, restore_occurrence
from scheduler.actions.seats import decline_seat
from scheduler.models import Membership, Occurrence
from tests import make
from tests.support.reminders import NOW, REVEALING, parts, reader, session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accounts.models import Person
    from tests.support.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db
SOON, FAR = timedelta(hours=30), timedelta(days=10)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        plan(NOW)
        yield traveller


@pytest.fixture
def amina() -> Person:
    return reader("amina", tz="Africa/Cairo")


@pytest.fixture
def bo() -> Person:
    return reader("bo")


def held(amina: Person, *members: Person, starts_in: timedelta = SOON) -> Occurrence:
    """Make a session that Amina facilitates."""
    occurrence = session(amina, *members, starts_in=starts_in)
    Membership.objects.filter(person=amina).update(role=Membership.Role.FACILITATOR)
    return occurrence


def move(occurrence: Occurrence, by: Person, hours: int) -> None:
    occurrence.refresh_from_db()
    move_occurrence(
        by=by,
        occurrence=occurrence,
        starts_local=occurrence.starts_local + timedelta(hours=hours),
        tz=ZoneInfo("Europe/Bratislava"),
        duration_minutes=60,
        reason="",
        now=NOW,
    )


def tick(*, after: timedelta = timedelta(seconds=2)) -> None:
    with time_machine.travel(NOW + after, tick=False):
        plan(NOW + after)
        dispatch(Transport.EMAIL)


def test_a_move_is_notified_at_once_with_the_new_time_and_the_old_one(
    amina: Person, bo: Person, smtp_server: SmtpServer
) -> None:
    move(held(amina, bo), amina, 3)
    tick()
    assert smtp_server.recipients == ["bo@example.org"]
    assert smtp_server.subjects == ["New time: Saturday 23:00 (Copenhagen)"]
    text, html = parts(smtp_server.mails[0])
    assert "instead of Saturday 6 June, 20:00" in text
    assert "instead of Saturday 6 June, 20:00" in html
    tick(after=timedelta(seconds=4))
    assert len(smtp_server.mails) == 1


def test_a_cancellation_is_notified_and_its_reminders_are_not_sent(
    amina: Person, bo: Person, smtp_server: SmtpServer
) -> None:
    occurrence = held(amina, bo)
    plan(NOW)
    cancel_occurrence(by=amina, occurrence=occurrence, reason="ill", now=NOW)
    tick()
    tick(after=SOON - timedelta(hours=1))
    assert smtp_server.subjects == ["Cancelled: Saturday 20:00 (Copenhagen)"]
    assert "ill" not in parts(smtp_server.mails[0])[0]
    assert set(Notice.objects.filter(kind="reminder").values_list("state", "reason")) == {
        ("dropped", "cancelled")
    }


def test_a_session_that_was_restored_is_notified_and_reminded_of_again(
    amina: Person, bo: Person, smtp_server: SmtpServer
) -> None:
    occurrence = held(amina, bo)
    cancel_occurrence(by=amina, occurrence=occurrence, reason="", now=NOW)
    tick()
    restore_occurrence(by=amina, occurrence=occurrence, now=NOW + timedelta(minutes=1))
    tick(after=timedelta(minutes=1, seconds=2))
    assert smtp_server.subjects[1] == "On after all: Saturday 20:00 (Copenhagen)"
    tick(after=SOON - timedelta(hours=1))
    assert "Reminder: Saturday 20:00 (Copenhagen)" in smtp_server.subjects


def test_only_the_last_of_two_moves_is_notified(
    amina: Person, bo: Person, smtp_server: SmtpServer
) -> None:
    occurrence = held(amina, bo)
    move(occurrence, amina, 1)
    plan(NOW)
    move(occurrence, amina, 1)
    tick()
    assert smtp_server.subjects == ["New time: Saturday 22:00 (Copenhagen)"]
    assert ("moved", "dropped", "moved") in Notice.objects.values_list("kind", "state", "reason")


def test_changes_that_are_days_away_are_gathered_into_one_mail(
    amina: Person, bo: Person, smtp_server: SmtpServer
) -> None:
    move(held(amina, bo, starts_in=FAR), amina, 1)
    cancel_occurrence(by=amina, occurrence=held(amina, bo, starts_in=FAR), reason="", now=NOW)
    tick()
    assert smtp_server.mails == []
    tick(after=BATCHING_DELAY + timedelta(seconds=2))
    assert smtp_server.subjects == ["2 changes to your times"]
    assert parts(smtp_server.mails[0])[0].count("This ") == 2
    changes = Notice.objects.exclude(kind="reminder").filter(transport=Transport.EMAIL)
    assert list(changes.values_list("state", flat=True)) == ["done", "done"]


def test_a_change_within_two_days_waits_for_nothing(
    amina: Person, bo: Person, smtp_server: SmtpServer
) -> None:
    move(held(amina, bo, starts_in=FAR), amina, 1)
    move(held(amina, bo, starts_in=SOON), amina, 1)
    tick()
    assert smtp_server.subjects == ["New time: Saturday 21:00 (Copenhagen)"]


def test_nobody_outside_the_group_hears_of_it(amina: Person, smtp_server: SmtpServer) -> None:
    chen, dana = reader("chen"), reader("dana")
    session(chen)
    occurrence = held(amina, dana)
    Membership.objects.filter(person=dana).update(state=Membership.State.LEFT)
    move(occurrence, amina, 1)
    tick()
    assert smtp_server.mails == []


def test_who_comes_after_the_change_is_not_notified_of_it(
    amina: Person, bo: Person, smtp_server: SmtpServer
) -> None:
    occurrence = held(amina)
    move(occurrence, amina, 1)
    membership = make.membership(bo, occurrence.group)
    Membership.objects.filter(pk=membership.pk).update(since=NOW + timedelta(seconds=1))
    tick()
    assert smtp_server.mails == []


def test_who_would_not_come_is_not_notified_that_it_is_off(
    amina: Person, bo: Person, smtp_server: SmtpServer
) -> None:
    occurrence = held(amina, bo)
    decline_seat(person=bo, occurrence=occurrence, now=NOW)
    cancel_occurrence(by=amina, occurrence=occurrence, reason="", now=NOW)
    tick()
    assert smtp_server.mails == []


def test_a_change_made_while_the_server_was_down_is_notified_when_it_is_back(
    amina: Person, bo: Person, smtp_server: SmtpServer
) -> None:
    move(held(amina, bo), amina, 1)
    tick(after=timedelta(hours=6))
    assert smtp_server.subjects == ["New time: Saturday 21:00 (Copenhagen)"]


def test_a_digest_with_a_notice_that_expired_at_the_last_moment_is_not_sent_in_part(
    amina: Person, bo: Person, smtp_server: SmtpServer
) -> None:
    move(held(amina, bo, starts_in=FAR), amina, 1)
    other = held(amina, bo, starts_in=FAR)
    move(other, amina, 2)
    plan(NOW)
    Notice.objects.filter(occurrence=other).update(expires_at=NOW)
    tick(after=BATCHING_DELAY + timedelta(seconds=2))
    assert len(smtp_server.mails) == 1
    assert smtp_server.subjects[0].startswith("New time")


def test_no_word_of_a_notice_reveals_what_it_is_about(
    amina: Person, bo: Person, smtp_server: SmtpServer
) -> None:
    move(held(amina, bo), amina, 1)
    cancel_occurrence(by=amina, occurrence=held(amina, bo), reason="relapse", now=NOW)
    tick()
    text, html = parts(smtp_server.mails[0])
    shown = f"{text} {html.split('</head>')[1]}".casefold()
    for word in [*REVEALING["en"].split(), "tuesday lamp", "harbour house"]:
        assert word not in shown
