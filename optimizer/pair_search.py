"""The best two slots for a group that splits: all pairs, with branch and bound."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from optimizer.objective import band_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from optimizer.deadline import Deadline
    from optimizer.grid import Slot


@dataclass(frozen=True, order=True, slots=True)
class SplitObjective:
    """The objective value of a split, compared field by field; smaller is better.

    Attributes:
        worst_bands: each person's band at the slot assigned to them, in descending order.
        weighted_sum: burdens times weights.
    """

    worst_bands: tuple[int, ...]
    weighted_sum: int


class HalfRequirement(NamedTuple):
    """How many served people each half needs, and how many facilitators among them."""

    people: int
    facilitators: int


@dataclass(frozen=True)
class DistinctSlots:
    """The slots that differ in burden or absences, by ascending total burden.

    Attributes:
        slots: the slots, one for each row.
        burden: cost over the horizon, ``(slots, people) int64``.
        absences: occurrences at level "no", ``(slots, people) int64``.
        served: whether absences are tolerated, ``(slots, people) bool``.
        weight: ``(people,) int64``.
        facilitator: ``(people,) bool``.
        occurrences: how many meetings a slot has.
    """

    slots: list[Slot]
    burden: NDArray[np.int64]
    absences: NDArray[np.int64]
    served: NDArray[np.bool_]
    weight: NDArray[np.int64]
    facilitator: NDArray[np.bool_]
    occurrences: int

    @cached_property
    def comparison_cost(self) -> NDArray[np.int64]:
        """Burden, with absences as the tie-breaker, in one number, ``(slots, people) int64``."""
        return self.burden * (self.occurrences + 1) + self.absences

    @cached_property
    def least(self) -> NDArray[np.int64]:
        """The least burden of each person at any slot from each row on, ``(slots, people)``."""
        return np.minimum.accumulate(self.burden[::-1], axis=0)[::-1]


class PairSearch:
    """Searches the feasible pair of slots with the smallest objective.

    A pair is feasible if both halves meet the requirement when people go to the cheaper slot and
    ties may be assigned freely.

    Attributes:
        pair: rows of the best pair found, None if there is none.
        objective: its objective value.
        bound: a lower bound; equal to the objective if every pair was evaluated or pruned.
    """

    def __init__(
        self, slots: DistinctSlots, requirement: HalfRequirement, deadline: Deadline
    ) -> None:
        self._slots = slots
        self._requirement = requirement
        self._deadline = deadline
        self._band = band_table(slots.occurrences)
        self._bands = self._band[slots.burden]
        self.pair: tuple[int, int] | None = None
        self.objective: SplitObjective | None = None
        self.bound: SplitObjective | None = None

    def run(self) -> None:
        """Search until all pairs are evaluated or pruned, or the deadline passes."""
        for first in range(len(self._bands) - 1):
            if self._deadline.has_passed:
                rest = self._objective(self._slots.least[first])
                self.bound = rest if self.objective is None else min(rest, self.objective)
                return
            if (
                self.objective is None
                or self._optimistic_bands(first) <= self.objective.worst_bands
            ):
                self._evaluate(first)
        self.bound = self.objective

    def sides(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return the people assigned to the first and to the second slot, ``(k,)`` and ``(n - k,)``.

        Ties are assigned so that both halves meet the requirement.
        """
        rows = list(self.pair or ())
        comparison_cost, served = (
            self._slots.comparison_cost[rows],
            self._slots.served[rows],
        )
        assigned = comparison_cost < comparison_cost[::-1]
        is_facilitator = self._slots.facilitator
        ties = np.nonzero(comparison_cost[0] == comparison_cost[1])[0]
        for person in ties[np.argsort(~is_facilitator[ties], kind="stable")]:
            present = assigned & served
            is_needed = is_facilitator[person] & (
                (present & is_facilitator).sum(axis=1) < self._requirement.facilitators
            )
            assigned[np.lexsort((present.sum(axis=1), ~is_needed))[0], person] = True
        return np.nonzero(assigned[0])[0], np.nonzero(assigned[1])[0]

    def _optimistic_bands(self, first: int) -> tuple[int, ...]:
        """Return a lower bound, in descending order, of the bands of this slot with any later one."""
        best = np.minimum(self._bands[first], self._band[self._slots.least[first + 1]])
        return tuple(sorted(best.tolist(), reverse=True))

    def _evaluate(self, first: int) -> None:
        """Evaluate a slot with all later ones, and update the best pair."""
        bands = np.minimum(self._bands[first], self._bands[first + 1 :])
        limit = 64 if self.objective is None else self.objective.worst_bands[0]
        later = np.nonzero(bands.max(axis=1) <= limit)[0]
        later = later[self._is_feasible(first, first + 1 + later)]
        if not len(later):
            return
        burden = np.minimum(self._slots.burden[first], self._slots.burden[first + 1 + later])
        worst_first = np.sort(bands[later], axis=1)[:, ::-1]
        best = np.lexsort((burden @ self._slots.weight, *worst_first.T[::-1]))[0]
        objective = self._objective(burden[best])
        if self.objective is None or objective < self.objective:
            self.objective, self.pair = objective, (first, first + 1 + int(later[best]))

    def _objective(self, burden: NDArray[np.int64]) -> SplitObjective:
        """Return the objective value of burdens ``(people,)``."""
        bands = sorted(self._band[burden].tolist(), reverse=True)
        return SplitObjective(tuple(bands), int(burden @ self._slots.weight))

    def _is_feasible(self, first: int, second: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Return with which second slots both halves can meet the requirement, ``(k,) bool``."""
        cost, other_costs = (
            self._slots.comparison_cost[first],
            self._slots.comparison_cost[second],
        )
        served, other_served = (
            self._slots.served[first],
            self._slots.served[second],
        )
        first_only, second_only = (cost < other_costs) & served, (other_costs < cost) & other_served
        ties = (cost == other_costs) & served
        is_facilitator = self._slots.facilitator
        fewest = np.maximum(
            0, self._requirement.facilitators - (first_only & is_facilitator).sum(axis=1)
        )
        tied_facilitators = (ties & is_facilitator).sum(axis=1)
        most = tied_facilitators - np.maximum(
            0, self._requirement.facilitators - (second_only & is_facilitator).sum(axis=1)
        )
        tied = ties.sum(axis=1)
        least_first = np.maximum(fewest, self._requirement.people - first_only.sum(axis=1))
        most_first = np.minimum(
            most + tied - tied_facilitators,
            tied + second_only.sum(axis=1) - self._requirement.people,
        )
        is_feasible: NDArray[np.bool_] = (fewest <= most) & (least_first <= most_first)
        return is_feasible
