"""What a new release of the tz database does to hours that were agreed under an older one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

import numpy as np

from scheduler.hours.coverage import Needs
from scheduler.hours.meetings import meetings, moment
from scheduler.hours.population import Population
from scheduler.hours.stamp import Stamp, stamp
from scheduler.hours.tztable import TzTable, installed
from scheduler.hours.windows import Level

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from numpy.typing import NDArray

    from scheduler.hours.grid import Slot
    from scheduler.hours.groups import GroupSpec
    from scheduler.hours.meetings import Meetings
    from scheduler.hours.tztable import Segments

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
    stamp: Stamp

    @classmethod
    def agree(cls, spec: GroupSpec, slot: Slot, *, tz: TzTable | None = None) -> Self:
        """Return the plan of an hour under the clocks as they are known now."""
        tz = tz or installed()
        names = dict.fromkeys([slot.anchor, *(person.zone for person in spec.people)])
        clocks = {name: tz.segments(name, spec.rhythm) for name in names}
        return cls(spec, slot, clocks, stamp(spec, tz))


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
    breaks: tuple[Break, ...]
    failing: tuple[int, ...]
    planned: Stamp
    stamp: Stamp


def review(plan: Plan, tz: TzTable | None = None) -> Review:
    """Compare every meeting of a plan with the clocks of another release.

    Costs microseconds where no clock changed.
    """
    tz = tz or installed()
    spec, rhythm = plan.spec, plan.spec.rhythm
    now = Stamp(tz.version, plan.stamp.input_hash)
    changed = tuple(
        zone for zone, clock in plan.clocks.items() if tz.segments(zone, rhythm) != clock
    )
    if not changed:
        return Review((), (), (), plan.stamp, now)
    remembered = TzTable.remembered(plan.stamp.tz_version, plan.clocks, rhythm)
    (before, failed), (after, fails) = (_lived(plan, table) for table in (remembered, tz))
    newly = np.nonzero(fails & ~failed)[0]
    return Review(changed, _breaks(spec, before, after), tuple(newly.tolist()), plan.stamp, now)


def _lived(plan: Plan, tz: TzTable) -> tuple[Meetings, NDArray[np.bool_]]:
    """Return every meeting under some clocks, and which of them fail ``(occurrences,)``."""
    spec = plan.spec
    people = Population(spec.people, spec.rhythm, tz)
    lived = meetings(people, spec.rhythm, plan.slot, tz)
    support = people.support_of(slice(0, len(people)), lived.levels[people.order])
    hard, quorum_fail = Needs(spec.facilitators, spec.quorum).unmet(support)
    return lived, hard | quorum_fail


def _breaks(spec: GroupSpec, before: Meetings, after: Meetings) -> tuple[Break, ...]:
    moved = np.argwhere((before.local != after.local).T)
    occurrence, row = moved.T
    columns = [
        column.tolist()
        for lived in (before, after)
        for column in (
            lived.local[row, occurrence],
            lived.local[row, occurrence] - lived.instants[occurrence],
            lived.levels[row, occurrence],
        )
    ]
    return tuple(
        Break(
            number,
            spec.people[person].id,
            moment(spec.rhythm, was, was_offset),
            moment(spec.rhythm, now, now_offset),
            LEVELS[was_level],
            LEVELS[now_level],
        )
        for (number, person), was, was_offset, was_level, now, now_offset, now_level in zip(
            moved.tolist(), *columns, strict=True
        )
    )
