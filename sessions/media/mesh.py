"""The mesh backend: relays signalling between browsers, which connect to each other.

Media are encrypted from browser to browser (DTLS-SRTP), so the server cannot filter them. The browsers
apply the room's rules: each plays only devices that are on in the room, and disconnects from people who
leave the call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.utils import timezone

from sessions.media import sdp
from sessions.media.backend import MediaCode, MediaRefused
from sessions.media.turn import issue_turn_credentials

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sessions.media.backend import Signalling, Window
    from sessions.room.media import Rights
    from sessions.room.state import Participant

MAX_CANDIDATES: Final = 20


class Mesh:
    """The mesh backend of one process."""

    def __init__(self, signalling: Signalling) -> None:
        self._signalling = signalling

    async def admit(self, window: Window, rights: Rights) -> None:  # noqa: ARG002 - the interface
        """Welcome a window, and announce it to the others."""
        welcome = {"kind": "welcome", "backend": "mesh", "you": window.key}
        self._signalling.send(window, welcome | {"ice": self.credentials(window)})
        self._signalling.relay(window, {"kind": "hello", "by": "mesh"})

    async def receive(self, window: Window, frame: Mapping[str, Any]) -> None:
        """Relay an answer to a hello, a description or candidates to one other window.

        Raises:
            MediaRefused: it is malformed, or shows an address without both people's consent.
        """
        to, whom = frame.get("to"), frame.get("whom")
        if not isinstance(to, str) or not isinstance(whom, str) or len(to) > sdp.NAME_LENGTH:
            raise MediaRefused(MediaCode.MALFORMED)
        message = self._read(frame, direct=self._may_be_direct(window, whom))
        self._signalling.relay(window, message | {"whom": whom}, to=to)

    async def grant(self, window: Window, rights: Rights) -> None:
        """Do nothing: the browsers receive the event and apply it."""

    async def remove(self, window: Window) -> None:
        """Tell the others to disconnect from a window."""
        self._signalling.relay(window, {"kind": "gone", "by": "mesh"})

    async def close(self, room_id: int) -> None:
        """Do nothing."""

    def credentials(self, window: Window) -> dict[str, Any]:
        """Return TURN credentials; allow direct connections too if the person agreed to them."""
        relay = issue_turn_credentials(room_id=window.room_id, who=window.who, now=timezone.now())
        return {
            "iceServers": [relay.as_ice_server()] if relay else [],
            "iceTransportPolicy": "all" if self._agreed(window, window.who) else "relay",
            "renew_in": int((relay.renew_at - timezone.now()).total_seconds()) if relay else None,
        }

    async def is_healthy(self) -> bool:
        """Return True: there is no server."""
        return True

    def _read(self, frame: Mapping[str, Any], *, direct: bool) -> dict[str, Any]:
        """Return the checked fields of a frame, and no others."""
        kind = frame.get("kind")
        if kind == "here":
            return {"kind": kind}
        if kind == "description":
            described = sdp.read_description(frame.get("description"), direct=direct)
            return {"kind": kind, "description": described}
        raw = frame.get("candidates")
        if kind != "candidates" or not isinstance(raw, list) or len(raw) > MAX_CANDIDATES:
            raise MediaRefused(MediaCode.MALFORMED)
        return {"kind": kind, "candidates": [sdp.read_candidate(one, direct=direct) for one in raw]}

    def _may_be_direct(self, window: Window, other: str) -> bool:
        return self._agreed(window, window.who) and self._agreed(window, other)

    def _agreed(self, window: Window, who: str) -> bool:
        state = self._signalling.state_of(window.room_id)
        person: Participant | None = state.people.get(who) if state else None
        return bool(state and state.direct_allowed and person and person.is_direct)
