"""How a whole series is written as one repeating event, for calendars that want it so.

It must show exactly what the flat events would. So the rule says only what it can say safely,
and whatever readers treat differently is written as an event of its own, in UTC.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import dropwhile
from typing import TYPE_CHECKING, Final, NamedTuple

from icalendar import vRecur

from calendars.ical.event import Phrases, SessionEvent, described, render, to_bytes
from civiltime.recurrence import expand, next_gap_or_overlap

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from icalendar import Event

    from civiltime.recurrence import Rule

SAFE_AHEAD: Final = timedelta(days=731)
"""How far beyond its first session an open rule must stay clear of gaps and overlaps."""

END_OF_TIME: Final = datetime(2100, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a series that a calendar holds.

    Attributes:
        since: sessions named earlier are left out.
        until: every session named before this exists; one that is missing was taken out.
        moved_at: when ``since`` last changed. Where the window cuts a series' beginning off, this
            counts as a revision, or some clients would not take the new beginning. Let ``since``
            move seldom: once a month, not at each request.
    """

    since: datetime
    until: datetime
    moved_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesEvent:
    """A series with those of its sessions that lie in the window.

    Attributes:
        uid: the series' own; its sessions have theirs.
        first_local: the wall clock of the very first session, in ``tz``.
        sessions: by the local start that the rule named, whatever has become of them since.
        sequence: rises when the agreement changes, or what has become of its sessions.
        summary, url, description, created_at, revised_at: as for ``SessionEvent``.
    """

    uid: str
    rule: Rule
    first_local: datetime
    tz: ZoneInfo
    duration: timedelta
    sessions: Mapping[datetime, SessionEvent]
    window: Window
    summary: str
    created_at: datetime
    revised_at: datetime
    sequence: int = 0
    url: str = ""
    description: tuple[str, ...] = ()


class Written(NamedTuple):
    """Rendered events, and the zone whose VTIMEZONE they need; None when they are all in UTC."""

    events: tuple[bytes, ...]
    tz: ZoneInfo | None


class Position(NamedTuple):
    """One start that the rule names, and what the group made of it; None when taken out."""

    local: datetime
    at: datetime
    session: SessionEvent | None


def render_series(series: SeriesEvent, phrases: Phrases) -> Written:
    """Return a repeating event with its exceptions, or flat events where that is not safe.

    A start in a gap or an overlap is not: after one, libical stays an hour late for good.
    """
    places = list(dropwhile(lambda place: place.session is None, _places(series)))
    if not places or _meets_a_change_of_clocks(series):
        flat = sorted(series.sessions.values(), key=lambda session: session.starts_at)
        return Written(tuple(render(session, phrases) for session in flat), None)
    series = replace(series, revised_at=_last_revision(series, places[0]))
    named = {place.local for place in places}
    apart = [session for local, session in series.sessions.items() if local not in named]
    skipped, overrides = [], []
    bounds = zip([None, *places], places, [*places[1:], _beyond(series)], strict=False)
    for before, place, after in bounds:
        if place.session is None:
            skipped.append(place.local)
        elif not _can_be_an_exception(series, before, place, after):
            skipped.append(place.local)
            apart.append(place.session)
        elif not _is_as_agreed(series, place):
            overrides.append(_override(series, place, place.session, phrases))
    repeating = _repeating(series, places[0], skipped, phrases)
    loose = [render(one, phrases) for one in sorted(apart, key=lambda one: one.starts_at)]
    return Written((repeating, *overrides, *loose), series.tz)


def _places(series: SeriesEvent) -> list[Position]:
    starts = expand(
        series.rule,
        first_local=series.first_local,
        tz=series.tz,
        after=series.window.since,
        before=series.window.until,
    )
    return [Position(start.local, start.at, series.sessions.get(start.local)) for start in starts]


def _beyond(series: SeriesEvent) -> Position | None:
    """Return the first start after the window, which the repeating event goes on to."""
    starts = expand(
        series.rule,
        first_local=series.first_local,
        tz=series.tz,
        after=series.window.until,
        before=END_OF_TIME,
    )
    start = next(starts, None)
    return Position(start.local, start.at, None) if start else None


