from __future__ import annotations

from datetime import timedelta

import pytest

from sessions.room import State, payloads
from sessions.room import commands as c
from sessions.room.audiences import Audience
from sessions.room.refusals import Code
from sessions.room.state import Phase, Role
from sessions.room.visibility import view_of
from tests.support.room_builder import (
    AMINA,
    BO,
    DARA,
    EDITH,
    STARTS,
    done,
    enter,
    refused,
    room_in,
    run,
)


@pytest.fixture
def room() -> State:
    return room_in(Phase.OPEN)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", Code.EMPTY),
        (" \n", Code.EMPTY),
        ("x" * 2001, Code.TOO_LONG),
        ("a\x00b", Code.UNSEEN_CHARACTERS),
    ],
)
def test_a_line_has_words_and_not_too_many(room: State, text: str, code: Code) -> None:
    for verb in (c.Say, c.MessageFacilitators):
        assert refused(room, verb(by=BO, text=text)) is code
    assert refused(room, c.BackChannel(by=AMINA, text=text)) is code


def test_an_author_may_edit_for_a_minute(room: State) -> None:
    room, (said,) = done(room, c.Say(by=BO, text="I was wrnog"))
    fix = c.Edit(by=BO, message_seq=said.seq, text="I was wrong")
    _, (edited,) = done(room, fix, now=STARTS + timedelta(seconds=60))
    assert edited.payload == payloads.Edited(message_seq=said.seq, by=BO, text="I was wrong")
    assert refused(room, fix, now=STARTS + timedelta(seconds=61)) is Code.TOO_LATE


def test_nobody_edits_the_line_of_another(room: State) -> None:
    room, (said,) = done(room, c.Say(by=BO, text="mine"))
    assert refused(room, c.Edit(by=AMINA, message_seq=said.seq, text="no")) is Code.NOT_YOUR_MESSAGE


def test_a_facilitator_takes_a_line_away_and_it_stays_away(room: State) -> None:
    room, (said,) = done(room, c.Say(by=BO, text="0700 123456"))
    room, (event,) = done(room, c.Redact(by=AMINA, message_seq=said.seq))
    assert event.payload == payloads.Redacted(message_seq=said.seq)
    assert refused(room, c.Edit(by=BO, message_seq=said.seq, text="again")) is Code.UNKNOWN_MESSAGE
    assert refused(room, c.Redact(by=AMINA, message_seq=said.seq)) is Code.UNKNOWN_MESSAGE


def test_a_private_line_is_for_facilitators_and_its_author(room: State) -> None:
    _, (event,) = done(room, c.MessageFacilitators(by=DARA, text="I feel unsafe"))
    assert (event.audience, event.also) == (Audience.STAFF, DARA)
    _, (event,) = done(room, c.Answer(by=AMINA, who=DARA, text="I am here"))
    assert (event.audience, event.also) == (Audience.STAFF, DARA)


def test_the_back_channel_is_for_facilitators_alone(room: State) -> None:
    _, (event,) = done(room, c.BackChannel(by=AMINA, text="watch the time"))
    assert (event.audience, event.also) == (Audience.STAFF, None)


def test_captions_are_for_everyone_inside_and_no_part_of_the_conversation(room: State) -> None:
    state, (event,) = done(room, c.Caption(by=AMINA, text=" welcome, everyone "))
    captioned = payloads.Captioned(text="welcome, everyone")
    assert (event.audience, event.payload) == (Audience.ROOM, captioned)
    assert state.messages == room.messages


def test_help_is_asked_for_in_private(room: State) -> None:
    _, (event,) = done(room, c.AskForHelp(by=DARA))
    assert (event.audience, event.also) == (Audience.STAFF, DARA)


def test_a_report_says_about_whom_and_never_by_whom(room: State) -> None:
    _, (event,) = done(room, c.Report(by=DARA, who=BO, reason="he sells"))
    reported = payloads.Reported(who=BO)
    assert (event.audience, event.also, event.payload) == (Audience.STAFF, None, reported)


def test_a_report_about_a_facilitator_reaches_no_facilitator(room: State) -> None:
    room = run(room, enter(EDITH, role=Role.CO_FACILITATOR))
    _, (event,) = done(room, c.Report(by=BO, who=AMINA, reason="shouts"))
    assert event.audience is Audience.NOBODY


def test_a_call_for_help_is_shown_until_one_facilitator_has_seen_it() -> None:
    state = run(room_in(Phase.OPEN), enter(EDITH, role=Role.CO_FACILITATOR), c.AskForHelp(by=BO))
    assert [call["alias"] for call in view_of(state, EDITH)["help_calls"]] == ["Bo"]
    state, (event,) = done(state, c.SeeHelp(by=AMINA, who=BO))
    assert (event.audience, event.also) == (Audience.STAFF, BO)
    assert event.payload == payloads.HelpSeen(who=BO, by=AMINA, alias="Amina")
    assert view_of(state, EDITH)["help_calls"] == []
    assert view_of(state, BO)["help_call"]["seen_by"] == "Amina"
    assert done(state, c.SeeHelp(by=EDITH, who=BO))[1] == (), "the first one counts"


def test_a_second_call_for_help_is_a_new_one() -> None:
    state = run(room_in(Phase.OPEN), c.AskForHelp(by=BO), c.SeeHelp(by=AMINA, who=BO))
    state = run(state, c.AskForHelp(by=BO))
    assert len(view_of(state, AMINA)["help_calls"]) == 1
    assert view_of(state, BO)["help_call"]["seen_by"] is None


def test_a_call_for_help_outlasts_the_one_who_called() -> None:
    state = run(room_in(Phase.OPEN), c.AskForHelp(by=BO), c.Leave(by=BO))
    assert [call["alias"] for call in view_of(state, AMINA)["help_calls"]] == ["Bo"]
