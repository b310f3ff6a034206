"""Verification of an address by a code that is sent there and typed in the same browser.

No link is sent, because scanners open links. Until the code is typed, the address is stored in the
browser's session and nowhere else.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, TypedDict

from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from accounts.rate_limit import RateLimit
from civiltime.errors import CommonhourError
from notifications.models import Transport

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from accounts.models import Person

SESSION_KEY: Final = "address_to_confirm"
CODE_LIFETIME: Final = timedelta(minutes=10)
MAX_TRIES: Final = 5
CODES_PER_HOUR: Final = 5
BY_PERSON: Final = RateLimit("codes-for-person", calls=CODES_PER_HOUR, per=timedelta(hours=1))
BY_ADDRESS: Final = RateLimit("codes-to-address", calls=CODES_PER_HOUR, per=timedelta(hours=1))


class TooManyCodes(CommonhourError):
    """Five codes were made within an hour for this person, or for this address."""

    code = "too_many_codes"

    def __init__(self) -> None:
        super().__init__(
            _("You asked for many codes. Please wait an hour, then ask for a new one.")
        )


class CodeIsWrong(CommonhourError):
    """The code is wrong, and there are tries left."""

    code = "code_wrong"

    def __init__(self) -> None:
        super().__init__(_("This is not the code we sent. Please look again."))


class CodeIsOver(CommonhourError):
    """The code has expired, was tried too often, or was never sent."""

    code = "code_over"

    def __init__(self) -> None:
        super().__init__(_("This code no longer works. Please ask for a new one."))


class Challenge(TypedDict):
    """What a browser session stores until the code is typed; ``expires_at`` in ISO 8601."""

    address: str
    code_hash: str
    expires_at: str
    tries: int


def challenge(
    session: MutableMapping[str, Challenge],
    *,
    person: Person,
    address: str,
    now: datetime,
    transport: Transport = Transport.EMAIL,
) -> str:
    """Return a new six-digit code to send to an address, and store its hash in the session.

    Raises:
        TooManyCodes: five were made within an hour for this person or this address.
    """
    if BY_PERSON.wait(str(person.pk), now) or BY_ADDRESS.wait(_hash("", address.casefold()), now):
        raise TooManyCodes
    code = f"{secrets.randbelow(10**6):06}"
    session[_name(transport)] = Challenge(
        address=address,
        code_hash=_hash(code, address),
        expires_at=(now + CODE_LIFETIME).isoformat(),
        tries=0,
    )
    return code


def awaited(
    session: MutableMapping[str, Challenge], now: datetime, transport: Transport = Transport.EMAIL
) -> str | None:
    """Return the address whose code this browser may type, if there is one."""
    stored = session.get(_name(transport))
    return stored["address"] if stored and _is_open(stored, now) else None


def cancel(session: MutableMapping[str, Challenge], transport: Transport) -> None:
    """Accept no code any more: none was sent."""
    session.pop(_name(transport), None)


def answer(
    session: MutableMapping[str, Challenge],
    *,
    code: str,
    now: datetime,
    transport: Transport = Transport.EMAIL,
) -> str:
    """Return the address that a code verifies. A code works once.

    Raises:
        CodeIsWrong: it is wrong; another may be tried.
        CodeIsOver: none is accepted any more; a new one must be sent.
    """
    stored = session.get(_name(transport))
    if stored is None or not _is_open(stored, now):
        raise CodeIsOver
    digits = "".join(character for character in code if character.isdigit())
    if not constant_time_compare(_hash(digits, stored["address"]), stored["code_hash"]):
        session[_name(transport)] = stored | {"tries": stored["tries"] + 1}
        raise CodeIsWrong
    del session[_name(transport)]
    return stored["address"]


def _is_open(stored: Challenge, now: datetime) -> bool:
    return stored["tries"] < MAX_TRIES and now < datetime.fromisoformat(stored["expires_at"])


def _name(transport: Transport) -> str:
    """Return the session key of a transport: several addresses may be verified at once."""
    return f"{SESSION_KEY}-{transport}"


def _hash(code: str, address: str) -> str:
    return salted_hmac(
        "notifications.actions.address_verification", f"{code}\n{address}", algorithm="sha256"
    ).hexdigest()
