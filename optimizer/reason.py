"""Why a result is empty, or not as good as one would wish."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from optimizer.weekly_availability import Level

if TYPE_CHECKING:
    from optimizer.clock_classes import ClockClasses


class Reason(Enum):
    """What stands in the way; the value is stable and for machines."""

    NOBODY_AVAILABLE = "nobody_available"
    NO_WINDOW_LONG_ENOUGH = "no_window_long_enough"
    NO_HOUR_HOLDS = "no_hour_holds"
    TOO_FEW_FOR_TWO = "too_few_for_two"
    NO_TWO_HOURS_HOLD = "no_two_hours_hold"


def why_nobody(people: ClockClasses) -> Reason | None:
    """Return why nobody can come to anything, or None if somebody can."""
    if (people.longest < Level.NO).any():
        return None
    if (people.weeks < Level.NO).any():
        return Reason.NO_WINDOW_LONG_ENOUGH
    return Reason.NOBODY_AVAILABLE
