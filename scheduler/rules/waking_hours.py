"""Whether a session is within a person's waking hours."""

from __future__ import annotations

from datetime import datetime, time, timedelta, tzinfo
from typing import Final

ONE_DAY: Final = timedelta(days=1)


def is_awake(
    starts_at: datetime, ends_at: datetime, *, tz: tzinfo, awake_from: time, awake_until: time
) -> bool:
    """Whether a whole session, in aware instants, is between two wall-clock times of a zone.

    An ``awake_until`` at or before ``awake_from`` is on the next day; equal times mean all day.
    """
    day_lasts = _between(awake_from, awake_until) or ONE_DAY
    start, end = (_between(awake_from, at.astimezone(tz).time()) for at in (starts_at, ends_at))
    if day_lasts == ONE_DAY:
        return True
    return start <= end <= day_lasts and ends_at - starts_at <= day_lasts


def _between(earlier: time, later: time) -> timedelta:
    """Return the time from one time of day to the next occurrence of the other."""
    gap = _since_midnight(later) - _since_midnight(earlier)
    return gap % ONE_DAY


def _since_midnight(at: time) -> timedelta:
    return timedelta(hours=at.hour, minutes=at.minute, seconds=at.second)
