"""What a new release of the tz database changes for slots agreed under an older one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple, Self, overload

import numpy as np

from optimizer.clock_classes import ClockClasses
from optimizer.coverage import AttendanceRequirement
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
    """An agreed slot with the offsets under which it was agreed.

    Attributes:
        spec: the group.
        slot: when it meets.
        clocks: by zone name, the offsets of the anchor and of every member over the horizon. A few
            integers, so that a plan can be compared after its release is no longer installed.
        provenance: versions and input at the time of the agreement.
    """

    spec: GroupSpec
    slot: Slot
    clocks: Mapping[str, Segments]
    provenance: Provenance

    @classmethod
    def of(cls, spec: GroupSpec, slot: Slot, *, tz: TzTable | None = None) -> Self:
        """Return the plan of a slot under the current offsets.

        Raises:
            HorizonOutsideTzDatabase: the weeks are not within 1970 to 2037.
            OffGridZone: a zone is not on quarter hours in these years.
        """
        tz = tz or installed()
        names = dict.fromkeys([slot.anchor, *(person.zone for person in spec.people)])
        clocks = {name: tz.segments(name, spec.horizon) for name in names}
        return cls(spec, slot, clocks, provenance(spec, tz))


@dataclass(frozen=True, slots=True)
class MovedMeeting:
    """One meeting at another local time than under the plan, for one person. Private.

    Attributes:
        occurrence: its number, from 0.
        person: the person's id.
        old_local: local start under the plan's offsets, aware.
        new_local: local start under the new offsets, aware.
        old_level: worst level during the meeting at the old time.
        new_level: the same at the new time.
    """

    occurrence: int
    person: str
    old_local: datetime
    new_local: datetime
    old_level: Level
    new_level: Level

    @property
    def is_worse(self) -> bool:
        """Whether the new time suits the person less."""
        return self.new_level > self.old_level


class MovedMeetings(Sequence[MovedMeeting]):
    """The moved meetings of a plan, each built on access, by occurrence, then in the group's order.

    A release moves most meetings of a zone at once: a thousand plans may have 100,000 of them. The
    length is known without building them, which would take about a second.
    """

    def __init__(self, spec: GroupSpec, before: Meetings, after: Meetings) -> None:
        self._spec = spec
        self._before, self._after = before, after
        occurrence, person = (before.local != after.local).T.nonzero()
        self._at = person, occurrence

    def __len__(self) -> int:
        return len(self._at[0])

    @overload
    def __getitem__(self, index: int) -> MovedMeeting: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[MovedMeeting, ...]: ...
    def __getitem__(self, index: int | slice) -> MovedMeeting | tuple[MovedMeeting, ...]:
        if isinstance(index, slice):
            return tuple(self[number] for number in range(len(self))[index])
        person, occurrence = (int(part[index]) for part in self._at)
        old_local, new_local = (
            _meeting_of(one, person, occurrence) for one in (self._before, self._after)
        )
        horizon = self._spec.horizon
        return MovedMeeting(
            occurrence,
            self._spec.people[person].id,
            moment(horizon, old_local.local, old_local.offset),
            moment(horizon, new_local.local, new_local.offset),
            old_local.level,
            new_local.level,
        )


class _PersonMeeting(NamedTuple):
    """One meeting of one person: local start and offset in quarter hours, and the worst level."""

    local: int
    offset: int
    level: Level


@dataclass(frozen=True, slots=True)
class Review:
    """The differences between two releases for one plan.

    Attributes:
        zones: those with other offsets within the horizon.
        moved_meetings: by occurrence, then in the group's order; empty if no local time changed.
        failing: occurrences that could be held with a quorum before and cannot now, ascending.
        plan_provenance: that of the plan.
        provenance: that of the same question today.
    """

    zones: tuple[str, ...]
    moved_meetings: Sequence[MovedMeeting]
    failing: tuple[int, ...]
    plan_provenance: Provenance
    provenance: Provenance


def review(plan: Plan, tz: TzTable | None = None) -> Review:
    """Compare every meeting of a plan with the offsets of another release, by default the installed.

    Takes microseconds where no offsets changed.

    Raises:
        HorizonOutsideTzDatabase: the weeks are not within 1970 to 2037.
        OffGridZone: a zone is not on quarter hours in these years.
    """
    tz = tz or installed()
    spec, horizon = plan.spec, plan.spec.horizon
    current = Provenance(tz.version, plan.provenance.input_hash)
    changed = tuple(
        zone for zone, clock in plan.clocks.items() if tz.segments(zone, horizon) != clock
    )
    if not changed:
        return Review((), (), (), plan.provenance, current)
    planned = TzTable.from_segments(plan.provenance.tz_version, plan.clocks, horizon)
    (before, failed), (after, fails) = (
        _meetings_and_failures(plan, table) for table in (planned, tz)
    )
    newly = np.nonzero(fails & ~failed)[0]
    moved_meetings = MovedMeetings(spec, before, after)
    return Review(changed, moved_meetings, tuple(newly.tolist()), plan.provenance, current)


def _meetings_and_failures(plan: Plan, tz: TzTable) -> tuple[Meetings, NDArray[np.bool_]]:
    """Return every meeting under some offsets, and which of them fail, ``(occurrences,) bool``."""
    spec = plan.spec
    people = ClockClasses(spec.people, spec.horizon, tz)
    meeting_table = meetings(people, spec.horizon, plan.slot, tz)
    support = people.support_of(slice(0, len(people)), meeting_table.levels[people.order])
    hard, quorum_fail = AttendanceRequirement(spec.facilitators, spec.quorum).unmet(support)
    return meeting_table, hard | quorum_fail


def _meeting_of(meeting_table: Meetings, person: int, occurrence: int) -> _PersonMeeting:
    local = int(meeting_table.local[person, occurrence])
    level = LEVELS[meeting_table.levels[person, occurrence]]
    return _PersonMeeting(local, local - int(meeting_table.instants[occurrence]), level)
