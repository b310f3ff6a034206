"""The common hour: the best meeting time for people in many zones, exactly and at once.

Whatever needs a solver is imported when it is first asked for: OR-Tools takes most of a second and
a hundred megabytes, which a web process that only ranks hours should not pay.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

from scheduler.hours.conflicts import Conflict, Conflicts, Session, conflicts
from scheduler.hours.engine import Engine
from scheduler.hours.explain import DriftWeek, PersonYear, explain
from scheduler.hours.facilitators import Facilitator, Opening
from scheduler.hours.grid import Slot
from scheduler.hours.groups import GroupSpec
from scheduler.hours.key import OBJECTIVE_VERSION, Key
from scheduler.hours.pair_search import SplitKey
from scheduler.hours.people import Person
from scheduler.hours.progress import Progress, Watcher
from scheduler.hours.rank import RankedSlot, Ranking, rank
from scheduler.hours.reason import Reason
from scheduler.hours.review import Break, Plan, Review, review
from scheduler.hours.rhythm import Rhythm
from scheduler.hours.rotate import Rotation, RotationKey, rotate
from scheduler.hours.seasons import Season
from scheduler.hours.split import Split, split
from scheduler.hours.stamp import Stamp
from scheduler.hours.tztable import TzTable
from scheduler.hours.windows import Level, Window

if TYPE_CHECKING:
    from scheduler.hours.formation import Formation, Newcomer, NewGroup, Waiting, form_groups
    from scheduler.hours.rosters import Assignment, Roster, Stage, Unfilled, roster

__all__ = [
    "OBJECTIVE_VERSION",
    "Assignment",
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
    "Person",
    "PersonYear",
    "Plan",
    "Progress",
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
    "Stamp",
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
    ["Formation", "NewGroup", "Newcomer", "Waiting", "form_groups"], "scheduler.hours.formation"
) | dict.fromkeys(
    ["Assignment", "Roster", "Stage", "Unfilled", "roster"], "scheduler.hours.rosters"
)


def __getattr__(name: str) -> object:
    """Import what needs a solver."""
    if name not in _SOLVED:
        raise AttributeError(name)
    return getattr(import_module(_SOLVED[name]), name)
