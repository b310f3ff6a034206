"""Improving groups by min-cost flow, rescheduling, and large neighbourhood search."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from math import ceil, isfinite
from typing import TYPE_CHECKING, Final

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from optimizer.formation_problem import CandidateGroup, CandidateSlot, FormationObjective
from optimizer.highs import mathopt
from optimizer.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from optimizer.deadline import Deadline
    from optimizer.formation_problem import FormationProblem
    from optimizer.progress import ProgressCallback

# Arc costs: leaving one more person unplaced outweighs all bands, filling a group to its minimum
# size outweighs everything.
UNPLACED_COST: Final = 1 << 20
MIN_SIZE_REWARD: Final = 1 << 40
# Problems with up to so many pairs of person and candidate slot are solved as a whole first, within
# a share of the budget.
MAX_WHOLE_CHOICES: Final = 30_000
WHOLE_SHARE: Final = 0.5
NEIGHBOURHOOD_GROUPS: Final = 7
NEIGHBOURHOOD_SLOTS: Final = 12
NEIGHBOURHOOD_SECONDS: Final = 3.0
# Candidate slots are rated by the sum of this number less each person's band.
PREFERENCE_BASE: Final = 20
INTEGRALITY_THRESHOLD: Final = 0.5
TOLERANCE: Final = 1e-6


def reassign(problem: FormationProblem, groups: Sequence[CandidateGroup]) -> list[CandidateGroup]:
    """Return the same slots with the cheapest assignment of most people: a min-cost flow.

    Optimal for the given slots; every group keeps its minimum size. The groups are in the order
    given.
    """
    people, first = len(problem.feasible), len(problem.feasible) + 2
    source, sink = people, people + 1
    flow = SimpleMinCostFlow()
    arcs = []
    for number, (candidate, _) in enumerate(groups):
        able = np.nonzero(problem.speaks[candidate.language] & problem.feasible[:, candidate.slot])[
            0
        ]
        heads = np.full(len(able), first + number)
        cost = problem.cost[able, candidate.slot]
        arcs.append(
            (flow.add_arcs_with_capacity_and_unit_cost(able, heads, heads * 0 + 1, cost), able)
        )
        flow.add_arc_with_capacity_and_unit_cost(
            first + number, sink, problem.min_size, -MIN_SIZE_REWARD
        )
        flow.add_arc_with_capacity_and_unit_cost(
            first + number, sink, problem.max_size - problem.min_size, 0
        )
    everybody = np.arange(people)
    ones = np.ones(people, np.int64)
    flow.add_arcs_with_capacity_and_unit_cost(ones * source, everybody, ones, ones * 0)
    flow.add_arcs_with_capacity_and_unit_cost(everybody, ones * sink, ones, ones * UNPLACED_COST)
    flow.set_node_supply(source, people)
    flow.set_node_supply(sink, -people)
    if flow.solve() != flow.OPTIMAL:
        return list(groups)
    return [
        CandidateGroup(candidate, tuple(able[flow.flows(arc) > 0].tolist()))
        for (candidate, _), (arc, able) in zip(groups, arcs, strict=True)
    ]


def reschedule(problem: FormationProblem, groups: Sequence[CandidateGroup]) -> list[CandidateGroup]:
    """Return the same groups, each at the cheapest slot that all its members can attend."""
    return [
        CandidateGroup(
            CandidateSlot(
                candidate.language, int(problem.cost[list(members)].sum(axis=0).argmin())
            ),
            members,
        )
        for candidate, members in groups
    ]


class FormationModel:
    """A mixed-integer program over some people and candidate slots; the number of groups is free.

    Only the numbers of groups at each slot are integer variables: with those fixed, placing people
        is
    a flow problem, whose basic solutions are integral. Solved by HiGHS, which is much faster on
    this structure than CP-SAT.

    Args:
        problem: the whole problem.
        people: indexes of the people to place, ``(k,) int64``.
        candidates: where groups may be formed.
        most_groups: how many groups, over all candidates.
    """

    def __init__(
        self,
        problem: FormationProblem,
        people: NDArray[np.int64],
        candidates: Sequence[CandidateSlot],
        most_groups: int,
    ) -> None:
        # Placing one more person outweighs all bands.
        self.weight = 1 + len(people) * int(problem.band[problem.feasible].max(initial=0))
        self._model = mathopt.Model()
        self._group_counts: dict[CandidateSlot, mathopt.Variable] = {}
        self._memberships: dict[CandidateSlot, dict[int, mathopt.Variable]] = {}
        once: dict[int, list[mathopt.Variable]] = defaultdict(list)
        gain = []
        for candidate in candidates:
            able = people[
                problem.speaks[candidate.language, people]
                & problem.feasible[people, candidate.slot]
            ]
            memberships = {person: self._model.add_variable(lb=0, ub=1) for person in able.tolist()}
            groups = self._model.add_integer_variable(lb=0, ub=len(memberships) // problem.min_size)
            members = mathopt.fast_sum(memberships.values())
            self._model.add_linear_constraint(members >= problem.min_size * groups)
            self._model.add_linear_constraint(members <= problem.max_size * groups)
            for person, variable in memberships.items():
                once[person].append(variable)
                gain.append((self.weight - int(problem.cost[person, candidate.slot])) * variable)
            self._group_counts[candidate], self._memberships[candidate] = groups, memberships
        for choices in once.values():
            self._model.add_linear_constraint(mathopt.fast_sum(choices) <= 1)
        self._model.add_linear_constraint(
            mathopt.fast_sum(self._group_counts.values()) <= most_groups
        )
        self._model.maximize(mathopt.fast_sum(gain))

    def solve(self, budget: timedelta) -> tuple[list[CandidateGroup] | None, float]:
        """Return the best groups found within a budget, or None, and an upper bound of the gain.

        The gain of a solution is ``weight`` for each placed person less their band. Groups at the
        same slot have sizes that differ by at most one.
        """
        limits = mathopt.SolveParameters(
            time_limit=budget, random_seed=0, relative_gap_tolerance=TOLERANCE
        )
        solved = mathopt.solve(self._model, mathopt.SolverType.HIGHS, params=limits)
        bound = solved.termination.objective_bounds.dual_bound
        if not solved.has_primal_feasible_solution():
            return None, bound
        return self._read(solved.variable_values()), bound

    def _read(self, values: dict[mathopt.Variable, float]) -> list[CandidateGroup]:
        """Return the groups of a solution, with even sizes at each slot."""
        groups: list[CandidateGroup] = []
        for candidate, memberships in self._memberships.items():
            members = [
                person
                for person, variable in memberships.items()
                if values[variable] > INTEGRALITY_THRESHOLD
            ]
            many = round(values[self._group_counts[candidate]])
            parts = np.array_split(np.array(members), many) if many else []
            groups.extend(CandidateGroup(candidate, tuple(part.tolist())) for part in parts)
        return groups


@dataclass
class FormationSearch:
    """Improves groups until the deadline passes or the bound is reached.

    Attributes:
        groups: the incumbent, never worse than the initial groups.
        bound: a lower bound of the objective.
    """

    problem: FormationProblem
    groups: list[CandidateGroup]
    deadline: Deadline
    on_progress: ProgressCallback

    def __post_init__(self) -> None:
        self.bound = self.problem.bound()
        self.objective = self.problem.objective(self.groups)
        self.is_stopped = False
        self._random = np.random.default_rng(0)

    def run(self) -> None:
        """Run local search, then the whole problem if it is small, then neighbourhoods."""
        self._local_search()
        attendance = self.problem.attendance_counts()
        open_to = [
            CandidateSlot(*map(int, candidate))
            for candidate in np.argwhere(attendance >= self.problem.min_size)
        ]
        if (
            open_to
            and sum(int(attendance[candidate]) for candidate in open_to) <= MAX_WHOLE_CHOICES
        ):
            self._solve_whole(open_to)
        languages = sorted({candidate.language for candidate in open_to})
        while languages and not (self._is_done or self.deadline.has_passed):
            many = min(len(languages), int(self._random.integers(1, 3)))
            self._solve_neighbourhood(self._random.choice(languages, many, replace=False).tolist())

    @property
    def _is_done(self) -> bool:
        return self.objective == self.bound or self.is_stopped

    def _accept(self, groups: list[CandidateGroup]) -> bool:
        """Replace the incumbent by groups that are no worse; return whether they are better."""
        found = self.problem.objective(groups)
        better = found < self.objective
        if found <= self.objective:
            self.groups, self.objective = groups, found
        return better

    def _report(self) -> None:
        """Report how many people wait, and stop if the callback returns False."""
        found = Progress("waiting", self.objective.waiting, self.bound.waiting)
        self.is_stopped = self.is_stopped or not self.on_progress(found)

    def _local_search(self) -> None:
        """Alternate reassignment and rescheduling until neither improves the objective."""
        improving = bool(self.groups)
        while improving:
            assigned = self._accept(reassign(self.problem, self.groups))
            improving = self._accept(reschedule(self.problem, self.groups)) or assigned
        self._report()

    def _solve_whole(self, candidates: Sequence[CandidateSlot]) -> None:
        """Solve the whole problem within a share of the budget, and improve the bound."""
        people = np.arange(len(self.problem.feasible))
        model = FormationModel(self.problem, people, candidates, self.problem.max_groups)
        seconds = self.deadline.seconds_left * WHOLE_SHARE
        groups, gain = model.solve(timedelta(seconds=seconds))
        if groups is not None:
            self._accept(groups)
        if isfinite(gain):
            placed = min(len(people), ceil(gain / model.weight - TOLERANCE))
            bands = ceil(placed * model.weight - gain - TOLERANCE)
            self.bound = max(self.bound, FormationObjective(len(people) - placed, max(0, bands)))
        self._report()

    def _solve_neighbourhood(self, languages: list[int]) -> None:
        """Remove a few groups of some languages, and form groups of their people and of those waiting."""
        same = [n for n, group in enumerate(self.groups) if group.candidate.language in languages]
        dissolved = set(self._random.permutation(same)[:NEIGHBOURHOOD_GROUPS].tolist())
        kept = [group for number, group in enumerate(self.groups) if number not in dissolved]
        removed = [self.groups[number] for number in sorted(dissolved)]
        busy = [person for group in kept for person in group.members]
        speakers = np.nonzero(self.problem.speaks[languages].any(axis=0))[0]
        people = np.setdiff1d(speakers, np.array(busy, np.int64))
        candidates = sorted(
            {group.candidate for group in removed}.union(
                *(self._candidate_slots(language, people) for language in languages)
            )
        )
        model = FormationModel(
            self.problem, people, candidates, self.problem.max_groups - len(kept)
        )
        seconds = min(NEIGHBOURHOOD_SECONDS, self.deadline.seconds_left)
        groups, _ = model.solve(timedelta(seconds=seconds))
        if groups is not None and self._accept(kept + groups):
            self._local_search()
        self._report()

    def _candidate_slots(self, language: int, people: NDArray[np.int64]) -> set[CandidateSlot]:
        """Return the slots that suit most of some people, and a few random ones."""
        able = people[self.problem.speaks[language, people]]
        feasible = self.problem.feasible[able]
        possible = np.nonzero(feasible.sum(axis=0) >= self.problem.min_size)[0]
        suits = np.where(feasible, PREFERENCE_BASE - self.problem.band[able].astype(int), 0).sum(
            axis=0
        )
        best = possible[np.argsort(-suits[possible], kind="stable")][:NEIGHBOURHOOD_SLOTS]
        by_chance = self._random.permutation(possible)[:NEIGHBOURHOOD_SLOTS]
        return {CandidateSlot(language, slot) for slot in [*best.tolist(), *by_chance.tolist()]}
