"""Why a result is empty or below its requirements."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from optimizer.weekly_availability import Level

if TYPE_CHECKING:
    from optimizer.clock_classes import ClockClasses


class Reason(Enum):
    """Why a result is empty or below its requirements; the values are stable codes."""

    NOBODY_AVAILABLE = "nobody_available"
    NO_WINDOW_LONG_ENOUGH = "no_window_long_enough"
    NO_HOUR_HOLDS = "no_hour_holds"
    TOO_FEW_FOR_TWO = "too_few_for_two"
    NO_TWO_HOURS_HOLD = "no_two_hours_hold"


def unavailability_reason(people: ClockClasses) -> Reason | None:
    """Return why nobody can attend any meeting, or None if somebody can."""
    if (people.worst_during_meeting < Level.NO).any():
        return None
    if (people.all_levels < Level.NO).any():
        return Reason.NO_WINDOW_LONG_ENOUGH
    return Reason.NOBODY_AVAILABLE
