"""The board a roster is played on: who could lead what, and what cannot be led together."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from optimizer.conflicts import Session, meetings_of
from optimizer.engine import Engine
from optimizer.grid import QUARTER, steps_of
from optimizer.objective import band_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import timedelta

    from optimizer.facilitators import Facilitator, Opening
    from optimizer.rhythm import Rhythm
    from optimizer.tz_table import TzTable


class Turn(NamedTuple):
    """An opening at one of its candidate hours, by number."""

    opening: int
    candidate: int


class Edge(NamedTuple):
    """A facilitator who could lead a turn, by number."""

    facilitator: int
    turn: Turn


@dataclass(frozen=True)
class RosterGraph:
    """Everything a search for a roster needs, in numbers.

    Attributes:
        openings: how many there are.
        max_load: by facilitator.
        cost: band of the facilitator at the turn, for every edge that is possible.
        groups: sets of turns that nobody can lead two of: they overlap in some week. Maximal, and
            together they hold every overlap.
        kept: who led each opening before, where that is still somebody on the board.
    """

    openings: int
    max_load: tuple[int, ...]
    cost: Mapping[Edge, int]
    groups: tuple[frozenset[Turn], ...]
    kept: Mapping[int, int]

    @cached_property
    def edges_of(self) -> Mapping[int, list[Edge]]:
        """Every edge of each opening that has one."""
        edges: dict[int, list[Edge]] = defaultdict(list)
        for edge in self.cost:
            edges[edge.turn.opening].append(edge)
        return edges

    def without_overlaps(self) -> RosterGraph:
        """Return an easier board: every opening at one hour that suits everybody at her best."""
        least: dict[Edge, int] = {}
        for (facilitator, turn), cost in self.cost.items():
            best = Edge(facilitator, Turn(turn.opening, 0))
            least[best] = min(cost, least.get(best, cost))
        return replace(self, cost=least, groups=())

    @cached_property
    def apart(self) -> Mapping[Turn, set[Turn]]:
        """The turns of other openings that each turn overlaps with."""
        apart: dict[Turn, set[Turn]] = defaultdict(set)
        for group in self.groups:
            for turn in group:
                apart[turn] |= {other for other in group if other.opening != turn.opening}
        return apart


def edges(
    openings: Sequence[Opening],
    facilitators: Sequence[Facilitator],
    rhythm: Rhythm,
    tolerated: int,
    tz: TzTable,
) -> dict[Edge, int]:
    """Return who could lead what, and how well it suits, as a band.

    Somebody can lead in her languages, at hours at which she would miss no more than tolerated.
    """
    found: dict[Edge, int] = {}
    people = [facilitator.person for facilitator in facilitators]
    bands = band_table(rhythm.occurrences)
    for steps, by_anchor in _turns(openings).items():
        engine = Engine(people, replace(rhythm, steps=steps), tz)
        for anchor, turns in by_anchor.items():
            cells = np.array([openings[o].candidates[c].cell for o, c in turns])
            year = engine.burden(anchor, cells)
            for column, turn in enumerate(turns):
                language = openings[turn.opening].language
                for number in np.flatnonzero(year.absences[:, column] <= tolerated).tolist():
                    if language in facilitators[number].languages:
                        found[Edge(number, turn)] = int(bands[year.burden[number, column]])
    return dict(sorted(found.items()))


def overlapping(
    openings: Sequence[Opening], rhythm: Rhythm, buffer: timedelta, tz: TzTable
) -> tuple[frozenset[Turn], ...]:
    """Return the maximal sets of turns that are all under way at one moment of some week.

    Intervals that overlap pairwise share a moment (Helly), and one that is a start: so the sets
    of what is under way at each start hold every overlap, and as cliques they bind tighter.
    """
    turns = [
        Turn(number, candidate)
        for number, opening in enumerate(openings)
        for candidate in range(len(opening.candidates))
    ]
    sessions = [
        Session(f"{o}/{c}", openings[o].candidates[c], openings[o].duration) for o, c in turns
    ]
    rhythms = [replace(rhythm, steps=steps_of(session.duration)) for session in sessions]
    meetings = meetings_of(sessions, rhythms, tz)
    order = np.argsort(meetings.starts, kind="stable")
    under_way: dict[int, int] = {}
    sets: set[frozenset[int]] = set()
    gap = -(-buffer // QUARTER)
    for begin, end, session in zip(
        meetings.starts[order].tolist(),
        (meetings.ends[order] + gap).tolist(),
        meetings.sessions[order].tolist(),
        strict=True,
    ):
        under_way = {other: until for other, until in under_way.items() if until > begin}
        under_way[session] = end
        if len(under_way) > 1:
            sets.add(frozenset(under_way))
    return tuple(frozenset(turns[index] for index in group) for group in _maximal(sets))


def _turns(openings: Sequence[Opening]) -> dict[int, dict[str, list[Turn]]]:
    """Return every turn by length and anchor: one look at the year serves all of these."""
    turns: dict[int, dict[str, list[Turn]]] = defaultdict(lambda: defaultdict(list))
    for number, opening in enumerate(openings):
        for candidate, slot in enumerate(opening.candidates):
            turns[steps_of(opening.duration)][slot.anchor].append(Turn(number, candidate))
    return turns


def _maximal(sets: set[frozenset[int]]) -> list[frozenset[int]]:
    """Return the sets that no other contains, largest first."""
    kept: list[frozenset[int]] = []
    holding: dict[int, list[frozenset[int]]] = defaultdict(list)
    for candidate in sorted(sets, key=lambda each: (-len(each), sorted(each))):
        rarest = min(candidate, key=lambda member: len(holding[member]))
        if not any(candidate <= larger for larger in holding[rarest]):
            kept.append(candidate)
            for member in candidate:
                holding[member].append(candidate)
    return kept
