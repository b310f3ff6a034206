from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from calendars.ical.document import assemble
from calendars.ical.event import SessionEvent, derive_uid
from calendars.ical.series import RenderedSeries, SeriesEvent, Window, render_series
from calendars.ical.vtimezone import vtimezone
from civiltime.recurrence import Rule, expand
from civiltime.zones import zone
from tests.calendars.ical.samples import BO_KEY, CREATED, PAGE, PHRASES, properties, session

if TYPE_CHECKING:
    from collections.abc import Callable

GOLDEN = Path(__file__).parent / "golden"
CHANGED = datetime(2026, 3, 15, 10, 15, tzinfo=UTC)
WINDOW = Window(
    datetime(2026, 1, 1, tzinfo=UTC),
    datetime(2026, 7, 1, tzinfo=UTC),
    datetime(2026, 1, 1, tzinfo=UTC),
)
HOUR = timedelta(hours=1)


def series(
    rule: str = "FREQ=WEEKLY;BYDAY=TU",
    first: str = "2026-01-06T19:00",
    tz: str = "Europe/Berlin",
    window: Window = WINDOW,
) -> SeriesEvent:
    parsed, first_local = Rule.parse(rule), datetime.fromisoformat(first)
    starts = expand(
        parsed, first_local=first_local, tz=zone(tz), after=window.since, before=window.until
    )
    return SeriesEvent(
        uid=derive_uid(BO_KEY, "series"),
        rule=parsed,
        first_local=first_local,
        tz=zone(tz),
        duration=90 * timedelta(minutes=1),
        sessions={
            start.local: session(uid=derive_uid(BO_KEY, f"{start.local}"), starts_at=start.at)
            for start in starts
        },
        window=window,
        summary="Session",
        created_at=CREATED,
        revised_at=CREATED,
        url=PAGE,
    )


def with_session(
    given: SeriesEvent, local: str, change: Callable[[SessionEvent], SessionEvent | None]
) -> SeriesEvent:
    key = datetime.fromisoformat(local)
    changed = change(given.sessions[key])
    rest = {name: one for name, one in given.sessions.items() if name != key}
    return replace(given, sessions=rest | ({key: changed} if changed else {}))


def moved(by: timedelta) -> Callable[[SessionEvent], SessionEvent]:
    return lambda one: replace(
        one,
        starts_at=one.starts_at + by,
        ends_at=one.ends_at + by,
        sequence=one.sequence + 1,
        revised_at=CHANGED,
    )


def cancelled(one: SessionEvent) -> SessionEvent:
    return replace(one, cancelled=True, sequence=one.sequence + 1, revised_at=CHANGED)


def taken_out(one: SessionEvent) -> None:
    return None


def text(written: RenderedSeries) -> str:
    return b"".join(written.events).replace(b"\r\n ", b"").decode()


def test_a_series_is_this_golden_file_to_the_byte() -> None:
    given = series("FREQ=WEEKLY;BYDAY=TU;UNTIL=20260428")
    given = with_session(given, "2026-03-24T19:00", taken_out)
    given = with_session(given, "2026-03-31T19:00", moved(timedelta(days=1, hours=1)))
    given = with_session(given, "2026-04-14T19:00", cancelled)
    given = with_session(given, "2026-04-21T19:00", moved(timedelta(days=8)))
    written = render_series(given, PHRASES)
    body = assemble(
        properties(revised_at=CHANGED), written.events, zones=[vtimezone(given.tz, since=2026)]
    )
    assert b"".join(body) == (GOLDEN / "series.ics").read_bytes()


def test_an_unchanged_series_is_one_event() -> None:
    written = render_series(series(), PHRASES)
    assert len(written.events) == 1
    assert "DTSTART;TZID=Europe/Berlin:20260106T190000" in text(written)
    assert "RRULE:FREQ=WEEKLY;BYDAY=TU\r\n" in text(written)


