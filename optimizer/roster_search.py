"""Roster search: lexicographic stages by CP-SAT, with a min-cost flow bound and neighbourhoods."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING, Final, NamedTuple

from ortools.graph.python.min_cost_flow import SimpleMinCostFlow
from ortools.sat.python import cp_model

from optimizer.cp_sat import ProgressReporter, solver
from optimizer.deadline import Deadline
from optimizer.facilitators import MAX_CANDIDATES, MAX_LOAD
from optimizer.objective import BANDS
from optimizer.progress import Progress
from optimizer.roster_graph import Edge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from optimizer.progress import ProgressCallback
    from optimizer.roster_graph import OpeningSlot, RosterGraph

# Larger graphs are searched by neighbourhoods only.
MAX_WHOLE_EDGES: Final = 8_000

# A neighbourhood holds the openings that up to so many facilitators lead.
NEIGHBOURHOOD_FACILITATORS: Final = 12
NEIGHBOURHOOD_SECONDS: Final = 3.0
# Share of the budget for solving the relaxation.
RELAXED_SHARE: Final = 0.25

# A roster: by opening, the edge that fills it.
EdgeByOpening = dict[int, Edge]


class RosterObjective(NamedTuple):
    """The objective value of a roster, compared field by field; smaller is better.

    Attributes:
        unfilled: openings without a facilitator.
        worst_load: the largest sum of bands of one facilitator (minimax).
        changes: openings with another facilitator than before.
        total: sum of all bands, and of the ranks of the chosen slots among the candidates.
    """

    unfilled: int
    worst_load: int
    changes: int
    total: int


def objective_of(graph: RosterGraph, filled: EdgeByOpening) -> RosterObjective:
    """Return the objective value of a roster."""
    load = Counter[int]()
    for edge in filled.values():
        load[edge.facilitator] += graph.cost[edge]
    return RosterObjective(
        graph.openings - len(filled),
        max(load.values(), default=0),
        sum(filled[o].facilitator != who for o, who in graph.previous.items() if o in filled),
        sum(graph.cost[edge] + edge.opening_slot.candidate for edge in filled.values()),
    )


def greedy(graph: RosterGraph) -> EdgeByOpening:
    """Return a roster: openings with the fewest edges first, each with its cheapest free edge."""
    filled: EdgeByOpening = {}
    load = Counter[int]()
    led: dict[int, set[OpeningSlot]] = defaultdict(set)
    for opening, edges in sorted(graph.edges_of.items(), key=lambda item: (len(item[1]), item[0])):
        for edge in sorted(edges, key=lambda edge: _greedy_order(graph, edge, load)):
            free = load[edge.facilitator] < graph.max_load[edge.facilitator]
            if free and not graph.conflicting[edge.opening_slot] & led[edge.facilitator]:
                filled[opening] = edge
                load[edge.facilitator] += 1
                led[edge.facilitator].add(edge.opening_slot)
                break
    return filled


def _greedy_order(graph: RosterGraph, edge: Edge, load: Counter[int]) -> tuple[int, int]:
    """Return the sort key of an edge: its cost, then the facilitator's current load."""
    return graph.cost[edge] + edge.opening_slot.candidate, load[edge.facilitator]


def fewest_unfilled(graph: RosterGraph) -> int:
    """Return a lower bound of the unfilled openings, without overlaps: a min-cost flow."""
    flow = SimpleMinCostFlow()
    source, sink, first = 0, 1, 2 + graph.openings
    for opening in range(graph.openings):
        flow.add_arc_with_capacity_and_unit_cost(source, 2 + opening, 1, 0)
        flow.add_arc_with_capacity_and_unit_cost(2 + opening, sink, 1, 1)
    for opening, facilitator in {
        (edge.opening_slot.opening, edge.facilitator) for edge in graph.cost
    }:
        flow.add_arc_with_capacity_and_unit_cost(2 + opening, first + facilitator, 1, 0)
    for facilitator, most in enumerate(graph.max_load):
        flow.add_arc_with_capacity_and_unit_cost(first + facilitator, sink, most, 0)
    flow.set_node_supply(source, graph.openings)
    flow.set_node_supply(sink, -graph.openings)
    flow.solve()
    return int(flow.optimal_cost())


