"""The events of a feed in the series profile: one repeating event a series, with exceptions."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import starmap
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.urls import reverse

from calendars.ical.event import derive_uid, render
from calendars.ical.series import SeriesEvent, Window, render_series
from calendars.ical.vtimezone import vtimezone
from calendars.rendering.change_detection import scope_of, shown_sessions
from calendars.rendering.fragment_cache import Fragment
from calendars.rendering.session_rows import load_rows, session_event, uid_key
from civiltime.recurrence import Rule
from scheduler.models import Series

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from calendars.ical.event import SessionEvent
    from calendars.models import Feed
    from calendars.rendering.change_detection import FeedSummary, GroupTitle


class SessionRevision(NamedTuple):
    """The columns of a session that say whether its series must be rendered again."""

    series: int | None
    original_local: datetime
    pk: int
    group: int
    revised_at: datetime


class SeriesRow(NamedTuple):
    """The columns of a series that its repeating event is made from."""

    pk: int
    tz: ZoneInfo
    first_local: datetime
    rule: str
    duration_minutes: int
    filled_until: datetime | None
    sequence: int
    created_at: datetime
    revised_at: datetime
    ended_at: datetime | None


def series_fragments(
    feed: Feed, summary: FeedSummary, cached: Mapping[int, Fragment]
) -> tuple[dict[int, Fragment], tuple[bytes, ...]]:
    """Return the events of a feed, series first, and the VTIMEZONEs that they refer to.

    Only series of which something changed are loaded and rendered. A series has the negative of
    its primary key, because keys of series and of sessions overlap.
    """
    revisions = _revisions_by_series(feed, summary)
    fragments, zones = {}, set()
    for row in _series_rows(revisions):
        sessions = revisions[row.pk]
        title = summary.titles[sessions[0].group]
        inputs = (row, title, summary.window.since, tuple(sessions))
        fragment = cached.get(-row.pk)
        if fragment is None or fragment.inputs != inputs:
            fragment = Fragment(inputs, _render_series(feed, summary, row, title, sessions))
        fragments[-row.pk] = fragment
        if b"RRULE:" in fragment.pieces[0]:
            zones.add(vtimezone(row.tz, since=summary.window.since.year))
    return fragments | _single_fragments(feed, summary, revisions[None]), tuple(zones)


def _single_fragments(
    feed: Feed, summary: FeedSummary, revisions: list[SessionRevision]
) -> dict[int, Fragment]:
    """Return the sessions that belong to no series, by primary key; rendered each time."""
    titles = {one.pk: summary.titles[one.group] for one in revisions}
    fragments = {}
    for row in sorted(load_rows(titles), key=lambda row: row.pk):
        event = session_event(feed, row, titles[row.pk], summary.texts)
        fragments[row.pk] = Fragment(row, (render(event, summary.texts.phrases),))
    return fragments


def _revisions_by_series(
    feed: Feed, summary: FeedSummary
) -> Mapping[int | None, list[SessionRevision]]:
    by_series: dict[int | None, list[SessionRevision]] = defaultdict(list)
    rows = shown_sessions(scope_of(feed, summary.window)).order_by("series", "original_local", "pk")
    for one in starmap(SessionRevision, rows.values_list(*SessionRevision._fields).iterator()):
        if one.group in summary.titles:  # else joined after the summary was read
            by_series[one.series].append(one)
    return by_series


def _series_rows(revisions: Mapping[int | None, list[SessionRevision]]) -> list[SeriesRow]:
    rows = Series.objects.filter(pk__in=[pk for pk in revisions if pk is not None]).order_by("pk")
    return list(starmap(SeriesRow, rows.values_list(*SeriesRow._fields)))


def _render_series(
    feed: Feed,
    summary: FeedSummary,
    row: SeriesRow,
    title: GroupTitle,
    revisions: list[SessionRevision],
) -> tuple[bytes, ...]:
    starts = {one.pk: one.original_local for one in revisions}
    sessions = {
        starts[session.pk]: session_event(feed, session, title, summary.texts)
        for session in load_rows(starts)
    }
    series = _series_event(feed, summary, row, title, sessions)
    return render_series(series, summary.texts.phrases).events


def _series_event(
    feed: Feed,
    summary: FeedSummary,
    row: SeriesRow,
    title: GroupTitle,
    sessions: Mapping[datetime, SessionEvent],
) -> SeriesEvent:
    return SeriesEvent(
        uid=derive_uid(uid_key(feed.person), f"series {row.pk}"),
        rule=_rule(row, sessions),
        first_local=row.first_local,
        tz=row.tz,
        duration=timedelta(minutes=row.duration_minutes),
        sessions=sessions,
        window=Window(
            since=summary.window.since,
            until=row.filled_until or row.created_at,
            moved_at=summary.window.moved_at,
        ),
        summary=title.text,
        created_at=row.created_at,
        revised_at=max([row.revised_at, *title.revisions]),
        sequence=row.sequence + title.decline_count,
        url=f"{settings.PUBLIC_URL}{reverse('my_sessions')}",
        description=(summary.texts.details,),
    )


def _rule(row: SeriesRow, sessions: Mapping[datetime, SessionEvent]) -> Rule:
    """Return the series' rule; an ended series stops with its last session."""
    rule = Rule.parse(row.rule)
    if row.ended_at is None:
        return rule
    last = max(sessions).date()
    until = min(last, rule.until_local or last)
    return replace(rule, count=None, until_local=until)
