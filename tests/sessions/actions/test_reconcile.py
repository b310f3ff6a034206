"""The look at the tables that every process takes each second."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from scheduler.models import Membership
from sessions.actions.leases import LENGTH, forget_leases, renew_leases, take_lease
from sessions.actions.reconcile import Presence, due, look
from sessions.actions.rooms import Knock, Wish, fulfil
from sessions.models import Lease, Room, SignIn, Ticket
from sessions.room import commands as c
from sessions.room.state import Standing
from tests.support.ws_client import Evening, an_evening

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

pytestmark = pytest.mark.django_db

QUESTIONS = 5


def _present(evening: Evening) -> set[Presence]:
    return {
        Presence(evening.room.pk, SignIn(f"key of {name}", evening.who(name), "hash"), False)
        for name in evening.members
    }


def test_a_look_asks_five_questions_however_many_rooms_and_people_are_here() -> None:
    def asked(evenings: list[Evening]) -> int:
        present = set().union(*map(_present, evenings))
        with CaptureQueriesContext(connection) as queries:
            seen = look(
                rooms=[evening.room.pk for evening in evenings],
                present=present,
                now=timezone.now() - timedelta(hours=1),
            )
        assert len(seen.signed_out) == 4 * len(evenings)
        words = [query["sql"] for query in queries if query["sql"].startswith(("SELECT", "DELETE"))]
        return len(words)

    one = an_evening()
    assert asked([one]) == QUESTIONS
    others = [an_evening(of=f"other{n}") for n in range(2)]
    assert asked([one, *others]) == QUESTIONS


def _do(evening: Evening, commands: Sequence[c.Command], now: datetime) -> None:
    fulfil(room_id=evening.room.pk, wishes=[Wish(command) for command in commands], now=now)


def _open_line(evening: Evening, name: str, now: datetime) -> Lease:
    membership = evening.members[name]
    return take_lease(room_id=evening.room.pk, membership_id=membership.pk, now=now)


@pytest.fixture
def meeting(db: None) -> Evening:
    """Return an open room with Amina and Bo inside."""
    evening = an_evening()
    amina, bo = evening.who("amina"), evening.who("bo")
    _do(evening, [Knock(by=amina), Knock(by=bo), c.Admit(by=amina, who=bo)], timezone.now())
    return evening


def _standing(evening: Evening, name: str) -> Standing:
    return Room.objects.get().read().people[evening.who(name)].standing


def test_who_came_back_since_the_look_is_not_shown_out(meeting: Evening) -> None:
    now = timezone.now()
    _open_line(meeting, "bo", now - LENGTH)
    seen = due(now)
    _open_line(meeting, "bo", now)
    _do(meeting, seen.commands[meeting.room.pk], now)
    assert _standing(meeting, "bo") is Standing.INSIDE


def test_whose_lines_are_all_dead_is_shown_out(meeting: Evening) -> None:
    now = timezone.now()
    _open_line(meeting, "bo", now - LENGTH)
    _do(meeting, due(now).commands[meeting.room.pk], now)
    assert _standing(meeting, "bo") is Standing.OUT


def test_a_lease_that_was_renewed_since_the_look_is_not_forgotten(meeting: Evening) -> None:
    now = timezone.now()
    lease = _open_line(meeting, "bo", now - LENGTH)
    seen = due(now)
    renew_leases(lease_ids=[lease.pk], now=now)
    forget_leases(lease_ids=seen.lease_ids, now=now)
    assert Lease.objects.filter(pk=lease.pk).exists()


@pytest.mark.parametrize(("belongs_again", "stands"), [(True, "inside"), (False, "out")])
def test_who_belongs_again_since_the_look_is_not_shown_out(
    meeting: Evening, *, belongs_again: bool, stands: str
) -> None:
    bo, now = meeting.members["bo"], timezone.now()
    meeting.ticket("bo")
    bo.state = Membership.State.REMOVED
    bo.save()
    here = Presence(meeting.room.pk, Ticket.objects.get().sign_in, is_staff=False)
    seen = look(rooms=[meeting.room.pk], present=[here], now=now)
    if belongs_again:
        bo.state = Membership.State.ACTIVE
        bo.save()
    _do(meeting, seen.due.commands[meeting.room.pk], now)
    assert _standing(meeting, "bo") == stands
