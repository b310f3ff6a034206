"""What one hour means for each person: her local hour through the year, week by week."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from optimizer.clock_classes import ClockClasses
from optimizer.coverage import Needs
from optimizer.grid import DAY, WEEK, time_of
from optimizer.meetings import meetings, moment
from optimizer.objective import COST, Key, band
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
    """Return an hour with its key and what it means for each person, in the group's order."""
    tz = tz or installed()
    people = ClockClasses(spec.people, spec.rhythm, tz)
    lived = meetings(people, spec.rhythm, slot, tz)
    years = tuple(
        _person_year(spec, index, lived.local[index], lived.instants, lived.levels[index])
        for index in range(len(people))
    )
    return RankedSlot(slot, _key(spec, people, lived.levels, years), provenance(spec, tz), years)


def _person_year(
    spec: GroupSpec,
    index: int,
    local: NDArray[np.int64],
    instants: NDArray[np.int64],
    levels: NDArray[np.uint8],
) -> PersonYear:
    person = spec.people[index]
    cells = local % WEEK
    values, first, times = np.unique(cells, return_index=True, return_counts=True)
    usual = values[np.lexsort((first, -times))[0]]
    usual_level = levels[cells == usual].min()
    burden = int(COST[levels].sum())
    drift = tuple(
        DriftWeek(
            int(number),
            moment(spec.rhythm, int(local[number]), int(local[number] - instants[number])),
            Level(int(levels[number])),
            bool(levels[number] > usual_level),
        )
        for number in np.nonzero(cells != usual)[0]
    )
    return PersonYear(
        person.id,
        person.zone,
        int(usual) // DAY,
        time_of(int(usual)),
        burden,
        int(band(np.array(burden), spec.rhythm.occurrences)),
        int((levels == Level.NO).sum()),
        drift,
    )


def _key(
    spec: GroupSpec, people: ClockClasses, levels: NDArray[np.uint8], years: tuple[PersonYear, ...]
) -> Key:
    everybody = slice(0, len(people))
    support = people.support_of(everybody, levels[people.order])
    unmet = Needs(spec.facilitators, spec.quorum).unmet(support).sum(axis=1)
    return Key(
        int(unmet[0]),
        int(unmet[1]),
        sum(year.absences > spec.tolerated for year in years),
        tuple(sorted((year.band for year in years), reverse=True)),
        sum(year.burden * person.weight for year, person in zip(years, spec.people, strict=True)),
        sum(len(year.drift) for year in years),
    )
