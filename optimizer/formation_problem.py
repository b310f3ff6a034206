"""The group formation problem as arrays, its objective, and a greedy heuristic."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

INFEASIBLE_COST: Final = 1_000


class CandidateSlot(NamedTuple):
    """A language and a slot for a possible group, by index."""

    language: int
    slot: int


class CandidateGroup(NamedTuple):
    """A group of people at a candidate slot, all by index."""

    candidate: CandidateSlot
    members: tuple[int, ...]


class FormationObjective(NamedTuple):
    """The objective value of a set of groups, compared field by field; smaller is better.

    Attributes:
        waiting: people who are not placed.
        band_sum: sum of the bands of all placed people.
    """

    waiting: int
    band_sum: int


@dataclass(frozen=True)
class FormationProblem:
    """Input of the search, by index of person, slot and language.

    Attributes:
        feasible: whether a person can be placed at a slot, ``(people, slots) bool``.
        band: cost of a slot for a person, ``(people, slots) uint8``.
        speaks: whether a person speaks a language, ``(languages, people) bool``.
        min_size: the smallest group.
        max_size: the largest group.
        max_groups: how many groups there may be.
    """

    feasible: NDArray[np.bool_]
    band: NDArray[np.uint8]
    speaks: NDArray[np.bool_]
    min_size: int
    max_size: int
    max_groups: int

    @cached_property
    def cost(self) -> NDArray[np.int64]:
        """Bands ``(people, slots) int64``; ``INFEASIBLE_COST`` where a person cannot be placed."""
        return np.where(self.feasible, self.band.astype(np.int64), INFEASIBLE_COST)

    def attendance_counts(self, people: NDArray[np.intp] | None = None) -> NDArray[np.int64]:
        """Return how many of some people can be placed at each slot in each language.

        ``people`` ``(k,)`` are indexes, all people by default. The result is ``(languages, slots)
        int64``.
        """
        some = slice(None) if people is None else people
        feasible = self.feasible[some]
        return np.stack([feasible[speaks].sum(axis=0) for speaks in self.speaks[:, some]])

    def objective(self, groups: Sequence[CandidateGroup]) -> FormationObjective:
        """Return the objective value of some groups."""
        placed = sum(len(group.members) for group in groups)
        bands = sum(
            int(self.cost[list(group.members), group.candidate.slot].sum()) for group in groups
        )
        return FormationObjective(len(self.feasible) - placed, bands)

    def bound(self) -> FormationObjective:
        """Return a lower bound of the objective: every person at their own best open slot."""
        open_to = self.attendance_counts() >= self.min_size
        reachable = (self.speaks.T.astype(np.int64) @ open_to > 0) & self.feasible
        best = np.where(reachable, self.cost, INFEASIBLE_COST).min(axis=1)
        possible = min(int((best < INFEASIBLE_COST).sum()), self.max_groups * self.max_size)
        return FormationObjective(
            len(self.feasible) - possible, int(np.sort(best)[:possible].sum())
        )


def greedy(problem: FormationProblem) -> list[CandidateGroup]:
    """Return groups built one by one, each at the slot that most of the remaining people can attend.

    Its members are those whom the slot suits best. Stops when no slot has enough people or there
    are ``max_groups``. Cost: O(groups × people × slots).
    """
    waiting = np.ones(len(problem.feasible), bool)
    attendance_counts = problem.attendance_counts()
    groups: list[CandidateGroup] = []
    while len(groups) < problem.max_groups:
        language, slot = np.unravel_index(attendance_counts.argmax(), attendance_counts.shape)
        if attendance_counts[language, slot] < problem.min_size:
            break
        able = np.nonzero(waiting & problem.speaks[language] & problem.feasible[:, slot])[0]
        taken = able[np.argsort(problem.band[able, slot], kind="stable")][: problem.max_size]
        waiting[taken] = False
        attendance_counts -= problem.attendance_counts(taken)
        groups.append(
            CandidateGroup(CandidateSlot(int(language), int(slot)), tuple(taken.tolist()))
        )
    return groups
