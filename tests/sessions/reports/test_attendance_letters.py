"""A letter says a date and a length, and only we can write it."""

from __future__ import annotations

import base64
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.signing import Signer

from sessions.models import Attendance
from sessions.reports.attendance_letters import SALT, AttendanceLetter, letter_of, read_letter
from tests.support.ws_client import LiveSession, make_live_session

LETTER = AttendanceLetter(date(2026, 6, 5), 55)


def stay(live_session: LiveSession, name: str, since: int, until: int | None) -> None:
    """Note a stay, in minutes from the start."""
    starts = live_session.occurrence.starts_at
    Attendance.objects.create(
        occurrence=live_session.occurrence,
        membership=live_session.members[name],
        joined_at=starts + timedelta(minutes=since),
        left_at=None if until is None else starts + timedelta(minutes=until),
    )


def test_what_we_signed_reads_as_it_was_written() -> None:
    assert read_letter(LETTER.token) == LETTER


def test_a_letter_says_nothing_but_date_and_length() -> None:
    said = LETTER.token.partition(":")[0]
    assert base64.urlsafe_b64decode(said + "==") == b'["2026-06-05",55]'


@pytest.mark.parametrize(
    "token",
    ["", "x", "a:b", LETTER.token[:-1], "x" + LETTER.token, Signer(salt="other").sign_object([1])],
)
def test_what_we_did_not_sign_is_no_letter(token: str) -> None:
    assert read_letter(token) is None


def test_what_we_signed_but_is_no_letter_is_none() -> None:
    for thing in ([1, 2], ["x", 5], "x", {"on": 1}, [1]):
        assert read_letter(Signer(salt=SALT).sign_object(thing)) is None


def test_another_length_breaks_the_signature() -> None:
    longer = AttendanceLetter(LETTER.on, 120).token.partition(":")[0]
    assert read_letter(f"{longer}:{LETTER.token.partition(':')[2]}") is None


@pytest.mark.django_db
def test_stays_add_up_to_whole_minutes_on_the_members_own_calendar() -> None:
    live_session = make_live_session()
    live_session.occurrence.starts_at = datetime(2026, 6, 5, 22, 30, tzinfo=UTC)
    for since, until in ((0, 20), (25, 50), (55, None)):
        stay(live_session, "bo", since, until)
    stay(live_session, "dara", 0, 60)
    assert letter_of(live_session.person("bo"), live_session.occurrence) == AttendanceLetter(
        date(2026, 6, 6), 45
    )


@pytest.mark.django_db
def test_who_was_not_there_gets_no_letter() -> None:
    live_session = make_live_session()
    stay(live_session, "bo", 0, 60)
    assert letter_of(live_session.person("dara"), live_session.occurrence) is None
