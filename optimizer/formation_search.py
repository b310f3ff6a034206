"""Better groups: exact reassignment by flow, better hours, and neighbourhoods solved exactly."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from math import ceil, isfinite
from typing import TYPE_CHECKING, Final

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from optimizer.formation_candidates import CandidateSlot, FormationCandidates, Worth
from optimizer.highs import mathopt
from optimizer.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from optimizer.formation_candidates import Field
    from optimizer.progress import Watcher
    from optimizer.stopwatch import Stopwatch

# In a flow, one more person placed outweighs every band, and a group that stands everything.
PLACED: Final = 1 << 20
FORCED: Final = 1 << 40
# Up to so many choices of a person and a place are searched as a whole, for a part of the budget.
CHOICES_AT_ONCE: Final = 30_000
WHOLE_SHARE: Final = 0.5
GROUPS_AT_ONCE: Final = 7
PLACES_AT_ONCE: Final = 12
SECONDS: Final = 3.0
# A band that everybody likes better counts for a place.
LIKED: Final = 20
EVEN: Final = 0.5
TINY: Final = 1e-6


def reassign(field: Field, groups: Sequence[FormationCandidates]) -> list[FormationCandidates]:
    """Place as many as possible in these groups, as cheaply as possible: a min-cost flow.

    Exact for the places given; every group keeps at least the fewest it may have.
    """
    people, first = len(field.can), len(field.can) + 2
    source, sink = people, people + 1
    flow = SimpleMinCostFlow()
    arcs = []
    for number, (place, _) in enumerate(groups):
        able = np.nonzero(field.speaks[place.language] & field.can[:, place.slot])[0]
        heads = np.full(len(able), first + number)
        cost = field.cost[able, place.slot]
        arcs.append(
            (flow.add_arcs_with_capacity_and_unit_cost(able, heads, heads * 0 + 1, cost), able)
        )
        flow.add_arc_with_capacity_and_unit_cost(first + number, sink, field.least, -FORCED)
        flow.add_arc_with_capacity_and_unit_cost(first + number, sink, field.most - field.least, 0)
    everybody = np.arange(people)
    ones = np.ones(people, np.int64)
    flow.add_arcs_with_capacity_and_unit_cost(ones * source, everybody, ones, ones * 0)
    flow.add_arcs_with_capacity_and_unit_cost(everybody, ones * sink, ones, ones * PLACED)
    flow.set_node_supply(source, people)
    flow.set_node_supply(sink, -people)
    if flow.solve() != flow.OPTIMAL:
        return list(groups)
    return [
        FormationCandidates(place, tuple(able[flow.flows(arc) > 0].tolist()))
        for (place, _), (arc, able) in zip(groups, arcs, strict=True)
    ]


def move(field: Field, groups: Sequence[FormationCandidates]) -> list[FormationCandidates]:
    """Give every group the hour that suits its members best, among those that all of them can."""
    return [
        FormationCandidates(
            CandidateSlot(place.language, int(field.cost[list(members)].sum(axis=0).argmin())),
            members,
        )
        for place, members in groups
    ]


class Model:
    """Some people and some places as a mixed-integer program; how many groups open is its choice.

    Only the numbers of groups are integers: once they are given, placing people is a flow, whose
    corners are whole by themselves. HiGHS, which OR-Tools brings along, makes much more of that
    than CP-SAT does.

    Args:
        field: what is possible.
        people: by number.
        places: where groups may open.
        most_groups: how many, over all places.
    """

    def __init__(
        self,
        field: Field,
        people: NDArray[np.int64],
        places: Sequence[CandidateSlot],
        most_groups: int,
    ) -> None:
        # One more person placed outweighs every band.
        self.weight = 1 + len(people) * int(field.band[field.can].max(initial=0))
        self._model = mathopt.Model()
        self._opens: dict[CandidateSlot, mathopt.Variable] = {}
        self._joins: dict[CandidateSlot, dict[int, mathopt.Variable]] = {}
        once: dict[int, list[mathopt.Variable]] = defaultdict(list)
        gain = []
        for place in places:
            able = people[field.speaks[place.language, people] & field.can[people, place.slot]]
            joins = {person: self._model.add_variable(lb=0, ub=1) for person in able.tolist()}
            groups = self._model.add_integer_variable(lb=0, ub=len(joins) // field.least)
            members = mathopt.fast_sum(joins.values())
            self._model.add_linear_constraint(members >= field.least * groups)
            self._model.add_linear_constraint(members <= field.most * groups)
            for person, variable in joins.items():
                once[person].append(variable)
                gain.append((self.weight - int(field.cost[person, place.slot])) * variable)
            self._opens[place], self._joins[place] = groups, joins
        for choices in once.values():
            self._model.add_linear_constraint(mathopt.fast_sum(choices) <= 1)
        self._model.add_linear_constraint(mathopt.fast_sum(self._opens.values()) <= most_groups)
        self._model.maximize(mathopt.fast_sum(gain))

    def solve(self, budget: timedelta) -> tuple[list[FormationCandidates] | None, float]:
        """Return the best groups found in a time, those at one place of nearly one size.

        And the most that can be gained: ``weight`` for everybody placed, less her band.
        """
        limits = mathopt.SolveParameters(
            time_limit=budget, random_seed=0, relative_gap_tolerance=TINY
        )
        solved = mathopt.solve(self._model, mathopt.SolverType.HIGHS, params=limits)
        bound = solved.termination.objective_bounds.dual_bound
        if not solved.has_primal_feasible_solution():
            return None, bound
        return self._read(solved.variable_values()), bound

    def _read(self, values: dict[mathopt.Variable, float]) -> list[FormationCandidates]:
        """Return the groups of a solution, those at one place of nearly one size."""
        groups: list[FormationCandidates] = []
        for place, joins in self._joins.items():
            members = [person for person, variable in joins.items() if values[variable] > EVEN]
            many = round(values[self._opens[place]])
            parts = np.array_split(np.array(members), many) if many else []
            groups.extend(FormationCandidates(place, tuple(part.tolist())) for part in parts)
        return groups


@dataclass
class FormationSearch:
    """Improves groups until the budget is over or nothing can beat them.

    Attributes:
        groups: the best so far, never worse than those it began with.
        bound: what no groups can beat.
    """

    field: Field
    groups: list[FormationCandidates]
    stopwatch: Stopwatch
    watcher: Watcher

    def __post_init__(self) -> None:
        self.bound = self.field.bound()
        self.worth = self.field.worth(self.groups)
        self.stopped = False
        self._chance = np.random.default_rng(0)

    def run(self) -> None:
        """Settle, search the whole if it is small, then neighbourhood by neighbourhood."""
        self._settle()
        crowd = self.field.crowd()
        open_to = [
            CandidateSlot(*map(int, place)) for place in np.argwhere(crowd >= self.field.least)
        ]
        if open_to and sum(int(crowd[place]) for place in open_to) <= CHOICES_AT_ONCE:
            self._whole(open_to)
        languages = sorted({place.language for place in open_to})
        while languages and not (self._is_done or self.stopwatch.is_over):
            many = min(len(languages), int(self._chance.integers(1, 3)))
            self._neighbourhood(self._chance.choice(languages, many, replace=False).tolist())

    @property
    def _is_done(self) -> bool:
        return self.worth == self.bound or self.stopped

    def _accept(self, groups: list[FormationCandidates]) -> bool:
        """Keep groups that are no worse, and tell whether they are better."""
        found = self.field.worth(groups)
        better = found < self.worth
        if found <= self.worth:
            self.groups, self.worth = groups, found
        return better

    def _tell(self) -> None:
        """Tell the watcher how many wait, and stop if it says so."""
        found = Progress("waiting", self.worth.waiting, self.bound.waiting)
        self.stopped = self.stopped or not self.watcher(found)

    def _settle(self) -> None:
        """Alternate better hours and better assignments until neither helps."""
        improving = bool(self.groups)
        while improving:
            assigned = self._accept(reassign(self.field, self.groups))
            improving = self._accept(move(self.field, self.groups)) or assigned
        self._tell()

    def _whole(self, places: Sequence[CandidateSlot]) -> None:
        """Search everything at once, for a while: small questions are answered and proven."""
        people = np.arange(len(self.field.can))
        model = Model(self.field, people, places, self.field.max_groups)
        seconds = self.stopwatch.seconds_left * WHOLE_SHARE
        groups, gain = model.solve(timedelta(seconds=seconds))
        if groups is not None:
            self._accept(groups)
        if isfinite(gain):
            placed = min(len(people), ceil(gain / model.weight - TINY))
            bands = ceil(placed * model.weight - gain - TINY)
            self.bound = max(self.bound, Worth(len(people) - placed, max(0, bands)))
        self._tell()

    def _neighbourhood(self, languages: list[int]) -> None:
        """Dissolve a few groups of some languages, and form them again with those who wait."""
        alike = [n for n, group in enumerate(self.groups) if group.place.language in languages]
        dissolved = set(self._chance.permutation(alike)[:GROUPS_AT_ONCE].tolist())
        kept = [group for number, group in enumerate(self.groups) if number not in dissolved]
        again = [self.groups[number] for number in sorted(dissolved)]
        busy = [person for group in kept for person in group.members]
        speakers = np.nonzero(self.field.speaks[languages].any(axis=0))[0]
        people = np.setdiff1d(speakers, np.array(busy, np.int64))
        places = sorted(
            {group.place for group in again}.union(
                *(self._promising(language, people) for language in languages)
            )
        )
        model = Model(self.field, people, places, self.field.max_groups - len(kept))
        seconds = min(SECONDS, self.stopwatch.seconds_left)
        groups, _ = model.solve(timedelta(seconds=seconds))
        if groups is not None and self._accept(kept + groups):
            self._settle()
        self._tell()

    def _promising(self, language: int, people: NDArray[np.int64]) -> set[CandidateSlot]:
        """Return places that suit many, and a few by chance."""
        able = people[self.field.speaks[language, people]]
        can = self.field.can[able]
        possible = np.nonzero(can.sum(axis=0) >= self.field.least)[0]
        suits = np.where(can, LIKED - self.field.band[able].astype(int), 0).sum(axis=0)
        best = possible[np.argsort(-suits[possible], kind="stable")][:PLACES_AT_ONCE]
        by_chance = self._chance.permutation(possible)[:PLACES_AT_ONCE]
        return {CandidateSlot(language, slot) for slot in [*best.tolist(), *by_chance.tolist()]}
