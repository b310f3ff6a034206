"""Make a spare key for an account, and open the account with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.people import choose_passphrase
from accounts.models import Person, SpareKey
from accounts.one_time_codes import hash_code, new_code
from civiltime.errors import CommonhourError

if TYPE_CHECKING:
    from datetime import datetime

KEY_LENGTH: Final = 28  # 137 bits


class KeyDoesNotFit(CommonhourError):
    """There is no such handle, it has no spare key, or this is not the one."""

    code = "key_does_not_fit"

    def __init__(self) -> None:
        super().__init__(
            _("This handle and this spare key do not go together. Each key opens once.")
        )


class Opened(NamedTuple):
    """Whose account was opened, and her new spare key: known here once and never again."""

    person: Person
    spare_key: str


def make_spare_key(*, person: Person, now: datetime) -> str:
    """Return a new spare key; the one before opens nothing any more."""
    code = new_code(KEY_LENGTH)
    SpareKey.objects.update_or_create(
        person=person, defaults={"code_hash": hash_code(code), "made_at": now}
    )
    return code


@transaction.atomic
def open_with_spare_key(*, handle: str, code: str, passphrase: str, now: datetime) -> Opened:
    """Give an account another passphrase, sign it out everywhere and spend its spare key.

    An unknown handle and a wrong key cost the same single look-up.

    Raises:
        KeyDoesNotFit: whatever the reason.
        ValidationError: the passphrase is too short, too common or like the handle.
    """
    keys = SpareKey.objects.of_handle(handle).filter(code_hash=hash_code(code))
    key = keys.select_for_update(of=("self",)).select_related("person").first()
    if key is None:
        raise KeyDoesNotFit
    choose_passphrase(person=key.person, passphrase=passphrase, now=now)
    return Opened(key.person, make_spare_key(person=key.person, now=now))
