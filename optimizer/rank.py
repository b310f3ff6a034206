"""The best hours of a group: exact over every anchor, weekday and quarter hour of the horizon."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple, overload

import numpy as np

from optimizer.engine import Engine
from optimizer.grid import Slot
from optimizer.objective import Key
from optimizer.provenance import Provenance, provenance
from optimizer.reason import Reason, why_nobody
from optimizer.tz_table import TzTable, installed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from optimizer.groups import GroupSpec
    from optimizer.person_year import PersonYear


# Leximin is nearly always decided among the worst few; only what they leave is compared in full.
LOOK_FIRST: Final = 6


@dataclass(frozen=True, slots=True)
class RankedSlot:
    """An hour and what it is worth; ``people`` is filled by :func:`~optimizer.explain`."""

    slot: Slot
    key: Key
    provenance: Provenance
    people: tuple[PersonYear, ...] = ()


@dataclass(frozen=True, slots=True)
class Ranking(Sequence[RankedSlot]):
    """The best hours, best first.

    Attributes:
        slots: none if nobody can come at all; ``reason`` then says why.
        stamp: what the ranking was made from.
        reason: ``NO_HOUR_HOLDS`` if even the best hour fails in some week, None if all is well.
    """

    slots: tuple[RankedSlot, ...]
    provenance: Provenance
    reason: Reason | None = None

    def __len__(self) -> int:
        return len(self.slots)

    @overload
    def __getitem__(self, index: int) -> RankedSlot: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[RankedSlot, ...]: ...
    def __getitem__(self, index: int | slice) -> RankedSlot | tuple[RankedSlot, ...]:
        return self.slots[index]


class Candidates(NamedTuple):
    """Slots still in the race, one row each.

    ``anchor``: index into the anchors; ``cell``: quarter hour of the slot; the rest as in
    :class:`Key`; ``worst_first`` is ``(rows, n)``, everything else ``(rows,) int64``.
    """

    anchor: NDArray[np.int64]
    cell: NDArray[np.int64]
    hard: NDArray[np.int64]
    quorum_fail: NDArray[np.int64]
    unserved: NDArray[np.int64]
    worst_first: NDArray[np.integer[Any]]
    weighted_sum: NDArray[np.int64]
    drift: NDArray[np.int64]

    def best(self, top: int | None) -> NDArray[np.intp]:
        """Return the rows in order of their key, then anchor, then slot."""
        few = self._few(top)
        worst_first = self.worst_first[few].T[::-1]
        last = (part[few] for part in (self.cell, self.anchor, self.drift, self.weighted_sum))
        first = (part[few] for part in (self.unserved, self.quorum_fail, self.hard))
        ordered: NDArray[np.intp] = few[np.lexsort((*last, *worst_first, *first))]
        return ordered[:top]

    def _few(self, top: int | None) -> NDArray[np.intp]:
        """Return the rows that the first fields of the key leave in the race for the top."""
        if top is None or top >= len(self.cell):
            return np.arange(len(self.cell))
        worst_first = self.worst_first[:, :LOOK_FIRST].T[::-1]
        fields = np.stack([*worst_first, self.unserved, self.quorum_fail, self.hard])
        order = np.lexsort(fields)
        tied = (fields[:, order[top:]] == fields[:, order[top - 1], None]).all(axis=0)
        return order[: top + int(np.append(tied, False).argmin())]


def rank(spec: GroupSpec, *, top: int | None = 20, tz: TzTable | None = None) -> Ranking:
    """Return the best hours of a group, all of them if ``top`` is None.

    Slots are equal only if their keys are; ties go to the earlier anchor, then to the earlier
    slot, so that the same question always has the same answer.
    """
    tz = tz or installed()
    made_from = provenance(spec, tz)
    engine = Engine(spec.people, spec.rhythm, tz)
    if reason := why_nobody(engine.population):
        return Ranking((), made_from, reason)
    anchors = anchors_of(spec, tz)
    found = _contenders(engine, spec, anchors, top)
    ranked = tuple(
        RankedSlot(
            Slot.at(anchors[found.anchor[row]], int(found.cell[row])),
            _key(engine, found, row),
            made_from,
        )
        for row in found.best(top)
    )
    holds = ranked[0].key.is_held
    return Ranking(ranked, made_from, None if holds else Reason.NO_HOUR_HOLDS)


def anchors_of(spec: GroupSpec, tz: TzTable) -> tuple[str, ...]:
    """Return the anchors to try: those of the group, or one for each way its clocks change."""
    return spec.anchors or tz.anchors([person.zone for person in spec.people], spec.rhythm)


def _contenders(
    engine: Engine, spec: GroupSpec, anchors: tuple[str, ...], top: int | None
) -> Candidates:
    """Weigh fairness only where coverage has not already lost."""
    covered = [
        engine.coverage(anchor, facilitators=spec.facilitators, quorum=spec.quorum)
        for anchor in anchors
    ]
    hard, quorum_fail = (np.concatenate(part) for part in zip(*covered, strict=True))
    failing = hard * (engine.rhythm.occurrences + 1) + quorum_fail
    if top is None or top >= len(failing):
        kept = np.arange(len(failing))
    else:
        kept = np.nonzero(failing <= np.partition(failing, top - 1)[top - 1])[0]
    anchor, cell = np.divmod(kept, spec.rhythm.slots)
    fair = [
        engine.fairness(anchors[index], cell[anchor == index], tolerated=spec.tolerated)
        for index in np.unique(anchor)
    ]
    people = (np.concatenate(part) for part in zip(*fair, strict=True))
    return Candidates(anchor, cell, hard[kept], quorum_fail[kept], *people)


def _key(engine: Engine, found: Candidates, row: np.intp) -> Key:
    return Key(
        int(found.hard[row]),
        int(found.quorum_fail[row]),
        int(found.unserved[row]),
        engine.bands(found.worst_first[row]),
        int(found.weighted_sum[row]),
        int(found.drift[row]),
    )
