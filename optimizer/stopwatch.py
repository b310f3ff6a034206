"""How much of a time budget is left. It never tells what time it is, so results do not depend on it."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import timedelta


class Stopwatch:
    """Counts down from a budget, starting when it is made."""

    def __init__(self, budget: timedelta) -> None:
        self._end = monotonic() + budget.total_seconds()

    @property
    def seconds_left(self) -> float:
        """What is left of the budget, zero when it is used up."""
        return max(0.0, self._end - monotonic())

    @property
    def is_over(self) -> bool:
        """Whether the budget is used up."""
        return monotonic() >= self._end
