"""The log of a room: gapless, once, whoever races."""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from scheduler.models import Membership, Occurrence, Seat
from sessions.actions.leases import delete_leases, drop_lease, expired_leases, take_lease
from sessions.actions.rooms import CommandRequest, Outcome, RequestEntry, execute, room_of
from sessions.actions.tickets import BadTicket, issue_ticket, redeem_ticket
from sessions.models import Attendance, Removal, Report, Room, RoomEvent
from sessions.models.rooms import _states
from sessions.room import commands as c
from sessions.room.audiences import audiences_of
from sessions.room.events import may_read
from sessions.room.refusals import Code
from sessions.tasks import tidy_rooms
from tests import make
from tests.support.ws_client import LiveSession, make_live_session

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting(db: None) -> LiveSession:
    """Return an open room with Amina and Bo inside."""
    return _meeting()


def _meeting() -> LiveSession:
    live_session = make_live_session()
    amina, bo = live_session.who("amina"), live_session.who("bo")
    do(live_session, RequestEntry(by=amina), RequestEntry(by=bo), c.Admit(by=amina, who=bo))
    return live_session


def do(live_session: LiveSession, *commands: c.Command) -> list[Outcome]:
    requests = [CommandRequest(command) for command in commands]
    return list(
        execute(room_id=live_session.room.pk, requests=requests, now=timezone.now()).outcomes
    )


@pytest.mark.django_db(transaction=True)
def test_people_who_race_get_numbers_without_gap_or_double() -> None:
    live_session = _meeting()
    before = Room.objects.get().seq

    def write(number: int) -> list[int | None]:
        try:
            requests = [
                CommandRequest(
                    c.Say(by=live_session.who("bo"), text=f"{number}.{n}"), f"{number}.{n}"
                )
                for n in range(5)
            ]
            return [
                outcome.seq
                for request in requests
                for outcome in execute(
                    room_id=live_session.room.pk, requests=[request, request], now=timezone.now()
                ).outcomes
            ]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        numbers = [seq for seqs in pool.map(write, range(8)) for seq in seqs]

    log = list(RoomEvent.objects.order_by("seq").values_list("seq", flat=True))
    assert log == list(range(1, before + 41))
    assert sorted(numbers) == sorted(2 * log[before:])
    assert Room.objects.get().seq == log[-1]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_bring_one_ticket_one_comes_in() -> None:
    live_session = make_live_session()
    token = issue_ticket(
        room=live_session.room,
        membership=live_session.members["bo"],
        session_key="s",
        auth_hash="h",
        now=timezone.now(),
    )

    def redeem(_: int) -> bool:
        try:
            redeem_ticket(token=token, now=timezone.now())
        except BadTicket:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(redeem, range(6))) == [False] * 5 + [True]


def test_the_database_itself_refuses_a_second_event_of_one_number(meeting: LiveSession) -> None:
    event = RoomEvent.objects.first()
    assert event
    event.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        event.save()


def test_a_room_is_made_once(meeting: LiveSession) -> None:
    occurrence = Occurrence.objects.get()
    assert room_of(occurrence=occurrence) == meeting.room


def test_a_moved_session_takes_its_room_along() -> None:
    live_session = make_live_session()
    Occurrence.objects.update(
        starts_at=timezone.now() + timedelta(hours=2), ends_at=timezone.now() + timedelta(hours=3)
    )
    (outcome,) = do(live_session, RequestEntry(by=live_session.who("amina")))
    assert outcome.refusal is Code.ENTRY_CLOSED


def test_a_member_of_another_group_is_nobody_here(meeting: LiveSession) -> None:
    stranger = make.membership(make.person("chen"), make.group())
    (outcome,) = do(meeting, RequestEntry(by=str(stranger.pk)))
    assert outcome.refusal is Code.NOT_HERE


def test_a_person_is_new_until_they_were_in_a_session(meeting: LiveSession) -> None:
    dara = meeting.members["dara"]
    do(meeting, RequestEntry(by=str(dara.pk)))
    assert Room.objects.get().read_state().people[str(dara.pk)].is_new

    last_week = make.occurrence(meeting.group, starts_at=timezone.now() - timedelta(days=7))
    Attendance.objects.create(occurrence=last_week, membership=dara, joined_at=last_week.starts_at)
    do(meeting, RequestEntry(by=str(dara.pk)))
    assert not Room.objects.get().read_state().people[str(dara.pk)].is_new


