"""Coverage, burden and fairness of every slot of an anchor zone, for one population."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from optimizer.burden import Burdens, burdens
from optimizer.clock_classes import ClockClasses
from optimizer.coverage import AttendanceRequirement, Coverage, coverage
from optimizer.dated_year import DatedYear
from optimizer.histogram import Histogrammer, Histograms, SlotQuery, count_by_band
from optimizer.objective import ABSENCE_BIT, BANDS, band_table
from optimizer.tz_table import TzTable, installed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from optimizer.horizon import Horizon
    from optimizer.people import Attendee

# From this size on, counting combinations of levels is faster than a matrix of people.
LARGE_POPULATION: Final = 1_500


class Fairness(NamedTuple):
    """The components of the objective that depend on persons, for each requested slot.

    Attributes:
        unserved: people with more absences than tolerated, ``(columns,) int64``.
        worst_first: leximin vectors, ``(columns, n)``: bands in descending order, or counts of
            people by band from the worst band on.
        weighted_sum: burdens times weights, ``(columns,) int64``.
        drift: person-occurrences off the usual local time, ``(columns,) int64``.
    """

    unserved: NDArray[np.int64]
    worst_first: NDArray[np.integer[Any]]
    weighted_sum: NDArray[np.int64]
    drift: NDArray[np.int64]


class Engine:
    """Evaluates all slots of an anchor at once, exactly, with every clock change of the horizon.

    Args:
        people: the attendees; rows of results are in this order.
        horizon: when meetings recur.
        tz: the tz database, the installed one by default.
    """

    def __init__(
        self, people: Sequence[Attendee], horizon: Horizon, tz: TzTable | None = None
    ) -> None:
        self.horizon = horizon
        self.tz = tz or installed()
        self.population = ClockClasses(people, horizon, self.tz)
        self._dated = DatedYear(self.population, horizon) if self.has_seasons else None
        self.is_large = len(people) >= LARGE_POPULATION and not self.has_seasons
        self._histogrammer = Histogrammer(self.population, horizon)

    def coverage(self, anchor: str, *, facilitators: int = 1, quorum: int = 0) -> Coverage:
        """Count the occurrences of each slot ``(slots,)`` that fail hard, and below the quorum.

        Raises:
            UnknownZone: the tz database has no such anchor.
            HorizonOutsideTzDatabase: the weeks are not within 1970 to 2037.
            OffGridZone: the anchor is not on quarter hours in these years.
        """
        segments, requirement = (
            self.tz.segments(anchor, self.horizon),
            AttendanceRequirement(facilitators, quorum),
        )
        if self._dated:
            return self._dated.coverage(segments, requirement)
        return coverage(self.population, segments, self.horizon, requirement)

    def burden(self, anchor: str, columns: NDArray[np.int64] | None = None) -> Burdens:
        """Return the cost of slots for each person over the horizon, ``(people, columns) int32``.

        ``columns`` are anchor-local quarter hours of the horizon, all slots by default; rows are in
        the order of the people given. Memory: four bytes per person and slot.
        """
        year = self._burdens(anchor, columns)
        inverse = self.population.inverse
        return Burdens(year.burden[inverse], year.absences[inverse], year.drift)

    def histogram(
        self, anchor: str, columns: NDArray[np.int64] | None = None, *, tolerated: int
    ) -> Histograms:
        """Count people by band at each requested slot, ``(columns, 65) int64``.

        ``tolerated`` is how many absences still count as served. Uses no matrix of people unless
        somebody has a season.
        """
        at = self._columns(columns)
        if self._dated:
            year = self._burdens(anchor, at)
            return Histograms(
                count_by_band(band_table(self.horizon.occurrences)[year.burden]),
                (year.absences > tolerated).sum(axis=0),
                self.population.weight @ year.burden,
                year.drift,
            )
        segments = self.tz.segments(anchor, self.horizon)
        return self._histogrammer.count(SlotQuery(segments, at, tolerated))

    def fairness(self, anchor: str, columns: NDArray[np.int64], *, tolerated: int) -> Fairness:
        """Return the person-dependent components of the objective, arrays of ``(columns, …)``.

        ``columns`` are anchor-local quarter hours of the horizon. Large populations are counted by
        histogram, small ones person by person; the results are equal.
        """
        if self.is_large:
            counted = self.histogram(anchor, columns, tolerated=tolerated)
            worst_first = counted.people_by_band[:, ::-1]
            return Fairness(counted.unserved, worst_first, counted.weighted_sum, counted.drift)
        year = self._burdens(anchor, columns)
        bands = band_table(self.horizon.occurrences)[year.burden]
        return Fairness(
            (year.absences > tolerated).sum(axis=0),
            count_by_band(bands)[:, ::-1] if self._is_counted else np.sort(bands, axis=0)[::-1].T,
            # Integer matmul on purpose: a float one would start BLAS threads on a busy machine.
            self.population.weight @ year.burden,
            year.drift,
        )

    def bands(self, worst_first: NDArray[np.integer[Any]]) -> tuple[int, ...]:
        """Return one row ``(n,)`` of :attr:`Fairness.worst_first` as bands, in descending order."""
        if self._is_counted:
            worst_first = np.repeat(np.arange(BANDS)[::-1], worst_first)
        return tuple(worst_first.tolist())

    @property
    def has_seasons(self) -> bool:
        """Whether somebody's week changes with the seasons: every occurrence is evaluated then."""
        return self.population.dated is not None

    @property
    def _is_counted(self) -> bool:
        """Whether counts of people by band are shorter than a list of everybody's bands."""
        return self.is_large or len(self.population) > BANDS

    def _burdens(self, anchor: str, columns: NDArray[np.int64] | None) -> Burdens:
        segments = self.tz.segments(anchor, self.horizon)
        clocks = range(len(self.population.classes))
        requested = self._columns(columns)
        # Fancy indexing of half a week costs as much as slicing a whole one.
        at = self._columns() if 2 * len(requested) > self.horizon.slots else requested
        year = burdens(self.population, clocks, segments, self.horizon, at)
        if self._dated:
            packed_cost = self._dated.packed_cost(segments, at)
            year = Burdens(
                packed_cost & (1 << ABSENCE_BIT) - 1, packed_cost >> ABSENCE_BIT, year.drift
            )
        if len(at) == len(requested):
            return year
        return Burdens(
            year.burden[:, requested], year.absences[:, requested], year.drift[requested]
        )

    def _columns(self, columns: NDArray[np.int64] | None = None) -> NDArray[np.int64]:
        return np.arange(self.horizon.slots) if columns is None else np.asarray(columns, np.int64)
