"""The best multiset of slots to rotate between: branch and bound over sums of rows.

Leximin over a sequence of decisions (Kahana and Hazon, ECAI 2023). Sums respect dominance, so only
nondominated slots are kept; the rest is searched depth first. A node's bound assumes for every
person their own best slot for the remaining choices.
"""

from __future__ import annotations

from math import lcm
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from optimizer.pareto import nondominated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from optimizer.deadline import Deadline

RESTARTS: Final = 6
# All pairs of up to so many options are evaluated at once: 128 options of 200 people take 6 MiB.
MAX_PAIRED_OPTIONS: Final = 128

# People below half, all bands in descending order, the weighted sum times `scale`.
Score = tuple[int, ...]


class SlotCosts(NamedTuple):
    """What each candidate slot costs each person over the horizon.

    Attributes:
        burden: summed cost, ``(slots, people) int64``.
        absences: occurrences at level "no", ``(slots, people) int64``.
        weight: ``(people,) int64``.
        occurrences: how many meetings a slot has.
    """

    burden: NDArray[np.int64]
    absences: NDArray[np.int64]
    weight: NDArray[np.int64]
    occurrences: int


class BestRotation(NamedTuple):
    """The best rotation found, and a lower bound.

    Attributes:
        rows: ascending rows of the slot costs; empty if nothing beats the given score.
        score: score of the rotation, or the given one.
        bound: no rotation has a smaller score.
    """

    rows: tuple[int, ...]
    score: Score
    bound: Score

    @property
    def proven(self) -> bool:
        """Whether no rotation has a smaller score."""
        return self.score == self.bound


