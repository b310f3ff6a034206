"""The best roster: stages in order of what matters, each proven or bounded, by CP-SAT."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING, Final, NamedTuple

from ortools.graph.python.min_cost_flow import SimpleMinCostFlow
from ortools.sat.python import cp_model

from optimizer.cp_sat import Reporter, solver
from optimizer.facilitators import MAX_CANDIDATES, MAX_LOAD
from optimizer.objective import BANDS
from optimizer.progress import Progress
from optimizer.roster_graph import Edge
from optimizer.stopwatch import Stopwatch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from optimizer.progress import Watcher
    from optimizer.roster_graph import RosterGraph, Turn

# Above this many edges the whole is searched neighbourhood by neighbourhood.
EDGES_AT_ONCE: Final = 8_000

# A neighbourhood: what so many facilitators lead.
RIVALS: Final = 12
SECONDS: Final = 3.0
# What the search for a bound may use of the budget.
RELAXED_SHARE: Final = 0.25

# By opening, the edge that fills it.
Filled = dict[int, Edge]


class Worth(NamedTuple):
    """What a roster is worth; smaller is better, compared field by field.

    ``unfilled``: openings without anybody; ``worst_load``: the largest sum of bands that one
    facilitator bears; ``changes``: openings whose facilitator is another than before;
    ``total``: all bands, and for each opening how many hours it would have liked better.
    """

    unfilled: int
    worst_load: int
    changes: int
    total: int


def worth(board: RosterGraph, filled: Filled) -> Worth:
    """Return what a roster is worth."""
    load = Counter[int]()
    for edge in filled.values():
        load[edge.facilitator] += board.cost[edge]
    return Worth(
        board.openings - len(filled),
        max(load.values(), default=0),
        sum(filled[o].facilitator != who for o, who in board.kept.items() if o in filled),
        sum(board.cost[edge] + edge.turn.candidate for edge in filled.values()),
    )


def greedy(board: RosterGraph) -> Filled:
    """Fill the openings with the fewest choices first, each in the way that suits best."""
    filled: Filled = {}
    load = Counter[int]()
    led: dict[int, set[Turn]] = defaultdict(set)
    for opening, edges in sorted(board.edges_of.items(), key=lambda item: (len(item[1]), item[0])):
        for edge in sorted(edges, key=lambda edge: _liking(board, edge, load)):
            free = load[edge.facilitator] < board.max_load[edge.facilitator]
            if free and not board.apart[edge.turn] & led[edge.facilitator]:
                filled[opening] = edge
                load[edge.facilitator] += 1
                led[edge.facilitator].add(edge.turn)
                break
    return filled


def _liking(board: RosterGraph, edge: Edge, load: Counter[int]) -> tuple[int, int]:
    return board.cost[edge] + edge.turn.candidate, load[edge.facilitator]


def fewest_unfilled(board: RosterGraph) -> int:
    """Return how many openings stay empty even if nobody minded overlaps: a bound, by flow."""
    flow = SimpleMinCostFlow()
    source, sink, first = 0, 1, 2 + board.openings
    for opening in range(board.openings):
        flow.add_arc_with_capacity_and_unit_cost(source, 2 + opening, 1, 0)
        flow.add_arc_with_capacity_and_unit_cost(2 + opening, sink, 1, 1)
    for opening, facilitator in {(edge.turn.opening, edge.facilitator) for edge in board.cost}:
        flow.add_arc_with_capacity_and_unit_cost(2 + opening, first + facilitator, 1, 0)
    for facilitator, most in enumerate(board.max_load):
        flow.add_arc_with_capacity_and_unit_cost(first + facilitator, sink, most, 0)
    flow.set_node_supply(source, board.openings)
    flow.set_node_supply(sink, -board.openings)
    flow.solve()
    return int(flow.optimal_cost())


class Model:
    """CP-SAT's view of a board, with some openings fixed as they are.

    Args:
        board: what is possible.
        fixed: openings that keep their edge.
    """

    def __init__(self, board: RosterGraph, fixed: Mapping[int, Edge]) -> None:
        self.board = board
        self.fixed = dict(fixed)
        self.model = cp_model.CpModel()
        self.takes = {edge: self.model.new_bool_var("") for edge in self._possible()}
        self.worst = self.model.new_int_var(0, sum(board.cost.values()), "worst")
        self._fill_once()
        self._bear()
        self._keep_apart()
        self.stages: dict[str, cp_model.LinearExpr] = {
            "unfilled": self._sum(lambda _: -1) + board.openings - len(fixed),
            "worst_load": self.worst + 0,
            "changes": self._sum(self._is_change),
            "total": self._sum(self._price) + sum(self._price(edge) for edge in fixed.values()),
        }

    def _sum(self, weight: Callable[[Edge], int]) -> cp_model.LinearExpr:
        weights = [weight(edge) for edge in self.takes]
        return cp_model.LinearExpr.weighted_sum([*self.takes.values()], weights) + 0

    def _price(self, edge: Edge) -> int:
        return self.board.cost[edge] + edge.turn.candidate

    def _possible(self) -> Iterable[Edge]:
        led: dict[int, set[Turn]] = defaultdict(set)
        for edge in self.fixed.values():
            led[edge.facilitator].add(edge.turn)
        for opening, edges in self.board.edges_of.items():
            if opening not in self.fixed:
                for edge in edges:
                    if not self.board.apart[edge.turn] & led[edge.facilitator]:
                        yield edge

    def _fill_once(self) -> None:
        by_opening: dict[int, list[cp_model.IntVar]] = defaultdict(list)
        for edge, var in self.takes.items():
            by_opening[edge.turn.opening].append(var)
        for choices in by_opening.values():
            self.model.add_at_most_one(choices)

    def _bear(self) -> None:
        by_facilitator: dict[int, list[Edge]] = defaultdict(list)
        for edge in self.takes:
            by_facilitator[edge.facilitator].append(edge)
        load, count = Counter[int](), Counter[int]()
        for edge in self.fixed.values():
            load[edge.facilitator] += self.board.cost[edge]
            count[edge.facilitator] += 1
        self.model.add(self.worst >= max(load.values(), default=0))
        for facilitator, edges in by_facilitator.items():
            takes = [self.takes[edge] for edge in edges]
            self.model.add(sum(takes) <= self.board.max_load[facilitator] - count[facilitator])
            bands = [self.board.cost[edge] for edge in edges]
            self.model.add(
                cp_model.LinearExpr.weighted_sum(takes, bands) + load[facilitator] <= self.worst
            )

    def _keep_apart(self) -> None:
        by_turn: dict[Turn, dict[int, cp_model.IntVar]] = defaultdict(dict)
        for edge, var in self.takes.items():
            by_turn[edge.turn][edge.facilitator] = var
        seen = set()
        for group in self.board.groups:
            together: dict[int, list[cp_model.IntVar]] = defaultdict(list)
            for turn in sorted(group):
                for facilitator, var in by_turn[turn].items():
                    together[facilitator].append(var)
            for choices in together.values():
                indexes = tuple(var.index for var in choices)
                if len(choices) > 1 and indexes not in seen:
                    seen.add(indexes)
                    self.model.add_at_most_one(choices)

    def _is_change(self, edge: Edge) -> bool:
        return self.board.kept.get(edge.turn.opening, edge.facilitator) != edge.facilitator

    def all_stages(self) -> cp_model.LinearExpr:
        """Return one objective in which an earlier stage outweighs all later ones."""
        most = {
            "total": self.board.openings * (BANDS + MAX_CANDIDATES),
            "changes": self.board.openings,
            "worst_load": MAX_LOAD * BANDS,
        }
        objective, weight = self.stages["total"], 1
        for later, stage in pairwise(["total", "changes", "worst_load", "unfilled"]):
            weight *= most[later] + 1
            objective += weight * self.stages[stage]
        return objective

    def hint(self, filled: Filled) -> None:
        """Start the search from a roster."""
        self.model.clear_hints()  # type: ignore[no-untyped-call] # ortools leaves it untyped
        for edge, var in self.takes.items():
            self.model.add_hint(var, filled.get(edge.turn.opening) == edge)

    def read(self, solved: cp_model.CpSolver) -> Filled:
        """Return the roster that a solver found."""
        chosen = {e.turn.opening: e for e, var in self.takes.items() if solved.boolean_value(var)}
        return self.fixed | chosen


@dataclass
class RosterSearch:
    """Improves a roster until it is proven or the budget is over.

    Attributes:
        filled: the best roster so far, never worse than the one it began with.
        bounds: by stage, what it cannot get below given the stages before it.
    """

    board: RosterGraph
    filled: Filled
    stopwatch: Stopwatch
    watcher: Watcher

    def __post_init__(self) -> None:
        least = Worth(fewest_unfilled(self.board), 0, 0, 0)
        self.bounds = dict(zip(Worth._fields, least, strict=True))
        self.stopped = False
        self._chance = Random(0)  # noqa: S311 - a seeded search, no secret

    def run(self) -> None:
        """Search the whole board at once unless it is too large, then its neighbourhoods."""
        if len(self.board.cost) <= EDGES_AT_ONCE:
            self._all_stages(Model(self.board, {}))
        else:
            self._bound_from_above()
        while not (self.is_proven or self.stopped or self.stopwatch.is_over):
            self._neighbourhood()

    @property
    def is_proven(self) -> bool:
        """Whether no roster is better."""
        return worth(self.board, self.filled) == Worth(**self.bounds)

    def _bound_from_above(self) -> None:
        """Search a board on which nothing overlaps and every hour is the best: nothing beats that.

        A stage's bound holds only for rosters that reach the bounds before it.
        """
        board = self.board.without_overlaps()
        watch = Stopwatch(timedelta(seconds=self.stopwatch.seconds_left * RELAXED_SHARE))
        relaxed = RosterSearch(board, greedy(board), watch, self.watcher)
        relaxed.run()
        self.bounds, self.stopped = relaxed.bounds, relaxed.stopped

    def _all_stages(self, model: Model) -> None:
        """Minimise stage by stage, each held while the next is searched."""
        stages = {
            name: stage
            for name, stage in model.stages.items()
            if name != "changes" or self.board.kept
        }
        for done, (name, stage) in enumerate(stages.items()):
            model.hint(self.filled)
            model.model.minimize(stage)
            reporter = Reporter(name, self.watcher)
            solved = solver(self.stopwatch, 1 / (len(stages) - done + 1))
            status = solved.solve(model.model, reporter)
            self.stopped = reporter.stopped
            if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
                return
            found = model.read(solved)
            if worth(self.board, found) <= worth(self.board, self.filled):
                self.filled = found
            value = worth(self.board, self.filled)._asdict()[name]
            self.bounds[name] = max(self.bounds[name], round(solved.best_objective_bound))
            if self.stopped:
                return
            model.model.add(stage <= value)

    def _neighbourhood(self) -> None:
        """Free the openings of a few facilitators, and fill them again as well as possible."""
        free = self._free()
        model = Model(self.board, {o: e for o, e in self.filled.items() if o not in free})
        model.hint(self.filled)
        model.model.minimize(model.all_stages())
        solved = solver(self.stopwatch)
        solved.parameters.max_time_in_seconds = min(SECONDS, self.stopwatch.seconds_left)
        if solved.solve(model.model) not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
            return
        found = model.read(solved)
        if worth(self.board, found) <= worth(self.board, self.filled):
            self.filled = found
        total = worth(self.board, self.filled).total
        self.stopped = not self.watcher(Progress("total", total, self.bounds["total"]))

    def _free(self) -> set[int]:
        """Choose openings that compete for the same facilitators.

        Around one that is unfilled, one of whoever bears most, or any.
        """
        fillable = sorted(self.board.edges_of)
        unfilled = [opening for opening in fillable if opening not in self.filled]
        load = self._load()
        heaviest = max(load, key=lambda who: load[who], default=-1)
        burdened = [o for o, edge in self.filled.items() if edge.facilitator == heaviest]
        centre = self._chance.choice(
            self._chance.choice([unfilled, burdened, fillable]) or fillable
        )
        rivals = sorted({edge.facilitator for edge in self.board.edges_of[centre]})
        chosen = {heaviest, *self._chance.sample(rivals, min(RIVALS, len(rivals)))}
        led = {o for o, edge in self.filled.items() if edge.facilitator in chosen}
        return {centre, *led}

    def _load(self) -> Counter[int]:
        load = Counter[int]()
        for edge in self.filled.values():
            load[edge.facilitator] += self.board.cost[edge]
        return load
