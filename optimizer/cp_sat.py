"""The CP-SAT solver of OR-Tools with a time budget and progress reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ortools.sat.python import cp_model

from optimizer.progress import Progress

if TYPE_CHECKING:
    from optimizer.deadline import Deadline
    from optimizer.progress import ProgressCallback

# A portfolio of search strategies, whatever the number of cores: with two workers the last stage of
# a roster for 200 groups is not proven in a minute, with eight on the same two cores in ten seconds.
WORKERS: Final = 8


class ProgressReporter(cp_model.CpSolverSolutionCallback):
    """Passes improvements of one stage to a callback, and stops the search if it returns False."""

    def __init__(self, stage: str, on_progress: ProgressCallback) -> None:
        super().__init__()
        self._stage = stage
        self._on_progress = on_progress
        self.is_stopped = False

    def on_solution_callback(self) -> None:
        """Report the objective and its bound; called by the solver for each better solution."""
        found = Progress(self._stage, round(self.objective_value), round(self.best_objective_bound))
        if not self._on_progress(found):
            self.is_stopped = True
            self.stop_search()


def solver(deadline: Deadline, share: float = 1.0) -> cp_model.CpSolver:
    """Return a solver whose time limit is a share of the seconds left until a deadline.

    With several workers the choice among equally good solutions differs from run to run.
    """
    made = cp_model.CpSolver()
    made.parameters.random_seed = 0
    made.parameters.num_workers = WORKERS
    made.parameters.max_time_in_seconds = max(0.01, deadline.seconds_left * share)
    return made
