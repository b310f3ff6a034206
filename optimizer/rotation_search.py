"""The best few slots to rotate between: branch and bound over sums of rows.

Leximin over a sequence of decisions (Kahana and Hazon, ECAI 2023). Sums respect dominance, so only
nondominated slots are kept; the remaining choices are searched depth first, each node ordered and
cut by what it could reach if every person got her own best slot for the rest.
"""

from __future__ import annotations

from math import lcm
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from optimizer.pareto import nondominated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from optimizer.stopwatch import Stopwatch

RESTARTS: Final = 6
# So many options are paired in one go: 128 of them for 200 people take 6 MiB.
PAIRED_AT_ONCE: Final = 128

# People below half, every band from the worst on, the weighted sum times `scale`.
Score = tuple[int, ...]


class Years(NamedTuple):
    """What each candidate slot costs each person over the horizon, and how often she misses it.

    ``burden`` and ``absences``: ``(slots, people) int64``; ``weight``: ``(people,) int64``.
    """

    burden: NDArray[np.int64]
    absences: NDArray[np.int64]
    weight: NDArray[np.int64]
    occurrences: int


class BestRotation(NamedTuple):
    """The best rotation so far, and what nothing can beat.

    ``rows`` of the years are empty if nothing beats the score that was there before.
    """

    rows: tuple[int, ...]
    score: Score
    bound: Score

    @property
    def proven(self) -> bool:
        """Whether nothing better exists."""
        return self.score == self.bound


class RotationSearch:
    """Searches multisets of slots for the least score, for some sizes at once.

    Args:
        years: the candidates.
        sizes: how many slots a rotation may have; a larger one must be strictly better.
        stopwatch: after it runs out the best so far is returned with an honest bound.
    """

    def __init__(self, years: Years, sizes: Sequence[int], stopwatch: Stopwatch) -> None:
        self._sizes = sizes
        self._stopwatch = stopwatch
        self._people = years.burden.shape[1]
        self._occurrences = years.occurrences
        self._weight = years.weight
        self.scale = lcm(*sizes)
        both = np.concatenate([years.burden, years.absences], axis=1)
        self._original = nondominated(both)
        # Four meetings a week for five years at "no" are 16,640: half the width is twice the speed.
        self._rows = both[self._original].astype(np.int16)
        self._best: tuple[int, ...] = ()
        self._score: Score = ()
        self._open: list[Score] = []

    def begin(self) -> Score:
        """Find a good rotation at once, and return its score."""
        for size in self._sizes:
            self._climb(size)
        return self._score

    def run(self, to_beat: Score = ()) -> BestRotation:
        """Return the best rotation, proven if the stopwatch allows it.

        ``to_beat`` is the score of what is already there: only something better is returned.
        """
        everything = np.arange(len(self._rows))
        nothing = np.zeros(self._rows.shape[1], np.int16)
        score = self._score or self.begin()
        if to_beat and to_beat < score:
            self._score, self._best = to_beat, ()
        for size in self._sizes:
            self._descend(everything, nothing, (), size)
        rows = tuple(sorted(int(self._original[row]) for row in self._best))
        return BestRotation(rows, self._score, min([*self._open, self._score]))

    def _climb(self, size: int) -> None:
        """Find a good rotation at once: swap one slot at a time, from a few beginnings."""
        seeded = np.random.default_rng(0)
        for _ in range(RESTARTS):
            chosen = [int(row) for row in seeded.integers(0, len(self._rows), size)]
            improved = True
            while improved:
                improved = False
                for place in range(size):
                    rest = self._rows[chosen[:place] + chosen[place + 1 :]].sum(axis=0)
                    better = self._improve(rest + self._rows, size)
                    if better is not None:
                        chosen[place] = better
                        self._best = tuple(chosen)
                        improved = True

    def _descend(
        self, rows: NDArray[np.intp], total: NDArray[np.int16], chosen: tuple[int, ...], size: int
    ) -> None:
        left = size - len(chosen)
        options = self._rows[rows]
        if left == 1:
            better = self._improve(total + options, size)
            if better is not None:
                self._best = (*chosen, int(rows[better]))
            return
        if left == 2 and len(rows) <= PAIRED_AT_ONCE:  # noqa: PLR2004 - a pair
            first, second = self._bearable_pairs(total, options, size)
            if len(first):
                better = self._improve(total + options[first] + options[second], size)
                if better is not None:
                    self._best = (*chosen, int(rows[first[better]]), int(rows[second[better]]))
            return
        optimistic = total + options + (left - 1) * options.min(axis=0)
        order, scores = self._promising(optimistic, size)
        for place, (row, score) in enumerate(zip(order, scores, strict=True)):
            if tuple(score) >= self._score:
                return
            if self._stopwatch.is_over:
                self._open.append(tuple(score))
                return
            # A slot may come again, but not one that an earlier branch has tried.
            self._descend(
                rows[order[place:]], total + options[row], (*chosen, int(rows[row])), size
            )

    def _bearable_pairs(
        self, total: NDArray[np.int16], options: NDArray[np.int16], size: int
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return the pairs of options that give nobody a worse band than the best so far has.

        While somebody would miss half that comes first, and every pair is returned.
        """
        if not self._score or self._score[0]:
            return np.triu_indices(len(options))
        burden = options[:, : self._people].T
        begun = burden + total[: self._people, None]
        worst = np.maximum.reduce(begun[:, :, None] + burden[:, None, :])
        first, second = (worst <= self._most_burden(size)).nonzero()
        in_order = first <= second
        return first[in_order], second[in_order]

    def _most_burden(self, size: int) -> int:
        """Return the largest burden that anybody has within the worst band of the best so far."""
        return self._score[1] * size * self._occurrences // 4

    def _improve(self, totals: NDArray[np.int64], size: int) -> int | None:
        """Return the best of some complete rotations if it beats the best so far."""
        order, scores = self._promising(totals, size)
        if len(order) and (not self._score or tuple(scores[0]) < self._score):
            self._score = tuple(scores[0])
            return int(order[0])
        return None

    def _promising(
        self, totals: NDArray[np.int64], size: int
    ) -> tuple[NDArray[np.intp], list[list[int]]]:
        """Return which totals might beat the best so far, best first, and their scores."""
        meetings = size * self._occurrences
        burden, absences = totals[:, : self._people], totals[:, self._people :]
        below_half = (2 * absences > meetings).sum(axis=1)
        possible = np.arange(len(totals))
        if self._score:
            # Most totals already lose on what is cheap to tell: who misses half, the worst burden.
            few = self._score[0]
            bearable = burden.max(axis=1) <= self._most_burden(size)
            possible = np.flatnonzero((below_half < few) | ((below_half == few) & bearable))
            if not len(possible):
                return possible, []
        burden = burden[possible].astype(np.int64)
        bands = -(-4 * burden // meetings)
        worst_first = -np.sort(-bands, axis=1)
        weighted = burden @ self._weight * (self.scale // size)
        scores = np.column_stack([below_half[possible], worst_first, weighted])
        order = np.lexsort(scores.T[::-1])
        return possible[order], scores[order].tolist()
