"""How long an offered seat is kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

MAX_DURATION: Final = timedelta(hours=24)
MIN_DURATION: Final = timedelta(minutes=10)
TIME_LEFT_DIVISOR: Final = 4


def offer_ends_at(now: datetime, *, starts_at: datetime) -> datetime:
    """Return when an offer made now ends, for a session that is still to start.

    It lasts a quarter of the time left, at least ten minutes, at most a day, and not past the
    start: four days ahead it lasts a day, an hour ahead 15 minutes, so that the next person on the
    list still has time to come.
    """
    lasts = min(max((starts_at - now) / TIME_LEFT_DIVISOR, MIN_DURATION), MAX_DURATION)
    return min(now + lasts, starts_at)
