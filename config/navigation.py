"""Which entry of the main navigation a page belongs to."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Section(StrEnum):
    """An entry of the main navigation."""

    MEETINGS = "meetings"
    MY_SESSIONS = "my_sessions"
    GROUPS = "groups"
    INBOX = "inbox"
    ACCOUNT = "account"


# The first prefix that fits decides, so the longer one stands first.
_SECTIONS: Final = (
    ("/mine/week/", Section.ACCOUNT),
    ("/mine/calendar/", Section.ACCOUNT),
    ("/mine/", Section.MY_SESSIONS),
    ("/s/", Section.MY_SESSIONS),
    ("/inbox/", Section.INBOX),
    ("/account/", Section.ACCOUNT),
    ("/reminders/", Section.ACCOUNT),
    ("/zone/", Section.ACCOUNT),
    ("/sign-", Section.ACCOUNT),
    ("/g/", Section.GROUPS),
    ("/groups/", Section.GROUPS),
    ("/join/", Section.GROUPS),
    ("/facilitating/", Section.GROUPS),
    ("/cover/", Section.GROUPS),
    ("/reports/", Section.GROUPS),
    ("/organisations/", Section.GROUPS),
)

# Pages of one session that its facilitators manage it with.
_MANAGING: Final = ("run", "move", "cancel", "following", "length", "lead", "cover", "seats")


def section_of(path: str) -> Section | None:
    """Return the section of a URL path, ``None`` for a page outside all of them."""
    if path == "/":
        return Section.MEETINGS
    if path.startswith("/s/") and path.rstrip("/").rpartition("/")[2] in _MANAGING:
        return Section.GROUPS
    return next((section for prefix, section in _SECTIONS if path.startswith(prefix)), None)
