"""How one session is written into a calendar, so that every client shows, moves and cancels it."""

from __future__ import annotations

import hmac
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID

from icalendar import Event


@dataclass(frozen=True, slots=True)
class Phrases:
    """The words a calendar needs besides a session's own, in the language of its reader.

    Attributes:
        cancelled: a title's prefix, with the space that follows it; some clients show a
            cancelled event like any other, so the title must say it.
        sign_in: what the link is called, such as "Sign in to join".
    """

    cancelled: str
    sign_in: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEvent:
    """One session as its reader may see it; whoever builds it has chosen what that is.

    There is no field for people, places, organisers or alarms: what is not here cannot leak.

    Attributes:
        uid: stays the same through every move, cancellation and change of address.
        summary: the title, without any word about cancellation.
        sequence: rises by one with each move, cancellation and restoration.
        revised_at: rises with every change a reader could see; some clients ignore an
            event whose revision is not newer than the one they have.
        url: a page that asks who you are; never a way in.
        description: lines of text; the link is added below them.

    Raises:
        ValueError: a moment has no zone, or the session does not end after it starts.
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
        """Refuse floating times: each calendar would put them at another hour."""
        moments = (self.starts_at, self.ends_at, self.created_at, self.revised_at)
        if any(moment.utcoffset() is None for moment in moments):
            raise ValueError("A session's moments must be aware.")
        if self.ends_at <= self.starts_at:
            raise ValueError("A session must end after it starts.")


def derive_uid(subscription_key: bytes, session_key: str) -> str:
    """Return the UID under which one subscription knows one session or series.

    Two members whose calendars lie at the same provider cannot be matched by it, and it does
    not depend on the secret in the address. Shaped as RFC 7986 (5.3) asks: a UUID, of the
    version that RFC 9562 leaves to applications.
    """
    digest = hmac.digest(subscription_key, session_key.encode(), "sha256")
    version, variant = 0x8 << 76, 0x2 << 62
    free = ~((0xF << 76) | (0x3 << 62))
    return str(UUID(int=(int.from_bytes(digest[:16]) & free) | version | variant))


def render(session: SessionEvent, phrases: Phrases) -> bytes:
    """Return one VEVENT in UTC, ready to be joined into a calendar."""
    event = event_without_times(session, phrases)
    event.add("dtstart", session.starts_at.astimezone(UTC))
    event.add("dtend", session.ends_at.astimezone(UTC))
    return to_bytes(event)


def render_all_day(uid: str, day: date, summary: str, *, revised_at: datetime) -> bytes:
    """Return an all-day VEVENT that keeps nobody busy: the last word of an ended subscription."""
    event = _new_event(uid, revised_at, sequence=0)
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", single_line(summary))
    _add_status(event, status="CONFIRMED", busy=False)
    return to_bytes(event)


def event_without_times(
    session: SessionEvent, phrases: Phrases, *, sequence_base: int = 0
) -> Event:
    """Return everything about a session but its times."""
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
        label = single_line(phrases.sign_in).replace(
            '"', "”"
        )  # a straight quote would arrive as ^'
        event.add("conference", session.url, _conference(label))
    return event


_STATUS: Final = {False: "CONFIRMED", True: "CANCELLED"}


def _conference(label: str) -> dict[str, str]:
    return {"VALUE": "URI", "FEATURE": "VIDEO", "LABEL": label}


def _new_event(uid: str, revised_at: datetime, sequence: int) -> Event:
    """Begin an event; the stamp is the last revision, so that the same facts are the same bytes."""
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
    """Return text as one line without the characters that iCalendar has no way to write.

    A backslash becomes its wide look-alike: readers that unescape by replacing, icalendar's own
    among them, take one before an ``n`` for a line break however it was written.
    """
    spaced = " ".join(text.split()).replace("\\", "＼")
    return "".join(sign for sign in spaced if unicodedata.category(sign) not in {"Cc", "Cs"})


def to_second(moment: datetime) -> datetime:
    """Return a moment in UTC without its fraction, which iCalendar does not carry."""
    return moment.astimezone(UTC).replace(microsecond=0)


def to_bytes(event: Event) -> bytes:
    """Return an event's content lines in the order in which they were added."""
    written: bytes = event.to_ical(sorted=False)
    return written
