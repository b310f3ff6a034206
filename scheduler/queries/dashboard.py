"""The dashboard of a facilitator: sessions, applications, and what needs attention."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from django.db.models import Exists, OuterRef, Prefetch, Q

from accounts.models import Person
from civiltime.drift import DriftWindow
from civiltime.recurrence import Rule
from scheduler.models import (
    Affiliation,
    CoverInvitation,
    CoverRequest,
    Group,
    Membership,
    Occurrence,
    Series,
)
from scheduler.models.groups import MAX_SEATS_PER_FACILITATOR
from scheduler.queries.cover_candidates import candidates_by_occurrence

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet

AHEAD: Final = timedelta(days=14)
MAX_SESSIONS: Final = 20
SOON: Final = timedelta(hours=12)


class ClockChangeSummary(NamedTuple):
    """For how many people of a group the local time differs within eight weeks, and from when."""

    group: Group
    people: int
    first: datetime


@dataclass(frozen=True, slots=True)
class Dashboard:
    """Everything on one facilitator's dashboard.

    Attributes:
        coverable: ids of the sessions for which somebody can be asked to lead.
        next_session: the session that is on or begins within 12 hours, if any.
    """

    groups: list[Group]
    sessions: list[Occurrence]
    applications: list[Membership]
    invitations: list[CoverInvitation]
    clock_changes: list[ClockChangeSummary]
    coverable: set[int]
    next_session: Occurrence | None

    @property
    def uncovered(self) -> list[Occurrence]:
        """Return the sessions without a leader."""
        return [session for session in self.sessions if session.lacks_facilitator]

    @property
    def overfull(self) -> list[Occurrence]:
        """Return the sessions with more people than seats."""
        return [session for session in self.sessions if session.taken > session.seats]

    @property
    def led_alone(self) -> list[Group]:
        """Return the groups with one facilitator and more seats than one can hold well."""
        return [
            group
            for group in self.groups
            if group.capacity > MAX_SEATS_PER_FACILITATOR and group.facilitators == 1
        ]

    @property
    def tasks(self) -> int:
        """Return how many things need attention."""
        return sum(
            len(some)
            for some in (
                self.applications,
                self.invitations,
                self.uncovered,
                self.overfull,
                self.led_alone,
                self.clock_changes,
            )
        )


def dashboard_of(person: Person, *, now: datetime) -> Dashboard:
    """Return a person's dashboard in a number of queries that does not grow with its content."""
    groups = list(Group.objects.facilitated_by(person).for_dashboard().order_by("name", "pk"))
    sessions = _sessions(groups, now)
    candidates = candidates_by_occurrence(
        [one for one in sessions if one.starts_at > now], without=person
    )
    return Dashboard(
        groups=groups,
        sessions=sessions,
        applications=list(
            Membership.objects.unanswered().filter(group__in=groups).select_related("group")
        ),
        invitations=list(
            CoverInvitation.objects.waiting(now).filter(person=person).order_by_start()
        ),
        clock_changes=list(_clock_changes(groups, now)),
        coverable={pk for pk, people in candidates.items() if people},
        next_session=next((one for one in sessions if one.starts_at < now + SOON), None),
    )


def has_dashboard(person: Person | AnonymousUser) -> bool:
    """Whether a person facilitates a group, or is trained to cover sessions."""
    if not person.pk:
        return False
    facilitates = Membership.objects.active().facilitating().filter(group__closed_at=None)
    covers = Affiliation.objects.substitutes()
    own = [Exists(rows.filter(person=OuterRef("pk"))) for rows in (facilitates, covers)]
    return Person.objects.filter(Q(own[0]) | Q(own[1]), pk=person.pk).exists()


def _sessions(groups: list[Group], now: datetime) -> list[Occurrence]:
    coming = (
        Occurrence.objects.not_over(now)
        .taking_place()
        .filter(group__in=groups, starts_at__lt=now + AHEAD)
        .with_taken()
        .with_waiting()
        .with_lacks_facilitator()
        .select_related("group", "substitute")
        .prefetch_related(
            Prefetch(
                "cover_requests",
                CoverRequest.objects.open_with_counts(),
                to_attr="open_cover_requests",
            )
        )
    )
    return list(coming[:MAX_SESSIONS])


def _clock_changes(groups: list[Group], now: datetime) -> Iterator[ClockChangeSummary]:
    """Yield the groups whose local time differs for some members because clocks change."""
    series = list(Series.objects.filter(group__in=groups, ended_at=None).order_by("pk"))
    drift_window = DriftWindow.of(
        [(Rule.parse(one.rule), one.first_local, one.tz) for one in series], now=now
    )
    people = Membership.objects.active().filter(group__in=groups, person__deactivated_at=None)
    moved: Counter[int] = Counter()
    first: dict[int, datetime] = {}
    for tz, living in _by_zone(people).items():
        changes = drift_window.changes_in(tz)
        moves = {series[change.series].group_id: change.first for change in reversed(changes)}
        for key in living.keys() & moves.keys():
            moved[key] += living[key]
            first[key] = min(moves[key], first.get(key, moves[key]))
    for group in groups:
        if group.pk in moved:
            yield ClockChangeSummary(group, moved[group.pk], first[group.pk])


def _by_zone(people: QuerySet[Membership]) -> dict[ZoneInfo, Counter[int]]:
    """Return, by zone, how many people of each group live in it."""
    zones: dict[ZoneInfo, Counter[int]] = defaultdict(Counter)
    for tz, group in people.values_list("person__tz", "group"):
        zones[tz][group] += 1
    return zones
