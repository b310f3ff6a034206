"""A deadline for a search, on the monotonic clock, so that results do not depend on the date."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import timedelta


class Deadline:
    """The end of a time budget that starts when the object is created."""

    def __init__(self, budget: timedelta) -> None:
        self._end = monotonic() + budget.total_seconds()

    @property
    def seconds_left(self) -> float:
        """Seconds until the deadline, 0.0 after it has passed."""
        return max(0.0, self._end - monotonic())

    @property
    def has_passed(self) -> bool:
        """Whether the deadline has passed."""
        return monotonic() >= self._end
