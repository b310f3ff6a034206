"""What rooms and windows are called at Janus, and the keys of its rooms: derived, kept nowhere."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Final

from django.conf import settings

if TYPE_CHECKING:
    from sessions.media.backend import Window

LENGTH: Final = 32  # hexadecimal digits; 128 bits


def room_name(room_id: int) -> str:
    """Return the name of a room."""
    return _derive(f"room:{room_id}")


def room_secret(room_id: int) -> str:
    """Return what it takes to mute, remove and destroy in a room."""
    return _derive(f"secret:{room_id}")


def room_pin(room_id: int) -> str:
    """Return what it takes to come into a room."""
    return _derive(f"pin:{room_id}")


def feed_of(window: Window) -> str:
    """Return the name of what a window sends: every process can tell from it whose it is."""
    return f"{window.who}.{window.line}"


def owner_of(feed: str) -> tuple[str, str]:
    """Return the person and the line of a feed."""
    who, _, line = feed.partition(".")
    return who, line


def _derive(label: str) -> str:
    key = settings.JANUS_SECRET.encode()
    return hmac.digest(key, label.encode(), hashlib.sha256).hex()[:LENGTH]
