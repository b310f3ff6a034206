"""How this installation and a gateway know each other: HMAC-SHA256 over a moment and the body."""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.utils import timezone

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

MOMENT: Final = "Commonhour-Timestamp"
SIGNATURE: Final = "Commonhour-Signature"
FRESH_SECONDS: Final = 300  # an old request that someone recorded is worth nothing


def signed(body: bytes, now: datetime | None = None) -> dict[str, str]:
    """Return the headers that sign a request body now."""
    moment = str(int((now or timezone.now()).timestamp()))
    return {MOMENT: moment, SIGNATURE: f"v1={_digest(moment, body)}"}


def is_signed(headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Whether a request comes from who knows the secret, within five minutes."""
    moment, signature = headers.get(MOMENT, ""), headers.get(SIGNATURE, "")
    if not settings.GATEWAY_SECRET or not (moment.isascii() and moment.isdigit()):
        return False
    is_fresh = abs(now.timestamp() - int(moment)) <= FRESH_SECONDS
    expected = f"v1={_digest(moment, body)}"
    return is_fresh and hmac.compare_digest(signature.encode(), expected.encode())


def _digest(moment: str, body: bytes) -> str:
    key = settings.GATEWAY_SECRET.encode()
    return hmac.new(key, moment.encode() + b"." + body, sha256).hexdigest()
