"""The interface of media backends."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sessions.room import State
    from sessions.room.media import Rights


class MediaCode(StrEnum):
    """Why a media frame is refused. Browsers switch on it."""

    ADDRESS_SHOWN = "address_shown"
    MALFORMED = "malformed"
    NO_MEDIA = "no_media"
    NOT_HERE = "not_here"
    NOT_IN_CALL = "not_in_call"
    TEXT_ONLY = "text_only"
    UNAVAILABLE = "unavailable"
    UNKNOWN_WINDOW = "unknown_window"


class MediaRefused(Exception):
    """A media frame that had no effect, with the reason for its sender."""

    def __init__(self, code: MediaCode) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Window:
    """One browser window of a person in the call of a room.

    ``key`` identifies it within the room while it is open; a person may have several.
    """

    room_id: int
    who: str
    key: str


class Signalling(Protocol):
    """How a backend reaches browsers: frames ``{"type": "media", …}``, delivered at most once."""

    def send(self, window: Window, message: Mapping[str, Any]) -> None:
        """Send a message to a window of this process; do nothing if it is closed."""

    def relay(self, sender: Window, message: Mapping[str, Any], *, to: str | None = None) -> None:
        """Send a message, with its sender, to one window of the room or to all others.

        They may be connected to other processes, which check that they take part in the call.
        """

    def state_of(self, room_id: int) -> State | None:
        """Return the room as this process last read it; None if nobody here is in its call."""


class MediaBackend(Protocol):
    """One backend, as used by one event loop.

    Methods may wait for a server. Errors other than ``MediaRefused`` are logged and answered with
    ``unavailable``. The calls for one window never overlap.
    """

    async def admit(self, window: Window, rights: Rights) -> None:
        """Take a window into the call, perhaps again, and send it ``{"kind": "welcome", …}``.

        The welcome has ``you`` (the window's key), ``backend``, and ``ice`` as from ``credentials``.

        Raises:
            MediaRefused: ``UNAVAILABLE``, while the server is down.
        """

    async def receive(self, window: Window, frame: Mapping[str, Any]) -> None:
        """Handle a frame of an admitted window. ``frame`` is an unchecked JSON object.

        Raises:
            MediaRefused: it is malformed or not allowed.
        """

    async def grant(self, window: Window, rights: Rights) -> None:
        """Let through what a person may send from now on, and nothing else.

        Each call replaces the rights of the last one.
        """

    async def remove(self, window: Window) -> None:
        """Stop sending to a window and receiving from it. Unknown windows are ignored."""

    async def close(self, room_id: int) -> None:
        """Release a room that has no window in this process any more."""

    def credentials(self, window: Window) -> dict[str, Any]:
        """Return ``iceServers``, ``iceTransportPolicy`` and ``renew_in`` (seconds, or None)."""

    async def is_healthy(self) -> bool:
        """Return whether media can be carried now. Called every two seconds, so do not ask a server."""
