"""CP-SAT with a budget, and with somebody watching."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ortools.sat.python import cp_model

from optimizer.progress import Progress

if TYPE_CHECKING:
    from optimizer.progress import Watcher
    from optimizer.stopwatch import Stopwatch

# A portfolio, whatever the number of cores: with two workers the last stage of a roster for 200
# groups is not proven in a minute, with eight on the same two cores it is in ten seconds.
WORKERS: Final = 8


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
    made.parameters.num_workers = WORKERS
    made.parameters.max_time_in_seconds = max(0.01, stopwatch.seconds_left * share)
    return made
