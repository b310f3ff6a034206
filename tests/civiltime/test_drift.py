from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civiltime.drift import LOOKAHEAD, DriftWindow, HourChange, hour_changes
from civiltime.recurrence import Rule, expand
from civiltime.zones import canonical_names, zone

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

WEEKLY = Rule.parse("FREQ=WEEKLY")
HOUR = timedelta(hours=1)
SUNDAYS_AT_ELEVEN = (WEEKLY, datetime(2026, 1, 4, 11, 0), zone("Europe/Berlin"))
OCTOBER = datetime(2026, 10, 12, tzinfo=UTC)


def _series(
    first_local: datetime, tz: str, rule: str = "FREQ=WEEKLY"
) -> tuple[Rule, datetime, ZoneInfo]:
    return Rule.parse(rule), first_local, zone(tz)


def _in(tz: str, *, now: datetime = OCTOBER, series=SUNDAYS_AT_ELEVEN) -> list[HourChange]:
    return hour_changes([series], zone(tz), now=now)


def test_eleven_in_berlin_is_five_six_five_in_new_york_when_europe_changes_a_week_earlier() -> None:
    rule, first_local, tz = SUNDAYS_AT_ELEVEN
    window = {
        "after": datetime(2026, 10, 18, tzinfo=UTC),
        "before": datetime(2026, 11, 2, tzinfo=UTC),
    }
    starts = [start.at for start in expand(rule, first_local=first_local, tz=tz, **window)]
    assert [at.astimezone(zone("America/New_York")).hour for at in starts] == [5, 6, 5]
    assert _in("America/New_York") == [HourChange(0, starts[1], starts[1], HOUR)]


def test_a_change_is_reported_during_its_week_and_not_afterwards() -> None:
    during = datetime(2026, 10, 25, 9, 0, tzinfo=UTC)
    assert _in("America/New_York", now=during) == _in("America/New_York")
    assert _in("America/New_York", now=datetime(2026, 10, 26, tzinfo=UTC)) == []


def test_in_spring_america_goes_first_and_for_three_weeks() -> None:
    changes = _in("America/New_York", now=datetime(2026, 3, 1, tzinfo=UTC))
    first, last = datetime(2026, 3, 8, 10, 0, tzinfo=UTC), datetime(2026, 3, 22, 10, 0, tzinfo=UTC)
    assert changes == [HourChange(0, first, last, HOUR)]


def test_for_a_zone_that_never_changes_its_clocks_the_new_hour_lasts() -> None:
    first = datetime(2026, 10, 25, 10, 0, tzinfo=UTC)
    assert _in("Asia/Kathmandu") == [HourChange(0, first, None, HOUR)]
    assert _in("Asia/Kathmandu", now=datetime(2026, 10, 26, tzinfo=UTC)) == []


@pytest.mark.parametrize("tz", ["Europe/Berlin", "Europe/Copenhagen", "Africa/Ceuta"])
def test_nothing_moves_for_people_whose_clocks_change_with_the_groups(tz: str) -> None:
    assert _in(tz) == []


def test_nothing_moves_between_two_zones_that_keep_their_clocks() -> None:
    nepal = _series(datetime(2026, 1, 4, 19, 0), "Asia/Kathmandu")
    assert _in("Asia/Tokyo", series=nepal) == []


def test_half_an_hour_of_summer_time_moves_the_hour_by_half_an_hour() -> None:
    brisbane = _series(datetime(2026, 1, 4, 19, 0), "Australia/Brisbane")
    now = datetime(2026, 9, 20, tzinfo=UTC)
    [change] = _in("Australia/Lord_Howe", now=now, series=brisbane)
    assert change.shift == timedelta(minutes=30)


def test_during_ramadan_a_casablanca_hour_moves_for_a_month_and_comes_back() -> None:
    casablanca = _series(datetime(2026, 1, 4, 20, 0), "Africa/Casablanca")
    [change] = _in("Africa/Lagos", now=datetime(2026, 2, 8, tzinfo=UTC), series=casablanca)
    assert change.shift == HOUR
    assert change.first.date().isoformat() == "2026-02-15"
    assert change.last is not None
    assert change.last.date().isoformat() == "2026-03-15"


def test_a_session_that_begins_in_a_gap_is_later_for_everyone_that_once() -> None:
    gap = _series(datetime(2026, 1, 4, 2, 30), "Europe/Berlin")
    [change] = _in("Europe/Berlin", now=datetime(2026, 3, 20, tzinfo=UTC), series=gap)
    once = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert change == HourChange(0, once, once, HOUR)


def test_an_hour_that_falls_on_another_day_moves_by_an_hour_not_by_a_day() -> None:
    late = _series(datetime(2026, 1, 4, 23, 30), "Europe/London")
    [change] = _in("Asia/Kathmandu", series=late)
    assert change.shift == HOUR


def test_a_monthly_series_reports_the_session_that_differs_from_the_last() -> None:
    monthly = _series(datetime(2026, 1, 25, 11, 0), "Europe/Berlin", "FREQ=MONTHLY;BYDAY=-1SU")
    [change] = _in("America/New_York", series=monthly)
    assert (change.first.day, change.last, change.shift) == (25, change.first, HOUR)


def test_many_zones_share_one_drift_window() -> None:
    series = [SUNDAYS_AT_ELEVEN, _series(datetime(2026, 1, 6, 18, 0), "America/New_York")]
    drift_window = DriftWindow.of(series, now=OCTOBER)
    for tz in ("America/New_York", "Asia/Kathmandu", "Europe/Berlin"):
        alone = [
            change._replace(series=index)
            for index, one in enumerate(series)
            for change in hour_changes([one], zone(tz), now=OCTOBER)
        ]
        assert drift_window.changes_in(zone(tz)) == alone


@settings(deadline=None, max_examples=60)
@given(
    here=st.sampled_from(sorted(canonical_names())),
    there=st.sampled_from(sorted(canonical_names())),
    days=st.integers(0, 3 * 365),
    minutes=st.integers(0, 24 * 60 - 1),
)
def test_outside_the_reported_changes_every_session_is_at_the_usual_hour(
    here: str, there: str, days: int, minutes: int
) -> None:
    now = datetime(2025, 6, 1, tzinfo=UTC) + timedelta(days=days)
    first_local = datetime(2024, 1, 1) + timedelta(minutes=minutes)
    group, reader = zone(here), zone(there)
    changes = hour_changes([(WEEKLY, first_local, group)], reader, now=now)
    starts = [
        start
        for start in expand(
            WEEKLY, first_local=first_local, tz=group, after=now, before=now + LOOKAHEAD
        )
        if not any(c.first <= start.at and (c.last is None or start.at <= c.last) for c in changes)
    ]
    hours = {start.at.astimezone(reader).replace(tzinfo=None) - start.local for start in starts}
    assert len(hours) <= 1
    assert all(change.shift for change in changes)
