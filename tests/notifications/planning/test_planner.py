from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Person
from notifications.actions.consent import withdraw
from notifications.actions.preferences import choose_reminders
from notifications.models import Notice, Transport
from notifications.models.preferences import DEFAULT_LEADS
from notifications.planning.planner import JITTER_SECONDS, SWEEP_SHARES, plan
from scheduler.models import Membership, Occurrence
from tests import make
from tests.support.reminders import NOW, reader, session

pytestmark = pytest.mark.django_db


def leads(person: Person) -> list[int]:
    planned = (
        Notice.objects.waiting().filter(person=person, kind="reminder").order_by("-lead_minutes")
    )
    return list(planned.values_list("lead_minutes", flat=True))


def test_a_member_gets_a_reminder_a_day_and_an_hour_before() -> None:
    bo = reader()
    occurrence = session(bo)
    plan(NOW)
    assert leads(bo) == [24 * 60, 60]
    for notice in Notice.objects.all():
        exact = occurrence.starts_at - timedelta(minutes=notice.lead_minutes)
        assert exact - timedelta(seconds=JITTER_SECONDS) < notice.due_at <= exact
        assert notice.version == occurrence.sequence


def test_the_day_before_runs_out_when_the_hour_before_falls_due() -> None:
    occurrence = session(reader())
    plan(NOW)
    hour, day = Notice.objects.order_by("lead_minutes")
    assert day.expires_at == hour.due_at
    assert hour.expires_at == occurrence.starts_at
    assert (day.is_urgent, hour.is_urgent) == (False, True)


def test_planning_again_writes_nothing_more() -> None:
    session(reader(), reader("amina"))
    assert plan(NOW) == 4
    assert plan(NOW + timedelta(seconds=2)) == 0
    assert plan(NOW + timedelta(hours=2)) == 0


def test_people_who_did_not_consent_get_nothing() -> None:
    chen = make.person("chen", email="chen@example.org")
    session(chen)
    assert plan(NOW) == 0


def test_people_without_a_verified_address_get_nothing() -> None:
    bo = reader()
    Person.objects.filter(pk=bo.pk).update(email_verified_at=None)
    session(bo)
    assert plan(NOW) == 0


@pytest.mark.parametrize("state", sorted(set(Membership.State) - {Membership.State.ACTIVE}))
def test_people_who_do_not_belong_get_nothing(state: str) -> None:
    bo = reader()
    session(bo)
    Membership.objects.update(state=state)
    assert plan(NOW) == 0


def test_a_cancelled_session_is_no_reason_to_write() -> None:
    session(reader())
    Occurrence.objects.update(cancelled_at=NOW)
    assert plan(NOW) == 0


def test_a_session_that_has_started_is_no_reason_to_write() -> None:
    session(reader(), starts_in=timedelta(0))
    assert plan(NOW) == 0


def test_after_an_outage_only_the_nearest_reminder_is_planned() -> None:
    bo = reader()
    session(bo, starts_in=timedelta(minutes=40))
    plan(NOW)
    assert leads(bo) == [60]


def test_a_week_of_downtime_is_caught_up_without_what_is_past() -> None:
    bo = reader()
    occurrence = session(bo, starts_in=timedelta(days=5))
    plan(NOW)
    plan(NOW + timedelta(days=4, hours=12))
    assert set(Notice.objects.values_list("occurrence", flat=True)) == {occurrence.pk}
    assert leads(bo) == [24 * 60, 60]


def test_a_new_member_is_not_reminded_of_times_before_they_joined() -> None:
    bo = reader()
    session(bo, starts_in=timedelta(hours=5), since=NOW)
    plan(NOW)
    assert leads(bo) == [60]


