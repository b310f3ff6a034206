"""What fits on a locked screen or into one text message: when, and the way to the door."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifications.content import message

if TYPE_CHECKING:
    from notifications.delivery.validity import Due


@dataclass(frozen=True, slots=True)
class ShortText:
    """One sentence, in its reader's language and time, and the address to open."""

    sentence: str
    url: str


def compose_short_text(digest: list[Due]) -> ShortText:
    """Say in one sentence what one person must hear; several things lead to her own page."""
    session = digest[0].notice.occurrence
    if len(digest) == 1 and session is not None:
        url = message.absolute("door", session.key)
    else:
        url = message.absolute("my_sessions")
    return ShortText(message.compose_message(digest).subject, url)
