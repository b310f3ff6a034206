"""Credentials for the TURN server: short-lived, signed, pseudonymous.

The scheme is coturn's ``use-auth-secret`` (draft-uberti-behave-turn-rest-00): the server verifies a
signature with a shared secret and needs no database.
"""

from __future__ import annotations

import base64
import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

CREDENTIALS_LIFETIME: Final = timedelta(minutes=30)
RENEW_AFTER: Final = timedelta(minutes=20)
OPAQUE_LENGTH: Final = 22  # characters; 132 bits


@dataclass(frozen=True, slots=True)
class TurnCredentials:
    """Credentials for the TURN server, to be replaced at ``renew_at``."""

    urls: Sequence[str]
    username: str
    credential: str
    renew_at: datetime
    expires_at: datetime

    def as_ice_server(self) -> dict[str, object]:
        """Return an entry of ``RTCConfiguration.iceServers``."""
        return {"urls": list(self.urls), "username": self.username, "credential": self.credential}


def issue_turn_credentials(*, room_id: int, who: str, now: datetime) -> TurnCredentials | None:
    """Return credentials for one person in one room; None without a TURN server.

    The pseudonym in the user name is constant for a person in a room, so that the server's quota
    applies, and differs between rooms, so that its log does not link them.
    """
    if not settings.TURN_URLS:
        return None
    expires_at = now + CREDENTIALS_LIFETIME
    username = f"{int(expires_at.timestamp())}:{_opaque(room_id, who)}"
    return TurnCredentials(
        urls=settings.TURN_URLS,
        username=username,
        credential=_sign(username, "sha1"),
        renew_at=now + RENEW_AFTER,
        expires_at=expires_at,
    )


def _opaque(room_id: int, who: str) -> str:
    # The prefix separates this use of the secret from the signature of credentials.
    signed = _sign(f"person:{room_id}:{who}", "sha256")
    return signed.translate(str.maketrans("+/", "-_"))[:OPAQUE_LENGTH]


def _sign(text: str, digest: str) -> str:
    """Return the HMAC with the shared secret. The protocol prescribes SHA-1, still safe as an HMAC."""
    signature = hmac.new(settings.TURN_SECRET.encode(), text.encode(), digest)
    return base64.b64encode(signature.digest()).decode()
