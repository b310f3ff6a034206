"""Factory functions for people, groups and sessions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count

from accounts.models import Person
from civiltime import zones
from scheduler.models import (
    Affiliation,
    Group,
    GroupLanguage,
    Membership,
    Occurrence,
    Organisation,
    Seat,
    Series,
)
from scheduler.rules.agreement import AGREEMENT_VERSION

PASSWORD = "a lamp by the window"
FRIDAY = datetime(2026, 6, 5, 12, 0, tzinfo=UTC)
_numbers = count(1)


def person(username: str = "", *, tz: str = "Europe/Copenhagen", email: str = "") -> Person:
    """Create an account; an e-mail address that is given counts as verified."""
    made = Person(username=username or f"person{next(_numbers)}", tz=zones.zone(tz), email=email)
    made.set_password(PASSWORD)
    if email:
        made.email_verified_at = FRIDAY
    made.save()
    return made


def organisation(name: str = "") -> Organisation:
    """Create a partner organisation."""
    return Organisation.objects.create(name=name or f"Harbour Site {next(_numbers)}", country="SK")


_any_organisation = organisation  # the name is an argument below


def affiliation(
    person: Person,
    organisation: Organisation,
    *,
    role: str = Affiliation.Role.FACILITATOR,
    is_substitute: bool = False,
) -> Affiliation:
    """Affiliate a person with an organisation, as a trained substitute if asked for."""
    return Affiliation.objects.create(
        person=person,
        organisation=organisation,
        role=role,
        substitutes_since=FRIDAY if is_substitute else None,
    )


def group(
    name: str = "Tuesday lamp",
    *,
    organisation: Organisation | None = None,
    tz: str = "Europe/Bratislava",
    languages: tuple[str, ...] = ("en",),
    capacity: int = 12,
    join_policy: str = Group.JoinPolicy.OPEN,
    is_listed: bool = True,
    welcomes_guests: bool = False,
) -> Group:
    """Create a group without members or series."""
    made = Group.objects.create(
        organisation=organisation or _any_organisation(),
        name=name,
        tz=zones.zone(tz),
        capacity=capacity,
        join_policy=join_policy,
        is_listed=is_listed,
        welcomes_guests=welcomes_guests,
    )
    GroupLanguage.objects.bulk_create(
        GroupLanguage(group=made, language=language) for language in languages
    )
    return made


def membership(
    person: Person,
    group: Group,
    *,
    alias: str = "",
    role: str = Membership.Role.MEMBER,
    state: str = Membership.State.ACTIVE,
) -> Membership:
    """Add a person to a group."""
    alias = alias or person.username.title()
    return Membership.objects.create(
        person=person,
        group=group,
        alias=alias,
        alias_key=alias.casefold(),
        role=role,
        state=state,
        agreed_version=AGREEMENT_VERSION,
    )


def series(
    group: Group, *, first_local: datetime | None = None, rule: str = "FREQ=WEEKLY"
) -> Series:
    """Create a series without its sessions."""
    return Series.objects.create(
        group=group,
        tz=group.tz,
        first_local=first_local or datetime(2026, 6, 2, 18, 0),
        rule=rule,
    )


def occurrence(
    group: Group,
    *,
    starts_at: datetime = FRIDAY + timedelta(hours=1),
    minutes: int = 60,
    series: Series | None = None,
) -> Occurrence:
    """Create one session at an instant."""
    local = starts_at.astimezone(group.tz).replace(tzinfo=None)
    return Occurrence.objects.create(
        group=group,
        series=series,
        original_local=local,
        starts_local=local,
        tz=group.tz,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        tz_version=zones.TZ_VERSION,
        created_at=starts_at - timedelta(days=30),
        revised_at=starts_at - timedelta(days=30),
    )


def seat(
    membership: Membership,
    occurrence: Occurrence,
    *,
    state: str = Seat.State.GOING,
    since: datetime = FRIDAY,
) -> Seat:
    """Create a seat in some state."""
    return Seat.objects.create(
        membership=membership, occurrence=occurrence, state=state, since=since
    )