class RosterModel:
    """The CP-SAT model of a graph, with some openings fixed.

    Args:
        graph: the whole graph.
        fixed: openings that keep their edge.
    """

    def __init__(self, graph: RosterGraph, fixed: Mapping[int, Edge]) -> None:
        self.graph = graph
        self.fixed = dict(fixed)
        self.model = cp_model.CpModel()
        self.variables = {edge: self.model.new_bool_var("") for edge in self._feasible_edges()}
        self.worst = self.model.new_int_var(0, sum(graph.cost.values()), "worst")
        self._fill_at_most_once()
        self._limit_loads()
        self._forbid_overlaps()
        self.stages: dict[str, cp_model.LinearExpr] = {
            "unfilled": self._sum(lambda _: -1) + graph.openings - len(fixed),
            "worst_load": self.worst + 0,
            "changes": self._sum(self._is_change),
            "total": self._sum(self._total_cost)
            + sum(self._total_cost(edge) for edge in fixed.values()),
        }

    def _sum(self, weight: Callable[[Edge], int]) -> cp_model.LinearExpr:
        weights = [weight(edge) for edge in self.variables]
        return cp_model.LinearExpr.weighted_sum([*self.variables.values()], weights) + 0

    def _total_cost(self, edge: Edge) -> int:
        return self.graph.cost[edge] + edge.opening_slot.candidate

    def _feasible_edges(self) -> Iterable[Edge]:
        led: dict[int, set[OpeningSlot]] = defaultdict(set)
        for edge in self.fixed.values():
            led[edge.facilitator].add(edge.opening_slot)
        for opening, edges in self.graph.edges_of.items():
            if opening not in self.fixed:
                for edge in edges:
                    if not self.graph.conflicting[edge.opening_slot] & led[edge.facilitator]:
                        yield edge

    def _fill_at_most_once(self) -> None:
        by_opening: dict[int, list[cp_model.IntVar]] = defaultdict(list)
        for edge, var in self.variables.items():
            by_opening[edge.opening_slot.opening].append(var)
        for choices in by_opening.values():
            self.model.add_at_most_one(choices)

    def _limit_loads(self) -> None:
        by_facilitator: dict[int, list[Edge]] = defaultdict(list)
        for edge in self.variables:
            by_facilitator[edge.facilitator].append(edge)
        load, count = Counter[int](), Counter[int]()
        for edge in self.fixed.values():
            load[edge.facilitator] += self.graph.cost[edge]
            count[edge.facilitator] += 1
        self.model.add(self.worst >= max(load.values(), default=0))
        for facilitator, edges in by_facilitator.items():
            variables = [self.variables[edge] for edge in edges]
            self.model.add(sum(variables) <= self.graph.max_load[facilitator] - count[facilitator])
            bands = [self.graph.cost[edge] for edge in edges]
            self.model.add(
                cp_model.LinearExpr.weighted_sum(variables, bands) + load[facilitator] <= self.worst
            )

    def _forbid_overlaps(self) -> None:
        by_slot: dict[OpeningSlot, dict[int, cp_model.IntVar]] = defaultdict(dict)
        for edge, var in self.variables.items():
            by_slot[edge.opening_slot][edge.facilitator] = var
        seen = set()
        for clique in self.graph.cliques:
            together: dict[int, list[cp_model.IntVar]] = defaultdict(list)
            for opening_slot in sorted(clique):
                for facilitator, var in by_slot[opening_slot].items():
                    together[facilitator].append(var)
            for choices in together.values():
                indexes = tuple(var.index for var in choices)
                if len(choices) > 1 and indexes not in seen:
                    seen.add(indexes)
                    self.model.add_at_most_one(choices)

    def _is_change(self, edge: Edge) -> bool:
        return (
            self.graph.previous.get(edge.opening_slot.opening, edge.facilitator) != edge.facilitator
        )

    def all_stages(self) -> cp_model.LinearExpr:
        """Return one weighted objective in which each stage outweighs all later ones."""
        most = {
            "total": self.graph.openings * (BANDS + MAX_CANDIDATES),
            "changes": self.graph.openings,
            "worst_load": MAX_LOAD * BANDS,
        }
        objective, weight = self.stages["total"], 1
        for later, stage in pairwise(["total", "changes", "worst_load", "unfilled"]):
            weight *= most[later] + 1
            objective += weight * self.stages[stage]
        return objective

    def hint(self, filled: EdgeByOpening) -> None:
        """Give the solver a roster to start from."""
        self.model.clear_hints()  # type: ignore[no-untyped-call] # ortools leaves it untyped
        for edge, var in self.variables.items():
            self.model.add_hint(var, filled.get(edge.opening_slot.opening) == edge)

    def solution(self, solved: cp_model.CpSolver) -> EdgeByOpening:
        """Return the roster of a solved model."""
        chosen = {
            e.opening_slot.opening: e
            for e, var in self.variables.items()
            if solved.boolean_value(var)
        }
        return self.fixed | chosen