def test_a_standby_person_waits_for_a_free_seat(meeting: LiveSession) -> None:
    dara = meeting.members["dara"]
    dara.seats.all().delete()
    do(meeting, RequestEntry(by=str(dara.pk)))
    assert not Room.objects.get().read_state().people[str(dara.pk)].has_seat


def test_a_stay_is_noted_from_coming_to_going(meeting: LiveSession) -> None:
    do(meeting, c.Leave(by=meeting.who("bo")))
    stay = Attendance.objects.get(membership=meeting.members["bo"])
    assert stay.left_at is not None
    assert Attendance.objects.get(membership=meeting.members["amina"]).left_at is None
    do(meeting, c.End(by=meeting.who("amina")))
    assert not Attendance.objects.filter(left_at=None).exists()


def test_a_removal_keeps_its_reason_for_the_review(meeting: LiveSession) -> None:
    amina, bo = meeting.who("amina"), meeting.who("bo")
    do(meeting, c.Remove(by=amina, who=bo, reason=" sells ", scope=c.Scope.GROUP))
    removal = Removal.objects.get()
    assert (removal.reason, removal.scope, removal.is_upheld) == ("sells", "group", None)
    assert removal.membership == meeting.members["bo"]


def test_a_report_seals_the_last_thirty_lines(meeting: LiveSession) -> None:
    amina, bo = meeting.who("amina"), meeting.who("bo")
    do(meeting, *(c.Say(by=amina, text=f"line {n}") for n in range(40)))
    do(meeting, c.Say(by=amina, text="and"), c.Report(by=bo, who=amina, reason="shouts"))
    report = Report.objects.get()
    texts = [message["text"] for message in report.messages]
    assert texts == [*(f"line {n}" for n in range(11, 40)), "and"]
    sealed = json.dumps(report.messages, sort_keys=True).encode()
    assert report.seal == hashlib.sha256(sealed).hexdigest()


def test_words_and_names_are_gone_a_quarter_of_an_hour_after_the_end(meeting: LiveSession) -> None:
    amina = meeting.who("amina")
    do(meeting, c.Say(by=amina, text="a secret"), c.End(by=amina))
    Room.objects.update(ended_at=timezone.now() - timedelta(minutes=14))
    tidy_rooms()
    assert RoomEvent.objects.filter(kind="said").exists()
    Room.objects.update(ended_at=timezone.now() - timedelta(minutes=15))
    tidy_rooms()
    assert not RoomEvent.objects.exists()
    assert "Amina" not in Room.objects.get().state
    assert Attendance.objects.count() == 2
    (outcome,) = do(meeting, RequestEntry(by=amina))
    assert outcome.refusal is Code.ENDED


def test_a_person_is_lost_only_with_the_last_of_their_lines(meeting: LiveSession) -> None:
    now = timezone.now()
    bo = meeting.members["bo"]
    one, other = (
        take_lease(room_id=meeting.room.pk, membership_id=bo.pk, now=now) for _ in range(2)
    )
    drop_lease(lease_id=one.pk, now=now)
    assert expired_leases(now=now + timedelta(seconds=8)).people == ()
    drop_lease(lease_id=other.pk, now=now)
    assert expired_leases(now=now + timedelta(seconds=7)).people == ()
    gone = expired_leases(now=now + timedelta(seconds=8))
    assert gone.people == ((meeting.room.pk, str(bo.pk)),)
    assert expired_leases(now=now + timedelta(seconds=9)) == gone, (
        "until somebody has shown them out"
    )
    delete_leases(lease_ids=gone.lease_ids, now=now + timedelta(seconds=9))
    assert expired_leases(now=now + timedelta(seconds=9)).people == ()


def test_a_dead_process_lets_go_of_its_people_after_thirty_seconds(meeting: LiveSession) -> None:
    now = timezone.now()
    bo = meeting.members["bo"]
    take_lease(room_id=meeting.room.pk, membership_id=bo.pk, now=now)
    assert expired_leases(now=now + timedelta(seconds=29)).people == ()
    assert len(expired_leases(now=now + timedelta(seconds=30)).people) == 1


