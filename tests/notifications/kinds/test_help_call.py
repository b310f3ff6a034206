"""A call for help in a room reaches the facilitators who are elsewhere."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.models import Notice, Transport
from notifications.planning.planner import plan
from scheduler.models import Membership
from sessions.actions.rooms import CommandRequest, RequestEntry, execute
from sessions.room import commands as c
from tests import make
from tests.support.ws_client import LiveSession, make_live_session

pytestmark = pytest.mark.django_db


def do(live: LiveSession, *commands: c.Command) -> None:
    requests = [CommandRequest(command) for command in commands]
    execute(room_id=live.room.pk, requests=requests, now=timezone.now())


def calls() -> list[Notice]:
    return list(Notice.objects.filter(kind=Notice.Kind.HELP))


def test_facilitators_who_are_not_in_the_room_are_told_of_a_call_for_help_once() -> None:
    live = make_live_session()
    group = live.occurrence.group
    edith = make.person("edith-elsewhere")
    make.membership(edith, group, alias="Ediths", role=Membership.Role.CO_FACILITATOR)
    now = timezone.now()
    plan(now)
    amina, bo = live.who("amina"), live.who("bo")
    do(live, RequestEntry(by=amina), RequestEntry(by=bo), c.AskForHelp(by=bo))
    for seconds in (1, 60):
        plan(timezone.now() + timedelta(seconds=seconds))

    told = {notice.person for notice in calls()}
    assert edith in told
    assert live.members["amina"].person not in told, "she sees it in the room"
    assert live.members["bo"].person not in told
    notice = next(notice for notice in calls() if notice.person == edith)
    assert (notice.transport, notice.occurrence) == (Transport.INBOX, live.occurrence)
    assert notice.expires_at - notice.planned_at <= timedelta(minutes=15)
    assert len(calls()) == len(told)


def test_a_room_without_any_facilitator_tells_all_of_them() -> None:
    live = make_live_session()
    plan(timezone.now())
    bo = live.who("bo")
    do(live, RequestEntry(by=bo), c.AskForHelp(by=bo))
    plan(timezone.now())
    facilitators = live.occurrence.group.memberships.active().facilitating()
    assert {notice.person_id for notice in calls()} == {one.person_id for one in facilitators}
