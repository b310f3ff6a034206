"""Which family of calendar programs asks, told from how it introduces itself."""

from __future__ import annotations

from typing import Final

from calendars.models import Feed

Client = Feed.Client

# The first that fits: Apple's programs and Android's name several others in passing.
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
    """Return the family; no version and no device, which would tell people apart."""
    words = user_agent.lower()
    return next((client for mark, client in USER_AGENT_MARKS if mark in words), Client.OTHER)
