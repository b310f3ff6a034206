"""What somebody who facilitates must know today: sessions, people who wait, what needs her."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db.models import Exists, OuterRef, Prefetch, Q

from scheduler.models import (
    Affiliation,
    CoverInvitation,
    CoverRequest,
    Group,
    Membership,
    Occurrence,
    Person,
)
from scheduler.models.groups import ALONE_AT_MOST

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import AnonymousUser

AHEAD: Final = timedelta(days=14)
SESSIONS_AT_MOST: Final = 20


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything on one facilitator's desk."""

    groups: list[Group]
    sessions: list[Occurrence]
    applications: list[Membership]
    invitations: list[CoverInvitation]

    @property
    def uncovered(self) -> list[Occurrence]:
        """Return the sessions that nobody will lead."""
        return [session for session in self.sessions if session.lacks_facilitator]

    @property
    def overfull(self) -> list[Occurrence]:
        """Return the sessions with more people than seats."""
        return [session for session in self.sessions if session.taken > session.seats]

    @property
    def led_alone(self) -> list[Group]:
        """Return the groups with more seats than one facilitator holds well."""
        return [
            group
            for group in self.groups
            if group.capacity > ALONE_AT_MOST and group.facilitators == 1
        ]

    @property
    def is_clear(self) -> bool:
        """Whether nothing needs her now."""
        return not (
            self.applications
            or self.invitations
            or self.uncovered
            or self.overfull
            or self.led_alone
        )


def desk_of(person: Person, *, now: datetime) -> Desk:
    """Read a desk in a number of queries that does not grow with what lies on it."""
    groups = list(Group.objects.facilitated_by(person).for_desk().order_by("name", "pk"))
    return Desk(
        groups=groups,
        sessions=list(_sessions(groups, now)),
        applications=list(
            Membership.objects.unanswered().filter(group__in=groups).select_related("group")
        ),
        invitations=list(
            CoverInvitation.objects.waiting(now).filter(person=person).soonest_first()
        ),
    )


def has_desk(person: Person | AnonymousUser) -> bool:
    """Whether somebody facilitates anything, or is trained to cover for those who do."""
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
        .with_absences()
        .select_related("group", "substitute")
        .prefetch_related(
            Prefetch("cover_requests", CoverRequest.objects.asked_now(), to_attr="asked_for")
        )
    )
    return list(coming[:SESSIONS_AT_MOST])
