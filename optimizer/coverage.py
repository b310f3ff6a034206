"""Whether a meeting can be held: facilitators, required people, quorum, week by week."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from optimizer.clock_classes import ATTENDANCE_BIT, FACILITATOR_BIT, FIELD
from optimizer.clock_offsets import clock_offsets
from optimizer.grid import WEEK

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from optimizer.clock_classes import ClockClasses
    from optimizer.clock_offsets import ClockOffsets
    from optimizer.rhythm import Rhythm
    from optimizer.tz_table import Segments


class Coverage(NamedTuple):
    """Failing occurrences by slot: ``hard (slots,) int64``, ``quorum_fail (slots,) int64``."""

    hard: NDArray[np.int64]
    quorum_fail: NDArray[np.int64]


class Needs(NamedTuple):
    """What an occurrence needs: facilitators, and attendance by weight."""

    facilitators: int
    quorum: int

    def unmet(self, support: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell, for packed attendance of any shape, which is hard to hold, which lacks a quorum."""
        facilitators = support >> FACILITATOR_BIT & FIELD
        hard = (facilitators < self.facilitators) | (support & FIELD > 0)
        return np.stack([hard, support >> ATTENDANCE_BIT < self.quorum])


def coverage(people: ClockClasses, anchor: Segments, rhythm: Rhythm, needs: Needs) -> Coverage:
    """Count the occurrences that fail at each slot of an anchor.

    Cost: O((Z + jumps) × 672), whatever the number of people.
    """
    maps = [clock_offsets(anchor, member, rhythm.span, rhythm.steps) for member in people.classes]
    cuts, support = _timeline(people, maps)
    unmet = np.tile(needs.unmet(support), rhythm.cadence_weeks)
    failures = (unmet * _occurrences_between(cuts, rhythm)).sum(axis=1)
    starts, more = _corrections(people, maps)
    if len(starts):
        row = np.searchsorted(cuts, starts, side="right") - 1
        cell = starts % rhythm.slots
        corrected = needs.unmet(support[row, starts % WEEK] + more)
        np.add.at(failures.T, cell, (corrected.astype(int) - unmet[:, row, cell]).T)
    return Coverage(failures[0], failures[1])


def _timeline(
    people: ClockClasses, maps: list[ClockOffsets]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return when the support of a week changes ``(cuts,)``, and to what ``(cuts, 672)``."""
    changes: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for clock, (runs, _) in enumerate(maps):
        for run in runs:
            changes[run.first].append((clock, run.shift, 1))
        for over, run in pairwise(runs):
            changes[run.first].append((clock, over.shift, -1))
    cuts = sorted(changes)
    support = np.zeros((len(cuts), WEEK), np.int64)
    for row, cut in enumerate(cuts):
        for clock, shift, sign in changes[cut]:
            support[row] += sign * people.rolled_support(clock, shift)
    return np.array(cuts), support.cumsum(axis=0)


def _occurrences_between(cuts: NDArray[np.int64], rhythm: Rhythm) -> NDArray[np.int64]:
    """Count each slot's occurrences from each cut to the next ``(cuts, slots)``."""
    ends = np.append(cuts, rhythm.span)[:, None]
    begun: NDArray[np.int64] = (ends - 1 - np.arange(rhythm.slots)) // rhythm.slots
    return np.diff(begun, axis=0)


def _corrections(
    people: ClockClasses, maps: list[ClockOffsets]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return starts ``(k,)`` and how much more support meetings have than their first cells say."""
    changes: dict[int, int] = defaultdict(int)
    for clock, (_, straddles) in enumerate(maps):
        if len(straddles.starts):
            levels = people.straddled(clock, straddles)
            more = people.support_of(people.rows(clock), levels)
            more -= people.support[clock, straddles.first_cells]
            for start, change in zip(straddles.starts.tolist(), more.tolist(), strict=True):
                changes[start] += change
    return np.array([*changes], np.int64), np.array([*changes.values()], np.int64)
