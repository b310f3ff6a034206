"""How a long search tells what it has, and how it is told to stop."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from ortools.sat.python import cp_model

if TYPE_CHECKING:
    from scheduler.hours.stopwatch import Stopwatch


class Progress(NamedTuple):
    """Where a search stands: the stage it is at, its value now, and what it cannot get below."""

    stage: str
    value: int
    bound: int


# Called at every improvement and every few seconds, maybe from another thread; what it returns
# tells whether to go on.
Watcher = Callable[[Progress], bool]


def unwatched(_: Progress) -> bool:
    """Go on."""
    return True


class Reporter(cp_model.CpSolverSolutionCallback):
    """Hands the improvements of one stage to a watcher, and stops the search when told to."""

    def __init__(self, stage: str, watcher: Watcher) -> None:
        super().__init__()
        self._stage = stage
        self._watcher = watcher
        self.stopped = False

    def on_solution_callback(self) -> None:
        """Report; called by the solver."""
        found = Progress(self._stage, round(self.objective_value), round(self.best_objective_bound))
        if not self._watcher(found):
            self.stopped = True
            self.stop_search()


def solver(stopwatch: Stopwatch, share: float = 1.0) -> cp_model.CpSolver:
    """Return a solver that may use a share of what is left of a budget.

    Several workers make it fast and its choice among equals different from run to run: keep the
    result, not the seed.
    """
    made = cp_model.CpSolver()
    made.parameters.random_seed = 0
    made.parameters.num_workers = 8
    made.parameters.max_time_in_seconds = max(0.01, stopwatch.seconds_left * share)
    return made
