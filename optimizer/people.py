"""The people of a search: zone, weekly availability, seasons, languages and role."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from civiltime import zones
from optimizer.errors import OutOfRange
from optimizer.weekly_availability import levels_from_windows, windows_from_levels

if TYPE_CHECKING:
    from optimizer.seasons import Season
    from optimizer.weekly_availability import Window

MAX_WEIGHT: Final = 100


@dataclass(frozen=True)
class Attendee:
    """One person of a group, as far as meeting times are concerned.

    Attributes:
        id: distinct within a group.
        zone: name of their zone; all local times are on its clock.
        windows: their usual local week; later windows replace earlier ones.
        facilitator: whether they can lead a meeting.
        required: whether a meeting cannot be held without them.
        weight: 1 to 100; counts towards the quorum and the weighted sum, not towards leximin.
        seasons: dates on which other windows apply.

    Raises:
        UnknownZone: the tz database has no such zone.
        OutOfRange: the weight is not 1 to 100.
    """

    id: str
    zone: str
    windows: tuple[Window, ...]
    facilitator: bool = False
    required: bool = False
    weight: int = 1
    seasons: tuple[Season, ...] = ()

    def __post_init__(self) -> None:
        zones.canonical(self.zone)
        if not 1 <= self.weight <= MAX_WEIGHT:
            raise OutOfRange("weight", self.weight, least=1, most=MAX_WEIGHT)

    @cached_property
    def week(self) -> bytes:
        """Their level in each of the 672 quarter hours of their usual local week."""
        return levels_from_windows(self.windows)

    @cached_property
    def without_seasons(self) -> Attendee:
        """Return the same person with one week all year: the worst level of all their seasons.

        For searches that support a single week only; never better than the actual level.
        """
        if not self.seasons:
            return self
        weeks = [self.week, *(season.applied_to(self.week) for season in self.seasons)]
        worst = bytes(map(max, *weeks))
        return replace(self, windows=windows_from_levels(worst), seasons=())


@dataclass(frozen=True, slots=True)
class Applicant:
    """A person who asks for a group in one of some languages (BCP 47 tags)."""

    person: Attendee
    languages: frozenset[str]
