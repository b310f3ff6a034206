"""Signatures of requests between this installation and its gateways: HMAC-SHA256 (RFC 2104).

The signed text is the Unix time in seconds, a dot, and the body.
"""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.utils import timezone

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

TIMESTAMP_HEADER: Final = "Commonhour-Timestamp"
SIGNATURE_HEADER: Final = "Commonhour-Signature"
MAX_AGE_SECONDS: Final = 300  # limits the replay of a recorded request


def signed(body: bytes, now: datetime | None = None) -> dict[str, str]:
    """Return the headers that sign a request body now."""
    timestamp = str(int((now or timezone.now()).timestamp()))
    return {TIMESTAMP_HEADER: timestamp, SIGNATURE_HEADER: f"v1={_digest(timestamp, body)}"}


def is_signed(headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Whether a request has a valid signature that is at most five minutes old or early."""
    timestamp, signature = headers.get(TIMESTAMP_HEADER, ""), headers.get(SIGNATURE_HEADER, "")
    if not settings.GATEWAY_SECRET or not (timestamp.isascii() and timestamp.isdigit()):
        return False
    is_fresh = abs(now.timestamp() - int(timestamp)) <= MAX_AGE_SECONDS
    expected = f"v1={_digest(timestamp, body)}"
    return is_fresh and hmac.compare_digest(signature.encode(), expected.encode())


def _digest(timestamp: str, body: bytes) -> str:
    key = settings.GATEWAY_SECRET.encode()
    return hmac.new(key, timestamp.encode() + b"." + body, sha256).hexdigest()
