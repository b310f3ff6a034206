"""What a locked screen or one text message holds: a sentence and a link."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifications.content import message

if TYPE_CHECKING:
    from notifications.queries.due_notices import DueNotice


@dataclass(frozen=True, slots=True)
class ShortText:
    """One sentence, in its reader's language and time zone, and the URL to open."""

    sentence: str
    url: str


def compose_short_text(digest: list[DueNotice]) -> ShortText:
    """Return the short text for some notices of one person; several lead to their own page."""
    session = digest[0].notice.occurrence
    if len(digest) == 1 and session is not None:
        url = message.absolute_url("join_session", session.key)
    else:
        url = message.absolute_url("my_sessions")
    return ShortText(message.compose_message(digest).subject, url)
