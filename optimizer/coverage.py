"""Whether meetings can be held: facilitators, required people and quorum of each occurrence."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from optimizer.clock_classes import ATTENDANCE_BIT, FACILITATOR_BIT, FIELD_MASK
from optimizer.clock_offsets import clock_offsets
from optimizer.grid import QUARTERS_PER_WEEK

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from optimizer.clock_classes import ClockClasses
    from optimizer.clock_offsets import ClockOffsets
    from optimizer.horizon import Horizon
    from optimizer.tz_table import Segments


class Coverage(NamedTuple):
    """Failing occurrences by slot.

    Attributes:
        hard: without enough facilitators or without somebody required, ``(slots,) int64``.
        quorum_fail: below the quorum, ``(slots,) int64``.
    """

    hard: NDArray[np.int64]
    quorum_fail: NDArray[np.int64]


class AttendanceRequirement(NamedTuple):
    """What an occurrence needs: a number of facilitators, and a quorum of attending weight."""

    facilitators: int
    quorum: int

    def unmet(self, support: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return which occurrences fail, hard and below the quorum, ``(2, *support.shape) bool``.

        ``support`` is packed as in :class:`~optimizer.clock_classes.ClockClasses` and has any
        shape.
        """
        facilitators = support >> FACILITATOR_BIT & FIELD_MASK
        hard = (facilitators < self.facilitators) | (support & FIELD_MASK > 0)
        return np.stack([hard, support >> ATTENDANCE_BIT < self.quorum])


def coverage(
    people: ClockClasses, anchor: Segments, horizon: Horizon, requirement: AttendanceRequirement
) -> Coverage:
    """Count the occurrences that fail at each slot ``(slots,)`` of an anchor, in local order.

    Cost: O((Z + transitions) × 672) for Z clock classes, independent of the number of people.
    """
    offsets_by_class = [
        clock_offsets(anchor, member, horizon.span, horizon.steps) for member in people.classes
    ]
    cuts, support = _timeline(people, offsets_by_class)
    unmet = np.tile(requirement.unmet(support), horizon.cadence_weeks)
    failures = (unmet * _occurrences_between(cuts, horizon)).sum(axis=1)
    starts, support_change = _corrections(people, offsets_by_class)
    if len(starts):
        row = np.searchsorted(cuts, starts, side="right") - 1
        cell = starts % horizon.slots
        corrected = requirement.unmet(support[row, starts % QUARTERS_PER_WEEK] + support_change)
        np.add.at(failures.T, cell, (corrected.astype(int) - unmet[:, row, cell]).T)
    return Coverage(failures[0], failures[1])


def _timeline(
    people: ClockClasses, offsets_by_class: list[ClockOffsets]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return when the support of a week changes, and to what.

    Returns:
        Anchor-local quarter hours of the horizon ``(cuts,) int64``, ascending, and the packed
        support by quarter hour of the week from each on, ``(cuts, 672) int64``.
    """
    changes: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for clock, (runs, _) in enumerate(offsets_by_class):
        for run in runs:
            changes[run.first].append((clock, run.shift, 1))
        for over, run in pairwise(runs):
            changes[run.first].append((clock, over.shift, -1))
    cuts = sorted(changes)
    support = np.zeros((len(cuts), QUARTERS_PER_WEEK), np.int64)
    for row, cut in enumerate(cuts):
        for clock, shift, sign in changes[cut]:
            support[row] += sign * people.rolled_support(clock, shift)
    return np.array(cuts), support.cumsum(axis=0)


def _occurrences_between(cuts: NDArray[np.int64], horizon: Horizon) -> NDArray[np.int64]:
    """Count each slot's occurrences from each cut to the next, ``(cuts, slots) int64``."""
    ends = np.append(cuts, horizon.span)[:, None]
    begun: NDArray[np.int64] = (ends - 1 - np.arange(horizon.slots)) // horizon.slots
    return np.diff(begun, axis=0)


def _corrections(
    people: ClockClasses, offsets_by_class: list[ClockOffsets]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the corrections for meetings during which some member's offset changes.

    Returns:
        Anchor-local starts ``(k,) int64`` and, for each, the actual packed support less the support
        at the first quarter hour, ``(k,) int64``.
    """
    changes: dict[int, int] = defaultdict(int)
    for clock, (_, straddles) in enumerate(offsets_by_class):
        if len(straddles.starts):
            levels = people.straddled(clock, straddles)
            support_change = people.support_of(people.rows(clock), levels)
            support_change -= people.support[clock, straddles.first_cells]
            for start, change in zip(
                straddles.starts.tolist(), support_change.tolist(), strict=True
            ):
                changes[start] += change
    return np.array([*changes], np.int64), np.array([*changes.values()], np.int64)
