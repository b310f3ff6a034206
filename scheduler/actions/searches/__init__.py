"""The verbs of long searches and of the drafts they leave."""

from __future__ import annotations

from scheduler.actions.searches.group_formation import create_group_from_proposal
from scheduler.actions.searches.jobs import (
    SearchIsRunning,
    ask_search,
    cancel_search,
    dismiss_proposal,
    forget_searches,
)
from scheduler.actions.searches.rosters import accept_roster_proposal
from scheduler.actions.searches.runner import run_next

__all__ = [
    "SearchIsRunning",
    "accept_roster_proposal",
    "ask_search",
    "cancel_search",
    "create_group_from_proposal",
    "dismiss_proposal",
    "forget_searches",
    "run_next",
]
