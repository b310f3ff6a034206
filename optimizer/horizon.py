"""The planning horizon: length and cadence of the meetings, and the weeks they span."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from optimizer.errors import NotAMonday, OutOfRange
from optimizer.grid import MAX_CADENCE_WEEKS, QUARTERS_PER_DAY, QUARTERS_PER_WEEK

if TYPE_CHECKING:
    from datetime import date

MAX_WEEKS: Final = 260


@dataclass(frozen=True, slots=True)
class Horizon:
    """Meetings of ``steps`` quarter hours, every ``cadence_weeks``, for ``weeks`` from a Monday.

    The length is elapsed time. An occurrence that starts in the last week counts even if it ends
    after that week.

    Raises:
        NotAMonday: the start is another day.
        OutOfRange: the cadence is not 1 to 4 weeks, the weeks do not hold one occurrence or
            are more than 260, or the steps are not 1 to 96.
    """

    start: date
    weeks: int = 52
    cadence_weeks: int = 1
    steps: int = 4

    def __post_init__(self) -> None:
        if self.start.weekday():
            raise NotAMonday(self.start)
        if not 1 <= self.cadence_weeks <= MAX_CADENCE_WEEKS:
            raise OutOfRange("cadence", self.cadence_weeks, least=1, most=MAX_CADENCE_WEEKS)
        if not self.cadence_weeks <= self.weeks <= MAX_WEEKS:
            raise OutOfRange("weeks", self.weeks, least=self.cadence_weeks, most=MAX_WEEKS)
        if not 1 <= self.steps <= QUARTERS_PER_DAY:
            raise OutOfRange("steps", self.steps, least=1, most=QUARTERS_PER_DAY)

    @property
    def occurrences(self) -> int:
        """How many meetings one slot has."""
        return self.weeks // self.cadence_weeks

    @property
    def slots(self) -> int:
        """How many slots one anchor zone has: 672 times the cadence in weeks."""
        return QUARTERS_PER_WEEK * self.cadence_weeks

    @property
    def span(self) -> int:
        """Quarter hours from the horizon's first midnight within which an occurrence can start."""
        return self.slots * self.occurrences
