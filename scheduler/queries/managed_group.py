"""What the facilitators of one group see of it: schedule, applications, people and first steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from civiltime.recurrence import Rule
from scheduler.models import Membership, Occurrence, Series
from scheduler.queries.clock_changes import clock_changes_by_zone
from scheduler.queries.cover_candidates import candidates_by_occurrence
from scheduler.queries.member_time_zones import member_time_zones

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import Person
    from scheduler.models import Group

SESSIONS_SHOWN: Final = 8


@dataclass(frozen=True, slots=True)
class FirstSteps:
    """What a new group has done of its first four steps."""

    has_schedule: bool
    has_invited: bool
    has_met: bool
    has_co_facilitator: bool

    @property
    def is_done(self) -> bool:
        """Whether the list is no longer needed: a group that has met finds its own way."""
        return self.has_met or all((self.has_schedule, self.has_invited, self.has_co_facilitator))


def managed_group(group: Group, *, by: Person, now: datetime) -> dict[str, Any]:
    """Return the context of the page, in a number of queries that does not grow with its rows."""
    sessions = list(
        group.occurrences.not_over(now)
        .with_taken()
        .with_lacks_facilitator()
        .select_related("group", "substitute")[:SESSIONS_SHOWN]
    )
    ahead = [one for one in sessions if one.starts_at > now and not one.is_cancelled]
    candidates = candidates_by_occurrence(ahead, without=by)
    members = list(group.memberships.active().order_by("alias"))
    series = [one for one in group.series.filter(ended_at=None).order_by("pk") if _repeats(one)]
    return {
        "group": group,
        "sessions": sessions,
        "open_session": next((one for one in sessions if _can_open(one, now)), None),
        "uncovered": [one for one in ahead if one.lacks_facilitator],
        "cancelled": [one for one in sessions if one.is_cancelled],
        "coverable": {pk for pk, people in candidates.items() if people},
        "series": [(one, _next_of(one, sessions)) for one in series],
        "applications": list(group.memberships.unanswered().select_related("group")),
        "zone_clock_changes": clock_changes_by_zone(
            group, member_time_zones(group, without=by), now=now
        ),
        "members": sorted(members, key=_facilitators_first),
        "own": next((one for one in members if one.person_id == by.pk), None),
        "steps": _first_steps(group, members, has_schedule=bool(series or sessions), now=now),
    }


def _repeats(series: Series) -> bool:
    return Rule.parse(series.rule).count != 1


def _can_open(occurrence: Occurrence, now: datetime) -> bool:
    return not occurrence.is_cancelled and occurrence.join_opens_at <= now < occurrence.ends_at


def _next_of(series: Series, sessions: list[Occurrence]) -> Occurrence | None:
    """Return the next session of a series that takes place, among the sessions shown."""
    return next(
        (one for one in sessions if one.series_id == series.pk and not one.is_cancelled), None
    )


def _facilitators_first(membership: Membership) -> tuple[bool, bool, str]:
    is_first = membership.role == Membership.Role.FACILITATOR
    return (not is_first, not membership.is_facilitating, membership.alias.casefold())


def _first_steps(
    group: Group, members: list[Membership], *, has_schedule: bool, now: datetime
) -> FirstSteps:
    return FirstSteps(
        has_schedule=has_schedule,
        has_invited=len(members) > 1 or group.invitations.exists(),
        has_met=group.occurrences.taking_place().filter(ends_at__lte=now).exists(),
        has_co_facilitator=sum(one.is_facilitating for one in members) > 1,
    )
