"""Seeded series in 27 zones, written in both profiles and read by other calendar programs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random
from typing import TYPE_CHECKING

import pytest

from calendars.ical.document import CalendarBody, assemble
from calendars.ical.event import SessionEvent, render
from calendars.ical.series import SeriesEvent, Window, render_series
from calendars.ical.vtimezone import vtimezone
from civiltime.recurrence import Rule, expand
from civiltime.zones import zone
from tests.calendars.ical.samples import CREATED, PHRASES, properties
from tests.readers.programs import READERS, Reader

if TYPE_CHECKING:
    from pathlib import Path

    from civiltime.recurrence import Start

SINCE = datetime(2026, 6, 1, tzinfo=UTC)
UNTIL = datetime(2027, 12, 1, tzinfo=UTC)
WINDOW = Window(SINCE, UNTIL, moved_at=SINCE)
CHANGED = datetime(2026, 5, 20, 12, tzinfo=UTC)

# Half hours, no summer time, the southern hemisphere, summer time below zero (Dublin,
# Casablanca), the last Thursday at 24:00 (Cairo), the eve of a Sunday (Nuuk, Gaza), half an hour
# of summer (Lord Howe), laws that change within the window (Vancouver).
ZONES = (
    "Europe/Berlin", "Europe/Dublin", "Europe/Lisbon", "Europe/Kyiv", "Europe/Chisinau",
    "America/New_York", "America/Vancouver", "America/St_Johns", "America/Santiago",
    "America/Sao_Paulo", "America/Nuuk", "America/Havana", "Africa/Cairo", "Africa/Casablanca",
    "Africa/Lagos", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Tehran", "Asia/Gaza", "Asia/Jerusalem",
    "Asia/Tokyo", "Australia/Lord_Howe", "Australia/Adelaide", "Pacific/Auckland",
    "Pacific/Chatham", "Pacific/Kiritimati", "Pacific/Pago_Pago",
)  # fmt: skip
RULES = (
    ("FREQ=WEEKLY;BYDAY=TU", "2026-01-06"),
    ("FREQ=WEEKLY;INTERVAL=2;BYDAY=FR;WKST=SU", "2026-01-09"),
    ("FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,TH;WKST=MO", "2026-01-08"),
    ("FREQ=MONTHLY;BYDAY=-1TH", "2026-01-29"),
    ("FREQ=MONTHLY;BYDAY=1SU,3SU", "2026-01-04"),
    ("FREQ=MONTHLY;BYMONTHDAY=15", "2026-01-15"),
    ("FREQ=WEEKLY;BYDAY=WE;COUNT=60", "2026-01-07"),
    ("FREQ=WEEKLY;BYDAY=SA;UNTIL=20270327", "2026-01-03"),
)
HOURS = ("07:15", "12:00", "18:30", "20:00", "23:45", "02:30", "00:30")


@cache
def many_series() -> tuple[SeriesEvent, ...]:
    """54 groups in 27 zones over 18 months, with moves, cancellations, gaps and splits."""
    chance = Random(20260601)  # noqa: S311 - test data, not a secret
    groups = []
    for number, tz in enumerate(ZONES * 2):
        rule, day = RULES[number % len(RULES)]
        first = datetime.fromisoformat(f"{day}T{chance.choice(HOURS)}")
        series = new_series(f"group-{number:02d}", Rule.parse(rule), first, tz)
        groups += split(series) if number % 9 == 0 else [series]
    return tuple(replace(one, sessions=moved_and_cancelled(one, chance)) for one in groups)


def new_series(uid: str, rule: Rule, first: datetime, tz: str) -> SeriesEvent:
    return SeriesEvent(
        uid=uid,
        rule=rule,
        first_local=first,
        tz=zone(tz),
        duration=timedelta(minutes=75),
        sessions={},
        window=WINDOW,
        summary="Session",
        created_at=CREATED,
        revised_at=CREATED,
    )


def starts(series: SeriesEvent, after: datetime = SINCE) -> list[Start]:
    return list(
        expand(
            series.rule,
            first_local=series.first_local,
            tz=series.tz,
            after=after,
            before=UNTIL,
        )
    )


def split(series: SeriesEvent) -> list[SeriesEvent]:
    """From its twentieth session on, the group meets an hour earlier: a new series."""
    named = starts(series, after=CREATED)
    last, after = named[18].local, named[19].local
    ended = replace(series.rule, count=None, until_local=last.date())
    onward = replace(series.rule, count=None, until_local=None)
    earlier = replace(series, uid=f"{series.uid}-before", rule=ended)
    first = after.replace(hour=17, minute=0)
    return [earlier, replace(series, uid=f"{series.uid}-after", rule=onward, first_local=first)]


def moved_and_cancelled(series: SeriesEvent, chance: Random) -> dict[datetime, SessionEvent]:
    sessions = {}
    for number, start in enumerate(starts(series)):
        session = SessionEvent(
            uid=f"{series.uid}-{number:03d}",
            starts_at=start.at,
            ends_at=start.at + series.duration,
            summary=series.summary,
            created_at=CREATED,
            revised_at=CREATED,
        )
        fate = chance.random()
        if fate < 0.03:
            continue  # a holiday, taken out before anyone heard of it
        sessions[start.local] = changed(session, fate, chance)
    return sessions


def changed(session: SessionEvent, fate: float, chance: Random) -> SessionEvent:
    if fate < 0.07:
        return replace(session, cancelled=True, sequence=1, revised_at=CHANGED)
    if fate < 0.13:
        by = timedelta(days=chance.randint(-16, 16), minutes=30 * chance.randint(-6, 6))
        return replace(
            session,
            starts_at=session.starts_at + by,
            ends_at=session.ends_at + by,
            sequence=1,
            revised_at=CHANGED,
        )
    return session


def truth() -> list[tuple[str, str, str]]:
    """Every session of the series that lies in the window: start, status, title."""
    every = [session for series in many_series() for session in series.sessions.values()]
    return sorted(
        (
            f"{one.starts_at:%Y-%m-%dT%H:%M:%SZ}",
            "CANCELLED" if one.cancelled else "CONFIRMED",
            ("Cancelled: " if one.cancelled else "") + one.summary,
        )
        for one in every
        if SINCE <= one.starts_at < UNTIL
    )


@cache
def flat() -> CalendarBody:
    every = [session for series in many_series() for session in series.sessions.values()]
    every.sort(key=lambda one: one.starts_at)
    return assemble(properties(), [render(one, PHRASES) for one in every])


@cache
def repeating() -> CalendarBody:
    written = [render_series(one, PHRASES) for one in many_series()]
    zones = {one.tz for one in written if one.tz}
    return assemble(
        properties(),
        [event for one in written for event in one.events],
        zones=[vtimezone(tz, since=SINCE.year) for tz in zones],
    )


def test_the_series_are_as_wide_as_it_claims() -> None:
    assert len(many_series()) >= 40
    assert len({series.tz.key for series in many_series()}) >= 20
    assert len(truth()) > 1500
    assert sum(status == "CANCELLED" for _, status, _ in truth()) > 50
    body = b"".join(repeating())
    assert body.count(b"RECURRENCE-ID") > 50
    assert body.count(b"EXDATE") > 50
    assert any(render_series(one, PHRASES).tz is None for one in many_series())


def test_both_profiles_fit_into_one_calendar() -> None:
    assert flat().is_complete
    assert repeating().is_complete
    assert repeating().size < flat().size / 2


@pytest.mark.parametrize("profile", [flat, repeating], ids=["flat", "series"])
@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
def test_every_program_sees_the_same_sessions(
    reader: Reader, profile: object, tmp_path: Path
) -> None:
    reader.require()
    body = b"".join(flat() if profile is flat else repeating())
    seen = reader.sessions(body, tmp_path, SINCE, UNTIL)
    assert sorted((one.start, one.status, one.summary) for one in seen) == truth()
