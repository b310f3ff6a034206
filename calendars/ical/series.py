"""A series as one repeating VEVENT with exceptions (RFC 5545, 3.8.5).

The result must show exactly what flat events would. The rule says only what all readers understand
alike; a session that they treat differently is written as an event of its own, in UTC.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import dropwhile
from typing import TYPE_CHECKING, Final, NamedTuple

from icalendar import vRecur

from calendars.ical.event import Phrases, SessionEvent, event_without_times, render, to_bytes
from civiltime.recurrence import expand, next_gap_or_overlap

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from zoneinfo import ZoneInfo

    from icalendar import Event

    from civiltime.recurrence import Rule

SAFE_PERIOD: Final = timedelta(days=731)
"""For how long from the window's start an open rule must not meet a gap or an overlap."""

EXPANSION_LIMIT: Final = datetime(2100, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a series that a calendar holds; all moments are aware.

    Attributes:
        since: sessions whose original start is earlier are left out.
        until: every session whose original start is earlier exists; a missing one was removed.
        moved_at: when ``since`` last changed. Where the window cuts off the beginning of a series
            this is a revision of it, or some clients would not take the new beginning; so
            ``since`` should move once a month and not with each request.
    """

    since: datetime
    until: datetime
    moved_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesEvent:
    """A series with those of its sessions that lie in the window.

    Attributes:
        uid: the series' own; sessions that are written as events of their own have theirs.
        first_local: the wall clock of the very first session, in ``tz``.
        sessions: by the original local start, which the rule names, wherever they were moved.
        sequence: rises when the rule changes, and with each change of one of its sessions.
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


class RenderedSeries(NamedTuple):
    """Rendered VEVENTs, and the zone whose VTIMEZONE they need; None if all are in UTC."""

    events: tuple[bytes, ...]
    tz: ZoneInfo | None


class RuleStart(NamedTuple):
    """A start that the rule names, as wall clock and as instant, and its session.

    ``session`` is None if it was removed.
    """

    local: datetime
    at: datetime
    session: SessionEvent | None


class Neighbours(NamedTuple):
    """A start that the rule names, between the one before and the one after it."""

    before: RuleStart | None
    start: RuleStart
    after: RuleStart | None


def render_series(series: SeriesEvent, phrases: Phrases) -> RenderedSeries:
    """Return the repeating event, its exceptions, then sessions as events of their own, by start.

    A series with no session, or whose rule meets a gap or an overlap of its zone, is written as
    flat events in UTC, by start: after such a start libical stays an hour late for good.
    """
    starts = list(dropwhile(lambda start: start.session is None, _rule_starts(series)))
    if not starts or _meets_gap_or_overlap(series):
        return RenderedSeries(_flat(series.sessions.values(), phrases), None)
    series = replace(series, revised_at=_last_revision(series, starts[0]))
    in_rule = {start.local for start in starts}
    separate = [session for local, session in series.sessions.items() if local not in in_rule]
    excluded, overrides = [], []
    for each in _with_neighbours(series, starts):
        local, session = each.start.local, each.start.session
        if session is None:
            excluded.append(local)
        elif not _can_be_an_exception(series.tz, each):
            excluded.append(local)
            separate.append(session)
        elif not _matches_rule(series, each.start):
            overrides.append(_override(series, local, session, phrases))
    repeating = _repeating(series, starts[0], excluded, phrases)
    return RenderedSeries((repeating, *overrides, *_flat(separate, phrases)), series.tz)


def _flat(sessions: Iterable[SessionEvent], phrases: Phrases) -> tuple[bytes, ...]:
    ordered = sorted(sessions, key=lambda session: session.starts_at)
    return tuple(render(session, phrases) for session in ordered)


def _rule_starts(series: SeriesEvent) -> Iterator[RuleStart]:
    """Yield the starts that the rule names in the window, in order."""
    window = series.window
    for start in _expand(series, after=window.since, before=window.until):
        yield start._replace(session=series.sessions.get(start.local))


def _expand(series: SeriesEvent, *, after: datetime, before: datetime) -> Iterator[RuleStart]:
    """Yield the starts that the rule names in ``[after, before)``, in order, without sessions."""
    starts = expand(
        series.rule, first_local=series.first_local, tz=series.tz, after=after, before=before
    )
    return (RuleStart(start.local, start.at, None) for start in starts)


def _with_neighbours(series: SeriesEvent, starts: list[RuleStart]) -> Iterator[Neighbours]:
    """Yield each start with the one before and after it, the last one with that after the window.

    A rule without an end goes on after the window, so its last session has a neighbour too.
    """
    beyond = next(_expand(series, after=series.window.until, before=EXPANSION_LIMIT), None)
    yield from map(Neighbours, [None, *starts[:-1]], starts, [*starts[1:], beyond])


def _meets_gap_or_overlap(series: SeriesEvent) -> bool:
    window = series.window
    meeting = next_gap_or_overlap(
        series.rule,
        first_local=series.first_local,
        tz=series.tz,
        after=window.since,
        before=max(window.until, window.since + SAFE_PERIOD),
    )
    return meeting is not None


def _matches_rule(series: SeriesEvent, start: RuleStart) -> bool:
    session = start.session
    return (
        session is not None
        and not session.cancelled
        and session.starts_at == start.at
        and session.ends_at - session.starts_at == series.duration
        and session.summary == series.summary
    )


def _can_be_an_exception(tz: ZoneInfo, each: Neighbours) -> bool:
    """Return whether a session may be an exception of its series (RECURRENCE-ID, 3.8.4.4).

    Outlook refuses an exception that shares a date with its neighbour or has moved past it, and
    readers disagree about a wall clock that comes twice.
    """
    actual = _actual_local(each.start, tz)
    if actual.utcoffset() != actual.replace(fold=not actual.fold).utcoffset():
        return False
    if actual.date() == each.start.local.date():
        return True
    before, after = (
        [one.local.date(), _actual_local(one, tz).date()] if one else []
        for one in (each.before, each.after)
    )
    return all(day < actual.date() for day in before) and all(day > actual.date() for day in after)


def _actual_local(start: RuleStart, tz: ZoneInfo) -> datetime:
    """Return the aware local start of a session, wherever it was moved."""
    return (start.session.starts_at if start.session else start.at).astimezone(tz)


def _last_revision(series: SeriesEvent, first: RuleStart) -> datetime:
    """Return the revision that all events of the UID get: some clients compare the highest."""
    revisions = [series.revised_at, *(one.revised_at for one in series.sessions.values())]
    if first.local > series.first_local:
        revisions.append(series.window.moved_at)
    return max(revisions)


def _repeating(
    series: SeriesEvent, first: RuleStart, excluded: list[datetime], phrases: Phrases
) -> bytes:
    """Return the VEVENT with RRULE and an EXDATE for each excluded local start."""
    session = SessionEvent(
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
    event = event_without_times(session, phrases)
    _add_times(event, session, series.tz)
    event.add("rrule", vRecur.from_ical(_rule_text(series)))
    for local in excluded:
        event.add("exdate", local.replace(tzinfo=series.tz))
    return to_bytes(event)


def _rule_text(series: SeriesEvent) -> str:
    """Return the RRULE value, with the instant of the last start in UTC as UNTIL (3.3.10).

    A COUNT would start again from the window's first session, and an UNTIL under the offset of
    another season would lose the last one.
    """
    rule = series.rule
    if rule.count is None and rule.until_local is None:
        return str(rule)
    starts = _expand(series, after=series.window.since, before=EXPANSION_LIMIT)
    (last,) = deque(starts, maxlen=1)
    return replace(rule, count=None).text(until=f"{last.at:%Y%m%dT%H%M%SZ}")


def _override(
    series: SeriesEvent, local: datetime, session: SessionEvent, phrases: Phrases
) -> bytes:
    """Return the exception of the start ``local``, in the zone of its series."""
    exception = replace(session, uid=series.uid, revised_at=series.revised_at)
    event = event_without_times(exception, phrases, sequence_base=series.sequence)
    event.add("recurrence-id", local.replace(tzinfo=series.tz))
    _add_times(event, session, series.tz)
    return to_bytes(event)


def _add_times(event: Event, session: SessionEvent, tz: ZoneInfo) -> None:
    event.add("dtstart", session.starts_at.astimezone(tz))
    event.add("dtend", session.ends_at.astimezone(tz))
