"""Make an account, choose a zone and a language, close the account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.password_validation import validate_password
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from scheduler.errors import CommonhourError
from scheduler.models import Feed, Membership, Person, Seat
from scheduler.models.people import folded

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo


class HandleIsTaken(CommonhourError):
    """Somebody else signs in with this handle."""

    code = "handle_taken"

    def __init__(self) -> None:
        super().__init__(_("This handle is taken. Please choose another."))


def sign_up(
    *, handle: str, passphrase: str, tz: ZoneInfo, language: str, email: str = "", now: datetime
) -> Person:
    """Make an account. The address, if given, is not used before its owner proves it.

    Raises:
        HandleIsTaken: somebody was first.
        ValidationError: the passphrase is too short or too common.
    """
    person = Person(
        handle=folded(handle), tz=tz, language=language, email=email.strip(), created_at=now
    )
    validate_password(passphrase, person)
    person.set_password(passphrase)
    try:
        with transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError:
        raise HandleIsTaken from None
    return person


def choose_zone(*, person: Person, tz: ZoneInfo, now: datetime) -> None:
    """Show all times in this zone from now on, whatever a browser says."""
    Person.objects.filter(pk=person.pk).update(tz=tz, tz_chosen_at=now)


def choose_language(*, person: Person, language: str) -> None:
    """Speak this language to her from now on, in pages and in mails."""
    Person.objects.filter(pk=person.pk).update(language=language)


@transaction.atomic
def close_account(*, person: Person, now: datetime) -> None:
    """Forget a person: her seats, aliases, addresses and calendar feeds go, the handle too.

    The row stays, empty, so that a group's history keeps its shape without keeping her.
    """
    locked = Person.objects.select_for_update().get(pk=person.pk)
    Seat.objects.filter(membership__person=locked).delete()
    Membership.objects.filter(person=locked).delete()
    Feed.objects.filter(person=locked).delete()
    locked.affiliations.all().delete()
    locked.cover_invitations.all().delete()
    locked.handle, locked.email, locked.email_verified_at = f"closed-{locked.pk}", "", None
    locked.deactivated_at = now
    locked.set_unusable_password()
    locked.save()
