"""Who is asked: a person's zone, week and part in the group."""

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
    """One person of a group, as far as hours are concerned.

    ``windows`` are her usual week; on the days of a season its windows are painted over it.

    ``weight`` counts towards the quorum and the mean only: no weight makes somebody else's
    night cheaper.

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
        """Her level in each of the 672 quarter hours of her usual local week."""
        return levels_from_windows(self.windows)

    @cached_property
    def without_seasons(self) -> Attendee:
        """Return her with one week all year: each hour as it suits in her worst season.

        For searches that know one week only. They never promise an hour that she said no to.
        """
        if not self.seasons:
            return self
        weeks = [self.week, *(season.over(self.week) for season in self.seasons)]
        worst = bytes(map(max, *weeks))
        return replace(self, windows=windows_from_levels(worst), seasons=())
