from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from scheduler.rules.waking_hours import is_awake

SIX_IN_BRATISLAVA = datetime(2026, 6, 9, 16, 0, tzinfo=UTC)  # a Tuesday in summer
HOUR = timedelta(hours=1)


def _awake(tz: str, *, start: str = "07:00", until: str = "22:00", minutes: int = 60) -> bool:
    return is_awake(
        SIX_IN_BRATISLAVA,
        SIX_IN_BRATISLAVA + timedelta(minutes=minutes),
        tz=ZoneInfo(tz),
        awake_from=time.fromisoformat(start),
        awake_until=time.fromisoformat(until),
    )


@pytest.mark.parametrize(
    ("tz", "awake"),
    [
        ("Europe/Bratislava", True),  # 18:00
        ("America/Los_Angeles", True),  # 09:00
        ("Asia/Kathmandu", False),  # 21:45 to 22:45
        ("Asia/Tokyo", False),  # 01:00 on Wednesday
        ("Pacific/Honolulu", False),  # 06:00
    ],
)
def test_the_whole_session_lies_within_the_hours_where_somebody_lives(
    tz: str, *, awake: bool
) -> None:
    assert _awake(tz) is awake


def test_a_session_may_begin_on_waking_and_end_at_the_last_minute() -> None:
    assert _awake("Europe/Bratislava", start="18:00", until="19:00")
    assert not _awake("Europe/Bratislava", start="18:00", until="19:00", minutes=61)


def test_hours_may_go_past_midnight() -> None:
    assert _awake("Asia/Tokyo", start="14:00", until="02:00")  # 01:00 to 02:00
    assert not _awake("Asia/Tokyo", start="14:00", until="01:30")
    assert _awake("Asia/Kathmandu", start="14:00", until="02:00")  # 21:45, before midnight


def test_the_same_hour_twice_is_the_whole_day() -> None:
    assert _awake("Asia/Tokyo", start="07:00", until="07:00")


def test_an_hour_follows_the_clock_change_of_its_zone() -> None:
    winter = datetime(2026, 12, 8, 21, 0, tzinfo=UTC)
    hours = {"awake_from": time(7), "awake_until": time(22)}
    berlin, reykjavik = ZoneInfo("Europe/Berlin"), ZoneInfo("Atlantic/Reykjavik")
    assert not is_awake(winter, winter + HOUR, tz=berlin, **hours)
    assert is_awake(winter, winter + HOUR, tz=reykjavik, **hours)
