"""One person's connection to a room, and which events it has received."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sessions.live.transport import Connection
    from sessions.models import SignIn
    from sessions.room.audiences import Audience


class Subscriber:
    """A connection that receives the events of a room.

    ``seen`` is the number of the last event that it received or may not read. It is paused until its
    snapshot of the room is on its way. ``renew_at`` is when its lease is renewed, in seconds of the
    event loop's clock.
    """

    __slots__ = (
        "audiences",
        "connection",
        "is_paused",
        "lease_id",
        "renew_at",
        "room_id",
        "seen",
        "sign_in",
        "who",
    )

    def __init__(
        self, connection: Connection, *, room_id: int, lease_id: int, sign_in: SignIn
    ) -> None:
        self.connection = connection
        self.room_id = room_id
        self.who = sign_in.who
        self.lease_id = lease_id
        self.sign_in = sign_in
        self.renew_at = 0.0
        self.audiences: frozenset[Audience] = frozenset()
        self.seen = 0
        self.is_paused = True
