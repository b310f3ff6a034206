"""New people into new groups, as a question that can be sent away and an answer that is light."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import optimizer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, timedelta

    from optimizer.grid import Slot
    from optimizer.people import Attendee
    from optimizer.progress import Watcher
    from optimizer.provenance import Provenance


@dataclass(frozen=True, slots=True)
class Applicant:
    """Somebody who looks for a group in one of her languages (ISO 639-1)."""

    person: Attendee
    languages: frozenset[str]


@dataclass(frozen=True, slots=True)
class FormedGroup:
    """A group to found: its language, its hour, and the ids of its people."""

    language: str
    slot: Slot
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GroupFormation:
    """A proposal; ``waiting`` maps everybody else to a reason, the value of ``Waiting``."""

    groups: tuple[FormedGroup, ...]
    waiting: Mapping[str, str]
    proven: bool
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class GroupFormationQuestion:
    """Newcomers, from which Monday on, how many to a group, and how long the search may take."""

    newcomers: tuple[Applicant, ...]
    start: date
    sizes: tuple[int, int]
    budget: timedelta
    max_groups: int | None = None

    def answer(self, watcher: Watcher) -> GroupFormation:
        """Put groups together."""
        found = optimizer.form_groups(  # brings its solver along when it is asked
            [optimizer.Newcomer(comer.person, comer.languages) for comer in self.newcomers],
            self.start,
            sizes=self.sizes,
            max_groups=self.max_groups,
            budget=self.budget,
            watcher=watcher,
        )
        return GroupFormation(
            tuple(FormedGroup(one.language, one.slot, one.members) for one in found.groups),
            {who: why.value for who, why in found.waiting.items()},
            found.proven,
            found.provenance,
        )
