"""One session as a VEVENT (RFC 5545, 3.6.1) that every client shows, moves and cancels alike."""

from __future__ import annotations

import hmac
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID

from icalendar import Event

_STATUS: Final = {False: "CONFIRMED", True: "CANCELLED"}


@dataclass(frozen=True, slots=True)
class Phrases:
    """The translated texts that are written into every event.

    Attributes:
        cancelled: prefix of a cancelled session's title, with the space that follows it; some
            clients show a cancelled event like any other.
        sign_in: label of the link, such as "Sign in to join".
    """

    cancelled: str
    sign_in: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEvent:
    """One session as its reader may see it; the caller has decided what that is.

    There are no fields for people, places, organisers or alarms, so none can leak.

    Attributes:
        uid: the same through every move, cancellation and new secret of the feed.
        starts_at, ends_at: aware, in any zone.
        summary: the title, without the prefix of a cancelled session.
        sequence: SEQUENCE (RFC 5545, 3.8.7.4); rises with each move, cancellation and restoration.
        revised_at: aware; rises with every change that a reader could see, because some clients
            ignore an event whose revision is not newer than their own.
        url: of a page that asks for sign-in; empty if there is none.
        description: lines of text; the URL is added below them.

    Raises:
        ValueError: a moment is naive, or the session does not end after it starts.
    """

    uid: str
    starts_at: datetime
    ends_at: datetime
    summary: str
    created_at: datetime
    revised_at: datetime
    sequence: int = 0
    cancelled: bool = False
    url: str = ""
    description: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse naive times: each client would show a floating one at another hour."""
        moments = (self.starts_at, self.ends_at, self.created_at, self.revised_at)
        if any(moment.utcoffset() is None for moment in moments):
            raise ValueError("A session's moments must be aware.")
        if self.ends_at <= self.starts_at:
            raise ValueError("A session must end after it starts.")


def derive_uid(subscription_key: bytes, session_key: str) -> str:
    """Return the UID of a session or a series in the feeds of one key.

    It is an HMAC-SHA-256 in the shape of a UUID (RFC 7986, 5.3) of version 8 (RFC 9562, 5.8):
    calendars of two members at one provider cannot be matched by it, and it does not depend on
    the secret in the feed's address.
    """
    digest = hmac.digest(subscription_key, session_key.encode(), "sha256")
    version, variant = 0x8 << 76, 0x2 << 62
    free = ~((0xF << 76) | (0x3 << 62))
    return str(UUID(int=(int.from_bytes(digest[:16]) & free) | version | variant))


def render(session: SessionEvent, phrases: Phrases) -> bytes:
    """Return a VEVENT with its times in UTC, as folded content lines that end in CRLF."""
    event = event_without_times(session, phrases)
    event.add("dtstart", session.starts_at.astimezone(UTC))
    event.add("dtend", session.ends_at.astimezone(UTC))
    return to_bytes(event)


def render_all_day(uid: str, day: date, summary: str, *, revised_at: datetime) -> bytes:
    """Return an all-day VEVENT that leaves its reader free (TRANSP:TRANSPARENT)."""
    event = _new_event(uid, revised_at, sequence=0)
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", single_line(summary))
    _add_status(event, status="CONFIRMED", busy=False)
    return to_bytes(event)


def event_without_times(
    session: SessionEvent, phrases: Phrases, *, sequence_base: int = 0
) -> Event:
    """Return a session's event without DTSTART and DTEND; its SEQUENCE is added to the base."""
    event = _new_event(session.uid, session.revised_at, sequence_base + session.sequence)
    event.add("created", to_second(session.created_at))
    prefix = phrases.cancelled if session.cancelled else ""
    event.add("summary", single_line(prefix + session.summary))
    _add_status(event, status=_STATUS[session.cancelled], busy=not session.cancelled)
    lines = [*session.description, session.url] if session.url else session.description
    if lines:
        event.add("description", "\n".join(single_line(line) for line in lines))
    if session.url:
        event.add("url", session.url)
    if session.url and not session.cancelled:
        event.add("conference", session.url, _conference_parameters(phrases.sign_in))
    return event


def _conference_parameters(label: str) -> dict[str, str]:
    """Return the parameters of CONFERENCE (RFC 7986, 5.11)."""
    label = single_line(label).replace('"', "”")  # clients show an escaped straight quote as ^'
    return {"VALUE": "URI", "FEATURE": "VIDEO", "LABEL": label}


def _new_event(uid: str, revised_at: datetime, sequence: int) -> Event:
    """Return an event whose DTSTAMP is its last revision, so that equal values are equal bytes."""
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", to_second(revised_at))
    event.add("last-modified", to_second(revised_at))
    event.add("sequence", sequence)
    return event


def _add_status(event: Event, *, status: str, busy: bool) -> None:
    event.add("status", status)
    event.add("transp", "OPAQUE" if busy else "TRANSPARENT")
    event.add("class", "PRIVATE")


def single_line(text: str) -> str:
    """Return text as one line without the control characters that TEXT excludes (3.3.11).

    A backslash becomes its full-width form: readers that unescape by replacing, icalendar's own
    among them, take an escaped one before an ``n`` for a line break.
    """
    spaced = " ".join(text.split()).replace("\\", "＼")
    return "".join(sign for sign in spaced if unicodedata.category(sign) not in {"Cc", "Cs"})


def to_second(moment: datetime) -> datetime:
    """Return an aware moment in UTC without its fraction, which DATE-TIME has not (3.3.5)."""
    return moment.astimezone(UTC).replace(microsecond=0)


def to_bytes(event: Event) -> bytes:
    """Return an event's content lines in the order in which they were added."""
    written: bytes = event.to_ical(sorted=False)
    return written
