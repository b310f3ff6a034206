"""The bipartite graph of facilitators and opening slots, and its conflicts."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from optimizer.conflicts import Session, meetings_of
from optimizer.engine import Engine
from optimizer.grid import QUARTER_HOUR, steps_of
from optimizer.objective import band_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import timedelta

    from optimizer.facilitators import Facilitator, Opening
    from optimizer.horizon import Horizon
    from optimizer.tz_table import TzTable


class OpeningSlot(NamedTuple):
    """An opening at one of its candidate slots, by index."""

    opening: int
    candidate: int


class Edge(NamedTuple):
    """An edge of the graph: a facilitator who can lead an opening at a slot, by index."""

    facilitator: int
    opening_slot: OpeningSlot


@dataclass(frozen=True)
class RosterGraph:
    """Input of the roster search, by index of facilitator, opening and candidate slot.

    Attributes:
        openings: how many there are.
        max_load: how many openings a facilitator can lead, by facilitator.
        cost: band of the facilitator at the slot, for every edge.
        cliques: maximal sets of opening slots that overlap pairwise in some week, so that nobody
            can lead two of one set; together they hold every overlap.
        previous: by opening, the facilitator who led it before, if still in the graph.
    """

    openings: int
    max_load: tuple[int, ...]
    cost: Mapping[Edge, int]
    cliques: tuple[frozenset[OpeningSlot], ...]
    previous: Mapping[int, int]

    @cached_property
    def edges_of(self) -> Mapping[int, list[Edge]]:
        """The edges of each opening that has any."""
        edges: dict[int, list[Edge]] = defaultdict(list)
        for edge in self.cost:
            edges[edge.opening_slot.opening].append(edge)
        return edges

    def relaxed(self) -> RosterGraph:
        """Return a relaxation: no overlaps, one slot per opening, each facilitator's best cost."""
        least: dict[Edge, int] = {}
        for (facilitator, opening_slot), cost in self.cost.items():
            best = Edge(facilitator, OpeningSlot(opening_slot.opening, 0))
            least[best] = min(cost, least.get(best, cost))
        return replace(self, cost=least, cliques=())

    @cached_property
    def conflicting(self) -> Mapping[OpeningSlot, set[OpeningSlot]]:
        """For each opening slot, those of other openings that it overlaps."""
        conflicting: dict[OpeningSlot, set[OpeningSlot]] = defaultdict(set)
        for clique in self.cliques:
            for opening_slot in clique:
                conflicting[opening_slot] |= {
                    other for other in clique if other.opening != opening_slot.opening
                }
        return conflicting


def feasible_edges(
    openings: Sequence[Opening],
    facilitators: Sequence[Facilitator],
    horizon: Horizon,
    tolerated: int,
    tz: TzTable,
) -> dict[Edge, int]:
    """Return the cost of each edge, a band: who can lead what, sorted by edge.

    Facilitators can lead in their languages, at slots with at most ``tolerated`` absences.
    """
    found: dict[Edge, int] = {}
    people = [facilitator.person for facilitator in facilitators]
    bands = band_table(horizon.occurrences)
    for steps, by_anchor in _opening_slots(openings).items():
        engine = Engine(people, replace(horizon, steps=steps), tz)
        for anchor, opening_slots in by_anchor.items():
            cells = np.array([openings[o].candidates[c].cell for o, c in opening_slots])
            year = engine.burden(anchor, cells)
            for column, opening_slot in enumerate(opening_slots):
                language = openings[opening_slot.opening].language
                for number in np.flatnonzero(year.absences[:, column] <= tolerated).tolist():
                    if language in facilitators[number].languages:
                        found[Edge(number, opening_slot)] = int(bands[year.burden[number, column]])
    return dict(sorted(found.items()))


def overlap_cliques(
    openings: Sequence[Opening], horizon: Horizon, buffer: timedelta, tz: TzTable
) -> tuple[frozenset[OpeningSlot], ...]:
    """Return the maximal sets of opening slots that are all under way at one moment of some week.

    Intervals that overlap pairwise share a point (Helly's theorem for intervals), which can be
    chosen as a start: so the sets of meetings under way at each start are the maximal cliques.
    Constraints on cliques are tighter than constraints on pairs. ``buffer`` is kept free after each
    meeting.
    """
    opening_slots = [
        OpeningSlot(number, candidate)
        for number, opening in enumerate(openings)
        for candidate in range(len(opening.candidates))
    ]
    sessions = [
        Session(f"{o}/{c}", openings[o].candidates[c], openings[o].duration)
        for o, c in opening_slots
    ]
    horizons = [replace(horizon, steps=steps_of(session.duration)) for session in sessions]
    meetings = meetings_of(sessions, horizons, tz)
    order = np.argsort(meetings.starts, kind="stable")
    under_way: dict[int, int] = {}
    sets: set[frozenset[int]] = set()
    gap = -(-buffer // QUARTER_HOUR)
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
    return tuple(
        frozenset(opening_slots[index] for index in clique) for clique in _maximal_sets(sets)
    )


def _opening_slots(openings: Sequence[Opening]) -> dict[int, dict[str, list[OpeningSlot]]]:
    """Return opening slots by length in quarter hours, then by anchor."""
    opening_slots: dict[int, dict[str, list[OpeningSlot]]] = defaultdict(lambda: defaultdict(list))
    for number, opening in enumerate(openings):
        for candidate, slot in enumerate(opening.candidates):
            opening_slots[steps_of(opening.duration)][slot.anchor].append(
                OpeningSlot(number, candidate)
            )
    return opening_slots


def _maximal_sets(sets: set[frozenset[int]]) -> list[frozenset[int]]:
    """Return the sets that are no subset of another, largest first."""
    kept: list[frozenset[int]] = []
    holding: dict[int, list[frozenset[int]]] = defaultdict(list)
    for candidate in sorted(sets, key=lambda each: (-len(each), sorted(each))):
        rarest = min(candidate, key=lambda member: len(holding[member]))
        if not any(candidate <= larger for larger in holding[rarest]):
            kept.append(candidate)
            for member in candidate:
                holding[member].append(candidate)
    return kept
