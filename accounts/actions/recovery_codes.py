"""Create a recovery code for an account, and recover an account with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.people import change_password
from accounts.models import Person, RecoveryCode
from accounts.one_time_codes import hash_code, new_code
from civiltime.errors import CommonhourError

if TYPE_CHECKING:
    from datetime import datetime

CODE_LENGTH: Final = 28  # 137 bits


class RecoveryCodeIsWrong(CommonhourError):
    """There is no such user name, it has no recovery code, or the code is another one."""

    code = "recovery_code_wrong"

    def __init__(self) -> None:
        super().__init__(
            _("This user name and this recovery code do not go together. Each key opens once.")
        )


class RecoveredAccount(NamedTuple):
    """A recovered account, with its next recovery code in clear."""

    person: Person
    recovery_code: str


def create_recovery_code(*, person: Person, now: datetime) -> str:
    """Return a new recovery code in clear; it replaces the one before. Only its hash is stored."""
    code = new_code(CODE_LENGTH)
    RecoveryCode.objects.update_or_create(
        person=person, defaults={"code_hash": hash_code(code), "created_at": now}
    )
    return code


@transaction.atomic
def recover_account(*, username: str, code: str, password: str, now: datetime) -> RecoveredAccount:
    """Set a new password, sign the person out everywhere and replace the recovery code.

    An unknown user name and a wrong code cost the same single query.

    Raises:
        RecoveryCodeIsWrong: for any of its reasons.
        ValidationError: the password is too short, too common or like the user name.
    """
    keys = RecoveryCode.objects.of_username(username).filter(code_hash=hash_code(code))
    key = keys.select_for_update(of=("self",)).select_related("person").first()
    if key is None:
        raise RecoveryCodeIsWrong
    change_password(person=key.person, password=password, now=now)
    return RecoveredAccount(key.person, create_recovery_code(person=key.person, now=now))
