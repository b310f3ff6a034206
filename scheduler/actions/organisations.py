"""Take in a partner organisation, and say who works for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.models.person import normalize_username
from civiltime.errors import CommonhourError
from scheduler.models import Affiliation, AffiliationLanguage, Organisation
from scheduler.models.organisations import DEFAULT_SESSIONS_PER_WEEK

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, time


class NotCoordinating(CommonhourError):
    """Someone acts for an organisation that she does not coordinate."""

    code = "not_coordinating"

    def __init__(self) -> None:
        super().__init__(_("Only a coordinator of this organisation may do this."))


class NoSuchUserName(CommonhourError):
    """Nobody signs in with this user name."""

    code = "no_such_user_name"

    def __init__(self) -> None:
        super().__init__(
            _("Nobody has this user name. Ask the person for the user name they sign in with.")
        )


@transaction.atomic
def create_organisation(
    *, name: str, country: str, coordinator: Person, now: datetime
) -> Organisation:
    """Take in a partner. Called by the operator, who alone may."""
    organisation = Organisation.objects.create(name=name, country=country, created_at=now)
    Affiliation.objects.create(
        organisation=organisation,
        person=coordinator,
        role=Affiliation.Role.COORDINATOR,
        since=now,
    )
    return organisation


@transaction.atomic
def affiliate(
    *, by: Person, organisation: Organisation, username: str, role: str, now: datetime
) -> Affiliation:
    """Let the person of a user name found groups for an organisation, or coordinate it.

    Raises:
        NotCoordinating: ``by`` is no coordinator of it.
        NoSuchUserName: no active account has this user name.
    """
    if not is_coordinating(by, organisation):
        raise NotCoordinating
    person = Person.objects.filter(
        username=normalize_username(username), deactivated_at=None
    ).first()
    if person is None:
        raise NoSuchUserName
    affiliation, _made = Affiliation.objects.update_or_create(
        organisation=organisation, person=person, defaults={"role": role, "since": now}
    )
    return affiliation


@transaction.atomic
def set_substitute(
    *, by: Person, affiliation: Affiliation, is_substitute: bool, now: datetime
) -> None:
    """Say that somebody is trained to cover sessions of the organisation's groups, or no more.

    Raises:
        NotCoordinating: ``by`` is no coordinator of it.
    """
    if not is_coordinating(by, affiliation.organisation):
        raise NotCoordinating
    Affiliation.objects.filter(pk=affiliation.pk).update(
        substitutes_since=now if is_substitute else None
    )


@transaction.atomic
def choose_waking_hours(
    *,
    person: Person,
    awake_from: time,
    awake_until: time,
    max_sessions_per_week: int = DEFAULT_SESSIONS_PER_WEEK,
    languages: Iterable[str] = (),
) -> None:
    """Be asked to cover only sessions within these hours, on the clock of where she lives.

    And only in these languages, no more than so many a week. No language means her own and those
    of the groups she runs.
    """
    person.affiliations.update(
        awake_from=awake_from, awake_until=awake_until, max_sessions_per_week=max_sessions_per_week
    )
    AffiliationLanguage.objects.filter(affiliation__person=person).delete()
    AffiliationLanguage.objects.bulk_create(
        AffiliationLanguage(affiliation=affiliation, language=language)
        for affiliation in person.affiliations.all()
        for language in sorted(set(languages))
    )


def is_coordinating(person: Person, organisation: Organisation) -> bool:
    """Whether this person coordinates this organisation."""
    return organisation.affiliations.filter(
        person=person, role=Affiliation.Role.COORDINATOR
    ).exists()
