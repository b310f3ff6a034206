"""New people into new groups: by language and by hours that suit all year, nobody forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING, Final

import numpy as np

from optimizer.engine import Engine
from optimizer.errors import OutOfRange, TooManyPeople
from optimizer.formation_candidates import Field, FormationCandidates, Worth, greedy
from optimizer.formation_search import FormationSearch
from optimizer.grid import HOUR, WEEK, Slot, steps_of
from optimizer.groups import MAX_PEOPLE, ROUNDING, check_distinct
from optimizer.objective import band_table
from optimizer.progress import unwatched
from optimizer.provenance import Provenance, digest
from optimizer.rhythm import Rhythm
from optimizer.stopwatch import Stopwatch
from optimizer.tz_table import TzTable, installed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from optimizer.people import Attendee
    from optimizer.progress import Watcher

AN_HOUR: Final = timedelta(hours=1)
HALF_A_MINUTE: Final = timedelta(seconds=30)
ANCHORS: Final = 4
# Above "if needed" all year an hour is no habit.
MOST_BAND: Final = 16


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who looks for a group in one of her languages (BCP 47 tags)."""

    person: Attendee
    languages: frozenset[str]


class Waiting(Enum):
    """Why somebody waits; the value is stable and for machines."""

    NO_HOUR = "no_hour"
    TOO_FEW_ALIKE = "too_few_alike"
    NO_ROOM = "no_room"


@dataclass(frozen=True, slots=True)
class NewGroup:
    """A group to found: its language, its hour and its people; bands as in ``Key``, summed."""

    language: str
    slot: Slot
    members: tuple[str, ...]
    band_sum: int


@dataclass(frozen=True, slots=True)
class Formation:
    """A proposal: nothing in it is decided until people say so.

    Attributes:
        groups: by language, then by hour.
        waiting: everybody else, each with a reason.
        worth: how many wait, then all bands together.
        bound: what no groups can beat under the same conditions.
        stamp: what it was made from. Two runs of one question may choose differently among equals.
    """

    groups: tuple[NewGroup, ...]
    waiting: Mapping[str, Waiting]
    worth: Worth
    bound: Worth
    provenance: Provenance

    @property
    def proven(self) -> bool:
        """Whether no groups are better."""
        return self.worth == self.bound


def form_groups(
    newcomers: Sequence[Newcomer],
    start: date,
    *,
    sizes: tuple[int, int] = (8, 12),
    max_groups: int | None = None,
    slots: Sequence[Slot] = (),
    duration: timedelta = AN_HOUR,
    weeks: int = 52,
    absence_tol: float = 0.1,
    budget: timedelta = HALF_A_MINUTE,
    watcher: Watcher = unwatched,
    tz: TzTable | None = None,
) -> Formation:
    """Return the groups that leave the fewest waiting and suit best, found within a budget.

    Never worse than a greedy answer with as many groups. Somebody joins only in a language she
    speaks, at an hour that is at worst "if needed" through the year and that she would miss in at
    most ``absence_tol`` of the weeks. ``slots`` are the hours on offer, every full hour on the four
    commonest anchors by default. Every group needs a facilitator, so compare proposals at equal
    ``max_groups``. A ``watcher`` that returns False ends the search.

    Group formation with conflicts is studied by Nikolaou and Terzi (WWW 2024), capacities with
    lower bounds by Biró and Gyetvai.

    Raises:
        OutOfRange: sizes that make no group.
        TooManyPeople: more than 10,000.
        SameIdTwice: two newcomers share an id.
        NotAMonday, UnsupportedDuration, HorizonOutsideTzDatabase: as for a group.
    """
    check_distinct(newcomer.person.id for newcomer in newcomers)
    _check_sizes(len(newcomers), sizes)
    tz = tz or installed()
    stopwatch = Stopwatch(budget)
    rhythm = Rhythm(start, weeks, 1, steps_of(duration))
    people = [newcomer.person for newcomer in newcomers]
    spoken = [sorted(newcomer.languages) for newcomer in newcomers]
    asked = (rhythm, sizes, max_groups, tuple(slots), absence_tol, spoken)
    made_from = Provenance(tz.version, digest(people, asked))
    languages = sorted({language for each in spoken for language in each})
    if not languages:
        nobody = Worth(len(people), 0)
        waiting = dict.fromkeys((person.id for person in people), Waiting.TOO_FEW_ALIKE)
        return Formation((), waiting, nobody, nobody, made_from)
    slots = slots or _every_hour(people, rhythm, tz)
    can, bands = _suits(people, slots, rhythm, int(absence_tol * weeks + ROUNDING), tz)
    speaks = np.array([[each in one for one in spoken] for each in languages], bool)
    most_groups = len(people) // sizes[0] if max_groups is None else max_groups
    field = Field(can, bands, speaks, *sizes, most_groups)
    search = FormationSearch(field, greedy(field), stopwatch, watcher)
    search.run()
    groups = sorted(search.groups)
    return Formation(
        tuple(
            NewGroup(
                languages[place.language],
                slots[place.slot],
                tuple(people[member].id for member in members),
                field.worth([FormationCandidates(place, members)]).band_sum,
            )
            for place, members in groups
        ),
        _waiting(field, people, groups),
        search.worth,
        search.bound,
        made_from,
    )


def _check_sizes(people: int, sizes: tuple[int, int]) -> None:
    least, most = sizes
    if not 1 <= least <= most <= MAX_PEOPLE:
        raise OutOfRange("sizes", least, least=1, most=most)
    if people > MAX_PEOPLE:
        raise TooManyPeople(people, MAX_PEOPLE)


def _every_hour(people: Sequence[Attendee], rhythm: Rhythm, tz: TzTable) -> list[Slot]:
    anchors = tz.anchors([person.zone for person in people], rhythm)[:ANCHORS]
    return [Slot.at(anchor, cell) for anchor in anchors for cell in range(0, WEEK, HOUR)]


def _suits(
    people: Sequence[Attendee], slots: Sequence[Slot], rhythm: Rhythm, tolerated: int, tz: TzTable
) -> tuple[NDArray[np.bool_], NDArray[np.uint8]]:
    """Return who could make a habit of which slot, and the bands ``(people, slots)``."""
    engine = Engine(people, rhythm, tz)
    bands = np.empty((len(people), len(slots)), np.uint8)
    can = np.empty(bands.shape, bool)
    for anchor in dict.fromkeys(slot.anchor for slot in slots):
        at = [number for number, slot in enumerate(slots) if slot.anchor == anchor]
        year = engine.burden(anchor, np.array([slots[number].cell for number in at]))
        bands[:, at] = band_table(rhythm.occurrences)[year.burden]
        can[:, at] = (year.absences <= tolerated) & (bands[:, at] <= MOST_BAND)
    return can, bands


def _waiting(
    field: Field, people: Sequence[Attendee], groups: Sequence[FormationCandidates]
) -> dict[str, Waiting]:
    placed = {member for group in groups for member in group.members}
    crowded = field.crowd() >= field.least
    reasons = {}
    for number, person in enumerate(people):
        if number not in placed:
            alike = crowded[field.speaks[:, number]].any(axis=0) & field.can[number]
            if not field.can[number].any():
                reasons[person.id] = Waiting.NO_HOUR
            else:
                reasons[person.id] = Waiting.NO_ROOM if alike.any() else Waiting.TOO_FEW_ALIKE
    return reasons
