"""Best meeting times, rosters and new groups for people in many time zones.

Names that need OR-Tools are imported on first access: the import takes most of a second and about
100 MiB, which a web process that only ranks slots does not need.
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
from optimizer.horizon import Horizon
from optimizer.objective import OBJECTIVE_VERSION, Objective
from optimizer.pair_search import SplitObjective
from optimizer.people import Applicant, Attendee
from optimizer.person_year import DriftWeek, PersonYear
from optimizer.progress import Progress, ProgressCallback
from optimizer.provenance import Provenance
from optimizer.rank import RankedSlot, Ranking, rank
from optimizer.reason import Reason
from optimizer.review import MovedMeeting, Plan, Review, review
from optimizer.rotation import Rotation, RotationObjective, rotate
from optimizer.seasons import Season
from optimizer.split import Split, split
from optimizer.tz_table import TzTable
from optimizer.weekly_availability import Level, Window

if TYPE_CHECKING:
    from optimizer.formation import Formation, NewGroup, WaitingReason, form_groups
    from optimizer.rosters import Assignment, Roster, Stage, UnfilledReason, roster

__all__ = [
    "OBJECTIVE_VERSION",
    "Applicant",
    "Assignment",
    "Attendee",
    "Conflict",
    "Conflicts",
    "DriftWeek",
    "Engine",
    "Facilitator",
    "Formation",
    "GroupSpec",
    "Horizon",
    "Level",
    "MovedMeeting",
    "NewGroup",
    "Objective",
    "Opening",
    "PersonYear",
    "Plan",
    "Progress",
    "ProgressCallback",
    "Provenance",
    "RankedSlot",
    "Ranking",
    "Reason",
    "Review",
    "Roster",
    "Rotation",
    "RotationObjective",
    "Season",
    "Session",
    "Slot",
    "Split",
    "SplitObjective",
    "Stage",
    "TzTable",
    "UnfilledReason",
    "WaitingReason",
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
    ["Formation", "NewGroup", "WaitingReason", "form_groups"], "optimizer.formation"
) | dict.fromkeys(
    ["Assignment", "Roster", "Stage", "UnfilledReason", "roster"], "optimizer.rosters"
)


def __getattr__(name: str) -> object:
    """Import a name that needs a solver, and return it (PEP 562).

    Raises:
        AttributeError: the package has no such name.
    """
    if name not in _SOLVED:
        raise AttributeError(name)
    return getattr(import_module(_SOLVED[name]), name)
