"""People who may cover a session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.models import Affiliation, Membership, Occurrence, Seat
from scheduler.rules.waking_hours import is_awake

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import Person

State = Membership.State


def cover_candidates(*, occurrence: Occurrence, without: Person) -> list[Person]:
    """Return the people who can be invited to cover a session, except ``without``, in no order.

    These are the group's other facilitators who have not declined, and the organisation's trained
    substitutes who are awake during all of it.
    """
    absent = Seat.objects.filter(occurrence=occurrence, state=Seat.State.DECLINED)
    others = _facilitating(occurrence).exclude(pk__in=absent.values("membership"))
    excluded = occurrence.group.memberships.filter(state__in=[State.REMOVED, State.DECLINED])
    substitutes = (
        Affiliation.objects.substitutes()
        .filter(organisation=occurrence.group.organisation_id)
        .exclude(person__in=excluded.values("person"))
        .exclude(person__in=absent.values("membership__person"))
    )
    people = {other.person_id: other.person for other in others.select_related("person")}
    people |= {
        substitute.person_id: substitute.person
        for substitute in substitutes.select_related("person")
        if _is_awake(substitute, occurrence)
    }
    people.pop(without.pk, None)
    return list(people.values())


def may_cover(person: Person, occurrence: Occurrence) -> bool:
    """Whether a person may be invited, awake or not: people removed from the group may not."""
    if occurrence.group.memberships.filter(
        person=person, state__in=[State.REMOVED, State.DECLINED]
    ).exists():
        return False
    substitutes = Affiliation.objects.substitutes().filter(
        organisation=occurrence.group.organisation_id, person=person
    )
    return substitutes.exists() or _facilitating(occurrence).filter(person=person).exists()


def _facilitating(occurrence: Occurrence) -> QuerySet[Membership]:
    return Membership.objects.active().facilitating().filter(group=occurrence.group_id)


def _is_awake(substitute: Affiliation, occurrence: Occurrence) -> bool:
    return is_awake(
        occurrence.starts_at,
        occurrence.ends_at,
        tz=substitute.person.tz,
        awake_from=substitute.awake_from,
        awake_until=substitute.awake_until,
    )
