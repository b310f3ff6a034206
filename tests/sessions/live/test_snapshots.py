"""What a person is sent on coming back: everything that was missed, or the whole picture."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sessions.actions.rooms import Knock, Wish, fulfil
from sessions.live.snapshots import LINES_SHOWN, MISSED_AT_MOST, Wanted, pictures_of
from sessions.models import Room
from sessions.room import commands as c
from tests.support.ws_client import Evening, an_evening

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting(db: None) -> Evening:
    evening = an_evening()
    amina, bo = evening.who("amina"), evening.who("bo")
    _do(evening, Knock(by=amina), Knock(by=bo), c.Admit(by=amina, who=bo))
    return evening


def _do(evening: Evening, *commands: c.Command) -> int:
    wishes = [Wish(command) for command in commands]
    fulfil(room_id=evening.room.pk, wishes=wishes, now=timezone.now())
    return Room.objects.get().seq


def _sent(evening: Evening, *wanted: Wanted) -> list[Any]:
    pictures = pictures_of(evening.room.pk, wanted)
    return [picture and json.loads(picture.frame) for picture in pictures]


def test_three_hundred_missed_events_come_whole_and_of_one_more_none(meeting: Evening) -> None:
    bo = meeting.who("bo")
    since = Room.objects.get().seq
    said = [c.Say(by=meeting.who("amina"), text=str(n)) for n in range(MISSED_AT_MOST)]
    last = _do(meeting, *said)
    (missed,) = _sent(meeting, Wanted(bo, since))
    assert missed["type"] == "missed"
    assert [event["seq"] for event in missed["events"]] == list(range(since + 1, last + 1))
    _do(meeting, c.Say(by=meeting.who("amina"), text="one more"))
    (picture,) = _sent(meeting, Wanted(bo, since))
    assert picture["type"] == "room"
    assert [line["text"] for line in picture["lines"]] == [
        *(str(n) for n in range(MISSED_AT_MOST - LINES_SHOWN + 1, MISSED_AT_MOST)),
        "one more",
    ]


def test_each_gets_what_is_theirs_and_all_together_ask_the_tables_once(meeting: Evening) -> None:
    amina, bo, dara = (meeting.who(name) for name in ("amina", "bo", "dara"))
    _do(
        meeting,
        c.TellFacilitators(by=bo, text="in private"),
        c.BackChannel(by=amina, text="among us"),
        c.Say(by=amina, text="to all"),
        Knock(by=dara),
    )
    everyone = [Wanted(amina), Wanted(bo), Wanted(dara), Wanted("0"), Wanted(bo)]
    with CaptureQueriesContext(connection) as queries:
        for_amina, for_bo, for_dara, for_nobody, again = _sent(meeting, *everyone)
    assert len(queries) == 2
    words = [[line["text"] for line in sent["lines"]] for sent in (for_amina, for_bo, for_dara)]
    assert words == [["in private", "among us", "to all"], ["in private", "to all"], []]
    assert for_bo == again
    assert for_nobody is None
    assert "people" not in for_dara["room"]
