"""Turns between hours: when no hour is fair to everybody, a few of them in rotation may be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING, Final

import numpy as np

from optimizer.engine import Engine
from optimizer.errors import OutOfRange, TooManyPeople
from optimizer.grid import Slot
from optimizer.provenance import Provenance, provenance
from optimizer.rank import anchors_of
from optimizer.reason import Reason, why_nobody
from optimizer.rotation_search import RotationSearch, Years
from optimizer.stopwatch import Stopwatch
from optimizer.tz_table import TzTable, installed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from optimizer.groups import GroupSpec
    from optimizer.rotation_search import Score

MAX_SLOTS: Final = 4
MAX_ROTATING: Final = 200
ONE_SECOND: Final = timedelta(seconds=1)


@dataclass(frozen=True, order=True, slots=True)
class RotationKey:
    """The worth of a rotation; smaller is better, compared field by field.

    Attributes:
        hard: occurrences a year that cannot be held, at each slot of the rotation.
        quorum_fail: occurrences a year below the quorum, at each slot.
        below_half: people who would miss more than half of the meetings.
        worst_bands: every person's band over the whole rotation, worst first.
        weighted_sum: a year's burdens times weights, on average over the slots.
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
        slots: one to ``k_max`` of them; one means that turns help nobody. None if ``reason``.
        key: what the rotation is worth.
        below_half: ids of those who would miss more than half of the meetings.
        bound: no rotation is better than this; equal to the key if ``proven``.
        reason: why nothing can be ranked at all.
    """

    slots: tuple[Slot, ...]
    key: RotationKey | None
    below_half: tuple[str, ...]
    proven: bool
    bound: RotationKey | None
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

    Each slot carries an equal share of every season. Only slots that fail least (facilitators,
    required people, then the quorum) take part: a rotation is as strong as its weakest hour. All
    the group's anchors are tried unless one is given. Exact for a dozen people within half a
    second; for more, the best found within the budget, with a bound.

    Raises:
        OutOfRange: ``k_max`` is not 1 to 4.
        TooManyPeople: more than 200.
    """
    if not 1 <= k_max <= MAX_SLOTS:
        raise OutOfRange("k_max", k_max, least=1, most=MAX_SLOTS)
    if len(spec.people) > MAX_ROTATING:
        raise TooManyPeople(len(spec.people), MAX_ROTATING)
    tz = tz or installed()
    made_from = provenance(spec, tz)
    engine = Engine(spec.people, spec.rhythm, tz)
    if reason := why_nobody(engine.population):
        return Rotation((), None, (), True, None, made_from, reason)
    sizes, stopwatch = range(1, k_max + 1), Stopwatch(budget)
    failing, fields = _strongest(engine, spec, (anchor,) if anchor else anchors_of(spec, tz))
    slots: tuple[Slot, ...] = ()
    score: Score = ()
    bounds = []
    searches = {
        name: RotationSearch(_years(engine, spec, name, cells), sizes, stopwatch)
        for name, cells in fields.items()
    }
    # The anchor with the best beginning first: what it finds cuts the others short.
    for name, search in sorted(searches.items(), key=lambda item: item[1].begin()):
        found = search.run(score)
        cells = fields[name]
        bounds.append(found.bound)
        if found.rows:
            score = found.score
            slots = tuple(Slot.at(name, int(cells[row])) for row in found.rows)
    bound = min(bounds)
    return Rotation(
        slots,
        _key(failing, score, lcm(*sizes)),
        _below_half(engine, spec, slots),
        score == bound,
        _key(failing, bound, lcm(*sizes)),
        made_from,
    )


def _strongest(
    engine: Engine, spec: GroupSpec, anchors: tuple[str, ...]
) -> tuple[tuple[int, int], dict[str, NDArray[np.intp]]]:
    """Return the fewest failures any slot has, and by anchor the cells that have no more."""
    failures = {}
    for anchor in anchors:
        covered = engine.coverage(anchor, facilitators=spec.facilitators, quorum=spec.quorum)
        failures[anchor] = np.stack(covered, axis=1)
    hard, quorum_fail = min(tuple(row) for found in failures.values() for row in found.tolist())
    fields = {
        anchor: np.nonzero((found == (hard, quorum_fail)).all(axis=1))[0]
        for anchor, found in failures.items()
    }
    return (hard, quorum_fail), {anchor: cells for anchor, cells in fields.items() if len(cells)}


def _years(engine: Engine, spec: GroupSpec, anchor: str, cells: NDArray[np.intp]) -> Years:
    year = engine.burden(anchor, cells)
    weight = np.array([person.weight for person in spec.people])
    return Years(
        year.burden.T.astype(np.int64),
        year.absences.T.astype(np.int64),
        weight,
        spec.rhythm.occurrences,
    )


def _below_half(engine: Engine, spec: GroupSpec, slots: tuple[Slot, ...]) -> tuple[str, ...]:
    cells = np.array([slot.cell for slot in slots])
    absences = engine.burden(slots[0].anchor, cells).absences.sum(axis=1)
    half = len(slots) * spec.rhythm.occurrences / 2
    return tuple(
        person.id for person, missed in zip(spec.people, absences, strict=True) if missed > half
    )


def _key(failing: tuple[int, int], score: Score, scale: int) -> RotationKey:
    below_half, *worst_bands, weighted = score
    return RotationKey(*failing, below_half, tuple(worst_bands), Fraction(weighted, scale))
