"""Group formation as a picklable question for a subprocess, with a plain answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import optimizer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, timedelta

    from optimizer.grid import Slot
    from optimizer.people import Applicant
    from optimizer.progress import ProgressCallback
    from optimizer.provenance import Provenance


@dataclass(frozen=True, slots=True)
class FormedGroup:
    """A proposed group: language, slot, and ids of its people."""

    language: str
    slot: Slot
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GroupFormation:
    """A proposal.

    Attributes:
        groups: the groups, by language, then by slot.
        waiting: the other applicants by id, each with the code of a ``WaitingReason``.
        proven: whether no groups are better.
        provenance: versions and input.
    """

    groups: tuple[FormedGroup, ...]
    waiting: Mapping[str, str]
    proven: bool
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class GroupFormationQuestion:
    """Which groups some applicants should form.

    Attributes:
        applicants: people with their languages.
        start: the Monday on which the horizon begins.
        sizes: the smallest and the largest group.
        budget: time for the search.
        max_groups: how many groups there may be; by default as many as sizes allow.
    """

    applicants: tuple[Applicant, ...]
    start: date
    sizes: tuple[int, int]
    budget: timedelta
    max_groups: int | None = None

    def answer(self, on_progress: ProgressCallback) -> GroupFormation:
        """Return the groups found within the budget.

        Raises:
            OptimizerError: as :func:`optimizer.form_groups`.
        """
        found = optimizer.form_groups(  # imports its solver
            self.applicants,
            self.start,
            sizes=self.sizes,
            max_groups=self.max_groups,
            budget=self.budget,
            on_progress=on_progress,
        )
        return GroupFormation(
            tuple(FormedGroup(one.language, one.slot, one.members) for one in found.groups),
            {who: why.value for who, why in found.waiting.items()},
            found.proven,
            found.provenance,
        )
