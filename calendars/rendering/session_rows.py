"""From a session's row to the event that a feed shows."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - fields of a NamedTuple are read at run time
from itertools import starmap
from typing import TYPE_CHECKING, Final, NamedTuple

from django.conf import settings
from django.urls import reverse

from calendars.ical.event import SessionEvent, derive_uid
from scheduler.models import Occurrence

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from accounts.models import Person
    from calendars.models import Feed
    from calendars.rendering.change_detection import FeedTexts, GroupTitle

PUBLIC_UID_KEY: Final = b"public"
"""All public feeds give a session the same UID, so that a website may show several of them."""

MAX_IDS_PER_QUERY: Final = 500


class SessionRow(NamedTuple):
    """The columns of a session that its event is made from; a tenth of a model's memory."""

    pk: int
    key: str
    starts_at: datetime
    ends_at: datetime
    created_at: datetime
    revised_at: datetime
    sequence: int
    cancelled_at: datetime | None


def load_rows(pks: Collection[int]) -> Iterator[SessionRow]:
    """Yield the sessions with these primary keys, unordered, with one query for each 500."""
    wanted = list(pks)
    for start in range(0, len(wanted), MAX_IDS_PER_QUERY):
        chunk = Occurrence.objects.filter(pk__in=wanted[start : start + MAX_IDS_PER_QUERY])
        yield from starmap(SessionRow, chunk.values_list(*SessionRow._fields))


def session_event(feed: Feed, row: SessionRow, title: GroupTitle, texts: FeedTexts) -> SessionEvent:
    """Return a session as a feed may show it."""
    uid = derive_uid(uid_key(feed.person), row.key)
    return SessionEvent(
        uid=uid,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        summary=title.text,
        created_at=row.created_at,
        revised_at=title.revised(row.revised_at),
        sequence=row.sequence,
        cancelled=row.cancelled_at is not None,
        url=_join_url(feed, row, uid),
        description=(texts.details,),
    )


def uid_key(person: Person | None) -> bytes:
    """Return the key of the UIDs in a person's feeds, or with None in public ones."""
    return bytes.fromhex(person.calendar_key) if person else PUBLIC_UID_KEY


def _join_url(feed: Feed, row: SessionRow, uid: str) -> str:
    """Return the address of the session's page, which asks for sign-in.

    A personal feed uses the person's own UID of the session: with a common link, the calendars
    of two people at one provider could be matched.
    """
    path = f"/s/{row.key}/" if feed.is_public else reverse("open_from_calendar", args=[uid])
    return f"{settings.PUBLIC_URL}{path}"