@dataclass
class RosterSearch:
    """Improves a roster until it is proven optimal or the deadline passes.

    Attributes:
        filled: the incumbent, never worse than the initial roster.
        bounds: by stage, a lower bound for rosters that reach the bounds of the earlier stages.
    """

    graph: RosterGraph
    filled: EdgeByOpening
    deadline: Deadline
    on_progress: ProgressCallback

    def __post_init__(self) -> None:
        least = RosterObjective(fewest_unfilled(self.graph), 0, 0, 0)
        self.bounds = dict(zip(RosterObjective._fields, least, strict=True))
        self.is_stopped = False
        self._random = Random(0)  # noqa: S311 - a seeded search, no secret

    def run(self) -> None:
        """Solve the whole graph stage by stage unless it is too large, then its neighbourhoods."""
        if len(self.graph.cost) <= MAX_WHOLE_EDGES:
            self._all_stages(RosterModel(self.graph, {}))
        else:
            self._solve_relaxation()
        while not (self.is_proven or self.is_stopped or self.deadline.has_passed):
            self._solve_neighbourhood()

    @property
    def is_proven(self) -> bool:
        """Whether no roster has a smaller objective."""
        return objective_of(self.graph, self.filled) == RosterObjective(**self.bounds)

    def _solve_relaxation(self) -> None:
        """Take the bounds of the relaxed graph, which no roster of the graph can beat.

        A stage's bound is valid only for rosters that reach the bounds before it.
        """
        graph = self.graph.relaxed()
        watch = Deadline(timedelta(seconds=self.deadline.seconds_left * RELAXED_SHARE))
        relaxed = RosterSearch(graph, greedy(graph), watch, self.on_progress)
        relaxed.run()
        self.bounds, self.is_stopped = relaxed.bounds, relaxed.is_stopped

    def _all_stages(self, model: RosterModel) -> None:
        """Minimise stage by stage; each value is a constraint of the later stages."""
        stages = {
            name: stage
            for name, stage in model.stages.items()
            if name != "changes" or self.graph.previous
        }
        for done, (name, stage) in enumerate(stages.items()):
            model.hint(self.filled)
            model.model.minimize(stage)
            reporter = ProgressReporter(name, self.on_progress)
            solved = solver(self.deadline, 1 / (len(stages) - done + 1))
            status = solved.solve(model.model, reporter)
            self.is_stopped = reporter.is_stopped
            if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
                return
            found = model.solution(solved)
            if objective_of(self.graph, found) <= objective_of(self.graph, self.filled):
                self.filled = found
            value = objective_of(self.graph, self.filled)._asdict()[name]
            self.bounds[name] = max(self.bounds[name], round(solved.best_objective_bound))
            if self.is_stopped:
                return
            model.model.add(stage <= value)

    def _solve_neighbourhood(self) -> None:
        """Free the openings of a few facilitators and solve for them (large neighbourhood search)."""
        free = self._choose_neighbourhood()
        model = RosterModel(self.graph, {o: e for o, e in self.filled.items() if o not in free})
        model.hint(self.filled)
        model.model.minimize(model.all_stages())
        solved = solver(self.deadline)
        solved.parameters.max_time_in_seconds = min(
            NEIGHBOURHOOD_SECONDS, self.deadline.seconds_left
        )
        if solved.solve(model.model) not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
            return
        found = model.solution(solved)
        if objective_of(self.graph, found) <= objective_of(self.graph, self.filled):
            self.filled = found
        total = objective_of(self.graph, self.filled).total
        self.is_stopped = not self.on_progress(Progress("total", total, self.bounds["total"]))

    def _choose_neighbourhood(self) -> set[int]:
        """Return the openings of facilitators who compete for a random opening.

        The opening is unfilled, one of the facilitator with the largest load, or any.
        """
        fillable = sorted(self.graph.edges_of)
        unfilled = [opening for opening in fillable if opening not in self.filled]
        load = self._load()
        heaviest = max(load, key=lambda who: load[who], default=-1)
        burdened = [o for o, edge in self.filled.items() if edge.facilitator == heaviest]
        centre = self._random.choice(
            self._random.choice([unfilled, burdened, fillable]) or fillable
        )
        rivals = sorted({edge.facilitator for edge in self.graph.edges_of[centre]})
        chosen = {
            heaviest,
            *self._random.sample(rivals, min(NEIGHBOURHOOD_FACILITATORS, len(rivals))),
        }
        led = {o for o, edge in self.filled.items() if edge.facilitator in chosen}
        return {centre, *led}

    def _load(self) -> Counter[int]:
        """Return the sum of bands by facilitator."""
        load = Counter[int]()
        for edge in self.filled.values():
            load[edge.facilitator] += self.graph.cost[edge]
        return load
