"""Sign up, change an account's zone, language or password, sign out everywhere, close it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.password_validation import validate_password
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actions.browser_sessions import end_browser_sessions
from accounts.models import Person, RecoveryCode
from accounts.models.person import normalize_username
from accounts.signals import account_closed, credentials_changed
from civiltime.errors import CommonhourError

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo


class UserNameIsTaken(CommonhourError):
    """Another account has this user name."""

    code = "user_name_taken"

    def __init__(self) -> None:
        super().__init__(_("This user name is taken. Please choose another."))


def sign_up(
    *, username: str, password: str, tz: ZoneInfo, language: str, email: str = "", now: datetime
) -> Person:
    """Create an account. The e-mail address, if given, is unverified and not used yet.

    Raises:
        UserNameIsTaken: another account has this user name.
        ValidationError: the password is too short or too common.
    """
    person = Person(
        username=normalize_username(username),
        tz=tz,
        language=language,
        email=email.strip(),
        created_at=now,
    )
    validate_password(password, person)
    person.set_password(password)
    try:
        with transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError:
        raise UserNameIsTaken from None
    return person


def choose_language(*, person: Person, language: str) -> None:
    """Set the language of the account's mails and notices, a code of ``LANGUAGES``."""
    Person.objects.filter(pk=person.pk).update(language=language)


def choose_zone(*, person: Person, tz: ZoneInfo, now: datetime) -> None:
    """Set the account's time zone, with the moment it was chosen."""
    Person.objects.filter(pk=person.pk).update(tz=tz, tz_chosen_at=now)


@transaction.atomic
def change_password(*, person: Person, password: str, now: datetime) -> None:
    """Set a new password and sign the person out everywhere.

    Somebody who knew the old password may have signed in or made a calendar address with it.

    Raises:
        ValidationError: it is too short, too common or like the user name.
    """
    validate_password(password, person)
    person.set_password(password)
    person.save(update_fields=["password"])
    sign_out_everywhere(person=person, now=now)


@transaction.atomic
def sign_out_everywhere(*, person: Person, now: datetime) -> None:
    """Sign a person out of every browser and revoke all their calendar addresses."""
    credentials_changed.send(sender=Person, person=person, now=now)
    end_browser_sessions(person=person)


@transaction.atomic
def close_account(*, person: Person, now: datetime) -> None:
    """Erase a person's data and deactivate the account: seats, aliases, availability, e-mail address.

    The row stays under another user name, because a group's history refers to it. Calendar
    addresses stay revoked and without a label, so that calendar programs get 410 Gone.
    """
    locked = Person.objects.select_for_update().get(pk=person.pk)
    account_closed.send(sender=Person, person=locked, now=now)
    RecoveryCode.objects.filter(person=locked).delete()
    end_browser_sessions(person=locked)
    locked.username, locked.email, locked.email_verified_at = f"closed-{locked.pk}", "", None
    locked.deactivated_at, locked.is_operator = now, False
    locked.set_unusable_password()
    locked.save()


def set_operator(*, person: Person, is_operator: bool) -> None:
    """Make a person an operator of this installation, or no longer; only a command calls this."""
    Person.objects.filter(pk=person.pk).update(is_operator=is_operator)
