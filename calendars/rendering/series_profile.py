"""What an address of repeating events shows: a series at a time, with its exceptions."""

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
from calendars.rendering.change_detection import shown
from calendars.rendering.fragment_cache import Fragment
from calendars.rendering.session_rows import event_of, load, uid_key
from civiltime.recurrence import Rule
from scheduler.models import Series

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from calendars.ical.event import SessionEvent
    from calendars.models import Feed
    from calendars.rendering.change_detection import FeedState, Title


class Head(NamedTuple):
    """A session before it is loaded: enough to know whether its series changed."""

    series: int | None
    original_local: datetime
    pk: int
    group: int
    revised_at: datetime


class Agreement(NamedTuple):
    """A series' row. Series and sessions count separately, so a fragment's number is negative."""

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


def repeating_parts(
    feed: Feed, state: FeedState, kept: Mapping[int, Fragment]
) -> tuple[dict[int, Fragment], tuple[bytes, ...]]:
    """Return the series that an address shows, and the VTIMEZONEs that they need.

    Only series of which something changed are loaded and rendered.
    """
    heads = _heads(feed, state)
    fragments, zones = {}, set()
    for agreement in _agreements(heads):
        mine = heads[agreement.pk]
        title = state.titles[mine[0].group]
        facts = (agreement, title, state.span.since, tuple(mine))
        fragment = kept.get(-agreement.pk)
        if fragment is None or fragment.facts != facts:
            fragment = Fragment(facts, _written(feed, state, agreement, title, mine))
        fragments[-agreement.pk] = fragment
        if b"RRULE:" in fragment.pieces[0]:
            zones.add(vtimezone(agreement.tz, since=state.span.since.year))
    singles = {head.pk: state.titles[head.group] for head in heads[None]}
    for row in sorted(load(singles), key=lambda row: row.pk):
        event = event_of(feed, row, singles[row.pk], state.words)
        fragments[row.pk] = Fragment(row, (render(event, state.words.phrases),))
    return fragments, tuple(zones)


def _heads(feed: Feed, state: FeedState) -> Mapping[int | None, list[Head]]:
    heads: dict[int | None, list[Head]] = defaultdict(list)
    rows = shown(feed, state.span).order_by("series", "original_local", "pk")
    for head in starmap(Head, rows.values_list(*Head._fields).iterator()):
        if head.group in state.titles:  # one joined a moment after the look waits for the next
            heads[head.series].append(head)
    return heads


def _agreements(heads: Mapping[int | None, list[Head]]) -> list[Agreement]:
    rows = Series.objects.filter(pk__in=[pk for pk in heads if pk is not None]).order_by("pk")
    return list(starmap(Agreement, rows.values_list(*Agreement._fields)))


def _written(
    feed: Feed, state: FeedState, agreement: Agreement, title: Title, heads: list[Head]
) -> tuple[bytes, ...]:
    locals_ = {head.pk: head.original_local for head in heads}
    sessions = {locals_[row.pk]: event_of(feed, row, title, state.words) for row in load(locals_)}
    series = _series(feed, state, agreement, title, sessions)
    return render_series(series, state.words.phrases).events


def _series(
    feed: Feed,
    state: FeedState,
    agreement: Agreement,
    title: Title,
    sessions: Mapping[datetime, SessionEvent],
) -> SeriesEvent:
    return SeriesEvent(
        uid=derive_uid(uid_key(feed.person), f"series {agreement.pk}"),
        rule=_rule(agreement, sessions),
        first_local=agreement.first_local,
        tz=agreement.tz,
        duration=timedelta(minutes=agreement.duration_minutes),
        sessions=sessions,
        window=Window(
            since=state.span.since,
            until=agreement.filled_until or agreement.created_at,
            moved_at=state.span.moved_at,
        ),
        summary=title.text,
        created_at=agreement.created_at,
        revised_at=max([agreement.revised_at, *title.moments]),
        sequence=agreement.sequence + title.decline_count,
        url=f"{settings.PUBLIC_URL}{reverse('my_sessions')}",
        description=(state.words.details,),
    )


def _rule(agreement: Agreement, sessions: Mapping[datetime, SessionEvent]) -> Rule:
    """Return the agreed rule; one that was ended stops with its last session."""
    rule = Rule.parse(agreement.rule)
    if agreement.ended_at is None:
        return rule
    last = max(sessions).date()
    ends = min(last, rule.until_local or last)
    return replace(rule, count=None, until_local=ends)
