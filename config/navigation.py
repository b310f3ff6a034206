"""Which entry of the main navigation a page belongs to, and the pages of the settings."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Section(StrEnum):
    """An entry of the main navigation."""

    MEETINGS = "meetings"
    MY_SESSIONS = "my_sessions"
    GROUPS = "groups"
    INBOX = "inbox"
    ACCOUNT = "account"


class SettingsPage(NamedTuple):
    """An entry of the settings.

    Attributes:
        url_name: the page; it takes no arguments.
        hint: what is found there.
        prefixes: the paths of this page and of those below it.
    """

    url_name: str
    icon: str
    label: _StrPromise
    hint: _StrPromise
    prefixes: tuple[str, ...]


SETTINGS: Final = (
    SettingsPage(
        "account_details",
        "circle-user-round",
        _("Account"),
        _("User name, password, recovery code"),
        ("/account/details/", "/account/password/", "/account/recovery-code/"),
    ),
    SettingsPage(
        "set_zone",
        "globe",
        _("Language and time zone"),
        _("How dates and times are shown"),
        ("/zone/",),
    ),
    SettingsPage(
        "notifications",
        "bell",
        _("Notifications"),
        _("What reaches you, where and when"),
        ("/notifications/",),
    ),
    SettingsPage(
        "feeds",
        "calendar-plus",
        _("Calendars"),
        _("Your sessions in your own calendar"),
        ("/mine/calendar/",),
    ),
    SettingsPage(
        "my_week",
        "calendar-range",
        _("Availability"),
        _("The hours that suit you"),
        ("/mine/week/",),
    ),
    SettingsPage(
        "my_privacy",
        "shield",
        _("Privacy"),
        _("What others see of you"),
        ("/account/privacy/", "/mine/week/others/"),
    ),
    SettingsPage(
        "devices",
        "smartphone",
        _("Devices"),
        _("Where you are signed in, and sign out everywhere"),
        ("/devices/",),
    ),
    SettingsPage(
        "attended",
        "history",
        _("Past sessions"),
        _("With attendance letters"),
        ("/mine/attended/",),
    ),
)
# The first prefix that fits decides, so the longer one stands first.
_SECTIONS: Final = (
    *((prefix, Section.ACCOUNT) for page in SETTINGS for prefix in page.prefixes),
    ("/mine/", Section.MY_SESSIONS),
    ("/s/", Section.MY_SESSIONS),
    ("/inbox/", Section.INBOX),
    ("/account/", Section.ACCOUNT),
    ("/operator/", Section.ACCOUNT),
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


def settings_page_of(path: str) -> SettingsPage | None:
    """Return the settings page of a URL path; where two fit, the longer prefix decides."""
    fitting = [
        (len(prefix), page)
        for page in SETTINGS
        for prefix in page.prefixes
        if path.startswith(prefix)
    ]
    return max(fitting, key=lambda found: found[0])[1] if fitting else None
