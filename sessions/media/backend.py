"""What every way of carrying voices and pictures can do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sessions.room import State
    from sessions.room.media import Rights


class MediaCode(StrEnum):
    """Why a frame about media is refused; browsers switch on it."""

    ADDRESS_SHOWN = "address_shown"
    MALFORMED = "malformed"
    NO_MEDIA = "no_media"
    NOT_HERE = "not_here"
    NOT_IN_CALL = "not_in_call"
    TEXT_SEAT = "text_seat"
    UNAVAILABLE = "unavailable"
    UNKNOWN_WINDOW = "unknown_window"


class MediaRefused(Exception):
    """A frame that had no effect. Other windows hear nothing of it."""

    def __init__(self, code: MediaCode) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Window:
    """One open window of one person in one room: where media goes to and comes from.

    ``line`` names it in its room while it is open; ``who`` may have several.
    """

    room_id: int
    who: str
    line: str


class Post(Protocol):
    """How a backend reaches browsers: frames ``{"type": "media", …}``, each at most once."""

    def tell(self, window: Window, message: Mapping[str, Any]) -> None:
        """Send a message to a window of this process; nothing happens when it has gone."""

    def pass_on(self, sender: Window, message: Mapping[str, Any], *, to: str | None = None) -> None:
        """Send a message, signed by its sender, to a line or to every other line of the room.

        Wherever it is open: the receiver's own process looks again whether it is in the call.
        """

    def state_of(self, room_id: int) -> State | None:
        """Return the room as this process last read it; None when nobody here is in its call."""


class MediaBackend(Protocol):
    """One way for voices and pictures, as one process sees it. Lives on the event loop.

    A method that must wait for a server waits; whatever it raises but ``MediaRefused`` is logged,
    answered with ``unavailable`` and disturbs nobody else. Calls for one window come one at a time.
    """

    async def admit(self, window: Window, rights: Rights) -> None:
        """Take a window into the call, also again, and tell it ``{"kind": "welcome", …}``.

        The welcome has ``you`` (the line), ``backend``, and ``ice`` as from ``credentials``.

        Raises:
            MediaRefused: ``UNAVAILABLE``, while the server it needs is away.
        """

    async def receive(self, window: Window, frame: Mapping[str, Any]) -> None:
        """Do what an admitted window's frame asks for; ``frame`` is whatever JSON object came.

        Raises:
            MediaRefused: it is not well-formed, or not allowed.
        """

    async def grant(self, window: Window, rights: Rights) -> None:
        """Let through what a person sends from now on, and nothing else.

        A missing ``audio`` is the mute, by whomever; only the last call counts.
        """

    async def remove(self, window: Window) -> None:
        """Lose a window: nothing more goes to it or comes from it. Knows no window it must."""

    async def close(self, room_id: int) -> None:
        """Let go of a room that no window of this process needs any more."""

    def credentials(self, window: Window) -> dict[str, Any]:
        """Return ``iceServers``, ``iceTransportPolicy`` and ``renew_in`` (seconds, or None)."""

    async def is_well(self) -> bool:
        """Whether it can carry anything now: asked every two seconds, so answer from memory."""