def test_who_covers_a_session_walks_in_leads_and_is_shown_out_when_released(
    meeting: LiveSession,
) -> None:
    occurrence = meeting.occurrence
    steady = make.membership(
        make.person(), occurrence.group, alias="Steady", state=Membership.State.COVERING
    )
    who = str(steady.pk)
    assert do(meeting, RequestEntry(by=who)) == [Outcome(refusal=Code.NOT_HERE)]
    Occurrence.objects.filter(pk=occurrence.pk).update(substitute=steady)
    do(meeting, RequestEntry(by=who))
    assert do(meeting, c.Pause(by=who))[0].refusal is None
    Occurrence.objects.filter(pk=occurrence.pk).update(substitute=None)
    assert do(meeting, c.Resume(by=who)) == [Outcome(refusal=Code.NOT_HERE)]
    assert who not in dict(Room.objects.get().read_state().inside())


def test_the_log_and_the_event_agree_on_who_hears_what(meeting: LiveSession) -> None:
    amina, bo, dara = (meeting.who(name) for name in ("amina", "bo", "dara"))
    do(
        meeting,
        c.Say(by=amina, text="before Dara came in"),
        RequestEntry(by=dara),
        c.MessageFacilitators(by=bo, text="in private"),
        c.BackChannel(by=amina, text="among facilitators"),
        c.Admit(by=amina, who=dara),
        c.Say(by=bo, text="to all"),
        c.Lock(by=amina, on=True),
    )
    people = Room.objects.get().read_state().people
    for who in (amina, bo, dara):
        person = people[who]
        by_table = meeting.room.events.readable_by(who, person, audiences_of(person))
        log = meeting.room.events.order_by("seq")
        assert [row.seq for row in by_table] == [
            row.seq for row in log if may_read(who, person, row.decode())
        ]


def test_who_is_on_standby_comes_to_the_door_with_her_place_in_line(meeting: LiveSession) -> None:
    group = meeting.occurrence.group
    for minute, alias in enumerate(("Early", "Late")):
        waiting = make.membership(make.person(), group, alias=alias)
        make.seat(
            waiting,
            meeting.occurrence,
            state=Seat.State.WAITLISTED,
            since=timezone.now() + timedelta(minutes=minute),
        )
        do(meeting, RequestEntry(by=str(waiting.pk)))
    people = Room.objects.get().read_state().people.values()
    assert {person.alias: person.standby for person in people if person.standby} == {
        "Early": 1,
        "Late": 2,
    }


@pytest.mark.django_db
def test_the_order_of_arrival_survives_the_tables_of_every_database() -> None:
    """A JSON column of PostgreSQL sorts keys by length: a round would go by age of account."""
    live_session = make_live_session()
    names = ["edith", "amina", "dara", "bo"]
    do(live_session, *(RequestEntry(by=live_session.who(name)) for name in names))
    _states.clear()
    people = Room.objects.get(pk=live_session.room.pk).read_state().people
    assert list(people) == [live_session.who(name) for name in names]


def test_a_wish_that_changes_nothing_writes_nothing(meeting: LiveSession) -> None:
    bo = meeting.who("bo")
    do(meeting, c.RaiseHand(by=bo))
    with CaptureQueriesContext(connection) as asked:
        do(meeting, c.RaiseHand(by=bo))
    assert not [query for query in asked if query["sql"].startswith(("UPDATE", "INSERT"))]


def test_a_batch_asks_as_few_questions_as_one_wish(meeting: LiveSession) -> None:
    def asked(count: int, name: str) -> int:
        requests = [
            CommandRequest(c.Say(by=meeting.who("bo"), text="x"), f"{name}{number}")
            for number in range(count)
        ]
        with CaptureQueriesContext(connection) as queries:
            execute(room_id=meeting.room.pk, requests=requests, now=timezone.now())
        return len(queries)

    assert asked(1, "a") == asked(50, "b")


def test_a_session_that_ended_early_is_over_in_every_list_until_it_is_reopened(
    meeting: LiveSession,
) -> None:
    now, amina = timezone.now(), meeting.who("amina")
    do(meeting, c.End(by=amina))
    ended = Occurrence.objects.get()
    assert ended.ended_at is not None
    assert not ended.is_on(now)
    assert not ended.can_join(now)
    assert not Occurrence.objects.not_over(now).exists()
    assert not Attendance.objects.filter(left_at=None).exists()

    do(meeting, c.Reopen(by=amina))
    going_on = Occurrence.objects.get()
    assert going_on.ended_at is None
    assert going_on.can_join(now)
    assert Occurrence.objects.not_over(now).exists()
    assert Attendance.objects.filter(left_at=None).count() == 2
