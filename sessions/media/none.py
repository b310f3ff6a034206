"""The backend of a room without audio and video."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sessions.media.backend import MediaCode, MediaRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sessions.media.backend import Window
    from sessions.room.media import Rights


class NoMedia:
    """Refuses every media frame."""

    async def admit(self, window: Window, rights: Rights) -> None:  # noqa: ARG002 - the interface
        """Refuse.

        Raises:
            MediaRefused: always.
        """
        raise MediaRefused(MediaCode.NO_MEDIA)

    async def receive(self, window: Window, frame: Mapping[str, Any]) -> None:  # noqa: ARG002 - the interface
        """Refuse.

        Raises:
            MediaRefused: always.
        """
        raise MediaRefused(MediaCode.NO_MEDIA)

    async def grant(self, window: Window, rights: Rights) -> None:
        """Do nothing."""

    async def remove(self, window: Window) -> None:
        """Do nothing."""

    async def close(self, room_id: int) -> None:
        """Do nothing."""

    def credentials(self, window: Window) -> dict[str, Any]:  # noqa: ARG002 - the interface
        """Return a configuration without servers."""
        return {"iceServers": [], "iceTransportPolicy": "relay", "renew_in": None}

    async def is_healthy(self) -> bool:
        """Return True: there is no server."""
        return True
