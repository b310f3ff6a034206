"""How a session's row becomes an event in somebody's calendar."""

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
    from calendars.rendering.change_detection import Title, Words

PUBLIC_KEY: Final = b"public"
"""Public calendars name a session alike, so that a website may hold several of them."""

LARGEST_QUERY: Final = 500


class Row(NamedTuple):
    """What an event needs to know of a session: a tenth of what a model object weighs."""

    pk: int
    key: str
    starts_at: datetime
    ends_at: datetime
    created_at: datetime
    revised_at: datetime
    sequence: int
    cancelled_at: datetime | None


def load(pks: Collection[int]) -> Iterator[Row]:
    """Yield these sessions in some order, a few hundred at a time."""
    wanted = list(pks)
    for start in range(0, len(wanted), LARGEST_QUERY):
        chunk = Occurrence.objects.filter(pk__in=wanted[start : start + LARGEST_QUERY])
        yield from starmap(Row, chunk.values_list(*Row._fields))


def event_of(feed: Feed, row: Row, title: Title, words: Words) -> SessionEvent:
    """Return a session as a calendar may show it."""
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
        url=_door(feed, row, uid),
        description=(words.details,),
    )


def uid_key(person: Person | None) -> bytes:
    """Return the key from which a person's calendars, or public ones, name sessions."""
    return bytes.fromhex(person.calendar_key) if person else PUBLIC_KEY


def _door(feed: Feed, row: Row, uid: str) -> str:
    """Return where to go from a session: to the door, which asks who you are.

    A person's own calendar leads there by a name that is hers alone: by a common link, the
    calendars of two people could be matched.
    """
    path = f"/s/{row.key}/" if feed.is_public else reverse("go", args=[uid])
    return f"{settings.PUBLIC_URL}{path}"
