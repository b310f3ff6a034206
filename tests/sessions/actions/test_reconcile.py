"""The comparison of open connections with the tables, once a second."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from scheduler.models import Membership
from sessions.actions.leases import LEASE_LENGTH, delete_leases, renew_leases, take_lease
from sessions.actions.reconcile import OpenConnection, due_work, reconcile
from sessions.actions.rooms import CommandRequest, RequestEntry, execute
from sessions.models import Lease, Room, SignIn, Ticket
from sessions.room import commands as c
from sessions.room.state import AdmissionStatus
from tests.support.ws_client import LiveSession, make_live_session

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

pytestmark = pytest.mark.django_db

QUERIES = 5


def _connections(live_session: LiveSession) -> set[OpenConnection]:
    return {
        OpenConnection(
            live_session.room.pk, SignIn(f"key of {name}", live_session.who(name), "hash"), False
        )
        for name in live_session.members
    }


def test_the_number_of_queries_does_not_grow_with_rooms_and_people() -> None:
    def queries_for(live_sessions: list[LiveSession]) -> int:
        connections = set().union(*map(_connections, live_sessions))
        with CaptureQueriesContext(connection) as queries:
            result = reconcile(
                rooms=[live_session.room.pk for live_session in live_sessions],
                connections=connections,
                now=timezone.now() - timedelta(hours=1),
            )
        assert len(result.signed_out) == 4 * len(live_sessions)
        statements = [
            query["sql"] for query in queries if query["sql"].startswith(("SELECT", "DELETE"))
        ]
        return len(statements)

    one = make_live_session()
    assert queries_for([one]) == QUERIES
    others = [make_live_session(prefix=f"other{n}") for n in range(2)]
    assert queries_for([one, *others]) == QUERIES


def _do(live_session: LiveSession, commands: Sequence[c.Command], now: datetime) -> None:
    execute(
        room_id=live_session.room.pk,
        requests=[CommandRequest(command) for command in commands],
        now=now,
    )


def _connect(live_session: LiveSession, name: str, now: datetime) -> Lease:
    membership = live_session.members[name]
    return take_lease(room_id=live_session.room.pk, membership_id=membership.pk, now=now)


@pytest.fixture
def meeting(db: None) -> LiveSession:
    """Return an open room with Amina and Bo inside."""
    live_session = make_live_session()
    amina, bo = live_session.who("amina"), live_session.who("bo")
    _do(
        live_session,
        [RequestEntry(by=amina), RequestEntry(by=bo), c.Admit(by=amina, who=bo)],
        timezone.now(),
    )
    return live_session


def _status(live_session: LiveSession, name: str) -> AdmissionStatus:
    return Room.objects.get().read_state().people[live_session.who(name)].status


def test_a_person_who_came_back_meanwhile_is_not_taken_out(meeting: LiveSession) -> None:
    now = timezone.now()
    _connect(meeting, "bo", now - LEASE_LENGTH)
    due = due_work(now)
    _connect(meeting, "bo", now)
    _do(meeting, due.commands[meeting.room.pk], now)
    assert _status(meeting, "bo") is AdmissionStatus.INSIDE


def test_a_person_without_connections_is_taken_out(meeting: LiveSession) -> None:
    now = timezone.now()
    _connect(meeting, "bo", now - LEASE_LENGTH)
    _do(meeting, due_work(now).commands[meeting.room.pk], now)
    assert _status(meeting, "bo") is AdmissionStatus.OUT


def test_a_lease_that_was_renewed_meanwhile_is_not_deleted(meeting: LiveSession) -> None:
    now = timezone.now()
    lease = _connect(meeting, "bo", now - LEASE_LENGTH)
    due = due_work(now)
    renew_leases(lease_ids=[lease.pk], now=now)
    delete_leases(lease_ids=due.lease_ids, now=now)
    assert Lease.objects.filter(pk=lease.pk).exists()


@pytest.mark.parametrize(("belongs_again", "stands"), [(True, "inside"), (False, "out")])
def test_a_person_with_access_again_is_not_taken_out(
    meeting: LiveSession, *, belongs_again: bool, stands: str
) -> None:
    bo, now = meeting.members["bo"], timezone.now()
    meeting.ticket("bo")
    bo.state = Membership.State.REMOVED
    bo.save()
    here = OpenConnection(meeting.room.pk, Ticket.objects.get().sign_in, is_staff=False)
    result = reconcile(rooms=[meeting.room.pk], connections=[here], now=now)
    if belongs_again:
        bo.state = Membership.State.ACTIVE
        bo.save()
    _do(meeting, result.due.commands[meeting.room.pk], now)
    assert _status(meeting, "bo") == stands
