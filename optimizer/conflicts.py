"""Overlaps between sessions in every week of a horizon, with clock changes.

Sessions anchored in different zones shift against each other several times a year: about a fifth
of all conflicts do not show in the first week of January.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Final, NamedTuple, overload

import numpy as np

from optimizer.grid import QUARTER_HOUR, steps_of
from optimizer.groups import check_distinct
from optimizer.horizon import Horizon
from optimizer.meetings import instants_of
from optimizer.provenance import Provenance
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
    """Two sessions with meetings that overlap, so that nobody can lead both.

    Attributes:
        first: id of the session that was given first.
        second: id of the other.
        weeks: ascending weeks of the horizon, from 0, in which a meeting of the first overlaps one
            of the second.
        meetings: how many meetings the first session has.
    """

    first: str
    second: str
    weeks: tuple[int, ...]
    meetings: int

    @property
    def is_seasonal(self) -> bool:
        """Whether some meetings of the first session overlap none of the second."""
        return len(self.weeks) < self.meetings


@dataclass(frozen=True, slots=True)
class Conflicts(Sequence[Conflict]):
    """All conflicts, ordered by the positions of their two sessions."""

    conflicts: tuple[Conflict, ...]
    provenance: Provenance

    def __len__(self) -> int:
        return len(self.conflicts)

    @overload
    def __getitem__(self, index: int) -> Conflict: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Conflict, ...]: ...
    def __getitem__(self, index: int | slice) -> Conflict | tuple[Conflict, ...]:
        return self.conflicts[index]


class SessionMeetings(NamedTuple):
    """The meetings of some sessions, one row each; all arrays ``(meetings,) int64``.

    Attributes:
        starts: UTC quarter hours after midnight of the horizon's first date.
        ends: the same, exclusive.
        sessions: index of the session.
        weeks: week of the horizon, from 0.
    """

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    sessions: NDArray[np.int64]
    weeks: NDArray[np.int64]


class Overlaps(NamedTuple):
    """Pairs of overlapping meetings, by pair of sessions, then by week of the first.

    Attributes:
        first: index of the session given first, ``(overlaps,) int64``.
        second: index of the other session, ``(overlaps,) int64``.
        week: week of the first session's meeting, ``(overlaps,) int64``.
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
    """Return every pair of sessions with meetings less than ``buffer`` apart in some week.

    The weeks begin on the Monday ``start``, on each session's own anchor clock. Conflicts are
    ordered by the positions of their sessions. Cost: O(m log m + overlaps) for m meetings.

    Raises:
        SameIdTwice: two sessions share an id.
        NotAMonday: ``start`` is another day.
        OutOfRange: the weeks or a cadence are out of range.
        UnsupportedDuration: a session is not 15 minutes to 24 hours in quarter hours.
    """
    tz = tz or installed()
    check_distinct(session.id for session in sessions)
    horizons = [
        Horizon(start, weeks, session.cadence_weeks, steps_of(session.duration))
        for session in sessions
    ]
    input_hash = sha256(repr((sessions, start, weeks, buffer)).encode()).hexdigest()
    if not sessions:
        return Conflicts((), Provenance(tz.version, input_hash))
    found = overlaps(sessions, horizons, -(-buffer // QUARTER_HOUR), tz)
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
                horizons[first].occurrences,
            )
            for first, second, begin, end in by_pair
        ),
        Provenance(tz.version, input_hash),
    )


def overlaps(
    sessions: Sequence[Session], horizons: Sequence[Horizon], buffer: int, tz: TzTable
) -> Overlaps:
    """Return every overlap of meetings with ``buffer`` quarter hours kept free after each.

    Returns:
        Arrays of shape ``(overlaps,)``. Method: sort by start, then a binary search for the last
        meeting that starts before each one ends.
    """
    starts, ends, owners, weeks = meetings_of(sessions, horizons, tz)
    order = np.argsort(starts, kind="stable")
    starts, owners, weeks = starts[order], owners[order], weeks[order]
    # A meeting overlaps those that start later, but before it and its buffer have ended.
    last = np.searchsorted(starts, ends[order] + buffer, side="left")
    counts = last - np.arange(len(starts)) - 1
    earlier = np.repeat(np.arange(len(starts)), counts)
    later = np.arange(len(earlier)) - np.repeat(counts.cumsum() - counts, counts) + earlier + 1
    different = owners[earlier] != owners[later]
    earlier, later = earlier[different], later[different]
    swapped = owners[earlier] > owners[later]
    first, second = np.where(swapped, later, earlier), np.where(swapped, earlier, later)
    by = np.lexsort((weeks[first], owners[second], owners[first]))
    return Overlaps(owners[first][by], owners[second][by], weeks[first][by])


def meetings_of(
    sessions: Sequence[Session], horizons: Sequence[Horizon], tz: TzTable
) -> SessionMeetings:
    """Return every meeting ``(meetings,)`` of every session, by session and then by UTC start."""
    starts = [
        instants_of(tz.segments(session.slot.anchor, horizon), horizon, session.slot.cell)
        for session, horizon in zip(sessions, horizons, strict=True)
    ]
    counts = [len(instants) for instants in starts]
    weeks = [
        session.slot.week + session.cadence_weeks * np.arange(count)
        for session, count in zip(sessions, counts, strict=True)
    ]
    steps = np.repeat([horizon.steps for horizon in horizons], counts)
    begins = np.concatenate(starts)
    owners = np.repeat(np.arange(len(sessions)), counts)
    return SessionMeetings(begins, begins + steps, owners, np.concatenate(weeks))
