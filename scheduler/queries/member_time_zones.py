"""Where the people of a group live, as far as its facilitators may know: counts, never people."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from scheduler.models.groups import Membership

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from accounts.models.person import Person
    from scheduler.models.groups import Group

FEWEST_SHOWN: Final = 2
"""A zone with fewer people than this is not named: it would say where one of them lives."""


class MemberTimeZones(NamedTuple):
    """How many people of a group live in which zone.

    Attributes:
        named: zones with their counts, the largest first.
        elsewhere: how many live in zones that are not named.
        unnamed: those zones, for working out what is told of them together.
    """

    named: list[tuple[ZoneInfo, int]]
    elsewhere: int
    unnamed: Counter[ZoneInfo]


def member_time_zones(group: Group, *, without: Person) -> MemberTimeZones:
    """Return where the other active members live; who asks knows where she lives herself."""
    members = Membership.objects.active().filter(group=group).exclude(person=without)
    counts = Counter(members.values_list("person__tz", flat=True))
    named = [(tz, count) for tz, count in counts.items() if count >= FEWEST_SHOWN]
    unnamed = Counter({tz: count for tz, count in counts.items() if count < FEWEST_SHOWN})
    named.sort(key=lambda pair: (-pair[1], pair[0].key))
    return MemberTimeZones(named, unnamed.total(), unnamed)
