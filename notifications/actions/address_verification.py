"""Proof that an address is hers: a code that is sent there and typed in the browser that asked.

No link is sent, because scanners open links. Until the code is typed the address lives in the
browser's own session and nowhere else.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, TypedDict

from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from accounts.rate_limit import Pace
from civiltime.errors import CommonhourError
from notifications.models import Transport

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from accounts.models import Person

SESSION_KEY: Final = "address_to_confirm"  # and the way: several may be waited for at once
CODE_LASTS: Final = timedelta(minutes=10)
TRIES: Final = 5
CODES_PER_HOUR: Final = 5
BY_PERSON: Final = Pace("codes-for-person", calls=CODES_PER_HOUR, per=timedelta(hours=1))
BY_ADDRESS: Final = Pace("codes-to-address", calls=CODES_PER_HOUR, per=timedelta(hours=1))


class TooManyCodes(CommonhourError):
    """Someone asks for code after code, or for codes to somebody else's address."""

    code = "too_many_codes"

    def __init__(self) -> None:
        super().__init__(_("That were many codes. Please wait an hour, then ask for a new one."))


class CodeIsWrong(CommonhourError):
    """The code does not fit, and there are tries left."""

    code = "code_wrong"

    def __init__(self) -> None:
        super().__init__(_("This is not the code we sent. Please look again."))


class CodeIsOver(CommonhourError):
    """The code is too old, was tried too often, or was never sent."""

    code = "code_over"

    def __init__(self) -> None:
        super().__init__(_("This code no longer works. Please ask for a new one."))


class Challenge(TypedDict):
    """What a browser session keeps while a code is on its way."""

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
    """Return a new six-digit code to send to an address, and remember its hash in the session.

    Raises:
        TooManyCodes: this person, or this address, had five within the hour.
    """
    if BY_PERSON.wait(str(person.pk), now) or BY_ADDRESS.wait(_hash("", address.casefold()), now):
        raise TooManyCodes
    code = f"{secrets.randbelow(10**6):06}"
    session[_name(transport)] = Challenge(
        address=address,
        code_hash=_hash(code, address),
        expires_at=(now + CODE_LASTS).isoformat(),
        tries=0,
    )
    return code


def awaited(
    session: MutableMapping[str, Challenge], now: datetime, transport: Transport = Transport.EMAIL
) -> str | None:
    """Return the address whose code this browser may type; None if there is none."""
    asked = session.get(_name(transport))
    return asked["address"] if asked and _is_open(asked, now) else None


def answer(
    session: MutableMapping[str, Challenge],
    *,
    code: str,
    now: datetime,
    transport: Transport = Transport.EMAIL,
) -> str:
    """Return the address that a code proves; it works once.

    Raises:
        CodeIsWrong: try again.
        CodeIsOver: ask for a new one.
    """
    asked = session.get(_name(transport))
    if asked is None or not _is_open(asked, now):
        raise CodeIsOver
    digits = "".join(letter for letter in code if letter.isdigit())
    if not constant_time_compare(_hash(digits, asked["address"]), asked["code_hash"]):
        session[_name(transport)] = asked | {"tries": asked["tries"] + 1}
        raise CodeIsWrong
    del session[_name(transport)]
    return asked["address"]


def _is_open(asked: Challenge, now: datetime) -> bool:
    return asked["tries"] < TRIES and now < datetime.fromisoformat(asked["expires_at"])


def _name(transport: Transport) -> str:
    return f"{SESSION_KEY}-{transport}"


def _hash(code: str, address: str) -> str:
    return salted_hmac(
        "notifications.actions.address_verification", f"{code}\n{address}", algorithm="sha256"
    ).hexdigest()
