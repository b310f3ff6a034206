"""Links and a QR code with which programs subscribe to a feed."""

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
    """The links of one feed. A person follows them; no page opens one by itself."""

    url: str

    @property
    def apple(self) -> str:
        """Return a ``webcals`` address, which Apple's programs subscribe to with one tap.

        Some read ``webcal`` as plain http, and the secret would travel in clear.
        """
        return self.url.replace("http", "webcal", 1)

    @property
    def google(self) -> str:
        """Return the page of Google Calendar that asks whether to subscribe."""
        return GOOGLE + quote(self.url, safe="")

    @property
    def outlook(self) -> str:
        """Return the page of Outlook.com that asks whether to subscribe."""
        return OUTLOOK + quote(self.url, safe="")

    @property
    def office(self) -> str:
        """Return the page of Outlook at work or school that asks whether to subscribe."""
        return OFFICE + quote(self.url, safe="")

    @property
    def qr_code(self) -> str:
        """Return a QR code as a ``data:`` URL, which needs no request."""
        code = segno.make(self.url, error="m", micro=False)
        return str(code.svg_data_uri(scale=4, border=4, dark="#000", light="#fff"))
