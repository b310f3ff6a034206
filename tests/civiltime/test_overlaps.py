from __future__ import annotations

from datetime import UTC, datetime, timedelta

from civiltime import zones
from civiltime.overlaps import Hour, find_overlaps
from civiltime.recurrence import Rule, expand

NOW = datetime(2027, 1, 4, 12, tzinfo=UTC)
BRATISLAVA, NEW_YORK, CAIRO = (
    zones.zone(name) for name in ("Europe/Bratislava", "America/New_York", "Africa/Cairo")
)


def hour(local: str, tz: str = "Europe/Bratislava", rule: str = "FREQ=WEEKLY", minutes: int = 60):
    return Hour(
        Rule.parse(rule), datetime.fromisoformat(f"2027-01-{local}"), zones.zone(tz), minutes
    )


def test_hours_that_lie_side_by_side_are_no_clash() -> None:
    assert find_overlaps([hour("05 18:00"), hour("05 19:00")], now=NOW) == []
    assert find_overlaps([hour("05 18:00"), hour("06 18:00")], now=NOW) == []
    assert find_overlaps([hour("05 18:00")], now=NOW) == find_overlaps([], now=NOW) == []


def test_the_same_hour_clashes_in_every_week() -> None:
    [overlap] = find_overlaps([hour("05 18:00"), hour("05 18:30", minutes=15)], now=NOW)
    assert (overlap.first, overlap.second, overlap.times, overlap.every) == (0, 1, 52, 52)
    assert not overlap.is_seasonal
    assert overlap.first_at == datetime(2027, 1, 5, 17, tzinfo=UTC)


def test_a_clash_that_exists_only_while_clocks_are_apart_is_found() -> None:
    in_new_york = hour("05 13:00", "America/New_York")
    [overlap] = find_overlaps([hour("05 18:00"), in_new_york], now=NOW)
    assert overlap.is_seasonal
    assert (overlap.times, overlap.every) == (3, 52)
    assert overlap.first_at.astimezone(BRATISLAVA) == datetime(2027, 3, 16, 18, tzinfo=BRATISLAVA)


def test_monthly_and_fortnightly_rules_are_read_as_they_are() -> None:
    monthly = hour("01 18:00", rule="FREQ=MONTHLY;BYDAY=1FR")
    weekly = hour("08 18:30")
    [overlap] = find_overlaps([monthly, weekly], now=NOW)
    assert (overlap.times, overlap.every) == (11, 11)


def test_clashes_are_those_of_looking_at_each_pair_of_meetings() -> None:
    hours = [
        hour("05 18:00", "Africa/Cairo", minutes=90),
        hour("05 17:15"),
        hour("05 12:30", "America/New_York", rule="FREQ=WEEKLY;INTERVAL=2"),
        hour("05 21:45", "Asia/Kolkata", minutes=45),
    ]
    year = [
        [
            (start.at, start.at + timedelta(minutes=one.minutes))
            for start in expand(
                one.rule,
                first_local=one.first_local,
                tz=one.tz,
                after=NOW,
                before=NOW + timedelta(weeks=52),
            )
        ]
        for one in hours
    ]
    expected = {}
    for first in range(len(hours)):
        for second in range(first + 1, len(hours)):
            times = sum(
                any(begin < until and start < end for start, until in year[second])
                for begin, end in year[first]
            )
            if times:
                expected[first, second] = times
    found = {
        (overlap.first, overlap.second): overlap.times for overlap in find_overlaps(hours, now=NOW)
    }
    assert found == expected
    assert len(found) > 1
