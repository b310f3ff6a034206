"""How rendered events become one calendar: the same facts are the same bytes, wherever and when.

Nothing here asks for the time or draws at random, so the hash of the bytes is an honest ETag.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from icalendar import Calendar, vDuration

from calendars.ical.event import single_line, to_second

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

MAX_BODY_BYTES: Final = 800_000
"""Bytes. Google drops whatever lies beyond its first megabyte, without a word."""

PRODUCT_ID: Final = "-//Commonhour//Calendar feed 1//EN"
"""No release in it: an upgrade must not look like a change of every calendar."""

END: Final = b"END:VCALENDAR\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarProperties:
    """What a calendar says about itself.

    Attributes:
        uid: the same for as long as the subscription lives.
        name: what a phone shows above the sessions, and what someone looking over sees.
        revised_at: the latest revision of anything inside.
        colour: a CSS name and its hexadecimal value, for the two properties that carry it.
        refresh_every: how often a client should ask again, at most.
    """

    uid: str
    name: str
    revised_at: datetime
    colour: tuple[str, str] = ("teal", "#008080")
    refresh_every: timedelta = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class CalendarBody:
    """A calendar's body in pieces, with what HTTP needs to know before the first one is sent.

    Attributes:
        etag: strong, quoted; the SHA-256 of the uncompressed bytes.
        size: bytes.
        is_complete: False when events at the end had to stay out to keep the size.
    """

    pieces: tuple[bytes, ...]
    etag: str
    size: int
    is_complete: bool

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.pieces)


def assemble(
    properties: CalendarProperties, events: Iterable[bytes], *, zones: Iterable[bytes] = ()
) -> CalendarBody:
    """Join rendered events into one calendar of fewer than 800,000 bytes.

    Events are taken in the order given, nearest first, until the next one would not fit; zones
    are the VTIMEZONEs that events refer to, and come sorted whatever order they are given in.
    """
    pieces = [_open(properties), *sorted(set(zones))]
    size = sum(map(len, pieces)) + len(END)
    is_complete = True
    for event in events:
        if size + len(event) >= MAX_BODY_BYTES:
            is_complete = False
            break
        pieces.append(event)
        size += len(event)
    pieces.append(END)
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return CalendarBody(tuple(pieces), f'"{digest.hexdigest()}"', size, is_complete)


@lru_cache(maxsize=2_000)
def _open(properties: CalendarProperties) -> bytes:
    """Return everything of a calendar that comes before its components.

    There is no METHOD: without one, DTSTAMP may say when a session was last revised.
    """
    calendar = Calendar()
    name = single_line(properties.name)
    colour, code = properties.colour
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODUCT_ID)
    calendar.add("calscale", "GREGORIAN")
    calendar.add("uid", properties.uid)
    calendar.add("last-modified", to_second(properties.revised_at))
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("color", colour)
    calendar.add("x-apple-calendar-color", code)
    # RFC 7986 (5.7) makes VALUE=DURATION a duty; icalendar leaves it out unless told.
    calendar.add("refresh-interval", properties.refresh_every, {"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(properties.refresh_every))
    written: bytes = calendar.to_ical(sorted=False)
    return written.removesuffix(END)