def test_someone_who_joins_after_planning_is_found_by_the_next_tick() -> None:
    bo, amina = reader(), reader("amina")
    occurrence = session(bo)
    plan(NOW)
    make.membership(amina, occurrence.group)
    Membership.objects.filter(person=amina).update(since=NOW + timedelta(seconds=1))
    plan(NOW + timedelta(seconds=2))
    assert leads(amina) == [24 * 60, 60]


def test_a_week_before_is_planned_further_ahead() -> None:
    bo = reader(leads=(7 * 24 * 60, 60))
    session(bo, starts_in=timedelta(days=8))
    plan(NOW)
    assert leads(bo) == [7 * 24 * 60]


def test_a_moved_session_drops_the_old_notices_and_plans_new_ones() -> None:
    bo = reader()
    occurrence = session(bo)
    plan(NOW)
    occurrence.starts_at += timedelta(hours=6)
    occurrence.ends_at += timedelta(hours=6)
    occurrence.sequence += 1
    occurrence.save()
    plan(NOW + timedelta(seconds=2))
    dropped = Notice.objects.filter(state=Notice.State.DROPPED)
    assert {(n.version, n.reason) for n in dropped} == {(0, Notice.Reason.MOVED)}
    assert {n.version for n in Notice.objects.waiting()} == {1}
    assert leads(bo) == [24 * 60, 60]


def test_a_cancelled_session_drops_its_notices_with_the_reason() -> None:
    occurrence = session(reader())
    plan(NOW)
    Occurrence.objects.filter(pk=occurrence.pk).update(cancelled_at=NOW, sequence=1)
    plan(NOW + timedelta(seconds=2))
    assert set(Notice.objects.values_list("state", "reason")) == {("dropped", "cancelled")}


def test_choosing_other_moments_plans_them_at_once() -> None:
    bo = reader()
    session(bo)
    plan(NOW)
    choose_reminders(person=bo, transport=Transport.EMAIL, leads=[15], now=NOW)
    assert leads(bo) == [15]


def test_a_withdrawn_consent_drops_what_is_queued_and_a_new_one_brings_it_back() -> None:
    bo = reader()
    session(bo)
    plan(NOW)
    withdraw(person=bo, transport=Transport.EMAIL, now=NOW)
    assert set(Notice.objects.values_list("state", "reason")) == {("dropped", "withdrawn")}
    choose_reminders(person=bo, transport=Transport.EMAIL, leads=DEFAULT_LEADS, now=NOW)
    assert leads(bo) == [24 * 60, 60]


def test_what_was_sent_is_not_planned_again_by_choosing_again() -> None:
    bo = reader()
    session(bo)
    plan(NOW)
    Notice.objects.filter(lead_minutes=60).update(state=Notice.State.DONE)
    choose_reminders(person=bo, transport=Transport.EMAIL, leads=DEFAULT_LEADS, now=NOW)
    assert leads(bo) == [24 * 60]


def test_planning_takes_the_same_queries_for_one_member_and_for_three() -> None:
    occurrence = session()
    plan(NOW)
    make.membership(reader(), occurrence.group)
    with CaptureQueriesContext(connection) as for_one:
        plan(NOW + timedelta(seconds=2))
    for username in ("amina", "dana"):
        make.membership(reader(username), occurrence.group)
    with CaptureQueriesContext(connection) as for_three:
        plan(NOW + timedelta(seconds=4))
    assert len(for_three) == len(for_one)


@pytest.mark.parametrize("minutes_between_ticks", [5, 6, 55])
def test_what_slipped_for_whatever_reason_is_planned_within_the_hour(
    minutes_between_ticks: int,
) -> None:
    people = [reader(f"reader{number}") for number in range(SWEEP_SHARES)]
    for person in people:
        session(person)
    plan(NOW)
    Notice.objects.all().delete()
    for minutes in range(5, 61 + minutes_between_ticks, minutes_between_ticks):
        plan(NOW + timedelta(minutes=minutes))
    assert [leads(person) for person in people] == [[24 * 60, 60]] * SWEEP_SHARES
