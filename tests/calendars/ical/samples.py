"""Sessions, covers and phrases from which the calendar tests start."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TypedDict, Unpack

from calendars.ical.document import CalendarProperties
from calendars.ical.event import Phrases, SessionEvent, derive_uid

BO_KEY = b"the key of Bo's subscription"
CREATED = datetime(2026, 1, 1, 9, tzinfo=UTC)
TUESDAY = datetime(2026, 1, 6, 18, tzinfo=UTC)
PHRASES = Phrases(cancelled="Cancelled: ", sign_in="Sign in to join")
PAGE = "https://commonhour.example/go/7Q2M"


class Changes(TypedDict, total=False):
    uid: str
    starts_at: datetime
    ends_at: datetime
    summary: str
    created_at: datetime
    revised_at: datetime
    sequence: int
    cancelled: bool
    url: str
    description: tuple[str, ...]


def session(**changes: Unpack[Changes]) -> SessionEvent:
    starts_at = changes.get("starts_at", TUESDAY)
    facts: Changes = {
        "uid": derive_uid(BO_KEY, "first"),
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=90),
        "summary": "Session",
        "created_at": CREATED,
        "revised_at": CREATED,
        "url": PAGE,
        "description": ("Details and joining are on your page, after sign-in:",),
    }
    return SessionEvent(**(facts | changes))


def properties(*, name: str = "My sessions", revised_at: datetime = CREATED) -> CalendarProperties:
    return CalendarProperties(uid=derive_uid(BO_KEY, "calendar"), name=name, revised_at=revised_at)


def uploaded(*events: str, head: str = "") -> bytes:
    """Return a calendar as somebody else's program would export it."""
    body = "".join(f"BEGIN:VEVENT\nUID:1\n{event}\nEND:VEVENT\n" for event in events)
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//EN\n{head}{body}END:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


WEEKLY = (
    "SUMMARY:Tuesdays\nDTSTART;TZID=Europe/Berlin:20260106T190000\n"
    "DTEND;TZID=Europe/Berlin:20260106T203000\nRRULE:FREQ=WEEKLY;BYDAY=TU"
)
