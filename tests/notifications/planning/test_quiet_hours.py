from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civiltime import zones
from notifications.planning.quiet_hours import QuietHours, Span

NIGHT = (22 * 60, 7 * 60)
COPENHAGEN = ZoneInfo("Europe/Copenhagen")


def at(text: str, tz: str = "UTC") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(tz))


def spans_of(hours: QuietHours, day: date) -> list[Span]:
    after = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    return list(hours.spans(after=after, before=after + timedelta(days=1)))


@pytest.mark.parametrize(
    ("when", "is_quiet"),
    [("21:59", False), ("22:00", True), ("23:59", True), ("06:59", True), ("07:00", False)],
)
def test_a_night_goes_over_midnight_and_its_end_is_loud(when: str, is_quiet: bool) -> None:
    hours = QuietHours(COPENHAGEN, *NIGHT)
    assert bool(hours.around(at(f"2026-06-05T{when}", "Europe/Copenhagen"))) is is_quiet


def test_the_night_of_the_clock_change_is_an_hour_longer_or_shorter() -> None:
    hours = QuietHours(COPENHAGEN, *NIGHT)
    (winter,) = spans_of(hours, date(2026, 10, 24))
    (summer,) = spans_of(hours, date(2026, 3, 28))
    assert winter == (at("2026-10-24T20:00"), at("2026-10-25T06:00"))
    assert winter.ends_at - winter.begins_at == timedelta(hours=10)
    assert summer.ends_at - summer.begins_at == timedelta(hours=8)


def test_an_end_inside_a_gap_comes_an_hour_later() -> None:
    hours = QuietHours(COPENHAGEN, 22 * 60, 2 * 60 + 30)
    (span,) = spans_of(hours, date(2026, 3, 28))
    assert span.ends_at.astimezone(COPENHAGEN).strftime("%H:%M") == "03:30"


def test_a_span_that_a_gap_swallows_is_no_span() -> None:
    assert spans_of(QuietHours(COPENHAGEN, 2 * 60, 3 * 60), date(2026, 3, 28)) == []


def test_a_nap_lies_within_one_day() -> None:
    hours = QuietHours(ZoneInfo("Asia/Kathmandu"), 13 * 60, 15 * 60)
    span = hours.around(at("2026-06-05T14:00", "Asia/Kathmandu"))
    assert span == (at("2026-06-05T07:15"), at("2026-06-05T09:15"))


@given(
    tz=st.sampled_from(sorted(zones.canonical_names())),
    quiet_from=st.integers(0, 1439),
    quiet_until=st.integers(0, 1439),
    instant=st.datetimes(datetime(2024, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC)),
)
def test_what_is_quiet_is_decided_by_the_wall_clock_away_from_changes(
    tz: str, quiet_from: int, quiet_until: int, instant: datetime
) -> None:
    if quiet_from == quiet_until:
        return
    zone = zones.zone(tz)
    day = timedelta(days=1)
    if (instant - day).astimezone(zone).utcoffset() != (instant + day).astimezone(zone).utcoffset():
        return
    local = instant.astimezone(zone)
    minute = local.hour * 60 + local.minute
    expected = (
        quiet_from <= minute < quiet_until
        if quiet_from < quiet_until
        else minute >= quiet_from or minute < quiet_until
    )
    span = QuietHours(zone, quiet_from, quiet_until).around(instant)
    assert bool(span) is expected
    if span:
        assert span.begins_at <= instant < span.ends_at
