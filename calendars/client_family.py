"""The family of a calendar program, from its User-Agent."""

from __future__ import annotations

from typing import Final

from calendars.models import Feed

Client = Feed.Client

# The first match counts: Apple's and Android's programs also name others.
USER_AGENT_MARKS: Final = (
    ("google", Client.GOOGLE),
    ("thunderbird", Client.THUNDERBIRD),
    ("lightning", Client.THUNDERBIRD),
    ("nextcloud", Client.NEXTCLOUD),
    ("evolution", Client.GNOME),
    ("gnome", Client.GNOME),
    ("icsx5", Client.ANDROID),
    ("davx5", Client.ANDROID),
    ("outlook", Client.OUTLOOK),
    ("microsoft", Client.OUTLOOK),
    ("exchange", Client.OUTLOOK),
    ("dataaccessd", Client.APPLE),
    ("calendaragent", Client.APPLE),
    ("ios/", Client.APPLE),
    ("macos", Client.APPLE),
    ("mac os", Client.APPLE),
    ("android", Client.ANDROID),
)


def client_family(user_agent: str) -> Feed.Client:
    """Return the family; version and device would identify people."""
    agent = user_agent.lower()
    return next((client for mark, client in USER_AGENT_MARKS if mark in agent), Client.OTHER)
