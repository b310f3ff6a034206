"""Time zones of a group's members as counts, as far as facilitators may know them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from scheduler.models.groups import Membership

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from accounts.models.person import Person
    from scheduler.models.groups import Group

MIN_PEOPLE_TO_NAME: Final = 2
"""A zone with fewer people than this is not named: it would say where one of them lives."""


class MemberTimeZones(NamedTuple):
    """How many people of a group live in which zone.

    Attributes:
        named: zones with their counts, the largest first.
        elsewhere: how many people live in zones that are not named.
        unnamed: the counts of those zones, to compute sums from.
    """

    named: list[tuple[ZoneInfo, int]]
    elsewhere: int
    unnamed: Counter[ZoneInfo]


def member_time_zones(group: Group, *, without: Person) -> MemberTimeZones:
    """Return the zones of a group's active members, except the person who looks at them."""
    members = Membership.objects.active().filter(group=group).exclude(person=without)
    counts = Counter(members.values_list("person__tz", flat=True))
    named = [(tz, count) for tz, count in counts.items() if count >= MIN_PEOPLE_TO_NAME]
    unnamed = Counter({tz: count for tz, count in counts.items() if count < MIN_PEOPLE_TO_NAME})
    named.sort(key=lambda pair: (-pair[1], pair[0].key))
    return MemberTimeZones(named, unnamed.total(), unnamed)
