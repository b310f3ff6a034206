from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine

from civiltime.zones import zone
from notifications.actions.consent import allow
from notifications.actions.preferences import choose_wording
from notifications.delivery.dispatcher import dispatch
from notifications.kinds.clock_change import CHECK_INTERVAL
from notifications.models import Notice, Topic, Transport
from notifications.planning.planner import plan
from scheduler.actions.cover import (
    accept_cover,
    decline_cover,
    request_cover,
    withdraw_cover_request,
)
from scheduler.actions.memberships import answer_application, join_group, leave_group
from scheduler.actions.messages import message_group
from scheduler.actions.schedule import move_occurrence
from scheduler.actions.seats import book_seat, decline_seat, expire_and_offer, join_waitlist
from scheduler.models import CoverInvitation, Group, Membership, Occurrence
from tests import make
from tests.support.reminders import LONG_AGO, NOW, parts, reader, session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accounts.models import Person
    from tests.support.smtp_server import SmtpServer

pytestmark = pytest.mark.django_db
Kind = Notice.Kind


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        plan(NOW)
        yield traveller


def recipient(
    username: str, *, tz: str = "Europe/Copenhagen", transport: Transport = Transport.EMAIL
) -> Person:
    """Make a person who consented to every topic on one transport."""
    person = reader(username, tz=tz)
    allow(person=person, transport=transport, topics=list(Topic), now=LONG_AGO)
    return person


@pytest.fixture
def amina() -> Person:
    return recipient("amina", tz="Africa/Cairo")


@pytest.fixture
def bo() -> Person:
    return recipient("bo")


def facilitate(person: Person, occurrence: Occurrence) -> None:
    Membership.objects.filter(person=person, group=occurrence.group).update(
        role=Membership.Role.FACILITATOR
    )


def tick(after: timedelta = timedelta(seconds=2)) -> None:
    with time_machine.travel(NOW + after, tick=False):
        plan(NOW + after)
        dispatch(Transport.EMAIL)
        dispatch(Transport.INBOX)


def inbox_kinds(person: Person) -> list[str]:
    lying = Notice.objects.inbox_of(person).exclude(kind=Kind.REMINDER)
    return list(lying.values_list("kind", flat=True))


def outcomes(kind: Kind, person: Person) -> list[tuple[str, str]]:
    rows = Notice.objects.filter(kind=kind, person=person, transport=Transport.EMAIL).order_by("pk")
    return list(rows.values_list("state", "reason"))


def full_session(amina: Person, bo: Person, *others: Person) -> Occurrence:
    """Make a session whose seats the others have booked, with Bo on the waiting list."""
    occurrence = session(amina, bo, *others)
    facilitate(amina, occurrence)
    Group.objects.update(capacity=len(others))
    for person in others:
        book_seat(person=person, occurrence=occurrence, now=NOW)
    join_waitlist(person=bo, occurrence=occurrence, now=NOW)
    return occurrence


def test_a_seat_that_is_offered_is_notified_at_once_with_its_end(
    amina: Person, bo: Person, smtp_server: SmtpServer
) -> None:
    dana, erin = make.person("dana"), make.person("erin")
    occurrence = full_session(amina, bo, dana, erin)
    decline_seat(person=dana, occurrence=occurrence, now=NOW)
    tick()
    assert smtp_server.recipients == ["bo@example.org"]
    assert smtp_server.subjects == ["A place is free: Saturday 20:00 (Copenhagen)"]
    assert "kept for you until Friday 21:30" in parts(smtp_server.mails[0])[0]
    assert inbox_kinds(bo) == ["offered"]
    tick(timedelta(seconds=4))
    assert len(smtp_server.mails) == 1


def test_an_offer_that_was_taken_or_has_lapsed_is_not_notified_late(
    amina: Person, bo: Person, smtp_server: SmtpServer
) -> None:
    dana, erin = make.person("dana"), make.person("erin")
    occurrence = full_session(amina, bo, dana, erin)
    decline_seat(person=dana, occurrence=occurrence, now=NOW)
    plan(NOW)
    book_seat(person=bo, occurrence=occurrence, now=NOW)
    tick()
    assert smtp_server.mails == []
    assert outcomes(Kind.OFFERED, bo) == [("dropped", "settled")]


def test_a_second_offer_of_the_same_session_is_notified_again(
    amina: Person, bo: Person, smtp_server: SmtpServer
) -> None:
    dana, erin = make.person("dana"), make.person("erin")
    occurrence = full_session(amina, bo, dana, erin)
    decline_seat(person=dana, occurrence=occurrence, now=NOW)
    tick()
    later = timedelta(hours=9)
    expire_and_offer(now=NOW + later)
    book_seat(person=dana, occurrence=occurrence, now=NOW + later)
    join_waitlist(person=bo, occurrence=occurrence, now=NOW + later)
    decline_seat(person=erin, occurrence=occurrence, now=NOW + later)
    tick(later + timedelta(seconds=2))
    assert len([subject for subject in smtp_server.subjects if "free" in subject]) == 2


