"""Guests: people without an account, and how one becomes an account."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.contrib.auth.password_validation import validate_password
from django.db import IntegrityError, transaction

from accounts.actions.people import UserNameIsTaken
from accounts.models import Person
from accounts.models.person import normalize_username

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo


def create_guest(*, tz: ZoneInfo, language: str, now: datetime) -> Person:
    """Create a person without a password, whom only this browser's session can be."""
    guest = Person(
        username=f"guest-{secrets.token_hex(8)}",
        tz=tz,
        language=language,
        is_guest=True,
        created_at=now,
    )
    guest.set_unusable_password()
    guest.save(force_insert=True)
    return guest


def become_member(*, guest: Person, username: str, password: str) -> None:
    """Make a guest an account of their own; what they have done stays theirs.

    Raises:
        UserNameIsTaken: another account has this user name.
        ValidationError: the password is too short or too common.
    """
    guest.username = normalize_username(username)
    validate_password(password, guest)
    guest.set_password(password)
    guest.is_guest = False
    try:
        with transaction.atomic():
            guest.save(update_fields=["username", "password", "is_guest"])
    except IntegrityError:
        raise UserNameIsTaken from None
