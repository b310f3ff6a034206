"""Whether this machine's clock can be trusted: the database has one, too, and all others share it.

A machine whose clock ran ahead would take every notice for overdue, and drop it for good.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db import connection

if TYPE_CHECKING:
    from datetime import datetime

logger = logging.getLogger(__name__)

MAY_DIFFER_BY: Final = timedelta(seconds=30)


def is_right(now: datetime) -> bool:
    """Whether the database agrees about the hour. SQLite has no clock of its own to disagree."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (theirs,) = cursor.fetchone() or (now,)
    if abs(theirs - now) <= MAY_DIFFER_BY:
        return True
    logger.error("This clock and the database's differ by %s: nothing is sent.", abs(theirs - now))
    return False