def test_an_answer_and_a_first_welcome_come_as_one(
    amina: Person, bo: Person, smtp_server: SmtpServer
) -> None:
    occurrence = session(amina)
    facilitate(amina, occurrence)
    Group.objects.update(join_policy=Group.JoinPolicy.APPROVAL)
    asked = join_group(person=bo, group=occurrence.group, alias="Heron", now=NOW)
    answer_application(by=amina, membership=asked, is_accepted=True, note="Lovely", now=NOW)
    tick()
    tick(timedelta(minutes=11))
    mails = [m for m in smtp_server.mails if m["To"] == "bo@example.org"]
    assert [mail["Subject"] for mail in mails] == ["2 things to know"]
    text, _html = parts(mails[0])
    assert "There is an answer" in text
    assert "Your first time" in text
    assert "Lovely" not in text
    assert sorted(inbox_kinds(bo)) == ["answered", "welcome"]


def test_who_is_declined_is_notified_that_there_is_an_answer(
    amina: Person, bo: Person, smtp_server: SmtpServer
) -> None:
    occurrence = session(amina)
    facilitate(amina, occurrence)
    Group.objects.update(join_policy=Group.JoinPolicy.APPROVAL)
    asked = join_group(person=bo, group=occurrence.group, alias="Heron", now=NOW)
    answer_application(by=amina, membership=asked, is_accepted=False, now=NOW)
    tick()
    tick(timedelta(minutes=11))
    assert smtp_server.subjects == ["An answer for you"]
    assert smtp_server.recipients == ["bo@example.org"]


def test_who_joins_an_open_group_is_welcomed_once(
    amina: Person, bo: Person, smtp_server: SmtpServer
) -> None:
    occurrence = session(amina)
    join_group(person=bo, group=occurrence.group, alias="Heron", now=NOW)
    tick()
    tick(timedelta(minutes=11))
    tick(timedelta(minutes=12))
    assert [s for s in smtp_server.subjects if "Reminder" not in s] == [
        "Your first time: Saturday 20:00 (Copenhagen)"
    ]


def test_a_message_is_notified_and_not_repeated_in_a_mail(
    amina: Person, bo: Person, smtp_server: SmtpServer
) -> None:
    occurrence = session(amina, bo)
    facilitate(amina, occurrence)
    message_group(by=amina, group=occurrence.group, text="Bring your relapse plan", now=NOW)
    tick()
    assert smtp_server.recipients == ["bo@example.org"]
    assert smtp_server.subjects == ["A message for you"]
    text, html = parts(smtp_server.mails[0])
    assert "relapse" not in text + html
    assert f"/g/{occurrence.group.key}/" in text


def test_who_left_before_a_message_was_sent_out_does_not_hear_of_it(
    amina: Person, bo: Person, smtp_server: SmtpServer
) -> None:
    occurrence = session(amina, bo)
    facilitate(amina, occurrence)
    message_group(by=amina, group=occurrence.group, text="Hello", now=NOW)
    plan(NOW)
    leave_group(person=bo, group=occurrence.group, now=NOW)
    tick()
    assert smtp_server.mails == []
    assert outcomes(Kind.MESSAGE, bo) == [("dropped", "left")]


def covered_session(amina: Person, bo: Person, *subs: Person) -> Occurrence:
    occurrence = session(amina, bo)
    facilitate(amina, occurrence)
    for person in subs:
        make.affiliation(person, occurrence.group.organisation, is_substitute=True)
    request_cover(by=amina, occurrence=occurrence, now=NOW)
    return occurrence


def test_who_could_lead_is_asked_and_everybody_hears_who_does(
    amina: Person, bo: Person, smtp_server: SmtpServer
) -> None:
    dana, erin = recipient("dana"), recipient("erin")
    covered_session(amina, bo, dana, erin)
    tick()
    assert sorted(smtp_server.recipients) == ["dana@example.org", "erin@example.org"]
    assert set(smtp_server.subjects) == {"Can you step in? Saturday 20:00 (Copenhagen)"}
    own = CoverInvitation.objects.get(person=dana)
    accept_cover(person=dana, invitation=own, alias="Dana", now=NOW)
    tick(timedelta(minutes=1))
    said = {
        (str(mail["To"]).split("@")[0], str(mail["Subject"]).partition(":")[0])
        for mail in smtp_server.mails[2:]
    }
    assert said == {
        ("bo", "Somebody else hosts"),
        ("erin", "Somebody steps in"),
        ("amina", "Somebody steps in"),
    }


def test_after_a_substitute_steps_back_the_others_are_asked_again(
    amina: Person, bo: Person, smtp_server: SmtpServer
) -> None:
    dana, erin = recipient("dana"), recipient("erin")
    covered_session(amina, bo, dana, erin)
    tick()
    own = CoverInvitation.objects.get(person=dana)
    accept_cover(person=dana, invitation=own, alias="Dana", now=NOW)
    tick(timedelta(minutes=1))
    decline_cover(person=dana, invitation=own, now=NOW + timedelta(minutes=2))
    tick(timedelta(minutes=2, seconds=2))
    assert len(outcomes(Kind.ASKED, erin)) == 2
    last = {
        (str(mail["To"]).split("@")[0], str(mail["Subject"]).partition(":")[0])
        for mail in smtp_server.mails
    }
    assert ("bo", "As usual again") in last
    assert ("amina", "Nobody steps in now") in last


