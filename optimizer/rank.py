"""The best slots of a group: exact over every anchor, weekday and quarter hour of the horizon."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple, overload

import numpy as np

from optimizer.engine import Engine
from optimizer.grid import Slot
from optimizer.objective import Objective
from optimizer.provenance import Provenance, provenance
from optimizer.reason import Reason, unavailability_reason
from optimizer.tz_table import TzTable, installed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from optimizer.groups import GroupSpec
    from optimizer.person_year import PersonYear


# Leximin is nearly always decided by the worst few bands; only ties are compared in full.
COMPARED_FIRST: Final = 6


@dataclass(frozen=True, slots=True)
class RankedSlot:
    """A slot with its objective; ``people`` is empty unless :func:`~optimizer.explain` made it."""

    slot: Slot
    objective: Objective
    provenance: Provenance
    people: tuple[PersonYear, ...] = ()


@dataclass(frozen=True, slots=True)
class Ranking(Sequence[RankedSlot]):
    """The best slots, best first.

    Attributes:
        slots: empty if nobody can attend at all; ``reason`` then says why.
        provenance: versions and input.
        reason: ``NO_HOUR_HOLDS`` if even the best slot fails in some week, None if it does not.
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
    """Slots to compare, one row each.

    ``worst_first`` is ``(rows, n)``, the other arrays ``(rows,) int64``. ``anchor`` is an index
    into the anchors, ``cell`` an anchor-local quarter hour of the horizon, the rest as in
    :class:`~optimizer.objective.Objective`.
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
        """Return the rows ``(k,)`` of the ``top`` best slots by objective, then anchor, then slot."""
        rows = self._first_rows(top)
        worst_first = self.worst_first[rows].T[::-1]
        last = (part[rows] for part in (self.cell, self.anchor, self.drift, self.weighted_sum))
        first = (part[rows] for part in (self.unserved, self.quorum_fail, self.hard))
        ordered: NDArray[np.intp] = rows[np.lexsort((*last, *worst_first, *first))]
        return ordered[:top]

    def _first_rows(self, top: int | None) -> NDArray[np.intp]:
        """Return the rows that the first components of the objective leave for the best ``top``."""
        if top is None or top >= len(self.cell):
            return np.arange(len(self.cell))
        worst_first = self.worst_first[:, :COMPARED_FIRST].T[::-1]
        fields = np.stack([*worst_first, self.unserved, self.quorum_fail, self.hard])
        order = np.lexsort(fields)
        tied = (fields[:, order[top:]] == fields[:, order[top - 1], None]).all(axis=0)
        return order[: top + int(np.append(tied, False).argmin())]


def rank(spec: GroupSpec, *, top: int | None = 20, tz: TzTable | None = None) -> Ranking:
    """Return the best slots of a group, best first; all of them if ``top`` is None.

    Ties in the objective go to the earlier anchor, then to the earlier slot, so that equal
    questions have equal answers. Slots that fail too often are ruled out before fairness is
    computed.

    Raises:
        HorizonOutsideTzDatabase: the weeks are not within 1970 to 2037.
        OffGridZone: a zone is not on quarter hours in these years.
        TooManyPeople: more than 2,000 people, some of them with seasons.
    """
    tz = tz or installed()
    source = provenance(spec, tz)
    engine = Engine(spec.people, spec.horizon, tz)
    if reason := unavailability_reason(engine.population):
        return Ranking((), source, reason)
    anchors = anchors_of(spec, tz)
    candidates = _candidates(engine, spec, anchors, top)
    ranked = tuple(
        RankedSlot(
            Slot.at(anchors[candidates.anchor[row]], int(candidates.cell[row])),
            _objective(engine, candidates, row),
            source,
        )
        for row in candidates.best(top)
    )
    holds = ranked[0].objective.is_held
    return Ranking(ranked, source, None if holds else Reason.NO_HOUR_HOLDS)


def anchors_of(spec: GroupSpec, tz: TzTable) -> tuple[str, ...]:
    """Return the anchors to try: those of the group, else one for each pattern of clock changes."""
    return spec.anchors or tz.anchors([person.zone for person in spec.people], spec.horizon)


def _candidates(
    engine: Engine, spec: GroupSpec, anchors: tuple[str, ...], top: int | None
) -> Candidates:
    """Return the candidates for the ``top`` best; only those with the best coverage get fairness."""
    covered = [
        engine.coverage(anchor, facilitators=spec.facilitators, quorum=spec.quorum)
        for anchor in anchors
    ]
    hard, quorum_fail = (np.concatenate(part) for part in zip(*covered, strict=True))
    failing = hard * (engine.horizon.occurrences + 1) + quorum_fail
    if top is None or top >= len(failing):
        kept = np.arange(len(failing))
    else:
        kept = np.nonzero(failing <= np.partition(failing, top - 1)[top - 1])[0]
    anchor, cell = np.divmod(kept, spec.horizon.slots)
    fair = [
        engine.fairness(anchors[index], cell[anchor == index], tolerated=spec.tolerated)
        for index in np.unique(anchor)
    ]
    people = (np.concatenate(part) for part in zip(*fair, strict=True))
    return Candidates(anchor, cell, hard[kept], quorum_fail[kept], *people)


def _objective(engine: Engine, candidates: Candidates, row: np.intp) -> Objective:
    """Return the objective of one row."""
    return Objective(
        int(candidates.hard[row]),
        int(candidates.quorum_fail[row]),
        int(candidates.unserved[row]),
        engine.bands(candidates.worst_first[row]),
        int(candidates.weighted_sum[row]),
        int(candidates.drift[row]),
    )
