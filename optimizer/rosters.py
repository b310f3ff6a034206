"""Who leads which group: a roster that fills the most, burdens nobody too much and changes little."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING, Final

from optimizer.groups import ROUNDING, check_distinct
from optimizer.progress import unwatched
from optimizer.provenance import Provenance, digest
from optimizer.rhythm import Rhythm
from optimizer.roster_graph import RosterGraph, edges, overlapping
from optimizer.roster_search import RosterSearch, greedy, worth
from optimizer.stopwatch import Stopwatch
from optimizer.tz_table import TzTable, installed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from optimizer.facilitators import Facilitator, Opening
    from optimizer.grid import Slot
    from optimizer.progress import Watcher

HALF_A_MINUTE: Final = timedelta(seconds=30)
QUARTER_HOUR: Final = timedelta(minutes=15)
NOBODY_BEFORE: Final[Mapping[str, str]] = {}


class Unfilled(Enum):
    """Why an opening stays empty; the value is stable and for machines."""

    NO_LANGUAGE = "no_language"
    NO_HOUR = "no_hour"
    ALL_TAKEN = "all_taken"


@dataclass(frozen=True, slots=True)
class Assignment:
    """One opening filled: who, when, and how well it suits her (0 best, 64 worst)."""

    opening: str
    facilitator: str
    slot: Slot
    band: int


@dataclass(frozen=True, slots=True)
class Stage:
    """One aim of a roster: its value, and what it cannot get below if the aims before it hold."""

    name: str
    value: int
    bound: int

    @property
    def proven(self) -> bool:
        """Whether nothing better exists."""
        return self.value == self.bound


@dataclass(frozen=True, slots=True)
class Roster:
    """A proposal: nothing in it is decided until people say so.

    Attributes:
        assignments: in the order of the openings.
        unfilled: the other openings, each with its reason.
        stages: unfilled, worst_load, changes, total; an earlier one outweighs all later ones.
        stamp: what it was made from. Two runs of one question may choose differently among equals.
    """

    assignments: tuple[Assignment, ...]
    unfilled: Mapping[str, Unfilled]
    stages: tuple[Stage, ...]
    provenance: Provenance

    @property
    def proven(self) -> bool:
        """Whether no roster is better."""
        return all(stage.proven for stage in self.stages)


def roster(
    openings: Sequence[Opening],
    facilitators: Sequence[Facilitator],
    start: date,
    *,
    weeks: int = 52,
    buffer: timedelta = QUARTER_HOUR,
    absence_tol: float = 0.1,
    previous: Mapping[str, str] = NOBODY_BEFORE,
    budget: timedelta = HALF_A_MINUTE,
    watcher: Watcher = unwatched,
    tz: TzTable | None = None,
) -> Roster:
    """Return the best roster found within a budget, never worse than a greedy one.

    Nobody leads two sessions that come closer than ``buffer`` in any week, leads in a language
    she does not speak, more groups than she may, or at hours at which she would miss more than
    ``absence_tol`` of the weeks. ``previous`` maps openings to who led them. A ``watcher`` that
    returns False ends the search; what was found so far is returned.

    The rostering problem is that of Smet et al. (PATAT 2014) without their fixed shifts; that the
    worst load is kept small follows Stockwell-Alpert and Chung (MISTA 2015).

    Raises:
        SameIdTwice: two openings or two facilitators share an id.
        NotAMonday, OutOfRange, HorizonOutsideTzDatabase: as for a group.
    """
    tz = tz or installed()
    stopwatch = Stopwatch(budget)
    check_distinct(opening.id for opening in openings)
    check_distinct(facilitator.person.id for facilitator in facilitators)
    rhythm = Rhythm(start, weeks)
    asked = (tuple(openings), rhythm, buffer, absence_tol, sorted(previous.items()))
    loads = [(sorted(each.languages), each.max_load) for each in facilitators]
    made_from = Provenance(tz.version, digest([f.person for f in facilitators], asked, loads))
    tolerated = int(absence_tol * rhythm.occurrences + ROUNDING)
    board = RosterGraph(
        len(openings),
        tuple(facilitator.max_load for facilitator in facilitators),
        edges(openings, facilitators, rhythm, tolerated, tz) if facilitators else {},
        overlapping(openings, rhythm, buffer, tz) if openings else (),
        _kept(openings, facilitators, previous),
    )
    search = RosterSearch(board, greedy(board), stopwatch, watcher)
    search.run()
    stages = worth(board, search.filled)._asdict().items()
    return Roster(
        tuple(
            Assignment(
                openings[number].id,
                facilitators[edge.facilitator].person.id,
                openings[number].candidates[edge.turn.candidate],
                board.cost[edge],
            )
            for number, edge in sorted(search.filled.items())
        ),
        {
            opening.id: _why(board, number, opening, facilitators)
            for number, opening in enumerate(openings)
            if number not in search.filled
        },
        tuple(Stage(name, value, search.bounds[name]) for name, value in stages),
        made_from,
    )


def _kept(
    openings: Sequence[Opening], facilitators: Sequence[Facilitator], previous: Mapping[str, str]
) -> dict[int, int]:
    numbers = {facilitator.person.id: number for number, facilitator in enumerate(facilitators)}
    return {
        number: numbers[previous[opening.id]]
        for number, opening in enumerate(openings)
        if previous.get(opening.id) in numbers
    }


def _why(
    board: RosterGraph, number: int, opening: Opening, facilitators: Sequence[Facilitator]
) -> Unfilled:
    if number in board.edges_of:
        return Unfilled.ALL_TAKEN
    if any(opening.language in facilitator.languages for facilitator in facilitators):
        return Unfilled.NO_HOUR
    return Unfilled.NO_LANGUAGE
