"""One session as an iCalendar file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from calendars.ical.document import CalendarBody, CalendarProperties, assemble
from calendars.ical.event import derive_uid, render
from calendars.models import Feed
from calendars.rendering.change_detection import GroupTitle, texts_of
from calendars.rendering.session_rows import SessionRow, session_event, uid_key

if TYPE_CHECKING:
    from accounts.models import Person
    from scheduler.models import Occurrence


def single_session(occurrence: Occurrence, *, member: Person | None, language: str) -> CalendarBody:
    """Return a calendar with one session, under the UID that it has in the reader's feeds.

    A member gets the neutral title; anyone else, of a listed group, the group's name.
    """
    feed = Feed(person=member, group=occurrence.group, language=language)
    texts = texts_of(language)
    row = SessionRow(*(getattr(occurrence, field) for field in SessionRow._fields))
    title = GroupTitle(texts.session, None) if member else _public_title(occurrence)
    event = session_event(feed, row, title, texts)
    properties = CalendarProperties(
        uid=derive_uid(uid_key(member), f"file {occurrence.key}"),
        name=texts.session,
        revised_at=event.revised_at,
    )
    return assemble(properties, [render(event, texts.phrases)])


def _public_title(occurrence: Occurrence) -> GroupTitle:
    return GroupTitle(occurrence.group.name, occurrence.group.renamed_at)
