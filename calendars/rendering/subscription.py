"""What a calendar address shows, in words that tell nobody anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.db.models import TextField
from django.db.models.functions import Cast

from calendars.actions.feeds import note_rendering
from calendars.ical.document import Body, Cover, assemble
from calendars.ical.event import derive_uid, render, render_day
from calendars.models import Feed
from calendars.rendering.change_detection import name_of, parameters_of, shown, statement, words_of
from calendars.rendering.fragment_cache import Fragment, Fragments
from calendars.rendering.series_profile import repeating_parts
from calendars.rendering.session_rows import event_of, load

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from django.db.models import QuerySet

    from calendars.rendering.change_detection import FeedState, Span, Title
    from scheduler.models import Occurrence

FRAGMENTS: Final = Fragments()


def subscription_body(feed: Feed, state: FeedState, *, now: datetime) -> tuple[Body, datetime]:
    """Return the calendar of an address, and since when it is as it is."""
    shelf = (feed.pk, feed.profile, feed.level, feed.language, settings.PUBLIC_URL)
    kept = FRAGMENTS.take(shelf)
    write = repeating_parts if feed.profile == Feed.Profile.SERIES else flat_parts
    fragments, zones = write(feed, state, kept)
    if fragments != kept:
        FRAGMENTS.put(shelf, fragments)
    parts = [piece for fragment in fragments.values() for piece in fragment.pieces]
    uid, name = derive_uid(bytes.fromhex(feed.uid_key), "calendar"), name_of(feed)

    def assembled(changed_at: datetime) -> Body:
        cover = Cover(uid=uid, name=name, revised_at=changed_at)
        return assemble(cover, parts, zones=zones)

    if feed.stamp == state.stamp and feed.changed_at:
        body = assembled(feed.changed_at)
        if body.etag == feed.etag:
            return body, feed.changed_at
    return note_rendering(feed=feed, stamp=state.stamp, render=assembled, now=now)


def flat_parts(
    feed: Feed, state: FeedState, kept: Mapping[int, Fragment]
) -> tuple[dict[int, Fragment], tuple[bytes, ...]]:
    """Return an event for each session, soonest first; only what is new is loaded and rendered."""
    heads = statement(_heads, feed).rows(parameters_of(feed, state.span))
    fragments: dict[int, Fragment] = {}
    missing: dict[int, Title] = {}
    for pk, group, revised_at in heads:
        title = state.titles.get(group)
        if title is None:
            continue  # a group joined a moment after the look: the next one sees it
        facts = (revised_at, title.text, title.named_at)
        fragment = kept.get(pk)
        if fragment is None or fragment.facts != facts:
            missing[pk], fragment = title, Fragment(facts, ())
        fragments[pk] = fragment
    for row in load(missing):
        event = event_of(feed, row, missing[row.pk], state.words)
        fragments[row.pk] = fragments[row.pk]._replace(pieces=(render(event, state.words.phrases),))
    return fragments, ()


def _heads(feed: Feed, span: Span) -> QuerySet[Occurrence, tuple[Any, ...]]:
    rows = shown(feed, span).order_by("starts_at", "pk")
    # As text: it is only compared, and SQLite's driver would read a date out of each.
    return rows.values_list("pk", "group", Cast("revised_at", TextField()))


def farewell_body(feed: Feed, *, revoked_at: datetime) -> Body:
    """Return what an ended address says for its last 30 days: that it has ended.

    A program that gets nothing keeps what it had; this one event puts an end to it.
    """
    words, key = words_of(feed.language), bytes.fromhex(feed.uid_key)
    cover = Cover(uid=derive_uid(key, "calendar"), name=words.name, revised_at=revoked_at)
    uid, day = derive_uid(key, "farewell"), revoked_at.date()
    return assemble(cover, [render_day(uid, day, words.ended, revised_at=revoked_at)])
