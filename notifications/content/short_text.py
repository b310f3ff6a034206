"""What fits on a locked screen or into one text message: when, and the way to the door."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifications.content import message

if TYPE_CHECKING:
    from notifications.delivery.validity import Due


@dataclass(frozen=True, slots=True)
class Brief:
    """One sentence, in its reader's language and time, and the address to open."""

    sentence: str
    url: str


def brief(parcel: list[Due]) -> Brief:
    """Say in one sentence what one person must hear; several things lead to her own page."""
    session = parcel[0].notice.occurrence
    if len(parcel) == 1 and session is not None:
        url = message.absolute("join_session", session.key)
    else:
        url = message.absolute("my_sessions")
    return Brief(message.letter(parcel).subject, url)
