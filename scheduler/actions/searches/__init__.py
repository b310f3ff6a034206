"""The verbs of long searches and of the drafts they leave."""

from __future__ import annotations

from scheduler.actions.searches.group_formation import found_from_line
from scheduler.actions.searches.jobs import (
    SearchIsOn,
    ask_search,
    cancel_search,
    dismiss_line,
    forget_searches,
)
from scheduler.actions.searches.rosters import accept_roster_line
from scheduler.actions.searches.runner import run_next

__all__ = [
    "SearchIsOn",
    "accept_roster_line",
    "ask_search",
    "cancel_search",
    "dismiss_line",
    "forget_searches",
    "found_from_line",
    "run_next",
]
