from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from calendars.ical.document import assemble
from calendars.ical.series import render_series
from calendars.ical.vtimezone import vtimezone
from calendars.importing.reader import (
    CalendarIsTooMuch,
    EmptyCalendar,
    NestedCalendar,
    Proposal,
    SkippedEvent,
    UnreadableCalendar,
    read_calendar,
)
from civiltime.zones import zone
from tests.calendars.ical.samples import PHRASES, WEEKLY, properties, uploaded
from tests.calendars.ical.test_series import series

if TYPE_CHECKING:
    from civiltime.errors import CommonhourError

COPENHAGEN = zone("Europe/Copenhagen")
TUESDAYS = datetime(2026, 1, 6, 19)


def test_an_uploaded_calendar_becomes_a_proposal() -> None:
    reading = read_calendar(uploaded(WEEKLY, f"{WEEKLY}\nSTATUS:CANCELLED"), fallback=COPENHAGEN)
    proposal = Proposal(
        name="Tuesdays",
        first_local=TUESDAYS,
        tz="Europe/Berlin",
        rule="FREQ=WEEKLY;BYDAY=TU",
        duration=timedelta(minutes=90),
    )
    assert reading.proposals == (proposal,)
    assert reading.skipped == (SkippedEvent("Tuesdays", "cancelled"),)
    assert str(reading.skipped[0]) == "It is cancelled."


def test_our_own_series_comes_back_as_it_went_out() -> None:
    given = series("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;WKST=MO;UNTIL=20260430")
    written = render_series(given, PHRASES)
    body = assemble(properties(), written.events, zones=[vtimezone(given.tz, since=2026)])
    (proposal,) = read_calendar(b"".join(body), fallback=COPENHAGEN).proposals
    assert zone(proposal.tz) == given.tz
    assert proposal.first_local == given.first_local
    assert proposal.rule == "FREQ=WEEKLY;UNTIL=20260430;INTERVAL=2;BYDAY=TU,TH;WKST=MO"
    assert proposal.duration == given.duration


@pytest.mark.parametrize(
    ("refusal", "data"),
    [
        (CalendarIsTooMuch, b"x" * (256 * 1024 + 1)),
        (CalendarIsTooMuch, uploaded(*["DTSTART:20260106T190000Z"] * 501)),
        (EmptyCalendar, uploaded()),
        (NestedCalendar, b"BEGIN:VCALENDAR\r\n" * 2),
        (UnreadableCalendar, b"<html>Please sign in</html>"),
    ],
    ids=["bytes", "events", "empty", "nested", "page"],
)
def test_a_hostile_or_broken_file_gets_a_sentence(
    refusal: type[CommonhourError], data: bytes
) -> None:
    with pytest.raises(refusal) as raised:
        read_calendar(data, fallback=COPENHAGEN)
    assert raised.value.code == refusal.code
    assert str(raised.value).endswith(".")


def test_a_file_that_takes_too_long_is_stopped() -> None:
    long_file = uploaded(*[WEEKLY] * 500)
    assert len(read_calendar(long_file, fallback=COPENHAGEN).proposals) == 500
    with pytest.raises(CalendarIsTooMuch):
        read_calendar(long_file, fallback=COPENHAGEN, within=timedelta(milliseconds=1))


def test_every_reason_has_a_sentence() -> None:
    for reason in (
        "all_day", "cancelled", "exception", "first_day", "length", "rule", "time", "zone"
    ):  # fmt: skip
        assert str(SkippedEvent("", reason)).endswith(".")
