"""Splitting a group into two halves with a slot each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from optimizer.deadline import Deadline
from optimizer.engine import Engine
from optimizer.errors import TooManyPeople
from optimizer.explain import explain
from optimizer.grid import Slot
from optimizer.pair_search import DistinctSlots, HalfRequirement, PairSearch, SplitObjective
from optimizer.provenance import Provenance, provenance
from optimizer.rank import RankedSlot, anchors_of
from optimizer.reason import Reason, unavailability_reason
from optimizer.tz_table import TzTable, installed

if TYPE_CHECKING:
    from optimizer.groups import GroupSpec

MAX_PEOPLE_TO_SPLIT: Final = 200
THREE_SECONDS: Final = timedelta(seconds=3)


@dataclass(frozen=True, slots=True)
class Split:
    """Two halves, each explained like the slot of a group of its own.

    Attributes:
        halves: two, the larger first; empty if there is a reason.
        objective: the objective value of the split.
        proven: whether no split is better.
        bound: a lower bound of the objective; equal to it if proven.
        provenance: versions and input.
        reason: why there is no split.
    """

    halves: tuple[RankedSlot, ...]
    objective: SplitObjective | None
    proven: bool
    bound: SplitObjective | None
    provenance: Provenance
    reason: Reason | None = None


def split(
    spec: GroupSpec, *, budget: timedelta = THREE_SECONDS, tz: TzTable | None = None
) -> Split:
    """Return the best two slots, on any anchors, if each person attends the cheaper one.

    A half needs as many people as the quorum and as many facilitators as the group, all of them
    served there. People for whom both slots cost the same are assigned where they are needed. Exact
    unless the budget ends the search, and then with a bound.

    Raises:
        TooManyPeople: more than 200.
        HorizonOutsideTzDatabase: the weeks are not within 1970 to 2037.
        OffGridZone: a zone is not on quarter hours in these years.
    """
    if len(spec.people) > MAX_PEOPLE_TO_SPLIT:
        raise TooManyPeople(len(spec.people), MAX_PEOPLE_TO_SPLIT)
    tz = tz or installed()
    source = provenance(spec, tz)
    engine = Engine(spec.people, spec.horizon, tz)
    requirement = HalfRequirement(max(1, spec.quorum), spec.facilitators)
    if reason := unavailability_reason(engine.population) or _too_few_reason(spec, requirement):
        return Split((), None, True, None, source, reason)
    distinct_slots = _distinct_slots(engine, spec, anchors_of(spec, tz))
    search = PairSearch(distinct_slots, requirement, Deadline(budget))
    search.run()
    proven = search.objective == search.bound
    if search.pair is None:
        return Split((), None, proven, search.bound, source, Reason.NO_TWO_HOURS_HOLD)
    halves = [
        explain(replace(spec, people=tuple(spec.people[index] for index in side)), slot, tz=tz)
        for side, slot in zip(
            search.sides(), (distinct_slots.slots[row] for row in search.pair), strict=True
        )
    ]
    halves.sort(key=lambda part: -len(part.people))
    return Split(tuple(halves), search.objective, proven, search.bound, source)


def _too_few_reason(spec: GroupSpec, requirement: HalfRequirement) -> Reason | None:
    facilitators = sum(person.facilitator for person in spec.people)
    if len(spec.people) < 2 * requirement.people or facilitators < 2 * requirement.facilitators:
        return Reason.TOO_FEW_FOR_TWO
    return None


def _distinct_slots(engine: Engine, spec: GroupSpec, anchors: tuple[str, ...]) -> DistinctSlots:
    """Return the distinct slots of all anchors by ascending total burden."""
    years = [engine.burden(anchor) for anchor in anchors]
    burden = np.concatenate([year.burden.T for year in years]).astype(np.int64)
    absences = np.concatenate([year.absences.T for year in years]).astype(np.int64)
    _, first = np.unique(np.concatenate([burden, absences], axis=1), axis=0, return_index=True)
    order = np.sort(first)
    order = order[np.argsort(burden[order].sum(axis=1), kind="stable")]
    where = [divmod(int(row), spec.horizon.slots) for row in order]
    return DistinctSlots(
        [Slot.at(anchors[anchor], cell) for anchor, cell in where],
        burden[order],
        absences[order],
        absences[order] <= spec.tolerated,
        np.array([person.weight for person in spec.people]),
        np.array([person.facilitator for person in spec.people]),
        spec.horizon.occurrences,
    )
