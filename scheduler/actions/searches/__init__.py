"""Actions on long searches and the proposals they make."""

from __future__ import annotations

from scheduler.actions.searches.group_formation import create_group_from_proposal
from scheduler.actions.searches.jobs import (
    SearchIsRunning,
    cancel_search,
    delete_old_searches,
    dismiss_proposal,
    request_search,
)
from scheduler.actions.searches.rosters import accept_roster_proposal
from scheduler.actions.searches.runner import run_next_search

__all__ = [
    "SearchIsRunning",
    "accept_roster_proposal",
    "cancel_search",
    "create_group_from_proposal",
    "delete_old_searches",
    "dismiss_proposal",
    "request_search",
    "run_next_search",
]