class RotationSearch:
    """Searches multisets of slots with the smallest score, for several sizes.

    Args:
        slot_costs: the candidates.
        sizes: how many slots a rotation may have; a larger one must be strictly better.
        deadline: after it passes, the best rotation so far is returned with a valid bound.
    """

    def __init__(self, slot_costs: SlotCosts, sizes: Sequence[int], deadline: Deadline) -> None:
        self._sizes = sizes
        self._deadline = deadline
        self._people = slot_costs.burden.shape[1]
        self._occurrences = slot_costs.occurrences
        self._weight = slot_costs.weight
        self.scale = lcm(*sizes)
        both = np.concatenate([slot_costs.burden, slot_costs.absences], axis=1)
        self._original = nondominated(both)
        # The largest sum, four meetings a week for five years at "no", is 16,640 and fits int16,
        # which is twice as fast as int32.
        self._rows = both[self._original].astype(np.int16)
        self._incumbent: tuple[int, ...] = ()
        self._score: Score = ()
        self._open_bounds: list[Score] = []

    def hill_climb(self) -> Score:
        """Return the score of a good rotation of any size, found by hill climbing with restarts."""
        for size in self._sizes:
            self._hill_climb(size)
        return self._score

    def run(self, incumbent_score: Score = ()) -> BestRotation:
        """Return the best rotation, proven unless the deadline passes first.

        Only a rotation with a smaller score than ``incumbent_score`` is returned.
        """
        everything = np.arange(len(self._rows))
        nothing = np.zeros(self._rows.shape[1], np.int16)
        score = self._score or self.hill_climb()
        if incumbent_score and incumbent_score < score:
            self._score, self._incumbent = incumbent_score, ()
        for size in self._sizes:
            self._branch(everything, nothing, (), size)
        rows = tuple(sorted(int(self._original[row]) for row in self._incumbent))
        return BestRotation(rows, self._score, min([*self._open_bounds, self._score]))

    def _hill_climb(self, size: int) -> None:
        """Improve random rotations of one size by exchanging one slot at a time."""
        seeded = np.random.default_rng(0)
        for _ in range(RESTARTS):
            chosen = [int(row) for row in seeded.integers(0, len(self._rows), size)]
            improved = True
            while improved:
                improved = False
                for position in range(size):
                    rest = self._rows[chosen[:position] + chosen[position + 1 :]].sum(axis=0)
                    better = self._improve(rest + self._rows, size)
                    if better is not None:
                        chosen[position] = better
                        self._incumbent = tuple(chosen)
                        improved = True

    def _branch(
        self, rows: NDArray[np.intp], total: NDArray[np.int16], chosen: tuple[int, ...], size: int
    ) -> None:
        """Search, depth first, all completions by some rows of ``chosen``, whose rows sum to ``total``."""
        left = size - len(chosen)
        options = self._rows[rows]
        if left == 1:
            better = self._improve(total + options, size)
            if better is not None:
                self._incumbent = (*chosen, int(rows[better]))
            return
        if left == 2 and len(rows) <= MAX_PAIRED_OPTIONS:  # noqa: PLR2004 - a pair
            first, second = self._pairs_within_bound(total, options, size)
            if len(first):
                better = self._improve(total + options[first] + options[second], size)
                if better is not None:
                    self._incumbent = (*chosen, int(rows[first[better]]), int(rows[second[better]]))
            return
        optimistic = total + options + (left - 1) * options.min(axis=0)
        order, scores = self._improving(optimistic, size)
        for position, (row, score) in enumerate(zip(order, scores, strict=True)):
            if tuple(score) >= self._score:
                return
            if self._deadline.has_passed:
                self._open_bounds.append(tuple(score))
                return
            # A slot may be chosen again, but not one that an earlier branch has exhausted.
            self._branch(
                rows[order[position:]], total + options[row], (*chosen, int(rows[row])), size
            )

    def _pairs_within_bound(
        self, total: NDArray[np.int16], options: NDArray[np.int16], size: int
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return the pairs of options with no worse band for anybody than the incumbent's worst.

        While the incumbent has people below half, bands do not decide, and all pairs are returned.
        """
        if not self._score or self._score[0]:
            return np.triu_indices(len(options))
        burden = options[:, : self._people].T
        begun = burden + total[: self._people, None]
        worst = np.maximum.reduce(begun[:, :, None] + burden[:, None, :])
        first, second = (worst <= self._burden_limit(size)).nonzero()
        in_order = first <= second
        return first[in_order], second[in_order]

    def _burden_limit(self, size: int) -> int:
        """Return the largest burden within the incumbent's worst band."""
        return self._score[1] * size * self._occurrences // 4

    def _improve(self, totals: NDArray[np.int64], size: int) -> int | None:
        """Return the best of some complete rotations if it beats the incumbent; store its score."""
        order, scores = self._improving(totals, size)
        if len(order) and (not self._score or tuple(scores[0]) < self._score):
            self._score = tuple(scores[0])
            return int(order[0])
        return None

    def _improving(
        self, totals: NDArray[np.int64], size: int
    ) -> tuple[NDArray[np.intp], list[list[int]]]:
        """Return which totals may beat the incumbent, best first, and their scores."""
        meetings = size * self._occurrences
        burden, absences = totals[:, : self._people], totals[:, self._people :]
        below_half = (2 * absences > meetings).sum(axis=1)
        possible = np.arange(len(totals))
        if self._score:
            # Most totals are ruled out by two cheap tests: people below half, the largest burden.
            fewest = self._score[0]
            within_bound = burden.max(axis=1) <= self._burden_limit(size)
            possible = np.flatnonzero(
                (below_half < fewest) | ((below_half == fewest) & within_bound)
            )
            if not len(possible):
                return possible, []
        burden = burden[possible].astype(np.int64)
        bands = -(-4 * burden // meetings)
        worst_first = -np.sort(-bands, axis=1)
        weighted = burden @ self._weight * (self.scale // size)
        scores = np.column_stack([below_half[possible], worst_first, weighted])
        order = np.lexsort(scores.T[::-1])
        return possible[order], scores[order].tolist()
