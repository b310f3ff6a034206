from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine

from accounts.actions.people import choose_zone
from accounts.models import Person
from civiltime.zones import zone
from notifications.actions.preferences import choose_quiet_hours
from notifications.delivery.dispatcher import dispatch
from notifications.models import Notice, QuietSpan, Transport
from notifications.planning.planner import plan
from notifications.planning.quiet_hours_deferral import SPREAD
from scheduler.actions.schedule import move_occurrence
from scheduler.models import Membership, Occurrence
from tests import make
from tests.support.reminders import LONG_AGO, NOW, reader

if TYPE_CHECKING:
    from tests.support.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db
NIGHT = (22 * 60, 7 * 60)  # in Copenhagen in June: 20:00 to 05:00 UTC


def sleeper(
    username: str = "bo", *, leads: tuple[int, ...] = (60,), allows_urgent: bool = True
) -> Person:
    bo = reader(username, leads=leads)
    quiet_from_to(bo, NIGHT, allows_urgent=allows_urgent)
    return bo


def quiet_from_to(bo: Person, quiet: tuple[int, int], *, allows_urgent: bool = True) -> None:
    choose_quiet_hours(person=bo, quiet=quiet, allows_urgent=allows_urgent, now=LONG_AGO)


def session_at(text: str, *people: Person) -> Occurrence:
    starts_at = datetime.fromisoformat(text).replace(tzinfo=UTC)
    occurrence = make.occurrence(make.group(), starts_at=starts_at)
    for person in people:
        make.membership(person, occurrence.group)
    Membership.objects.update(since=LONG_AGO)
    return occurrence


def due(bo: Person) -> list[datetime]:
    reminders = Notice.objects.waiting().filter(person=bo, kind="reminder").order_by("due_at")
    return list(reminders.values_list("due_at", flat=True))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_what_falls_into_the_night_comes_at_its_end_while_there_is_time() -> None:
    bo = sleeper(leads=(180,))
    session_at("2026-06-06T07:00", bo)  # 09:00 in Copenhagen: three hours before is 06:00
    plan(NOW)
    (at,) = due(bo)
    assert utc("2026-06-06T05:00") <= at < utc("2026-06-06T05:00") + SPREAD


def test_what_could_only_come_too_late_comes_before_the_night() -> None:
    bo = sleeper()
    session_at("2026-06-06T04:00", bo)  # 06:00 in Copenhagen
    plan(NOW)
    (at,) = due(bo)
    assert utc("2026-06-05T20:00") - SPREAD < at <= utc("2026-06-05T20:00")


def test_two_reminders_that_would_come_together_before_the_night_are_one() -> None:
    bo = sleeper(leads=(180, 60))
    session_at("2026-06-06T04:00", bo)
    plan(NOW)
    assert len(due(bo)) == 1
    assert Notice.objects.get(state="dropped").reason == Notice.Reason.QUIET


def test_two_reminders_that_would_come_together_after_the_night_are_one(
    smtp_server: SmtpServer,
) -> None:
    bo = sleeper(leads=(180, 60))
    session_at("2026-06-06T05:50", bo)  # at 07:50, the night ends at 07:00
    plan(NOW)
    for minutes in (30, 49):
        with time_machine.travel(utc("2026-06-06T05:00") + timedelta(minutes=minutes), tick=False):
            plan(utc("2026-06-06T05:00") + timedelta(minutes=minutes))
            dispatch(Transport.EMAIL)
    assert len(smtp_server.mails) == 1


def test_who_has_no_quiet_hours_is_reminded_at_any_hour() -> None:
    bo, amina = reader(leads=(60,)), sleeper("amina")
    session_at("2026-06-06T04:00", bo, amina)
    plan(NOW)
    assert due(bo)[0] > utc("2026-06-06T02:50")
    assert due(amina)[0] < utc("2026-06-05T20:01")


def test_the_night_of_a_clock_change_ends_by_the_new_clock() -> None:
    bo = sleeper(leads=(180,))
    session_at("2026-10-25T08:00", bo)  # 09:00 in Copenhagen, which has left summer time
    plan(utc("2026-10-24T10:00"))
    (at,) = due(bo)
    assert utc("2026-10-25T06:00") <= at < utc("2026-10-25T06:00") + SPREAD


