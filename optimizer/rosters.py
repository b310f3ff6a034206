"""Rosters: which facilitator leads which group, with few gaps, balanced loads and few changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING, Final

from optimizer.deadline import Deadline
from optimizer.groups import ROUNDING_TOLERANCE, check_distinct
from optimizer.horizon import Horizon
from optimizer.progress import ignore_progress
from optimizer.provenance import Provenance, digest
from optimizer.roster_graph import RosterGraph, feasible_edges, overlap_cliques
from optimizer.roster_search import RosterSearch, greedy, objective_of
from optimizer.tz_table import TzTable, installed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from optimizer.facilitators import Facilitator, Opening
    from optimizer.grid import Slot
    from optimizer.progress import ProgressCallback

HALF_A_MINUTE: Final = timedelta(seconds=30)
QUARTER_HOUR: Final = timedelta(minutes=15)
NO_PREVIOUS: Final[Mapping[str, str]] = {}


class UnfilledReason(Enum):
    """Why an opening stays unfilled; the values are stable codes."""

    NO_LANGUAGE = "no_language"
    NO_HOUR = "no_hour"
    ALL_TAKEN = "all_taken"


@dataclass(frozen=True, slots=True)
class Assignment:
    """One filled opening: facilitator, slot, and the facilitator's band (0 best, 64 worst)."""

    opening: str
    facilitator: str
    slot: Slot
    band: int


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the objective: its value, and a lower bound given the earlier stages."""

    name: str
    value: int
    bound: int

    @property
    def proven(self) -> bool:
        """Whether no smaller value exists."""
        return self.value == self.bound


@dataclass(frozen=True, slots=True)
class Roster:
    """A proposal of assignments.

    Attributes:
        assignments: in the order of the openings.
        unfilled: the other openings by id, each with a reason.
        stages: unfilled, worst_load, changes, total; an earlier one outweighs all later ones.
        provenance: versions and input. Two runs of one question may choose differently among
            equals.
    """

    assignments: tuple[Assignment, ...]
    unfilled: Mapping[str, UnfilledReason]
    stages: tuple[Stage, ...]
    provenance: Provenance

    @property
    def proven(self) -> bool:
        """Whether no roster has a smaller objective."""
        return all(stage.proven for stage in self.stages)


def roster(
    openings: Sequence[Opening],
    facilitators: Sequence[Facilitator],
    start: date,
    *,
    weeks: int = 52,
    buffer: timedelta = QUARTER_HOUR,
    absence_tol: float = 0.1,
    previous: Mapping[str, str] = NO_PREVIOUS,
    budget: timedelta = HALF_A_MINUTE,
    on_progress: ProgressCallback = ignore_progress,
    tz: TzTable | None = None,
) -> Roster:
    """Return the best roster found within a budget, never worse than the greedy one.

    Facilitators lead only in their languages, at most ``max_load`` openings, no two sessions less
    than ``buffer`` apart in any week, and only at slots of which they would miss at most
    ``absence_tol``. The problem is that of Smet et al. (PATAT 2014) without fixed shifts;
    minimising the largest load follows Stockwell-Alpert and Chung (MISTA 2015). Solved by CP-SAT.

    Args:
        openings: what to fill, ids distinct.
        facilitators: who can lead, ids distinct.
        start: the Monday on which the horizon begins.
        weeks: length of the horizon.
        buffer: time kept free after each session.
        absence_tol: share of the occurrences that a facilitator may miss.
        previous: by opening id, the id of the facilitator who led it before.
        budget: time for the search.
        on_progress: called with the best result so far; returning False ends the search.
        tz: the tz database, the installed one by default.

    Raises:
        SameIdTwice: two openings or two facilitators share an id.
        NotAMonday: ``start`` is another day.
        OutOfRange: the weeks are out of range.
        HorizonOutsideTzDatabase: the weeks are not within 1970 to 2037.
    """
    tz = tz or installed()
    deadline = Deadline(budget)
    check_distinct(opening.id for opening in openings)
    check_distinct(facilitator.person.id for facilitator in facilitators)
    horizon = Horizon(start, weeks)
    input_values = (tuple(openings), horizon, buffer, absence_tol, sorted(previous.items()))
    loads = [(sorted(each.languages), each.max_load) for each in facilitators]
    source = Provenance(tz.version, digest([f.person for f in facilitators], input_values, loads))
    tolerated = int(absence_tol * horizon.occurrences + ROUNDING_TOLERANCE)
    graph = RosterGraph(
        len(openings),
        tuple(facilitator.max_load for facilitator in facilitators),
        feasible_edges(openings, facilitators, horizon, tolerated, tz) if facilitators else {},
        overlap_cliques(openings, horizon, buffer, tz) if openings else (),
        _previous(openings, facilitators, previous),
    )
    search = RosterSearch(graph, greedy(graph), deadline, on_progress)
    search.run()
    stages = objective_of(graph, search.filled)._asdict().items()
    return Roster(
        tuple(
            Assignment(
                openings[number].id,
                facilitators[edge.facilitator].person.id,
                openings[number].candidates[edge.opening_slot.candidate],
                graph.cost[edge],
            )
            for number, edge in sorted(search.filled.items())
        ),
        {
            opening.id: _unfilled_reason(graph, number, opening, facilitators)
            for number, opening in enumerate(openings)
            if number not in search.filled
        },
        tuple(Stage(name, value, search.bounds[name]) for name, value in stages),
        source,
    )


def _previous(
    openings: Sequence[Opening], facilitators: Sequence[Facilitator], previous: Mapping[str, str]
) -> dict[int, int]:
    """Return, by opening index, the index of the facilitator who led it before."""
    numbers = {facilitator.person.id: number for number, facilitator in enumerate(facilitators)}
    return {
        number: numbers[previous[opening.id]]
        for number, opening in enumerate(openings)
        if previous.get(opening.id) in numbers
    }


def _unfilled_reason(
    graph: RosterGraph, number: int, opening: Opening, facilitators: Sequence[Facilitator]
) -> UnfilledReason:
    """Return why an opening is unfilled."""
    if number in graph.edges_of:
        return UnfilledReason.ALL_TAKEN
    if any(opening.language in facilitator.languages for facilitator in facilitators):
        return UnfilledReason.NO_HOUR
    return UnfilledReason.NO_LANGUAGE
