"""How much one person may send, and from where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import validate_host

if TYPE_CHECKING:
    from collections.abc import Mapping

FRAME_BYTES: Final = 8 * 1024
MEDIA_FRAME_BYTES: Final = 32 * 1024  # a description of sound and picture is that long
HARD_FRAME_BYTES: Final = 64 * 1024
BURST: Final = 20
PER_SECOND: Final = 4.0
MEDIA_BURST: Final = 150  # a newcomer meets everyone at once
MEDIA_PER_SECOND: Final = 30.0
PATIENCE: Final = 60  # frames over the limit before the line is cut


class Bucket:
    """A token bucket: twenty frames at once, then four a second, for all sockets of a person."""

    def __init__(self, *, burst: int = BURST, per_second: float = PER_SECOND) -> None:
        self._burst, self._per_second = burst, per_second
        self._tokens = float(burst)
        self.used_at = 0.0  # a monotonic second
        self._refused = 0

    def take(self, at: float, *, cost: int = 1) -> bool:
        """Return whether one more frame is fine, ``at`` a monotonic second."""
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
        """Whether this person goes on sending against every refusal."""
        return self._refused > PATIENCE


def is_from_here(headers: Mapping[bytes, bytes], scheme: str) -> bool:
    """Return whether a WebSocket was opened by one of our own pages: same scheme, same host.

    Behind a proxy the trusted origins say who we are; otherwise the request itself does.
    """
    origin = headers.get(b"origin", b"").decode("latin-1")
    if settings.CSRF_TRUSTED_ORIGINS:
        return origin in settings.CSRF_TRUSTED_ORIGINS
    host = headers.get(b"host", b"").decode("latin-1")
    page = {"ws": "http", "wss": "https"}.get(scheme, "")
    name = urlsplit(f"//{host}").hostname or ""
    bracketed = f"[{name}]" if ":" in name else name
    return origin == f"{page}://{host}" and validate_host(bracketed, settings.ALLOWED_HOSTS)