def _meets_a_change_of_clocks(series: SeriesEvent) -> bool:
    window = series.window
    meeting = next_gap_or_overlap(
        series.rule,
        first_local=series.first_local,
        tz=series.tz,
        after=window.since,
        before=max(window.until, window.since + SAFE_AHEAD),
    )
    return meeting is not None


def _is_as_agreed(series: SeriesEvent, place: Position) -> bool:
    session = place.session
    return (
        session is not None
        and not session.cancelled
        and session.starts_at == place.at
        and session.ends_at - session.starts_at == series.duration
        and session.summary == series.summary
    )


def _can_be_an_exception(
    series: SeriesEvent, before: Position | None, place: Position, after: Position | None
) -> bool:
    """Say whether a session may stay an exception of its series.

    Outlook refuses one that shares a day with its neighbour or has moved past it; an hour that
    comes twice is read both ways.
    """
    tz = series.tz
    start = _actual(place, tz)
    if start.utcoffset() != start.replace(fold=not start.fold).utcoffset():
        return False
    if start.date() == place.local.date():
        return True
    earlier = [before.local.date(), _actual(before, tz).date()] if before else []
    later = [after.local.date(), _actual(after, tz).date()] if after else []
    return all(day < start.date() for day in earlier) and all(day > start.date() for day in later)


def _actual(place: Position, tz: ZoneInfo) -> datetime:
    """Return when a session starts by its zone's clock, wherever it has been moved."""
    return (place.session.starts_at if place.session else place.at).astimezone(tz)


def _last_revision(series: SeriesEvent, first: Position) -> datetime:
    """Return the one moment that all events of this UID bear: some programs compare the highest."""
    revisions = [series.revised_at, *(one.revised_at for one in series.sessions.values())]
    if first.local > series.first_local:
        revisions.append(series.window.moved_at)
    return max(revisions)


def _repeating(
    series: SeriesEvent, first: Position, skipped: list[datetime], phrases: Phrases
) -> bytes:
    agreed = SessionEvent(
        uid=series.uid,
        starts_at=first.at,
        ends_at=first.at + series.duration,
        summary=series.summary,
        created_at=series.created_at,
        revised_at=series.revised_at,
        sequence=series.sequence,
        url=series.url,
        description=series.description,
    )
    event = described(agreed, phrases)
    _add_times(event, agreed, series.tz)
    event.add("rrule", vRecur.from_ical(_rule_text(series)))
    for local in skipped:
        event.add("exdate", local.replace(tzinfo=series.tz))
    return to_bytes(event)


def _rule_text(series: SeriesEvent) -> str:
    """Return the rule with its end as the last start's own instant in UTC.

    A COUNT would start again from the window's first session, and an UNTIL under the offset of
    another season loses the last one.
    """
    rule = series.rule
    if rule.count is None and rule.until_local is None:
        return str(rule)
    starts = expand(
        rule,
        first_local=series.first_local,
        tz=series.tz,
        after=series.window.since,
        before=END_OF_TIME,
    )
    (last,) = deque(starts, maxlen=1)
    return replace(rule, count=None).text(until=f"{last.at:%Y%m%dT%H%M%SZ}")


def _override(
    series: SeriesEvent, place: Position, session: SessionEvent, phrases: Phrases
) -> bytes:
    """Return one exception, named by the start it replaces in its series' own zone and form."""
    named = replace(session, uid=series.uid, revised_at=series.revised_at)
    event = described(named, phrases, sequence_base=series.sequence)
    event.add("recurrence-id", place.local.replace(tzinfo=series.tz))
    _add_times(event, session, series.tz)
    return to_bytes(event)


def _add_times(event: Event, session: SessionEvent, tz: ZoneInfo) -> None:
    event.add("dtstart", session.starts_at.astimezone(tz))
    event.add("dtend", session.ends_at.astimezone(tz))
