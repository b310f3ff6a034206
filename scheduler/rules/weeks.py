"""Days of the week, Monday is 0, and where the next week begins."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import date, datetime

EVERY_DAY: Final = frozenset(range(7))
WORKDAYS: Final = frozenset(range(5))
WEEKEND: Final = frozenset([5, 6])


def next_monday(now: datetime) -> date:
    """Return the Monday after the date of ``now``, never that date itself."""
    return now.date() + timedelta(days=7 - now.weekday())
