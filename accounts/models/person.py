"""Accounts: a user name, a zone, a language, and no more about anyone than that."""

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
    """Return a user name in the one spelling that is stored: NFKC, without case."""
    return unicodedata.normalize("NFKC", username.strip()).casefold()


class PersonManager(BaseUserManager["Person"]):
    """Finds people by user name, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> Person:
        """Return the person of a user name; ``Bo`` and ``bo`` are one."""
        return self.get(username=normalize_username(username or ""))


class Person(AbstractBaseUser):
    """An account. It has no legal name, no birth date and no address, and never will.

    ``email`` is a way to send mail once ``email_verified_at`` is set, and never an identity:
    nobody signs in, is found or is recognised by it. ``calendar_key`` is what the names of sessions
    in her calendars are derived from, so that they match in no other person's.
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
    # Whoever runs this installation; said on its machine, by ``manage.py set_operator``.
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
        """Whether the address is there and known to be hers."""
        return bool(self.email) and self.email_verified_at is not None
