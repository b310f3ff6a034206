"""What a new release of the tz database does to hours that were agreed under an older one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple, Self, overload

import numpy as np

from optimizer.clock_classes import ClockClasses
from optimizer.coverage import Needs
from optimizer.meetings import meetings, moment
from optimizer.provenance import Provenance, provenance
from optimizer.tz_table import TzTable, installed
from optimizer.weekly_availability import Level

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from numpy.typing import NDArray

    from optimizer.grid import Slot
    from optimizer.groups import GroupSpec
    from optimizer.meetings import Meetings
    from optimizer.tz_table import Segments

LEVELS: Final = tuple(Level)


@dataclass(frozen=True, slots=True)
class Plan:
    """An agreed hour, and the clocks it was agreed under.

    ``clocks`` holds the anchor's and every member's; a few integers each, so that a plan can be
    compared with a later release when the earlier one is no longer installed.
    """

    spec: GroupSpec
    slot: Slot
    clocks: Mapping[str, Segments]
    provenance: Provenance

    @classmethod
    def agree(cls, spec: GroupSpec, slot: Slot, *, tz: TzTable | None = None) -> Self:
        """Return the plan of an hour under the clocks as they are known now."""
        tz = tz or installed()
        names = dict.fromkeys([slot.anchor, *(person.zone for person in spec.people)])
        clocks = {name: tz.segments(name, spec.rhythm) for name in names}
        return cls(spec, slot, clocks, provenance(spec, tz))


@dataclass(frozen=True, slots=True)
class Break:
    """One meeting that comes at another local time than somebody was promised. Private.

    Attributes:
        occurrence: its number, from 0.
        person: her id.
        was: the local start that was promised, aware.
        now: the local start under the new clocks, aware.
        was_level: how it suited.
        now_level: how it suits.
    """

    occurrence: int
    person: str
    was: datetime
    now: datetime
    was_level: Level
    now_level: Level

    @property
    def worse(self) -> bool:
        """Whether it suits less than before."""
        return self.now_level > self.was_level


class Breaks(Sequence[Break]):
    """The breaks of a plan, each made when it is asked for.

    A new release moves most hours of a zone at once: a thousand plans may have a hundred thousand
    breaks. Counting them is done in a moment; making them all takes a second that nobody may need.
    """

    def __init__(self, spec: GroupSpec, before: Meetings, after: Meetings) -> None:
        self._spec = spec
        self._before, self._after = before, after
        occurrence, person = (before.local != after.local).T.nonzero()
        self._at = person, occurrence

    def __len__(self) -> int:
        return len(self._at[0])

    @overload
    def __getitem__(self, index: int) -> Break: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Break, ...]: ...
    def __getitem__(self, index: int | slice) -> Break | tuple[Break, ...]:
        if isinstance(index, slice):
            return tuple(self[number] for number in range(len(self))[index])
        person, occurrence = (int(part[index]) for part in self._at)
        was, now = (_lived_at(one, person, occurrence) for one in (self._before, self._after))
        rhythm = self._spec.rhythm
        return Break(
            occurrence,
            self._spec.people[person].id,
            moment(rhythm, was.local, was.offset),
            moment(rhythm, now.local, now.offset),
            was.level,
            now.level,
        )


class _Lived(NamedTuple):
    """One meeting of one person: local start and offset in quarter hours, and how it suits."""

    local: int
    offset: int
    level: Level


@dataclass(frozen=True, slots=True)
class Review:
    """What changed between two releases for one plan.

    Attributes:
        zones: those whose clocks changed within the plan's weeks.
        breaks: by occurrence, then in the group's order; none if nobody's hour moved.
        failing: occurrences that could be held with a quorum before and cannot now.
        planned: the stamp of the plan.
        stamp: the stamp of the same question today.
    """

    zones: tuple[str, ...]
    breaks: Sequence[Break]
    failing: tuple[int, ...]
    planned: Provenance
    provenance: Provenance


def review(plan: Plan, tz: TzTable | None = None) -> Review:
    """Compare every meeting of a plan with the clocks of another release.

    Costs microseconds where no clock changed.
    """
    tz = tz or installed()
    spec, rhythm = plan.spec, plan.spec.rhythm
    now = Provenance(tz.version, plan.provenance.input_hash)
    changed = tuple(
        zone for zone, clock in plan.clocks.items() if tz.segments(zone, rhythm) != clock
    )
    if not changed:
        return Review((), (), (), plan.provenance, now)
    remembered = TzTable.remembered(plan.provenance.tz_version, plan.clocks, rhythm)
    (before, failed), (after, fails) = (_lived(plan, table) for table in (remembered, tz))
    newly = np.nonzero(fails & ~failed)[0]
    breaks = Breaks(spec, before, after)
    return Review(changed, breaks, tuple(newly.tolist()), plan.provenance, now)


def _lived(plan: Plan, tz: TzTable) -> tuple[Meetings, NDArray[np.bool_]]:
    """Return every meeting under some clocks, and which of them fail ``(occurrences,)``."""
    spec = plan.spec
    people = ClockClasses(spec.people, spec.rhythm, tz)
    lived = meetings(people, spec.rhythm, plan.slot, tz)
    support = people.support_of(slice(0, len(people)), lived.levels[people.order])
    hard, quorum_fail = Needs(spec.facilitators, spec.quorum).unmet(support)
    return lived, hard | quorum_fail


def _lived_at(lived: Meetings, person: int, occurrence: int) -> _Lived:
    local = int(lived.local[person, occurrence])
    level = LEVELS[lived.levels[person, occurrence]]
    return _Lived(local, local - int(lived.instants[occurrence]), level)
