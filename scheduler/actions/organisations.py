"""Create a partner organisation, and set what people do for it."""

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
    """The person does not coordinate the organisation."""

    code = "not_coordinating"

    def __init__(self) -> None:
        super().__init__(_("Only a coordinator of this organisation may do this."))


class NoSuchUserName(CommonhourError):
    """No active account has this user name."""

    code = "no_such_user_name"

    def __init__(self) -> None:
        super().__init__(
            _("Nobody has this user name. Ask the person for the user name they sign in with.")
        )


@transaction.atomic
def create_organisation(
    *, name: str, country: str, coordinator: Person, now: datetime
) -> Organisation:
    """Create a partner organisation with its coordinator. Only the operator's command calls this."""
    organisation = Organisation.objects.create(name=name, country=country, created_at=now)
    Affiliation.objects.create(
        organisation=organisation,
        person=coordinator,
        role=Affiliation.Role.COORDINATOR,
        since=now,
    )
    return organisation


def allow_guests(*, by: Person, organisation: Organisation, is_allowed: bool) -> None:
    """Set whether the open groups of an organisation may let people in without an account.

    Raises:
        NotCoordinating: ``by`` does not coordinate it.
    """
    if not is_coordinating(by, organisation):
        raise NotCoordinating
    Organisation.objects.filter(pk=organisation.pk).update(allows_guests=is_allowed)


@transaction.atomic
def affiliate(
    *, by: Person, organisation: Organisation, username: str, role: str, now: datetime
) -> Affiliation:
    """Make the person with a user name a facilitator or coordinator of an organisation.

    Raises:
        NotCoordinating: ``by`` does not coordinate it.
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
    """Set whether a person is trained to cover sessions of the organisation's groups.

    Raises:
        NotCoordinating: ``by`` does not coordinate it.
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
    """Set between which local times, how often a week and in which languages a person may be invited.

    No languages means the person's own and those of the groups they facilitate.
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
