"""A population and a rhythm, ready to be asked about any anchor zone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from optimizer.burden import Burdens, burdens
from optimizer.clock_classes import ClockClasses
from optimizer.coverage import Coverage, Needs, coverage
from optimizer.dated_year import DatedYear
from optimizer.histogram import Histogrammer, Histograms, Question, count_by_band
from optimizer.objective import ABSENCE_BIT, BANDS, band_table
from optimizer.tz_table import TzTable, installed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from optimizer.people import Attendee
    from optimizer.rhythm import Rhythm

# From here on counting combinations of levels beats a matrix of people.
LARGE: Final = 1_500


class Fairness(NamedTuple):
    """The part of the key that is about people, for each chosen slot.

    ``unserved``, ``weighted_sum``, ``drift``: ``(columns,) int64``. ``worst_first``: what leximin
    compares ``(columns, n)``: bands from the worst on, or people by band from the worst on.
    """

    unserved: NDArray[np.int64]
    worst_first: NDArray[np.integer[Any]]
    weighted_sum: NDArray[np.int64]
    drift: NDArray[np.int64]


class Engine:
    """Answers exactly for every slot of an anchor at once, all clock changes included.

    Args:
        people: who meets; rows of results stand in this order.
        rhythm: when meetings recur.
        tz: the tz database, the installed one by default.
    """

    def __init__(
        self, people: Sequence[Attendee], rhythm: Rhythm, tz: TzTable | None = None
    ) -> None:
        self.rhythm = rhythm
        self.tz = tz or installed()
        self.population = ClockClasses(people, rhythm, self.tz)
        self._dated = DatedYear(self.population, rhythm) if self.has_seasons else None
        self.is_large = len(people) >= LARGE and not self.has_seasons
        self._histogrammer = Histogrammer(self.population, rhythm)

    def coverage(self, anchor: str, *, facilitators: int = 1, quorum: int = 0) -> Coverage:
        """Count, by slot, the occurrences that cannot be held and those below the quorum."""
        segments, needs = self.tz.segments(anchor, self.rhythm), Needs(facilitators, quorum)
        if self._dated:
            return self._dated.coverage(segments, needs)
        return coverage(self.population, segments, self.rhythm, needs)

    def burden(self, anchor: str, columns: NDArray[np.int64] | None = None) -> Burdens:
        """Return what each slot costs each person over the horizon, ``(people, columns)``.

        Memory: four bytes per person and slot.
        """
        year = self._burdens(anchor, columns)
        inverse = self.population.inverse
        return Burdens(year.burden[inverse], year.absences[inverse], year.drift)

    def histogram(
        self, anchor: str, columns: NDArray[np.int64] | None = None, *, tolerated: int
    ) -> Histograms:
        """Count people by band at each slot, without a matrix of people if none has a season."""
        at = self._columns(columns)
        if self._dated:
            year = self._burdens(anchor, at)
            return Histograms(
                count_by_band(band_table(self.rhythm.occurrences)[year.burden]),
                (year.absences > tolerated).sum(axis=0),
                self.population.weight @ year.burden,
                year.drift,
            )
        segments = self.tz.segments(anchor, self.rhythm)
        return self._histogrammer.count(Question(segments, at, tolerated))

    def fairness(self, anchor: str, columns: NDArray[np.int64], *, tolerated: int) -> Fairness:
        """Return the part of the key that is about people, by whichever way is faster."""
        if self.is_large:
            counted = self.histogram(anchor, columns, tolerated=tolerated)
            worst_first = counted.people_by_band[:, ::-1]
            return Fairness(counted.unserved, worst_first, counted.weighted_sum, counted.drift)
        year = self._burdens(anchor, columns)
        bands = band_table(self.rhythm.occurrences)[year.burden]
        return Fairness(
            (year.absences > tolerated).sum(axis=0),
            count_by_band(bands)[:, ::-1] if self._is_counted else np.sort(bands, axis=0)[::-1].T,
            # Integers on purpose: BLAS would start threads that fight over a busy machine.
            self.population.weight @ year.burden,
            year.drift,
        )

    def bands(self, worst_first: NDArray[np.integer[Any]]) -> tuple[int, ...]:
        """Return one row of :attr:`Fairness.worst_first` as bands, worst first."""
        if self._is_counted:
            worst_first = np.repeat(np.arange(BANDS)[::-1], worst_first)
        return tuple(worst_first.tolist())

    @property
    def has_seasons(self) -> bool:
        """Whether somebody's week changes with the seasons, so that each day is looked at."""
        return self.population.dated is not None

    @property
    def _is_counted(self) -> bool:
        """Whether counts of people by band are shorter than a list of everybody's bands."""
        return self.is_large or len(self.population) > BANDS

    def _burdens(self, anchor: str, columns: NDArray[np.int64] | None) -> Burdens:
        segments = self.tz.segments(anchor, self.rhythm)
        clocks = range(len(self.population.classes))
        asked = self._columns(columns)
        # Half a week by fancy indexing costs as much as a whole one by slices.
        at = self._columns() if 2 * len(asked) > self.rhythm.slots else asked
        year = burdens(self.population, clocks, segments, self.rhythm, at)
        if self._dated:
            price = self._dated.price(segments, at)
            year = Burdens(price & (1 << ABSENCE_BIT) - 1, price >> ABSENCE_BIT, year.drift)
        if len(at) == len(asked):
            return year
        return Burdens(year.burden[:, asked], year.absences[:, asked], year.drift[asked])

    def _columns(self, columns: NDArray[np.int64] | None = None) -> NDArray[np.int64]:
        return np.arange(self.rhythm.slots) if columns is None else np.asarray(columns, np.int64)
