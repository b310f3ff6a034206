"""Each with each: introduces browsers to one another, and never touches what they then send.

Their connections are encrypted from browser to browser (DTLS-SRTP), so the server cannot take
anything out of them. What keeps to the room's rules here is the browsers: each plays only what
the room says is on, and hangs up on whoever leaves the call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.utils import timezone

from sessions.media import sdp
from sessions.media.backend import MediaCode, MediaRefused
from sessions.media.turn import issue_pass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sessions.media.backend import Post, Window
    from sessions.room.media import Rights
    from sessions.room.state import Occupant

CANDIDATES_AT_ONCE: Final = 20


class Mesh:
    """The matchmaker of one process."""

    def __init__(self, post: Post) -> None:
        self._post = post

    async def admit(self, window: Window, rights: Rights) -> None:  # noqa: ARG002 - the interface
        """Welcome a window, and let the others know it."""
        welcome = {"kind": "welcome", "backend": "mesh", "you": window.line}
        self._post.tell(window, welcome | {"ice": self.credentials(window)})
        self._post.pass_on(window, {"kind": "hello", "by": "mesh"})

    async def receive(self, window: Window, frame: Mapping[str, Any]) -> None:
        """Pass an answer to a hello, a description or candidates on to one other window.

        Raises:
            MediaRefused: it is malformed, or would show an address to who must not know it.
        """
        to, whom = frame.get("to"), frame.get("whom")
        if not isinstance(to, str) or not isinstance(whom, str) or len(to) > sdp.NAME_LENGTH:
            raise MediaRefused(MediaCode.MALFORMED)
        message = self._read(frame, direct=self._may_be_direct(window, whom))
        self._post.pass_on(window, message | {"whom": whom}, to=to)

    async def grant(self, window: Window, rights: Rights) -> None:
        """Have no say in it: every browser has heard the event, and plays nobody without it."""

    async def remove(self, window: Window) -> None:
        """Tell the others to hang up."""
        self._post.pass_on(window, {"kind": "gone", "by": "mesh"})

    async def close(self, room_id: int) -> None:
        """Have nothing to let go of."""

    def credentials(self, window: Window) -> dict[str, Any]:
        """Return half an hour at our relay; direct ways too, for who agreed to them."""
        relay = issue_pass(room_id=window.room_id, who=window.who, now=timezone.now())
        return {
            "iceServers": [relay.as_ice_server()] if relay else [],
            "iceTransportPolicy": "all" if self._agreed(window, window.who) else "relay",
            "renew_in": int((relay.renew_at - timezone.now()).total_seconds()) if relay else None,
        }

    async def is_well(self) -> bool:
        """Say yes: the browsers carry it themselves."""
        return True

    def _read(self, frame: Mapping[str, Any], *, direct: bool) -> dict[str, Any]:
        """Return what may be passed on, and nothing that came with it."""
        kind = frame.get("kind")
        if kind == "here":
            return {"kind": kind}
        if kind == "description":
            described = sdp.read_description(frame.get("description"), direct=direct)
            return {"kind": kind, "description": described}
        raw = frame.get("candidates")
        if kind != "candidates" or not isinstance(raw, list) or len(raw) > CANDIDATES_AT_ONCE:
            raise MediaRefused(MediaCode.MALFORMED)
        return {"kind": kind, "candidates": [sdp.read_candidate(one, direct=direct) for one in raw]}

    def _may_be_direct(self, window: Window, other: str) -> bool:
        return self._agreed(window, window.who) and self._agreed(window, other)

    def _agreed(self, window: Window, who: str) -> bool:
        state = self._post.state_of(window.room_id)
        person: Occupant | None = state.people.get(who) if state else None
        return bool(state and state.direct_allowed and person and person.is_direct)
