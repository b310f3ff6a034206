"""Run what coordinators asked for, one search at a time, each in a process of its own."""

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
from scheduler.actions.searches.jobs import Run, claim, extend_lease, fail_search, finish, give_back
from scheduler.models import Search

if TYPE_CHECKING:
    from collections.abc import Callable

    from optimizer.group_formation import GroupFormationQuestion
    from optimizer.weekly_rosters import WeeklyQuestion

# Beside its budget a search starts a process, reads the clocks of a year and ends.
AROUND_IT: Final = timedelta(seconds=30)
A_SECOND: Final = timedelta(seconds=1)


def run_next() -> bool:
    """Run the next search to its end; return False if none waits. Takes up to a minute and a half."""
    run = claim(now=timezone.now())
    if run is None:
        return False
    try:
        if run.search.kind == Search.Kind.ROSTER:
            _roster(run)
        else:
            _groups(run)
    except SearchStopped:
        pass  # cancelled, or another run has it: nothing is ours to write
    except SearchDied:
        give_back(run, now=timezone.now())
    except SearchRefused as told:
        fail_search(run, code=told.error_code, now=timezone.now())
    return True


def _roster(run: Run) -> None:
    question = rosters.question_for(run.search.organisation, now=timezone.now())
    found = answer_in_subprocess(
        question, should_continue=_lease_keeper(run, question), timeout=question.budget + AROUND_IT
    )
    finish(
        run,
        provenance=found.provenance,
        is_proven=found.proven,
        write=lambda search: rosters.write(search, found),
        now=timezone.now(),
    )


def _groups(run: Run) -> None:
    question = group_formation.question_for(run.search.organisation, now=timezone.now())
    found = answer_in_subprocess(
        question, should_continue=_lease_keeper(run, question), timeout=question.budget + AROUND_IT
    )
    finish(
        run,
        provenance=found.provenance,
        is_proven=found.proven,
        write=lambda search: group_formation.write(search, found),
        now=timezone.now(),
    )


def _lease_keeper(
    run: Run, question: WeeklyQuestion | GroupFormationQuestion
) -> Callable[[], bool]:
    """Return what is asked twice a second, and asks the tables once a second.

    How far a search is, is told by its budget: it ends early when it can prove its answer.
    """
    left, pause = Deadline(question.budget), Deadline(timedelta())

    def should_continue() -> bool:
        nonlocal pause
        if not pause.has_passed:
            return True
        pause = Deadline(A_SECOND)
        share = 1 - left.seconds_left / question.budget.total_seconds()
        return extend_lease(run, progress=min(0.99, share), now=timezone.now())

    return should_continue
