"""One session as a file, for whoever wants only that one in a calendar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from calendars.ical.document import Body, Cover, assemble
from calendars.ical.event import derive_uid, render
from calendars.models import Feed
from calendars.rendering.change_detection import Title, words_of
from calendars.rendering.session_rows import Row, event_of, uid_key

if TYPE_CHECKING:
    from accounts.models import Person
    from scheduler.models import Occurrence


def single_session(occurrence: Occurrence, *, member: Person | None, language: str) -> Body:
    """Return a calendar of one session, under the name that it has in the reader's other ones.

    A member reads “Session”; anyone else, of a listed group, what the public calendar says.
    """
    feed = Feed(person=member, group=occurrence.group, language=language)
    words = words_of(language)
    row = Row(*(getattr(occurrence, field) for field in Row._fields))
    title = Title(words.session, None) if member else _public_title(occurrence)
    event = event_of(feed, row, title, words)
    uid = derive_uid(uid_key(member), f"file {occurrence.key}")
    cover = Cover(uid=uid, name=words.session, revised_at=event.revised_at)
    return assemble(cover, [render(event, words.phrases)])


def _public_title(occurrence: Occurrence) -> Title:
    return Title(occurrence.group.name, occurrence.group.renamed_at)
