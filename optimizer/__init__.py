"""The common hour: the best meeting time for people in many zones, exactly and at once.

Whatever needs a solver is imported when it is first asked for: OR-Tools takes most of a second and
a hundred megabytes, which a web process that only ranks hours should not pay.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

from optimizer.conflicts import Conflict, Conflicts, Session, conflicts
from optimizer.engine import Engine
from optimizer.explain import explain
from optimizer.facilitators import Facilitator, Opening
from optimizer.grid import Slot
from optimizer.groups import GroupSpec
from optimizer.objective import OBJECTIVE_VERSION, Key
from optimizer.pair_search import SplitKey
from optimizer.people import Attendee
from optimizer.person_year import DriftWeek, PersonYear
from optimizer.progress import Progress, Watcher
from optimizer.provenance import Provenance
from optimizer.rank import RankedSlot, Ranking, rank
from optimizer.reason import Reason
from optimizer.review import Break, Plan, Review, review
from optimizer.rhythm import Rhythm
from optimizer.rotation import Rotation, RotationKey, rotate
from optimizer.seasons import Season
from optimizer.split import Split, split
from optimizer.tz_table import TzTable
from optimizer.weekly_availability import Level, Window

if TYPE_CHECKING:
    from optimizer.formation import Formation, Newcomer, NewGroup, Waiting, form_groups
    from optimizer.rosters import Assignment, Roster, Stage, Unfilled, roster

__all__ = [
    "OBJECTIVE_VERSION",
    "Assignment",
    "Attendee",
    "Break",
    "Conflict",
    "Conflicts",
    "DriftWeek",
    "Engine",
    "Facilitator",
    "Formation",
    "GroupSpec",
    "Key",
    "Level",
    "NewGroup",
    "Newcomer",
    "Opening",
    "PersonYear",
    "Plan",
    "Progress",
    "Provenance",
    "RankedSlot",
    "Ranking",
    "Reason",
    "Review",
    "Rhythm",
    "Roster",
    "Rotation",
    "RotationKey",
    "Season",
    "Session",
    "Slot",
    "Split",
    "SplitKey",
    "Stage",
    "TzTable",
    "Unfilled",
    "Waiting",
    "Watcher",
    "Window",
    "conflicts",
    "explain",
    "form_groups",
    "rank",
    "review",
    "roster",
    "rotate",
    "split",
]

_SOLVED: Final = dict.fromkeys(
    ["Formation", "NewGroup", "Newcomer", "Waiting", "form_groups"], "optimizer.formation"
) | dict.fromkeys(["Assignment", "Roster", "Stage", "Unfilled", "roster"], "optimizer.rosters")


def __getattr__(name: str) -> object:
    """Import what needs a solver."""
    if name not in _SOLVED:
        raise AttributeError(name)
    return getattr(import_module(_SOLVED[name]), name)
