"""What an hour would mean before it is agreed: the next sessions, here, there and everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, islice
from typing import TYPE_CHECKING, Final, NamedTuple

from civiltime.recurrence import GapOrOverlapStart, Rule, Start, expand, next_gap_or_overlap

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

    from scheduler.queries.member_time_zones import MemberTimeZones

SHOWN: Final = 8
FAR_ENOUGH: Final = timedelta(days=366 * 10)  # eight sessions of a rule that meets once a year
WATCHED: Final = timedelta(days=731)  # gaps and overlaps are looked for two years ahead
OFFERS: Final = (-60, -30, 30, 60)  # minutes
NIGHT_ENDS: Final = 6


class Hour(NamedTuple):
    """The hour of some sessions in a row where somebody lives.

    Attributes:
        first: the naive wall-clock time of the first of them there.
    """

    first: datetime

    @property
    def is_at_night(self) -> bool:
        """Whether most people sleep then."""
        return self.first.hour < NIGHT_ENDS


class TimeInZone(NamedTuple):
    """What the next sessions mean to the people of one zone."""

    tz: ZoneInfo
    people: int
    hours: list[Hour]


@dataclass(frozen=True, slots=True)
class Preview:
    """The next eight sessions of a rule that is not agreed yet.

    Attributes:
        starts: when they begin.
        places: the same for the people of the group, as counts for zones.
        elsewhere: how many people live in zones that are not named.
        gap_or_overlap: the first session within two years that meets a change of clocks, if any.
        offers: by how many minutes the hour can be shifted so that none does.
    """

    starts: list[Start]
    places: list[TimeInZone]
    elsewhere: int
    gap_or_overlap: GapOrOverlapStart | None
    offers: list[int]


def preview(
    rule: Rule, *, first_local: datetime, tz: ZoneInfo, places: MemberTimeZones, now: datetime
) -> Preview:
    """Return the next eight sessions of a rule, and what they mean where people live.

    Raises:
        UnsupportedRule: the rule does not meet on its first day.
    """
    to_come = expand(rule, first_local=first_local, tz=tz, after=now, before=now + FAR_ENOUGH)
    starts = list(islice(to_come, SHOWN))
    gap_or_overlap = gap_or_overlap_ahead(rule, first_local, tz, now)
    return Preview(
        starts=starts,
        places=[TimeInZone(there, people, _hours(starts, there)) for there, people in places.named],
        elsewhere=places.elsewhere,
        gap_or_overlap=gap_or_overlap,
        offers=_offers(rule, first_local, tz, now) if gap_or_overlap else [],
    )


def gap_or_overlap_ahead(
    rule: Rule, first_local: datetime, tz: ZoneInfo, now: datetime
) -> GapOrOverlapStart | None:
    """Return the first session of the next two years that meets a change of clocks."""
    return next_gap_or_overlap(
        rule, first_local=first_local, tz=tz, after=now, before=now + WATCHED
    )


def _offers(rule: Rule, first_local: datetime, tz: ZoneInfo, now: datetime) -> list[int]:
    """Return the shifts that stay on the same day and meet no change of clocks."""
    return [
        minutes
        for minutes in OFFERS
        if (later := first_local + timedelta(minutes=minutes)).date() == first_local.date()
        and gap_or_overlap_ahead(rule, later, tz, now) is None
    ]


def _hours(starts: Iterable[Start], tz: ZoneInfo) -> list[Hour]:
    there = [start.at.astimezone(tz).replace(tzinfo=None) for start in starts]
    return [Hour(next(same)) for _time, same in groupby(there, key=lambda local: local.time())]