def test_until_is_utc_by_the_last_session_s_own_offset() -> None:
    summer_end = series("FREQ=WEEKLY;BYDAY=TU;UNTIL=20260630")
    winter_end = series("FREQ=WEEKLY;BYDAY=TU;UNTIL=20260324")
    assert "UNTIL=20260630T170000Z" in text(render_series(summer_end, PHRASES))
    assert "UNTIL=20260324T180000Z" in text(render_series(winter_end, PHRASES))


def test_a_count_becomes_an_end_because_the_window_may_cut_the_beginning_off() -> None:
    later = replace(WINDOW, since=datetime(2026, 2, 1, tzinfo=UTC))
    written = text(render_series(series("FREQ=WEEKLY;BYDAY=TU;COUNT=10", window=later), PHRASES))
    assert "COUNT" not in written
    assert "UNTIL=20260310T180000Z" in written
    assert "DTSTART;TZID=Europe/Berlin:20260203T190000" in written


def test_the_beginning_lies_on_the_rule_and_the_week_start_is_written() -> None:
    later = replace(WINDOW, since=datetime(2026, 2, 1, tzinfo=UTC))
    fortnightly = series("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;WKST=MO", window=later)
    written = text(render_series(fortnightly, PHRASES))
    assert "WKST=MO" in written
    assert "DTSTART;TZID=Europe/Berlin:20260203T190000" in written


def test_a_session_taken_out_is_an_exdate_in_the_series_own_zone() -> None:
    written = render_series(with_session(series(), "2026-03-24T19:00", taken_out), PHRASES)
    assert "EXDATE;TZID=Europe/Berlin:20260324T190000\r\n" in text(written)
    assert len(written.events) == 1


def test_each_date_taken_out_has_a_property_of_its_own() -> None:
    given = with_session(series(), "2026-03-24T19:00", taken_out)
    given = with_session(given, "2026-03-31T19:00", taken_out)
    assert text(render_series(given, PHRASES)).count("EXDATE;TZID=Europe/Berlin:") == 2


def test_a_move_is_an_exception_named_by_the_original_local_start() -> None:
    given = with_session(series(), "2026-03-31T19:00", moved(timedelta(days=1, hours=1)))
    _, exception = render_series(given, PHRASES).events
    assert b"RECURRENCE-ID;TZID=Europe/Berlin:20260331T190000\r\n" in exception
    assert b"DTSTART;TZID=Europe/Berlin:20260401T200000\r\n" in exception
    assert given.uid.encode() in exception


def test_a_move_past_a_neighbour_becomes_a_date_taken_out_and_an_event_of_its_own() -> None:
    given = with_session(series(), "2026-03-31T19:00", moved(timedelta(days=8)))
    repeating, loose = render_series(given, PHRASES).events
    assert b"EXDATE;TZID=Europe/Berlin:20260331T190000\r\n" in repeating
    assert b"DTSTART:20260408T170000Z\r\n" in loose
    assert given.uid.encode() not in loose


def test_a_move_onto_a_neighbour_s_day_is_an_event_of_its_own() -> None:
    given = with_session(series(), "2026-03-31T19:00", moved(timedelta(days=7, hours=-3)))
    repeating, loose = render_series(given, PHRASES).events
    assert b"EXDATE" in repeating
    assert b"RECURRENCE-ID" not in loose


def test_the_last_session_of_the_window_may_not_pass_the_first_one_beyond_it() -> None:
    given = with_session(series(), "2026-06-30T19:00", moved(timedelta(days=8)))
    assert b"EXDATE" in render_series(given, PHRASES).events[0]


def test_a_move_into_an_hour_that_comes_twice_is_written_in_utc() -> None:
    autumn = replace(WINDOW, until=datetime(2026, 12, 1, tzinfo=UTC))
    given = series("FREQ=WEEKLY;BYDAY=SA", "2026-01-10T19:00", window=autumn)
    given = with_session(given, "2026-10-24T19:00", moved(timedelta(hours=7, minutes=30)))
    repeating, loose = render_series(given, PHRASES).events
    assert b"EXDATE" in repeating
    assert b"DTSTART:20261025T003000Z\r\n" in loose