def test_a_substitute_who_is_not_needed_any_more_is_notified(
    amina: Person, bo: Person, smtp_server: SmtpServer
) -> None:
    dana = recipient("dana")
    occurrence = covered_session(amina, bo, dana)
    own = CoverInvitation.objects.get(person=dana)
    accept_cover(person=dana, invitation=own, alias="Dana", now=NOW)
    withdraw_cover_request(by=amina, occurrence=occurrence, now=NOW + timedelta(minutes=1))
    tick(timedelta(minutes=2))
    assert ("dana@example.org", "No need to step in: Saturday 20:00 (Copenhagen)") in [
        (mail["To"], mail["Subject"]) for mail in smtp_server.mails
    ]


def test_people_who_facilitate_elsewhere_still_hear_of_changes_in_other_groups(
    amina: Person, bo: Person, smtp_server: SmtpServer
) -> None:
    mails, other = session(bo), session(amina, bo)
    facilitate(bo, mails)
    facilitate(amina, other)
    for by, occurrence in ((bo, mails), (amina, other)):
        move_occurrence(
            by=by, occurrence=occurrence, tz=zone("Europe/Bratislava"), duration_minutes=60,
            starts_local=occurrence.starts_local + timedelta(hours=1), reason="", now=NOW,
        )  # fmt: skip
    tick()
    assert smtp_server.recipients == ["bo@example.org"]


AUTUMN = datetime(2026, 10, 14, 12, 0, tzinfo=UTC)  # eleven days before Europe leaves summer time


def weekly(*people: Person) -> None:
    """Make a group of these people that meets on Tuesdays at 18:00 in Bratislava."""
    group = make.group()
    series = make.series(group, first_local=datetime(2026, 9, 1, 18, 0))
    for week in range(14):
        local = datetime(2026, 9, 1, 18, 0) + timedelta(weeks=week)
        make.occurrence(group, series=series, starts_at=local.replace(tzinfo=group.tz))
    for person in people:
        make.membership(person, group)
    Membership.objects.update(since=LONG_AGO)


def test_who_lives_where_clocks_stay_is_notified_two_weeks_before_and_once(
    smtp_server: SmtpServer,
) -> None:
    chen, bo = recipient("chen", tz="Asia/Kathmandu"), recipient("bo")
    weekly(chen, bo)
    with time_machine.travel(AUTUMN - timedelta(days=7), tick=False):
        plan(AUTUMN - timedelta(days=7))
    assert not Notice.objects.filter(kind=Kind.CLOCKS).exists()
    for later in (timedelta(0), CHECK_INTERVAL, CHECK_INTERVAL * 2):
        with time_machine.travel(AUTUMN + later + timedelta(minutes=11), tick=False):
            plan(AUTUMN + later)
            dispatch(Transport.EMAIL)
    mails = [mail for mail in smtp_server.mails if "Clocks" in mail["Subject"]]
    assert [(mail["To"], mail["Subject"]) for mail in mails] == [
        ("chen@example.org", "Clocks change: Tuesday 22:45 (Kathmandu)")
    ]
    text, _html = parts(mails[0])
    assert "Tuesday 27 October, 22:45" in text
    assert "at 21:45 before: one hour later from now on" in " ".join(text.split())


def test_clocks_that_part_for_a_while_say_until_when(smtp_server: SmtpServer) -> None:
    weekly(recipient("chen", tz="America/New_York"))  # leaves summer time a week after Europe
    with time_machine.travel(AUTUMN + timedelta(minutes=11), tick=False):
        plan(AUTUMN)
        dispatch(Transport.EMAIL)
    text, _html = parts(smtp_server.mails[0])
    told_so = " ".join(text.split())
    assert "Tuesday 27 October, 13:00" in told_so
    assert "usually at 12:00: one hour later, up to and including Tuesday 27 October" in told_so


def test_a_transport_without_consent_to_a_topic_gets_none_of_it(
    amina: Person, smtp_server: SmtpServer
) -> None:
    bo = reader("bo")  # reminders and changes only
    occurrence = session(amina, bo)
    facilitate(amina, occurrence)
    message_group(by=amina, group=occurrence.group, text="Hello", now=NOW)
    tick()
    assert smtp_server.mails == []
    assert inbox_kinds(bo) == ["message"]


def test_a_group_is_called_what_its_reader_chose(
    amina: Person, bo: Person, smtp_server: SmtpServer
) -> None:
    occurrence = session(amina, bo)
    facilitate(amina, occurrence)
    Membership.objects.filter(person=bo).update(own_name="Choir")
    for detail in ("own_name", "name"):
        choose_wording(person=bo, detail=detail, wants_calendar_file=False, now=NOW)
        message_group(by=amina, group=occurrence.group, text="Hello", now=NOW)
        tick()
    assert smtp_server.subjects == ["A message for you (Choir)", "A message for you (Tuesday lamp)"]
