"""People who may cover a session."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from scheduler.models import Affiliation, Membership, Occurrence, Seat
from scheduler.rules.waking_hours import is_awake

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.db.models import QuerySet

    from accounts.models import Person

State = Membership.State


def cover_candidates(*, occurrence: Occurrence, without: Person) -> list[Person]:
    """Return the people who can be invited to cover a session, except ``without``, in no order.

    These are the group's other facilitators who have not declined, and the organisation's trained
    substitutes who are awake during all of it.
    """
    return candidates_by_occurrence([occurrence], without=without)[occurrence.pk]


def candidates_by_occurrence(
    occurrences: Collection[Occurrence], *, without: Person
) -> dict[int, list[Person]]:
    """Return the candidates of each session by its id, in four queries for any number of them."""
    groups = {occurrence.group for occurrence in occurrences}
    facilitators = _people(Membership.objects.active().facilitating().filter(group__in=groups))
    refused = _people(
        Membership.objects.filter(group__in=groups, state__in=[State.REMOVED, State.DECLINED])
    )
    absent = set(
        Seat.objects.filter(occurrence__in=occurrences, state=Seat.State.DECLINED).values_list(
            "occurrence", "membership__person"
        )
    )
    substitutes = list(
        Affiliation.objects.substitutes()
        .filter(organisation__in={group.organisation_id for group in groups})
        .select_related("person")
    )
    found = {}
    for occurrence in occurrences:
        group = occurrence.group
        people = facilitators[group.pk] | {
            substitute.person
            for substitute in substitutes
            if substitute.organisation_id == group.organisation_id
            and substitute.person not in refused[group.pk]
            and _is_awake(substitute, occurrence)
        }
        found[occurrence.pk] = [
            person for person in people - {without} if (occurrence.pk, person.pk) not in absent
        ]
    return found


def _people(memberships: QuerySet[Membership]) -> dict[int, set[Person]]:
    """Return the people of memberships by the id of their group."""
    people: dict[int, set[Person]] = defaultdict(set)
    for membership in memberships.select_related("person"):
        people[membership.group_id].add(membership.person)
    return people


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
