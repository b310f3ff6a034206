"""What one slot means for each person: the local start of every occurrence of the year."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from optimizer.clock_classes import ClockClasses
from optimizer.coverage import AttendanceRequirement
from optimizer.grid import QUARTERS_PER_DAY, QUARTERS_PER_WEEK, time_of
from optimizer.meetings import meetings, moment
from optimizer.objective import COST, Objective, band
from optimizer.person_year import DriftWeek, PersonYear
from optimizer.provenance import provenance
from optimizer.rank import RankedSlot
from optimizer.tz_table import TzTable, installed
from optimizer.weekly_availability import Level

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from optimizer.grid import Slot
    from optimizer.groups import GroupSpec


def explain(spec: GroupSpec, slot: Slot, *, tz: TzTable | None = None) -> RankedSlot:
    """Return a slot with its objective and a summary for each person, in the group's order.

    Reads every meeting on every clock without the shortcuts of ``rank``, and agrees with it.

    Raises:
        HorizonOutsideTzDatabase: the weeks are not within 1970 to 2037.
        OffGridZone: a zone is not on quarter hours in these years.
    """
    tz = tz or installed()
    people = ClockClasses(spec.people, spec.horizon, tz)
    meeting_table = meetings(people, spec.horizon, slot, tz)
    years = tuple(
        _person_year(
            spec,
            index,
            meeting_table.local[index],
            meeting_table.instants,
            meeting_table.levels[index],
        )
        for index in range(len(people))
    )
    return RankedSlot(
        slot, _objective(spec, people, meeting_table.levels, years), provenance(spec, tz), years
    )


def _person_year(
    spec: GroupSpec,
    index: int,
    local: NDArray[np.int64],
    instants: NDArray[np.int64],
    levels: NDArray[np.uint8],
) -> PersonYear:
    """Return one person's summary from ``(occurrences,)`` local and UTC quarter hours and levels."""
    person = spec.people[index]
    cells = local % QUARTERS_PER_WEEK
    values, first, times = np.unique(cells, return_index=True, return_counts=True)
    usual = values[np.lexsort((first, -times))[0]]
    usual_level = levels[cells == usual].min()
    burden = int(COST[levels].sum())
    drift = tuple(
        DriftWeek(
            int(number),
            moment(spec.horizon, int(local[number]), int(local[number] - instants[number])),
            Level(int(levels[number])),
            bool(levels[number] > usual_level),
        )
        for number in np.nonzero(cells != usual)[0]
    )
    return PersonYear(
        person.id,
        person.zone,
        int(usual) // QUARTERS_PER_DAY,
        time_of(int(usual)),
        burden,
        int(band(np.array(burden), spec.horizon.occurrences)),
        int((levels == Level.NO).sum()),
        drift,
    )


def _objective(
    spec: GroupSpec, people: ClockClasses, levels: NDArray[np.uint8], years: tuple[PersonYear, ...]
) -> Objective:
    """Return the objective of a slot from levels ``(people, occurrences)``, in the group's order."""
    everybody = slice(0, len(people))
    support = people.support_of(everybody, levels[people.order])
    unmet = AttendanceRequirement(spec.facilitators, spec.quorum).unmet(support).sum(axis=1)
    return Objective(
        int(unmet[0]),
        int(unmet[1]),
        sum(year.absences > spec.tolerated for year in years),
        tuple(sorted((year.band for year in years), reverse=True)),
        sum(year.burden * person.weight for year, person in zip(years, spec.people, strict=True)),
        sum(len(year.drift) for year in years),
    )
