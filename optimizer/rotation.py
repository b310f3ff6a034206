"""Rotations: a few slots taken in turn, for groups without one slot that is fair to everybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING, Final

import numpy as np

from optimizer.deadline import Deadline
from optimizer.engine import Engine
from optimizer.errors import OutOfRange, TooManyPeople
from optimizer.grid import Slot
from optimizer.provenance import Provenance, provenance
from optimizer.rank import anchors_of
from optimizer.reason import Reason, unavailability_reason
from optimizer.rotation_search import RotationSearch, SlotCosts
from optimizer.tz_table import TzTable, installed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from optimizer.groups import GroupSpec
    from optimizer.rotation_search import Score

MAX_SLOTS: Final = 4
MAX_PEOPLE_TO_ROTATE: Final = 200
ONE_SECOND: Final = timedelta(seconds=1)


@dataclass(frozen=True, order=True, slots=True)
class RotationObjective:
    """The objective value of a rotation, compared field by field; smaller is better.

    Attributes:
        hard: occurrences of the horizon that cannot be held, at each slot of the rotation.
        quorum_fail: occurrences of the horizon below the quorum, at each slot.
        below_half: people who would miss more than half of the meetings.
        worst_bands: the people's bands over the whole rotation, in descending order.
        weighted_sum: burdens over the horizon times weights, the mean over the slots.
    """

    hard: int
    quorum_fail: int
    below_half: int
    worst_bands: tuple[int, ...]
    weighted_sum: Fraction


@dataclass(frozen=True, slots=True)
class Rotation:
    """A few slots to take in turn, all on one anchor's clock.

    Attributes:
        slots: one to ``k_max`` slots, ascending; one means that a rotation is no better. Empty if
            there is a reason.
        objective: the objective value; None if there is a reason.
        below_half: ids of people who would miss more than half of the meetings.
        proven: whether no rotation is better.
        bound: a lower bound of the objective; equal to it if proven.
        provenance: versions and input.
        reason: why there is no result.
    """

    slots: tuple[Slot, ...]
    objective: RotationObjective | None
    below_half: tuple[str, ...]
    proven: bool
    bound: RotationObjective | None
    provenance: Provenance
    reason: Reason | None = None


def rotate(
    spec: GroupSpec,
    *,
    k_max: int = MAX_SLOTS,
    budget: timedelta = ONE_SECOND,
    anchor: str | None = None,
    tz: TzTable | None = None,
) -> Rotation:
    """Return the best rotation of up to ``k_max`` slots on one anchor's clock.

    Each slot gets an equal share of the occurrences. Only slots with the fewest failures (hard,
    then quorum) take part. All anchors of the group are tried unless one is given. Exact for a
    dozen people within half a second; for more, the best found within the budget, with a bound.
    Leximin over sequences of decisions after Kahana and Hazon (ECAI 2023).

    Raises:
        OutOfRange: ``k_max`` is not 1 to 4.
        TooManyPeople: more than 200.
        UnknownZone: the tz database has no such anchor.
        HorizonOutsideTzDatabase: the weeks are not within 1970 to 2037.
        OffGridZone: a zone is not on quarter hours in these years.
    """
    if not 1 <= k_max <= MAX_SLOTS:
        raise OutOfRange("k_max", k_max, least=1, most=MAX_SLOTS)
    if len(spec.people) > MAX_PEOPLE_TO_ROTATE:
        raise TooManyPeople(len(spec.people), MAX_PEOPLE_TO_ROTATE)
    tz = tz or installed()
    source = provenance(spec, tz)
    engine = Engine(spec.people, spec.horizon, tz)
    if reason := unavailability_reason(engine.population):
        return Rotation((), None, (), True, None, source, reason)
    sizes, deadline = range(1, k_max + 1), Deadline(budget)
    failing, cells_by_anchor = _least_failing_slots(
        engine, spec, (anchor,) if anchor else anchors_of(spec, tz)
    )
    slots: tuple[Slot, ...] = ()
    score: Score = ()
    bounds = []
    searches = {
        name: RotationSearch(_slot_costs(engine, spec, name, cells), sizes, deadline)
        for name, cells in cells_by_anchor.items()
    }
    # The anchor with the best heuristic score first: its result prunes the others.
    for name, search in sorted(searches.items(), key=lambda item: item[1].hill_climb()):
        found = search.run(score)
        cells = cells_by_anchor[name]
        bounds.append(found.bound)
        if found.rows:
            score = found.score
            slots = tuple(Slot.at(name, int(cells[row])) for row in found.rows)
    bound = min(bounds)
    return Rotation(
        slots,
        _objective(failing, score, lcm(*sizes)),
        _below_half(engine, spec, slots),
        score == bound,
        _objective(failing, bound, lcm(*sizes)),
        source,
    )


def _least_failing_slots(
    engine: Engine, spec: GroupSpec, anchors: tuple[str, ...]
) -> tuple[tuple[int, int], dict[str, NDArray[np.intp]]]:
    """Return the fewest failures of any slot, and by anchor the cells ``(k,)`` with no more."""
    failures = {}
    for anchor in anchors:
        covered = engine.coverage(anchor, facilitators=spec.facilitators, quorum=spec.quorum)
        failures[anchor] = np.stack(covered, axis=1)
    hard, quorum_fail = min(tuple(row) for found in failures.values() for row in found.tolist())
    cells_by_anchor = {
        anchor: np.nonzero((found == (hard, quorum_fail)).all(axis=1))[0]
        for anchor, found in failures.items()
    }
    return (hard, quorum_fail), {
        anchor: cells for anchor, cells in cells_by_anchor.items() if len(cells)
    }


def _slot_costs(engine: Engine, spec: GroupSpec, anchor: str, cells: NDArray[np.intp]) -> SlotCosts:
    """Return the costs of some slots of an anchor, ``(slots, people)``."""
    year = engine.burden(anchor, cells)
    weight = np.array([person.weight for person in spec.people])
    return SlotCosts(
        year.burden.T.astype(np.int64),
        year.absences.T.astype(np.int64),
        weight,
        spec.horizon.occurrences,
    )


def _below_half(engine: Engine, spec: GroupSpec, slots: tuple[Slot, ...]) -> tuple[str, ...]:
    """Return the ids of people who would miss over half of the meetings, in the group's order."""
    cells = np.array([slot.cell for slot in slots])
    absences = engine.burden(slots[0].anchor, cells).absences.sum(axis=1)
    half = len(slots) * spec.horizon.occurrences / 2
    return tuple(
        person.id for person, missed in zip(spec.people, absences, strict=True) if missed > half
    )


def _objective(failing: tuple[int, int], score: Score, scale: int) -> RotationObjective:
    """Return the objective value of a score, whose weighted sum is multiplied by ``scale``."""
    below_half, *worst_bands, weighted = score
    return RotationObjective(*failing, below_half, tuple(worst_bands), Fraction(weighted, scale))
