"""Whether this machine's clock agrees with the database's, which all machines share.

A machine whose clock is ahead would consider every notice expired, and drop it for good.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db import connection

if TYPE_CHECKING:
    from datetime import datetime

logger = logging.getLogger(__name__)

MAX_SKEW: Final = timedelta(seconds=30)


def is_right(now: datetime) -> bool:
    """Whether ``now`` is within ``MAX_SKEW`` of the database's clock. SQLite has none to compare."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (database_now,) = cursor.fetchone() or (now,)
    skew = abs(database_now - now)
    if skew <= MAX_SKEW:
        return True
    logger.error("This clock and the database's differ by %s: nothing is sent.", skew)
    return False
