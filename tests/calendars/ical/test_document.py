from __future__ import annotations

import hashlib
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from icalendar import Calendar

from calendars.ical.document import MAX_BODY_BYTES, CalendarBody, assemble
from calendars.ical.event import derive_uid, render
from tests.calendars.ical.samples import BO_KEY, CREATED, PHRASES, TUESDAY, properties, session
from tests.readers.programs import READERS, Reader

GOLDEN = Path(__file__).parent / "golden"
ROOT = Path(__file__).resolve().parents[3]


def winter() -> CalendarBody:
    """Bo's feed: a session, one that was moved, one that was cancelled."""
    changed_at = datetime(2026, 1, 5, 8, 12, tzinfo=UTC)
    sessions = [
        session(),
        session(
            uid=derive_uid(BO_KEY, "second"),
            starts_at=TUESDAY + timedelta(days=8, hours=1),
            sequence=1,
            revised_at=changed_at,
        ),
        session(
            uid=derive_uid(BO_KEY, "third"),
            starts_at=TUESDAY + timedelta(days=14),
            sequence=1,
            revised_at=changed_at,
            cancelled=True,
            summary="Søvn og håb, 12; ét skridt ad gangen",
            description=("This session will not take place.",),
        ),
    ]
    return assemble(properties(revised_at=changed_at), [render(one, PHRASES) for one in sessions])


def test_a_flat_feed_is_this_golden_file_to_the_byte() -> None:
    assert b"".join(winter()) == (GOLDEN / "flat.ics").read_bytes()


def test_the_etag_is_the_hash_of_the_bytes_and_the_size_their_number() -> None:
    body = b"".join(winter())
    assert winter().etag == f'"{hashlib.sha256(body).hexdigest()}"'
    assert winter().size == len(body)


def test_the_bytes_are_the_same_at_any_time_of_day() -> None:
    with time_machine.travel(datetime(2026, 1, 6, 0, 1, tzinfo=UTC), tick=False):
        early = winter()
    with time_machine.travel(datetime(2031, 7, 9, 23, 59, tzinfo=UTC), tick=False):
        late = winter()
    assert early == late


@pytest.mark.parametrize("seed", ["0", "1", "4242"])
def test_the_bytes_are_the_same_under_any_hash_seed(seed: str) -> None:
    program = "from tests.calendars.ical.test_document import winter; print(winter().etag, end='')"
    printed = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        check=True,
        cwd=ROOT,
        env={"PYTHONHASHSEED": seed},
        text=True,
    )
    assert printed.stdout == winter().etag


def test_the_etag_changes_when_a_session_leaves_the_window() -> None:
    fragments = [render(session(), PHRASES), render(session(uid="second"), PHRASES)]
    assert assemble(properties(), fragments).etag != assemble(properties(), fragments[1:]).etag


def test_clients_are_told_in_both_ways_how_often_to_ask() -> None:
    body = b"".join(winter())
    assert b"\r\nREFRESH-INTERVAL;VALUE=DURATION:PT6H\r\n" in body
    assert b"\r\nX-PUBLISHED-TTL:PT6H\r\n" in body


def test_the_calendar_has_a_name_in_both_ways_and_no_method() -> None:
    calendar = Calendar.from_ical(b"".join(assemble(properties(name="Mine\r\nX-EVIL:1"), [])))
    assert calendar["NAME"] == calendar["X-WR-CALNAME"] == "Mine X-EVIL:1"
    assert "METHOD" not in calendar
    assert "X-WR-TIMEZONE" not in calendar


def test_nothing_is_ever_written_that_clients_read_differently() -> None:
    body = b"".join(winter())
    for forbidden in (b"RDATE", b"THISANDFUTURE", b"EXRULE", b"TZID", b"BEGIN:VALARM", b"ATTENDEE"):
        assert forbidden not in body


def test_a_body_stays_under_800_kb_and_leaves_out_the_furthest_sessions() -> None:
    fragment = render(session(), PHRASES)
    body = assemble(properties(), [fragment] * 5000)
    assert MAX_BODY_BYTES - len(fragment) <= body.size < MAX_BODY_BYTES
    assert not body.is_complete
    assert b"".join(body).endswith(b"END:VEVENT\r\nEND:VCALENDAR\r\n")
    assert winter().is_complete


def test_an_empty_calendar_is_still_a_calendar() -> None:
    assert Calendar.from_ical(b"".join(assemble(properties(), []))).walk("VEVENT") == []


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
def test_other_programs_see_these_sessions_at_these_instants(
    reader: Reader, tmp_path: Path
) -> None:
    reader.require()
    body = b"".join(winter())
    seen = reader.sessions(body, tmp_path, CREATED, CREATED + timedelta(days=60))
    assert [
        (one.start, one.status, one.summary) for one in sorted(seen, key=lambda one: one.start)
    ] == [
        ("2026-01-06T18:00:00Z", "CONFIRMED", "Session"),
        ("2026-01-14T19:00:00Z", "CONFIRMED", "Session"),
        ("2026-01-20T18:00:00Z", "CANCELLED", "Cancelled: Søvn og håb, 12; ét skridt ad gangen"),
    ]
