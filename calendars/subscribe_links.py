"""What a calendar's address looks like to a phone, to a camera and to other people's programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

import segno

if TYPE_CHECKING:
    from typing import Final

GOOGLE: Final = "https://calendar.google.com/calendar/r?cid="
OUTLOOK: Final = "https://outlook.live.com/calendar/0/addfromweb?url="
OFFICE: Final = "https://outlook.office.com/calendar/0/addfromweb?url="


@dataclass(frozen=True, slots=True)
class SubscribeLinks:
    """A calendar's address. Each link is one that a person follows; no page opens it by itself."""

    url: str

    @property
    def apple(self) -> str:
        """Return the address as Apple's programs subscribe to it with one tap.

        ``webcal`` alone is read as plain http by some, and the secret would travel in clear.
        """
        return self.url.replace("http", "webcal", 1)

    @property
    def google(self) -> str:
        """Return the page on which Google asks whether to subscribe."""
        return GOOGLE + quote(self.url, safe="")

    @property
    def outlook(self) -> str:
        """Return the page on which Outlook.com asks whether to subscribe."""
        return OUTLOOK + quote(self.url, safe="")

    @property
    def office(self) -> str:
        """Return the page on which Outlook at work or school asks whether to subscribe."""
        return OFFICE + quote(self.url, safe="")

    @property
    def qr_code(self) -> str:
        """Return a QR code as a ``data:`` address: no request, so nobody else sees it."""
        code = segno.make(self.url, error="m", micro=False)
        return str(code.svg_data_uri(scale=4, border=4, dark="#000", light="#fff"))
