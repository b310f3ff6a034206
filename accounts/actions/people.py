"""Make an account, choose a zone, a language and a password, sign out, close the account."""

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
    """Somebody else signs in with this user name."""

    code = "user_name_taken"

    def __init__(self) -> None:
        super().__init__(_("This user name is taken. Please choose another."))


def sign_up(
    *, username: str, password: str, tz: ZoneInfo, language: str, email: str = "", now: datetime
) -> Person:
    """Make an account. The address, if given, is not used before its owner proves it.

    Raises:
        UserNameIsTaken: somebody was first.
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
    """Write to this person in a language from now on, by its code in ``LANGUAGES``."""
    Person.objects.filter(pk=person.pk).update(language=language)


def choose_zone(*, person: Person, tz: ZoneInfo, now: datetime) -> None:
    """Show all times in this zone from now on, whatever a browser says."""
    Person.objects.filter(pk=person.pk).update(tz=tz, tz_chosen_at=now)


@transaction.atomic
def change_password(*, person: Person, password: str, now: datetime) -> None:
    """Let this password open the account from now on, and nothing that was open before.

    Whoever knew the old one may have signed in or made a calendar address with it.

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
    """Forget a person: her seats, aliases, painted week and e-mail address go, the user name too.

    The row stays, empty, so that a group's history keeps its shape without keeping her. Her
    calendar addresses stay without a label, to say that they have ended.
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
    """Let somebody look after this installation, or no longer; only who has the machine may ask."""
    Person.objects.filter(pk=person.pk).update(is_operator=is_operator)
