"""A VCALENDAR from rendered components.

The same values give the same bytes in every process and at any time, so the hash of the bytes is a
strong validator (RFC 9110, 8.8.1).
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
"""Google ignores what lies beyond the first megabyte of a calendar, without an error."""

PRODUCT_ID: Final = "-//Commonhour//Calendar feed 1//EN"
"""PRODID (RFC 5545, 3.7.3), without a release: an upgrade must not change every calendar."""

END_LINE: Final = b"END:VCALENDAR\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarProperties:
    """The properties of a calendar (RFC 7986, section 5).

    Attributes:
        uid: the same for as long as the subscription lives (5.3).
        name: what programs show as the calendar's name (5.1).
        revised_at: the last change of anything in it, aware (5.4); written in whole seconds.
        colour: a CSS3 colour name (5.9), and its hexadecimal value for Apple.
        refresh_every: the shortest time between two polls that is asked for (5.7).
    """

    uid: str
    name: str
    revised_at: datetime
    colour: tuple[str, str] = ("teal", "#008080")
    refresh_every: timedelta = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class CalendarBody:
    """The bytes of a calendar in pieces; iterates over them in order.

    Attributes:
        etag: a strong validator: the SHA-256 of the bytes in hex, quoted.
        size: bytes of all pieces together.
        is_complete: False if events at the end were left out to keep below 800,000 bytes.
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
    """Return a VCALENDAR (RFC 5545, 3.4) of less than 800,000 bytes.

    Args:
        properties: of the calendar.
        events: rendered VEVENTs, nearest first; from the first that does not fit all are left out.
        zones: the VTIMEZONEs that the events refer to, in any order; written once each, sorted.
    """
    pieces = [_head(properties), *sorted(set(zones))]
    size = sum(map(len, pieces)) + len(END_LINE)
    is_complete = True
    for event in events:
        if size + len(event) >= MAX_BODY_BYTES:
            is_complete = False
            break
        pieces.append(event)
        size += len(event)
    pieces.append(END_LINE)
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return CalendarBody(tuple(pieces), f'"{digest.hexdigest()}"', size, is_complete)


@lru_cache(maxsize=2_000)
def _head(properties: CalendarProperties) -> bytes:
    """Return the content lines before the first component.

    There is no METHOD: without one, DTSTAMP is the last revision of an event (RFC 5545, 3.8.7.2).
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
    # RFC 7986 (5.7) requires VALUE=DURATION; icalendar leaves it out by default.
    calendar.add("refresh-interval", properties.refresh_every, {"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(properties.refresh_every))
    written: bytes = calendar.to_ical(sorted=False)
    return written.removesuffix(END_LINE)
