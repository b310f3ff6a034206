"""Keys for one socket each."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction

from accounts.models.browser_session import hash_session_key
from civiltime.errors import CommonhourError
from sessions.actions.leases import take_lease
from sessions.models import Ticket

if TYPE_CHECKING:
    from datetime import datetime

    from scheduler.models import Membership
    from sessions.models import Lease, Room

LIFETIME: Final = timedelta(seconds=60)


class BadTicket(CommonhourError):
    """A ticket that is unknown, used or too old."""

    code = "bad_ticket"

    def __init__(self) -> None:
        super().__init__("This key no longer opens the room. Load the page again.")


def issue_ticket(
    *, room: Room, membership: Membership, session_key: str, auth_hash: str, now: datetime
) -> str:
    """Return a key that opens one socket within a minute, for who is signed in under that key.

    ``auth_hash`` is what the sign-in knows of the password; both bind the socket too.
    """
    token = secrets.token_urlsafe(32)
    Ticket.objects.create(
        token_hash=_hash(token),
        room=room,
        membership=membership,
        session_key=hash_session_key(session_key),
        auth_hash=auth_hash,
        expires_at=now + LIFETIME,
    )
    return token


def redeem_ticket(*, token: str, now: datetime) -> Ticket:
    """Use a key up and return what it says.

    Raises:
        BadTicket: it is unknown, used or too old.
    """
    with transaction.atomic():
        ticket = Ticket.objects.filter(token_hash=_hash(token), expires_at__gt=now).first()
        # Of two who bring the same key at once, one deletes a row and the other none.
        if ticket is None or not Ticket.objects.filter(pk=ticket.pk).delete()[0]:
            raise BadTicket
    return ticket


@transaction.atomic
def open_line(*, token: str, now: datetime) -> tuple[Ticket, Lease]:
    """Use a key up for a socket, and note that it opened.

    Raises:
        BadTicket: it is unknown, used or too old.
        TooManySockets: the person has five already.
    """
    ticket = redeem_ticket(token=token, now=now)
    return ticket, take_lease(room_id=ticket.room_id, membership_id=ticket.membership_id, now=now)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
