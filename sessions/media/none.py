"""A room of text: nothing to carry, and a code for who asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sessions.media.backend import MediaCode, MediaRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sessions.media.backend import Window
    from sessions.room.media import Rights


class NoMedia:
    """Refuses kindly, forgets at once."""

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
        """Have nothing to let through."""

    async def remove(self, window: Window) -> None:
        """Have nothing to end."""

    async def close(self, room_id: int) -> None:
        """Have nothing to let go of."""

    def credentials(self, window: Window) -> dict[str, Any]:  # noqa: ARG002 - the interface
        """Return a configuration that reaches nobody."""
        return {"iceServers": [], "iceTransportPolicy": "relay", "renew_in": None}

    async def is_well(self) -> bool:
        """Say yes: text is always possible."""
        return True
