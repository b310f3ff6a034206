"""The iCalendar body of a feed, rendered from tables with what was rendered before reused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.db.models import TextField
from django.db.models.functions import Cast

from calendars.actions.feeds import record_rendering
from calendars.ical.document import CalendarBody, CalendarProperties, assemble
from calendars.ical.event import derive_uid, render, render_all_day
from calendars.models import Feed
from calendars.rendering.change_detection import (
    calendar_name,
    feed_rows,
    shown_sessions,
    texts_of,
)
from calendars.rendering.fragment_cache import Fragment, FragmentCache
from calendars.rendering.series_profile import series_fragments
from calendars.rendering.session_rows import load_rows, session_event

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from django.db.models import QuerySet

    from calendars.rendering.change_detection import FeedSummary, GroupTitle
    from scheduler.models import Occurrence

FRAGMENTS: Final = FragmentCache()


def subscription_body(
    feed: Feed, summary: FeedSummary, *, now: datetime
) -> tuple[CalendarBody, datetime]:
    """Return the calendar of a feed, and since when its bytes are as they are.

    Costs one query if every event is cached, and one more for each 500 events that are not; two
    more record a content that was not rendered before.
    """
    cache_key = (feed.pk, feed.profile, feed.level, feed.language, settings.PUBLIC_URL)
    cached = FRAGMENTS.get(cache_key)
    write = series_fragments if feed.profile == Feed.Profile.SERIES else flat_fragments
    fragments, zones = write(feed, summary, cached)
    if fragments != cached:
        FRAGMENTS.set(cache_key, fragments)
    parts = [piece for fragment in fragments.values() for piece in fragment.pieces]
    uid, name = derive_uid(bytes.fromhex(feed.uid_key), "calendar"), calendar_name(feed)

    def assembled(changed_at: datetime) -> CalendarBody:
        properties = CalendarProperties(uid=uid, name=name, revised_at=changed_at)
        return assemble(properties, parts, zones=zones)

    if feed.content_fingerprint == summary.content_fingerprint and feed.changed_at:
        body = assembled(feed.changed_at)
        if body.etag == feed.etag:
            return body, feed.changed_at
    return record_rendering(
        feed=feed, content_fingerprint=summary.content_fingerprint, render=assembled, now=now
    )


def flat_fragments(
    feed: Feed, summary: FeedSummary, cached: Mapping[int, Fragment]
) -> tuple[dict[int, Fragment], tuple[bytes, ...]]:
    """Return one event a session, by start, and no VTIMEZONE.

    Only sessions that are not cached, or not as they are now, are loaded and rendered.
    """
    fragments: dict[int, Fragment] = {}
    missing: dict[int, GroupTitle] = {}
    for pk, group, revised_at in feed_rows(_session_revisions, feed, summary.window):
        title = summary.titles.get(group)
        if title is None:
            continue  # joined after the summary was read; the next poll has it
        inputs = (revised_at, title.text, title.renamed_at)
        fragment = cached.get(pk)
        if fragment is None or fragment.inputs != inputs:
            missing[pk], fragment = title, Fragment(inputs, ())
        fragments[pk] = fragment
    for row in load_rows(missing):
        event = session_event(feed, row, missing[row.pk], summary.texts)
        pieces = (render(event, summary.texts.phrases),)
        fragments[row.pk] = fragments[row.pk]._replace(pieces=pieces)
    return fragments, ()


def _session_revisions(scope: Mapping[str, Any]) -> QuerySet[Occurrence, tuple[Any, ...]]:
    """Return the primary key, the group and the revision of each session, by start.

    The revision is text: it is only compared, and on SQLite to parse each would double the cost.
    """
    sessions = shown_sessions(scope).order_by("starts_at", "pk")
    return sessions.values_list("pk", "group", Cast("revised_at", TextField()))


def ended_feed_body(feed: Feed, *, revoked_at: datetime) -> CalendarBody:
    """Return the calendar of an ended feed: one all-day event that says so.

    Programs keep what they had when they get an error; this replaces it.
    """
    texts, key = texts_of(feed.language), bytes.fromhex(feed.uid_key)
    properties = CalendarProperties(
        uid=derive_uid(key, "calendar"), name=texts.name, revised_at=revoked_at
    )
    uid = derive_uid(key, "ended")
    event = render_all_day(uid, revoked_at.date(), texts.ended, revised_at=revoked_at)
    return assemble(properties, [event])
