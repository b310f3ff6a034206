"""What a person is sent on coming back: everything that was missed, or the whole picture."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sessions.actions.rooms import CommandRequest, RequestEntry, execute
from sessions.live.snapshots import MAX_MISSED, MESSAGES_SHOWN, SnapshotRequest, snapshots_for
from sessions.models import Room
from sessions.room import commands as c
from tests.support.ws_client import LiveSession, make_live_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting(db: None) -> LiveSession:
    live_session = make_live_session()
    amina, bo = live_session.who("amina"), live_session.who("bo")
    _do(live_session, RequestEntry(by=amina), RequestEntry(by=bo), c.Admit(by=amina, who=bo))
    return live_session


def _do(live_session: LiveSession, *commands: c.Command) -> int:
    requests = [CommandRequest(command) for command in commands]
    execute(room_id=live_session.room.pk, requests=requests, now=timezone.now())
    return Room.objects.get().seq


def _sent(live_session: LiveSession, *wanted: SnapshotRequest) -> list[Any]:
    snapshots = snapshots_for(live_session.room.pk, wanted)
    return [snapshot and json.loads(snapshot.frame) for snapshot in snapshots]


def test_three_hundred_missed_events_come_whole_and_of_one_more_none(meeting: LiveSession) -> None:
    bo = meeting.who("bo")
    since = Room.objects.get().seq
    said = [c.Say(by=meeting.who("amina"), text=str(n)) for n in range(MAX_MISSED)]
    last = _do(meeting, *said)
    (missed,) = _sent(meeting, SnapshotRequest(bo, since))
    assert missed["type"] == "missed"
    assert [event["seq"] for event in missed["events"]] == list(range(since + 1, last + 1))
    _do(meeting, c.Say(by=meeting.who("amina"), text="one more"))
    (snapshot,) = _sent(meeting, SnapshotRequest(bo, since))
    assert snapshot["type"] == "room"
    assert [message["text"] for message in snapshot["messages"]] == [
        *(str(n) for n in range(MAX_MISSED - MESSAGES_SHOWN + 1, MAX_MISSED)),
        "one more",
    ]


def test_each_gets_what_is_theirs_and_all_together_ask_the_tables_once(
    meeting: LiveSession,
) -> None:
    amina, bo, dara = (meeting.who(name) for name in ("amina", "bo", "dara"))
    _do(
        meeting,
        c.MessageFacilitators(by=bo, text="in private"),
        c.BackChannel(by=amina, text="among us"),
        c.Say(by=amina, text="to all"),
        RequestEntry(by=dara),
    )
    everyone = [
        SnapshotRequest(amina),
        SnapshotRequest(bo),
        SnapshotRequest(dara),
        SnapshotRequest("0"),
        SnapshotRequest(bo),
    ]
    with CaptureQueriesContext(connection) as queries:
        for_amina, for_bo, for_dara, for_nobody, again = _sent(meeting, *everyone)
    assert len(queries) == 2
    words = [
        [message["text"] for message in sent["messages"]] for sent in (for_amina, for_bo, for_dara)
    ]
    assert words == [["in private", "among us", "to all"], ["in private", "to all"], []]
    assert for_bo == again
    assert for_nobody is None
    assert "people" not in for_dara["room"]
