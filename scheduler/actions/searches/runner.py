"""Run the queued searches one at a time, each in a child process."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.utils import timezone

from optimizer.deadline import Deadline
from optimizer.subprocess_runner import (
    SearchDied,
    SearchRefused,
    SearchStopped,
    answer_in_subprocess,
)
from scheduler.actions.searches import group_formation, rosters
from scheduler.actions.searches.jobs import (
    Run,
    claim,
    extend_lease,
    fail_search,
    finish,
    release_claim,
)
from scheduler.models import Search

if TYPE_CHECKING:
    from collections.abc import Callable

    from optimizer.group_formation import GroupFormationQuestion
    from optimizer.weekly_rosters import WeeklyQuestion

# Beside its budget a search starts a process, reads a year of clock changes, and exits.
OVERHEAD: Final = timedelta(seconds=30)
LEASE_CHECK_INTERVAL: Final = timedelta(seconds=1)


def run_next_search() -> bool:
    """Run the next search to its end, up to 90 seconds; return False if none is queued."""
    run = claim(now=timezone.now())
    if run is None:
        return False
    try:
        if run.search.kind == Search.Kind.ROSTER:
            _search_roster(run)
        else:
            _search_groups(run)
    except SearchStopped:
        pass  # cancelled, or another run holds the lease: there is nothing to write
    except SearchDied:
        release_claim(run, now=timezone.now())
    except SearchRefused as error:
        fail_search(run, code=error.error_code, now=timezone.now())
    return True


def _search_roster(run: Run) -> None:
    question = rosters.build_question(run.search.organisation, now=timezone.now())
    result = answer_in_subprocess(
        question, should_continue=_lease_keeper(run, question), timeout=question.budget + OVERHEAD
    )
    finish(
        run,
        provenance=result.provenance,
        is_proven=result.proven,
        save_result=lambda search: rosters.save_result(search, result),
        now=timezone.now(),
    )


def _search_groups(run: Run) -> None:
    question = group_formation.build_question(run.search.organisation, now=timezone.now())
    result = answer_in_subprocess(
        question, should_continue=_lease_keeper(run, question), timeout=question.budget + OVERHEAD
    )
    finish(
        run,
        provenance=result.provenance,
        is_proven=result.proven,
        save_result=lambda search: group_formation.save_result(search, result),
        now=timezone.now(),
    )


def _lease_keeper(
    run: Run, question: WeeklyQuestion | GroupFormationQuestion
) -> Callable[[], bool]:
    """Return a callback that extends the lease at most once a second and says whether to go on.

    It stores the share of the budget that is spent as the progress.
    """
    left, pause = Deadline(question.budget), Deadline(timedelta())

    def should_continue() -> bool:
        nonlocal pause
        if not pause.has_passed:
            return True
        pause = Deadline(LEASE_CHECK_INTERVAL)
        share = 1 - left.seconds_left / question.budget.total_seconds()
        return extend_lease(run, progress=min(0.99, share), now=timezone.now())

    return should_continue
