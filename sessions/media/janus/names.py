"""Names and secrets of rooms and feeds at Janus, derived from ``JANUS_SECRET`` and not stored."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Final

from django.conf import settings

if TYPE_CHECKING:
    from sessions.media.backend import Window

HEX_DIGITS: Final = 32  # 128 bits


def room_name(room_id: int) -> str:
    """Return the name of a room at Janus."""
    return _derive(f"room:{room_id}")


def room_secret(room_id: int) -> str:
    """Return the secret for muting, removing and destroying in a room."""
    return _derive(f"secret:{room_id}")


def room_pin(room_id: int) -> str:
    """Return the pin for joining a room."""
    return _derive(f"pin:{room_id}")


def feed_of(window: Window) -> str:
    """Return the name of a window's feed, from which every process can derive its owner."""
    return f"{window.who}.{window.key}"


def owner_of(feed: str) -> tuple[str, str]:
    """Return the person and the window key of a feed."""
    who, _, key = feed.partition(".")
    return who, key


def _derive(label: str) -> str:
    key = settings.JANUS_SECRET.encode()
    return hmac.digest(key, label.encode(), hashlib.sha256).hex()[:HEX_DIGITS]
