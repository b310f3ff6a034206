from __future__ import annotations

from datetime import UTC, datetime, timedelta

from civiltime import zones
from civiltime.overlaps import SeriesSchedule, find_overlaps
from civiltime.recurrence import Rule, expand

NOW = datetime(2027, 1, 4, 12, tzinfo=UTC)
BRATISLAVA, NEW_YORK, CAIRO = (
    zones.zone(name) for name in ("Europe/Bratislava", "America/New_York", "Africa/Cairo")
)


def schedule(
    local: str, tz: str = "Europe/Bratislava", rule: str = "FREQ=WEEKLY", duration_minutes: int = 60
):
    return SeriesSchedule(
        Rule.parse(rule),
        datetime.fromisoformat(f"2027-01-{local}"),
        zones.zone(tz),
        duration_minutes,
    )


def test_sessions_that_only_touch_do_not_overlap() -> None:
    assert find_overlaps([schedule("05 18:00"), schedule("05 19:00")], now=NOW) == []
    assert find_overlaps([schedule("05 18:00"), schedule("06 18:00")], now=NOW) == []
    assert find_overlaps([schedule("05 18:00")], now=NOW) == find_overlaps([], now=NOW) == []


def test_the_same_hour_overlaps_in_every_week() -> None:
    [overlap] = find_overlaps(
        [schedule("05 18:00"), schedule("05 18:30", duration_minutes=15)], now=NOW
    )
    assert (
        overlap.first,
        overlap.second,
        overlap.overlapping_meetings,
        overlap.total_meetings,
    ) == (0, 1, 52, 52)
    assert not overlap.is_seasonal
    assert overlap.first_at == datetime(2027, 1, 5, 17, tzinfo=UTC)


def test_an_overlap_that_exists_only_between_two_clock_changes_is_reported() -> None:
    in_new_york = schedule("05 13:00", "America/New_York")
    [overlap] = find_overlaps([schedule("05 18:00"), in_new_york], now=NOW)
    assert overlap.is_seasonal
    assert (overlap.overlapping_meetings, overlap.total_meetings) == (3, 52)
    assert overlap.first_at.astimezone(BRATISLAVA) == datetime(2027, 3, 16, 18, tzinfo=BRATISLAVA)


def test_monthly_and_fortnightly_rules_are_read_as_they_are() -> None:
    monthly = schedule("01 18:00", rule="FREQ=MONTHLY;BYDAY=1FR")
    weekly = schedule("08 18:30")
    [overlap] = find_overlaps([monthly, weekly], now=NOW)
    assert (overlap.overlapping_meetings, overlap.total_meetings) == (11, 11)


def test_overlaps_equal_those_of_comparing_each_pair_of_sessions() -> None:
    schedules = [
        schedule("05 18:00", "Africa/Cairo", duration_minutes=90),
        schedule("05 17:15"),
        schedule("05 12:30", "America/New_York", rule="FREQ=WEEKLY;INTERVAL=2"),
        schedule("05 21:45", "Asia/Kolkata", duration_minutes=45),
    ]
    year = [
        [
            (start.at, start.at + timedelta(minutes=one.duration_minutes))
            for start in expand(
                one.rule,
                first_local=one.first_local,
                tz=one.tz,
                after=NOW,
                before=NOW + timedelta(weeks=52),
            )
        ]
        for one in schedules
    ]
    expected = {}
    for first in range(len(schedules)):
        for second in range(first + 1, len(schedules)):
            overlapping = sum(
                any(begin < until and start < end for start, until in year[second])
                for begin, end in year[first]
            )
            if overlapping:
                expected[first, second] = overlapping
    found = {
        (overlap.first, overlap.second): overlap.overlapping_meetings
        for overlap in find_overlaps(schedules, now=NOW)
    }
    assert found == expected
    assert len(found) > 1
