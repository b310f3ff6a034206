"""Accounts: a user name, a zone, a language."""

from __future__ import annotations

import unicodedata
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.fields import ZoneField, new_uid_key

USER_NAME_LENGTH = 30


def normalize_username(username: str) -> str:
    """Return a user name as it is stored: NFKC, case-folded."""
    return unicodedata.normalize("NFKC", username.strip()).casefold()


class PersonManager(BaseUserManager["Person"]):
    """Finds people by user name in any case."""

    def get_by_natural_key(self, username: str | None) -> Person:
        """Return the person with a user name in any case."""
        return self.get(username=normalize_username(username or ""))


class Person(AbstractBaseUser):
    """An account. There is no column for a legal name, a birth date or a postal address.

    A guest is a person without a password who takes part in one session: see
    :mod:`accounts.actions.guests`.

    ``email`` is a contact, used once ``email_verified_at`` is set, and never an identity: nobody
    signs in or is looked up by it. ``calendar_key`` is the secret from which the UIDs in this
    person's calendars are derived, so that they match those of no other person.
    """

    username = models.CharField(
        _("username"),
        max_length=USER_NAME_LENGTH,
        unique=True,
        error_messages={"unique": _("This user name is taken. Please choose another.")},
        help_text=_("What you sign in with. Not your name, please: nobody in a group sees it."),
    )
    tz = ZoneField(_("time zone"), default="UTC")
    tz_chosen_at = models.DateTimeField(null=True, editable=False)
    language = models.CharField(_("language"), max_length=12, default="en")
    email = models.EmailField(_("e-mail"), blank=True)
    email_verified_at = models.DateTimeField(null=True, editable=False)
    calendar_key = models.CharField(max_length=64, default=new_uid_key, editable=False)
    is_guest = models.BooleanField(default=False, editable=False)
    # Set by ``manage.py set_operator`` alone.
    is_operator = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    deactivated_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[PersonManager] = PersonManager()

    class Meta:
        indexes = [
            models.Index(
                fields=["tz_chosen_at"],
                condition=models.Q(tz_chosen_at__isnull=False),
                name="person_by_zone_choice",
            )
        ]

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """Whether this account may sign in."""
        return self.deactivated_at is None

    @property
    def can_be_mailed(self) -> bool:
        """Whether there is an e-mail address and it is verified."""
        return bool(self.email) and self.email_verified_at is not None
