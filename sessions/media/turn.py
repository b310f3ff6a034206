"""Passes for our relay: short, signed, and without a name.

The scheme is coturn's ``use-auth-secret`` (draft-uberti-behave-turn-rest): whoever knows the shared
secret can sign a pass, and the relay asks no database.
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

LIFETIME: Final = timedelta(minutes=30)
RENEW_AFTER: Final = timedelta(minutes=20)
OPAQUE_LENGTH: Final = 22  # characters; 132 bits


@dataclass(frozen=True, slots=True)
class Pass:
    """What a browser shows the relay. Good until ``expires_at``; ask for another at ``renew_at``."""

    urls: Sequence[str]
    username: str
    credential: str
    renew_at: datetime
    expires_at: datetime

    def as_ice_server(self) -> dict[str, object]:
        """Return it as ``RTCConfiguration.iceServers`` wants it."""
        return {"urls": list(self.urls), "username": self.username, "credential": self.credential}


def issue_pass(*, room_id: int, who: str, now: datetime) -> Pass | None:
    """Return half an hour at our relay for one person in one room; None where there is no relay.

    The user name is the same for a person all evening, so that the relay's quota holds for her, and
    another in every other room, so that its log tells no story.
    """
    if not settings.TURN_URLS:
        return None
    expires_at = now + LIFETIME
    username = f"{int(expires_at.timestamp())}:{_opaque(room_id, who)}"
    return Pass(
        urls=settings.TURN_URLS,
        username=username,
        credential=_sign(username, "sha1"),
        renew_at=now + RENEW_AFTER,
        expires_at=expires_at,
    )


def _opaque(room_id: int, who: str) -> str:
    # The label keeps this signature apart from those that open the relay.
    signed = _sign(f"person:{room_id}:{who}", "sha256")
    return signed.translate(str.maketrans("+/", "-_"))[:OPAQUE_LENGTH]


def _sign(text: str, digest: str) -> str:
    """Sign with the relay's secret; its protocol is bound to SHA-1, which still holds as an HMAC."""
    signature = hmac.new(settings.TURN_SECRET.encode(), text.encode(), digest)
    return base64.b64encode(signature.digest()).decode()
