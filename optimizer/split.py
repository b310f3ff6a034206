"""Two halves of a group, each with an hour of its own: when no hour and no turn is fair enough."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from optimizer.engine import Engine
from optimizer.errors import TooManyPeople
from optimizer.explain import explain
from optimizer.grid import Slot
from optimizer.pair_search import Half, Hours, PairSearch, SplitKey
from optimizer.provenance import Provenance, provenance
from optimizer.rank import RankedSlot, anchors_of
from optimizer.reason import Reason, why_nobody
from optimizer.stopwatch import Stopwatch
from optimizer.tz_table import TzTable, installed

if TYPE_CHECKING:
    from optimizer.groups import GroupSpec

MAX_SPLITTING: Final = 200
THREE_SECONDS: Final = timedelta(seconds=3)


@dataclass(frozen=True, slots=True)
class Split:
    """Two halves, explained like hours of groups of their own.

    Attributes:
        halves: none if ``reason``; otherwise two, the larger first.
        key: what the split is worth.
        bound: no split is better than this; equal to the key if ``proven``.
        reason: why there is no split.
    """

    halves: tuple[RankedSlot, ...]
    key: SplitKey | None
    proven: bool
    bound: SplitKey | None
    provenance: Provenance
    reason: Reason | None = None


def split(
    spec: GroupSpec, *, budget: timedelta = THREE_SECONDS, tz: TzTable | None = None
) -> Split:
    """Return the best two hours, on any anchors, if everybody goes to the one that suits better.

    A half needs as many people as the quorum and as many facilitators as the group, all of them
    served there. Whoever finds both hours alike goes where somebody is needed. Exact unless the
    budget ends it, and then with a bound.

    Raises:
        TooManyPeople: more than 200.
    """
    if len(spec.people) > MAX_SPLITTING:
        raise TooManyPeople(len(spec.people), MAX_SPLITTING)
    tz = tz or installed()
    made_from = provenance(spec, tz)
    engine = Engine(spec.people, spec.rhythm, tz)
    half = Half(max(1, spec.quorum), spec.facilitators)
    if reason := why_nobody(engine.population) or _too_few(spec, half):
        return Split((), None, True, None, made_from, reason)
    hours = _hours(engine, spec, anchors_of(spec, tz))
    search = PairSearch(hours, half, Stopwatch(budget))
    search.run()
    proven = search.key == search.bound
    if search.pair is None:
        return Split((), None, proven, search.bound, made_from, Reason.NO_TWO_HOURS_HOLD)
    halves = [
        explain(replace(spec, people=tuple(spec.people[index] for index in side)), slot, tz=tz)
        for side, slot in zip(
            search.sides(), (hours.slots[row] for row in search.pair), strict=True
        )
    ]
    halves.sort(key=lambda part: -len(part.people))
    return Split(tuple(halves), search.key, proven, search.bound, made_from)


def _too_few(spec: GroupSpec, half: Half) -> Reason | None:
    facilitators = sum(person.facilitator for person in spec.people)
    if len(spec.people) < 2 * half.people or facilitators < 2 * half.facilitators:
        return Reason.TOO_FEW_FOR_TWO
    return None


def _hours(engine: Engine, spec: GroupSpec, anchors: tuple[str, ...]) -> Hours:
    """Return every distinct hour of every anchor."""
    years = [engine.burden(anchor) for anchor in anchors]
    burden = np.concatenate([year.burden.T for year in years]).astype(np.int64)
    absences = np.concatenate([year.absences.T for year in years]).astype(np.int64)
    _, first = np.unique(np.concatenate([burden, absences], axis=1), axis=0, return_index=True)
    order = np.sort(first)
    order = order[np.argsort(burden[order].sum(axis=1), kind="stable")]
    where = [divmod(int(row), spec.rhythm.slots) for row in order]
    return Hours(
        [Slot.at(anchors[anchor], cell) for anchor, cell in where],
        burden[order],
        absences[order],
        absences[order] <= spec.tolerated,
        np.array([person.weight for person in spec.people]),
        np.array([person.facilitator for person in spec.people]),
        spec.rhythm.occurrences,
    )
