"""Limits on frames: size, rate and origin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import validate_host

if TYPE_CHECKING:
    from collections.abc import Mapping

FRAME_BYTES: Final = 8 * 1024
MEDIA_FRAME_BYTES: Final = 32 * 1024  # session descriptions are long
MAX_FRAME_BYTES: Final = 64 * 1024
BURST: Final = 20
FRAMES_PER_SECOND: Final = 4.0
MEDIA_BURST: Final = 150  # a person who joins a call negotiates with everyone at once
MEDIA_FRAMES_PER_SECOND: Final = 30.0
MAX_REFUSED: Final = 60  # frames over the limit before the connection is closed


class TokenBucket:
    """A token bucket that all connections of one person share."""

    def __init__(self, *, burst: int = BURST, per_second: float = FRAMES_PER_SECOND) -> None:
        self._burst, self._per_second = burst, per_second
        self._tokens = float(burst)
        self.used_at = 0.0  # seconds of the event loop's clock
        self._refused = 0

    def take(self, at: float, *, cost: int = 1) -> bool:
        """Return whether a frame is within the limit; ``at`` is in seconds of the loop's clock."""
        self._tokens = min(self._burst, self._tokens + (at - self.used_at) * self._per_second)
        self.used_at = at
        if self._tokens < cost:
            self._refused += 1
            return False
        self._tokens -= cost
        self._refused = max(0, self._refused - 1)
        return True

    @property
    def is_exhausted(self) -> bool:
        """Whether too many frames over the limit were sent."""
        return self._refused > MAX_REFUSED


def is_same_origin(headers: Mapping[bytes, bytes], scheme: str) -> bool:
    """Return whether a WebSocket was opened by a page of this site.

    The trusted origins decide where they are set, as behind a proxy; otherwise scheme and host of
    the request do.
    """
    origin = headers.get(b"origin", b"").decode("latin-1")
    if settings.CSRF_TRUSTED_ORIGINS:
        return origin in settings.CSRF_TRUSTED_ORIGINS
    host = headers.get(b"host", b"").decode("latin-1")
    page_scheme = {"ws": "http", "wss": "https"}.get(scheme, "")
    name = urlsplit(f"//{host}").hostname or ""
    bracketed = f"[{name}]" if ":" in name else name
    is_allowed = validate_host(bracketed, settings.ALLOWED_HOSTS)
    return origin == f"{page_scheme}://{host}" and is_allowed
