"""Forming new groups of applicants: by language and by slots that suit all year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING, Final

import numpy as np

from optimizer.deadline import Deadline
from optimizer.engine import Engine
from optimizer.errors import OutOfRange, TooManyPeople
from optimizer.formation_problem import CandidateGroup, FormationObjective, FormationProblem, greedy
from optimizer.formation_search import FormationSearch
from optimizer.grid import QUARTERS_PER_HOUR, QUARTERS_PER_WEEK, Slot, steps_of
from optimizer.groups import MAX_PEOPLE, ROUNDING_TOLERANCE, check_distinct
from optimizer.horizon import Horizon
from optimizer.objective import band_table
from optimizer.progress import ignore_progress
from optimizer.provenance import Provenance, digest
from optimizer.tz_table import TzTable, installed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from optimizer.people import Applicant, Attendee
    from optimizer.progress import ProgressCallback

AN_HOUR: Final = timedelta(hours=1)
HALF_A_MINUTE: Final = timedelta(seconds=30)
MAX_ANCHORS: Final = 4
# Four "fine" bands: "if needed" at every occurrence. Worse than that, nobody is placed.
MAX_BAND: Final = 16


class WaitingReason(Enum):
    """Why an applicant is not placed; the values are stable codes."""

    NO_HOUR = "no_hour"
    TOO_FEW_ALIKE = "too_few_alike"
    NO_ROOM = "no_room"


@dataclass(frozen=True, slots=True)
class NewGroup:
    """A proposed group.

    Attributes:
        language: BCP 47 tag.
        slot: when it meets.
        members: ids of its people.
        band_sum: sum of its members' bands, as in :class:`~optimizer.objective.Objective`.
    """

    language: str
    slot: Slot
    members: tuple[str, ...]
    band_sum: int


@dataclass(frozen=True, slots=True)
class Formation:
    """A proposal of groups.

    Attributes:
        groups: by language, then by slot in the order offered.
        waiting: the other applicants by id, each with a reason.
        objective: number of people waiting, then the sum of all bands.
        bound: a lower bound of the objective of any groups under the same conditions.
        provenance: versions and input. Two runs of one question may choose differently among
            equals.
    """

    groups: tuple[NewGroup, ...]
    waiting: Mapping[str, WaitingReason]
    objective: FormationObjective
    bound: FormationObjective
    provenance: Provenance

    @property
    def proven(self) -> bool:
        """Whether no groups have a smaller objective."""
        return self.objective == self.bound


def form_groups(
    applicants: Sequence[Applicant],
    start: date,
    *,
    sizes: tuple[int, int] = (8, 12),
    max_groups: int | None = None,
    slots: Sequence[Slot] = (),
    duration: timedelta = AN_HOUR,
    weeks: int = 52,
    absence_tol: float = 0.1,
    budget: timedelta = HALF_A_MINUTE,
    on_progress: ProgressCallback = ignore_progress,
    tz: TzTable | None = None,
) -> Formation:
    """Return the groups with the smallest objective found within a budget.

    Never worse than the greedy heuristic with the same ``max_groups``; every group needs a
    facilitator, so compare proposals at equal ``max_groups``. Applicants are placed only in a
    language they speak, at a slot with a yearly band of at most "if needed" that they would miss in
    at most ``absence_tol`` of the weeks. Large neighbourhood search (Shaw 1998) over a
    mixed-integer program. Related work: Nikolaou and Terzi (WWW 2024) on forming groups with
    conflicts; Biró and Gyetvai on capacities with lower bounds.

    Args:
        applicants: people with their languages, ids distinct; at most 10,000.
        start: the Monday on which the horizon begins, local to each anchor.
        sizes: the smallest and the largest group.
        max_groups: how many groups there may be; by default as many as sizes allow.
        slots: the slots on offer; by default every full hour on the four most common anchors.
        duration: length of a meeting, in whole quarter hours.
        weeks: length of the horizon.
        absence_tol: share of the occurrences that a member may miss.
        budget: time for the search.
        on_progress: called with the best result so far; returning False ends the search.
        tz: the tz database, the installed one by default.

    Raises:
        OutOfRange: the sizes are no range of group sizes.
        TooManyPeople: more than 10,000.
        SameIdTwice: two applicants share an id.
        NotAMonday: ``start`` is another day.
        UnsupportedDuration: not 15 minutes to 24 hours in quarter hours.
        HorizonOutsideTzDatabase: the weeks are not within 1970 to 2037.
    """
    check_distinct(applicant.person.id for applicant in applicants)
    _check_sizes(len(applicants), sizes)
    tz = tz or installed()
    deadline = Deadline(budget)
    horizon = Horizon(start, weeks, 1, steps_of(duration))
    people = [applicant.person for applicant in applicants]
    languages_by_person = [sorted(applicant.languages) for applicant in applicants]
    input_values = (horizon, sizes, max_groups, tuple(slots), absence_tol, languages_by_person)
    source = Provenance(tz.version, digest(people, input_values))
    languages = sorted({language for each in languages_by_person for language in each})
    if not languages:
        none_placed = FormationObjective(len(people), 0)
        waiting = dict.fromkeys((person.id for person in people), WaitingReason.TOO_FEW_ALIKE)
        return Formation((), waiting, none_placed, none_placed, source)
    slots = slots or _default_slots(people, horizon, tz)
    feasible, bands = _feasibility(
        people, slots, horizon, int(absence_tol * weeks + ROUNDING_TOLERANCE), tz
    )
    speaks = np.array([[each in one for one in languages_by_person] for each in languages], bool)
    most_groups = len(people) // sizes[0] if max_groups is None else max_groups
    problem = FormationProblem(feasible, bands, speaks, *sizes, most_groups)
    search = FormationSearch(problem, greedy(problem), deadline, on_progress)
    search.run()
    groups = sorted(search.groups)
    return Formation(
        tuple(
            NewGroup(
                languages[candidate.language],
                slots[candidate.slot],
                tuple(people[member].id for member in members),
                problem.objective([CandidateGroup(candidate, members)]).band_sum,
            )
            for candidate, members in groups
        ),
        _waiting(problem, people, groups),
        search.objective,
        search.bound,
        source,
    )


def _check_sizes(people: int, sizes: tuple[int, int]) -> None:
    min_size, max_size = sizes
    if not 1 <= min_size <= max_size <= MAX_PEOPLE:
        raise OutOfRange("sizes", min_size, least=1, most=max_size)
    if people > MAX_PEOPLE:
        raise TooManyPeople(people, MAX_PEOPLE)


def _default_slots(people: Sequence[Attendee], horizon: Horizon, tz: TzTable) -> list[Slot]:
    """Return every full local hour of the week on the most common anchors."""
    anchors = tz.anchors([person.zone for person in people], horizon)[:MAX_ANCHORS]
    return [
        Slot.at(anchor, cell)
        for anchor in anchors
        for cell in range(0, QUARTERS_PER_WEEK, QUARTERS_PER_HOUR)
    ]


def _feasibility(
    people: Sequence[Attendee], slots: Sequence[Slot], horizon: Horizon, tolerated: int, tz: TzTable
) -> tuple[NDArray[np.bool_], NDArray[np.uint8]]:
    """Return who can be placed at which slot, and the bands, both ``(people, slots)``."""
    engine = Engine(people, horizon, tz)
    bands = np.empty((len(people), len(slots)), np.uint8)
    feasible = np.empty(bands.shape, bool)
    for anchor in dict.fromkeys(slot.anchor for slot in slots):
        at = [number for number, slot in enumerate(slots) if slot.anchor == anchor]
        year = engine.burden(anchor, np.array([slots[number].cell for number in at]))
        bands[:, at] = band_table(horizon.occurrences)[year.burden]
        feasible[:, at] = (year.absences <= tolerated) & (bands[:, at] <= MAX_BAND)
    return feasible, bands


def _waiting(
    problem: FormationProblem, people: Sequence[Attendee], groups: Sequence[CandidateGroup]
) -> dict[str, WaitingReason]:
    """Return the reason for each person who is not placed, by id."""
    placed = {member for group in groups for member in group.members}
    open_slots = problem.attendance_counts() >= problem.min_size
    reasons = {}
    for number, person in enumerate(people):
        if number not in placed:
            reachable = open_slots[problem.speaks[:, number]].any(axis=0) & problem.feasible[number]
            if not problem.feasible[number].any():
                reasons[person.id] = WaitingReason.NO_HOUR
            else:
                reasons[person.id] = (
                    WaitingReason.NO_ROOM if reachable.any() else WaitingReason.TOO_FEW_ALIKE
                )
    return reasons
