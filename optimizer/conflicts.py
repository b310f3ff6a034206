"""Which sessions overlap in some week, clock changes included.

Sessions anchored in different zones slide past each other several times a year: a fifth of the
real conflicts cannot be seen in January.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Final, NamedTuple, overload

import numpy as np

from optimizer.grid import QUARTER, steps_of
from optimizer.groups import check_distinct
from optimizer.meetings import instants_of
from optimizer.provenance import Provenance
from optimizer.rhythm import Rhythm
from optimizer.tz_table import TzTable, installed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from optimizer.grid import Slot

NO_BUFFER: Final = timedelta()


@dataclass(frozen=True, slots=True)
class Session:
    """A series of meetings at one slot."""

    id: str
    slot: Slot
    duration: timedelta
    cadence_weeks: int = 1


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two sessions that nobody can both hold.

    Attributes:
        first: id of the session that was given first.
        second: id of the other.
        weeks: the weeks, from 0, whose meetings of the first overlap one of the second.
        every: in how many weeks the first session meets.
    """

    first: str
    second: str
    weeks: tuple[int, ...]
    every: int

    @property
    def is_seasonal(self) -> bool:
        """Whether some weeks are free of it, so that one week's look may miss it."""
        return len(self.weeks) < self.every


@dataclass(frozen=True, slots=True)
class Conflicts(Sequence[Conflict]):
    """All conflicts, in the order of the sessions given."""

    found: tuple[Conflict, ...]
    provenance: Provenance

    def __len__(self) -> int:
        return len(self.found)

    @overload
    def __getitem__(self, index: int) -> Conflict: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Conflict, ...]: ...
    def __getitem__(self, index: int | slice) -> Conflict | tuple[Conflict, ...]:
        return self.found[index]


class Meetings(NamedTuple):
    """Every meeting of some sessions, one row each, all int64.

    ``starts`` and ``ends`` in UTC quarter hours after the horizon's first midnight, ``sessions``
    by number, ``weeks`` from 0.
    """

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    sessions: NDArray[np.int64]
    weeks: NDArray[np.int64]


class Overlaps(NamedTuple):
    """Pairs of meetings that overlap, by pair of sessions, then by week of the first.

    ``first``, ``second``: indexes of the sessions, ``week``: of the first ``(overlaps,)``.
    """

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    week: NDArray[np.int64]


def conflicts(
    sessions: Sequence[Session],
    start: date,
    *,
    weeks: int = 52,
    buffer: timedelta = NO_BUFFER,
    tz: TzTable | None = None,
) -> Conflicts:
    """Return every pair of sessions that come closer than the buffer in some week.

    Looks from the Monday ``start`` on; cost O(m log m + overlaps) for m meetings.

    Raises:
        SameIdTwice: two sessions share an id.
        NotAMonday, OutOfRange, UnsupportedDuration: as for a group.
    """
    tz = tz or installed()
    check_distinct(session.id for session in sessions)
    rhythms = [
        Rhythm(start, weeks, session.cadence_weeks, steps_of(session.duration))
        for session in sessions
    ]
    asked = sha256(repr((sessions, start, weeks, buffer)).encode()).hexdigest()
    if not sessions:
        return Conflicts((), Provenance(tz.version, asked))
    found = overlaps(sessions, rhythms, -(-buffer // QUARTER), tz)
    pair = found.first * len(sessions) + found.second
    begins = np.flatnonzero(np.diff(pair, prepend=-1))
    ends = np.append(begins, len(pair))[1:]
    by_pair = zip(
        found.first[begins].tolist(),
        found.second[begins].tolist(),
        begins.tolist(),
        ends.tolist(),
        strict=True,
    )
    week = found.week.tolist()
    return Conflicts(
        tuple(
            Conflict(
                sessions[first].id,
                sessions[second].id,
                tuple(dict.fromkeys(week[begin:end])),
                rhythms[first].occurrences,
            )
            for first, second, begin, end in by_pair
        ),
        Provenance(tz.version, asked),
    )


def overlaps(
    sessions: Sequence[Session], rhythms: Sequence[Rhythm], buffer: int, tz: TzTable
) -> Overlaps:
    """Return every overlap of meetings with ``buffer`` quarter hours after each."""
    starts, ends, owners, weeks = meetings_of(sessions, rhythms, tz)
    order = np.argsort(starts, kind="stable")
    starts, owners, weeks = starts[order], owners[order], weeks[order]
    # A meeting overlaps those that start later, but before it and its buffer have ended.
    last = np.searchsorted(starts, ends[order] + buffer, side="left")
    many = last - np.arange(len(starts)) - 1
    earlier = np.repeat(np.arange(len(starts)), many)
    later = np.arange(len(earlier)) - np.repeat(many.cumsum() - many, many) + earlier + 1
    foreign = owners[earlier] != owners[later]
    earlier, later = earlier[foreign], later[foreign]
    swapped = owners[earlier] > owners[later]
    first, second = np.where(swapped, later, earlier), np.where(swapped, earlier, later)
    by = np.lexsort((weeks[first], owners[second], owners[first]))
    return Overlaps(owners[first][by], owners[second][by], weeks[first][by])


def meetings_of(sessions: Sequence[Session], rhythms: Sequence[Rhythm], tz: TzTable) -> Meetings:
    """Return every meeting of every session."""
    starts = [
        instants_of(tz.segments(session.slot.anchor, rhythm), rhythm, session.slot.cell)
        for session, rhythm in zip(sessions, rhythms, strict=True)
    ]
    many = [len(instants) for instants in starts]
    weeks = [
        session.slot.week + session.cadence_weeks * np.arange(count)
        for session, count in zip(sessions, many, strict=True)
    ]
    steps = np.repeat([rhythm.steps for rhythm in rhythms], many)
    every = np.concatenate(starts)
    owners = np.repeat(np.arange(len(sessions)), many)
    return Meetings(every, every + steps, owners, np.concatenate(weeks))
