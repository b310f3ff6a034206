"""When meetings recur: how long, how often, over which weeks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from optimizer.errors import NotAMonday, OutOfRange
from optimizer.grid import DAY, MAX_CADENCE_WEEKS, WEEK

if TYPE_CHECKING:
    from datetime import date

MAX_WEEKS: Final = 260


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Meetings of ``steps`` quarter hours, every ``cadence_weeks``, for ``weeks`` from a Monday.

    The length is elapsed time, and an occurrence that begins in the last week counts even
    where it ends after it.

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
        if not 1 <= self.steps <= DAY:
            raise OutOfRange("steps", self.steps, least=1, most=DAY)

    @property
    def occurrences(self) -> int:
        """How many meetings one slot has."""
        return self.weeks // self.cadence_weeks

    @property
    def slots(self) -> int:
        """How many starts one anchor zone offers: 672, or a multiple for longer cadences."""
        return WEEK * self.cadence_weeks

    @property
    def span(self) -> int:
        """Quarter hours in which an occurrence can begin."""
        return self.slots * self.occurrences