def test_a_cancelled_session_is_an_exception_that_says_so() -> None:
    given = with_session(series(), "2026-04-14T19:00", cancelled)
    _, exception = render_series(given, PHRASES).events
    assert b"STATUS:CANCELLED\r\n" in exception
    assert b"SUMMARY:Cancelled: Session\r\n" in exception
    assert b"CONFERENCE" not in exception


def test_a_series_that_meets_a_gap_or_an_overlap_is_written_flat() -> None:
    for rule, first in [("FREQ=DAILY", "2026-03-27T02:30"), ("FREQ=WEEKLY", "2026-01-04T02:30")]:
        written = render_series(series(rule, first), PHRASES)
        assert written.tz is None
        assert "RRULE" not in text(written)
        assert "TZID" not in text(written)


def test_last_modified_rises_when_an_exception_goes_away() -> None:
    changed = with_session(series(), "2026-03-31T19:00", moved(HOUR))
    restored = with_session(changed, "2026-03-31T19:00", moved(-HOUR))
    later = CHANGED + timedelta(days=1)
    restored = with_session(
        restored, "2026-03-31T19:00", lambda one: replace(one, revised_at=later)
    )
    (repeating,) = render_series(restored, PHRASES).events
    assert b"LAST-MODIFIED:20260315T101500Z" in render_series(changed, PHRASES).events[0]
    assert b"LAST-MODIFIED:20260316T101500Z" in repeating


def test_last_modified_rises_when_the_window_moves_the_beginning() -> None:
    moved_at = datetime(2026, 3, 3, tzinfo=UTC)
    later = replace(WINDOW, since=datetime(2026, 2, 1, tzinfo=UTC), moved_at=moved_at)
    (cut,) = render_series(series(window=later), PHRASES).events
    (whole,) = render_series(series(first="2026-02-03T19:00", window=later), PHRASES).events
    assert b"LAST-MODIFIED:20260303T000000Z" in cut
    assert b"LAST-MODIFIED:20260101T090000Z" in whole


def test_an_exception_s_sequence_rises_with_the_series_and_with_the_session() -> None:
    given = replace(with_session(series(), "2026-04-14T19:00", cancelled), sequence=2)
    repeating, exception = render_series(given, PHRASES).events
    assert b"SEQUENCE:2\r\n" in repeating
    assert b"SEQUENCE:3\r\n" in exception


def test_the_first_event_of_a_series_is_never_one_taken_out() -> None:
    given = with_session(series(), "2026-01-06T19:00", taken_out)
    (repeating,) = render_series(given, PHRASES).events
    assert b"DTSTART;TZID=Europe/Berlin:20260113T190000\r\n" in repeating
    assert b"EXDATE" not in repeating


def test_a_session_that_the_rule_no_longer_names_stays_as_an_event_of_its_own() -> None:
    given = series()
    extra = session(uid="extra", starts_at=datetime(2026, 2, 5, 18, tzinfo=UTC))
    key = datetime(2026, 2, 5, 19)
    written = render_series(replace(given, sessions={**given.sessions, key: extra}), PHRASES)
    assert b"DTSTART:20260205T180000Z\r\n" in written.events[-1]
    assert b"RRULE" not in written.events[-1]


def test_a_series_never_writes_what_clients_read_differently() -> None:
    given = series()
    given = with_session(given, "2026-03-24T19:00", taken_out)
    given = with_session(given, "2026-03-31T19:00", moved(HOUR))
    written = text(render_series(given, PHRASES))
    for forbidden in ("RDATE", "THISANDFUTURE", "EXRULE", "RSCALE", "COUNT"):
        assert forbidden not in written