def test_many_nights_that_end_together_are_spread() -> None:
    people = [sleeper(f"p{number}", leads=(180,)) for number in range(12)]
    session_at("2026-06-06T07:00", *people)
    plan(NOW)
    moments = {due(person)[0] for person in people}
    assert len(moments) == 12
    assert max(moments) - min(moments) > timedelta(minutes=1)


def test_choosing_quiet_hours_moves_what_is_planned_already() -> None:
    bo = reader(leads=(60,))
    session_at("2026-06-06T04:00", bo)
    plan(NOW)
    assert due(bo)[0] > utc("2026-06-06T02:50")
    quiet_from_to(bo, NIGHT)
    choose_quiet_hours(person=bo, quiet=NIGHT, allows_urgent=True, now=NOW)
    assert due(bo)[0] < utc("2026-06-05T20:01")


def test_the_night_follows_a_person_to_another_zone() -> None:
    bo = sleeper()
    session_at("2026-06-06T04:00", bo)
    plan(NOW)
    choose_zone(person=bo, tz=zone("America/New_York"), now=NOW)  # midnight there, at the start
    plan(NOW + timedelta(seconds=2))
    (at,) = due(bo)
    assert utc("2026-06-06T02:00") - SPREAD < at <= utc("2026-06-06T02:00")


def test_spans_of_another_tz_database_are_written_anew() -> None:
    sleeper()
    QuietSpan.objects.update(tz_version="1999a", ends_at=NOW)
    plan(NOW)
    assert not QuietSpan.objects.filter(tz_version="1999a").exists()
    assert QuietSpan.objects.filter(ends_at__gt=NOW + timedelta(days=9)).exists()


def moved_at_night(smtp_server: SmtpServer, starts: str, *, allows_urgent: bool) -> list[datetime]:
    """Move a session, at 23:00 in Copenhagen; return when its notice is due."""
    bo, amina = sleeper(leads=(5,), allows_urgent=allows_urgent), reader("amina")
    occurrence = session_at("2026-06-07T16:00", bo, amina)
    Membership.objects.filter(person=amina).update(role=Membership.Role.FACILITATOR)
    at_night = utc("2026-06-05T21:00")
    with time_machine.travel(at_night, tick=False):
        plan(at_night)
        local = utc(starts).astimezone(zone("Europe/Bratislava")).replace(tzinfo=None)
        move_occurrence(
            by=amina, occurrence=occurrence, starts_local=local, tz=zone("Europe/Bratislava"),
            duration_minutes=60, reason="", now=at_night,
        )  # fmt: skip
        plan(at_night + timedelta(seconds=1))
    with time_machine.travel(at_night + timedelta(seconds=2), tick=False):
        dispatch(Transport.EMAIL)
    waiting = Notice.objects.waiting().filter(person=bo, kind="moved", transport=Transport.EMAIL)
    return list(waiting.values_list("due_at", flat=True))


def test_an_urgent_change_waits_for_the_morning_when_that_is_early_enough(
    smtp_server: SmtpServer,
) -> None:
    (at,) = moved_at_night(smtp_server, "2026-06-06T12:00", allows_urgent=True)
    assert smtp_server.mails == []
    assert utc("2026-06-06T05:00") <= at < utc("2026-06-06T05:00") + SPREAD


def test_a_change_that_cannot_wait_wakes_who_allowed_it(smtp_server: SmtpServer) -> None:
    assert moved_at_night(smtp_server, "2026-06-06T04:30", allows_urgent=True) == []
    assert smtp_server.subjects == ["New time: Saturday 06:30 (Copenhagen)"]


def test_a_change_that_cannot_wait_lets_sleep_who_did_not(smtp_server: SmtpServer) -> None:
    assert moved_at_night(smtp_server, "2026-06-06T04:30", allows_urgent=False) == []
    assert smtp_server.mails == []
    dropped = Notice.objects.get(kind="moved", transport=Transport.EMAIL)
    assert (dropped.state, dropped.reason) == ("dropped", "quiet")


def test_a_zone_that_changed_after_planning_is_looked_at_once_more(smtp_server: SmtpServer) -> None:
    bo = sleeper()
    session_at("2026-06-06T12:00", bo)
    plan(NOW)
    Person.objects.filter(pk=bo.pk).update(tz=zone("America/Los_Angeles"))  # 04:00 there
    with time_machine.travel(utc("2026-06-06T11:00"), tick=False):
        dispatch(Transport.EMAIL)
    assert smtp_server.mails == []
    assert Notice.objects.get(kind="reminder").reason == Notice.Reason.QUIET
