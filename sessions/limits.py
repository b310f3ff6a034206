"""How much one person may send, and from where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import validate_host

if TYPE_CHECKING:
    from collections.abc import Mapping

FRAME_BYTES: Final = 8 * 1024
HARD_FRAME_BYTES: Final = 64 * 1024
BURST: Final = 20
PER_SECOND: Final = 4.0
PATIENCE: Final = 60  # frames over the limit before the line is cut


class Bucket:
    """A token bucket: twenty frames at once, then four a second, for all sockets of a person."""

    def __init__(self) -> None:
        self._tokens = float(BURST)
        self._at = 0.0
        self._refused = 0

    def take(self, at: float) -> bool:
        """Return whether one more frame is fine, ``at`` a monotonic second."""
        self._tokens = min(BURST, self._tokens + (at - self._at) * PER_SECOND)
        self._at = at
        if self._tokens < 1:
            self._refused += 1
            return False
        self._tokens -= 1
        self._refused = 0
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
