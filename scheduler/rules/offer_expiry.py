"""How long a freed seat is kept for the one it is offered to."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

LONGEST: Final = timedelta(hours=24)
SHORTEST: Final = timedelta(minutes=10)
SHARE: Final = 4


def offer_ends_at(now: datetime, *, starts_at: datetime) -> datetime:
    """Return until when an offer made now stands, for a session that is still to start.

    A quarter of the time left, at least ten minutes and at most a day, and never past the start:
    four days ahead one may sleep on it; an hour ahead it is a quarter of an hour, so that the
    next on the list still has time to come.
    """
    lasts = min(max((starts_at - now) / SHARE, SHORTEST), LONGEST)
    return min(now + lasts, starts_at)
