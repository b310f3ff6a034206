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

from calendars.ical.event import Phrases, SessionEvent, event_without_times, render, to_bytes
from civiltime.recurrence import expand, next_gap_or_overlap

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from icalendar import Event

    from civiltime.recurrence import Rule

CLEAR_PERIOD: Final = timedelta(days=731)
"""How far beyond its first session an open rule must stay clear of gaps and overlaps."""

EXPANSION_LIMIT: Final = datetime(2100, 1, 1, tzinfo=UTC)


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


class RenderedSeries(NamedTuple):
    """Rendered events, and the zone whose VTIMEZONE they need; None when they are all in UTC."""

    events: tuple[bytes, ...]
    tz: ZoneInfo | None


class RuleStart(NamedTuple):
    """One start that the rule names, and what the group made of it; None when taken out."""

    local: datetime
    at: datetime
    session: SessionEvent | None


def render_series(series: SeriesEvent, phrases: Phrases) -> RenderedSeries:
    """Return a repeating event with its exceptions, or flat events where that is not safe.

    A start in a gap or an overlap is not: after one, libical stays an hour late for good.
    """
    rule_starts = list(
        dropwhile(lambda rule_start: rule_start.session is None, _rule_starts(series))
    )
    if not rule_starts or _meets_gap_or_overlap(series):
        flat = sorted(series.sessions.values(), key=lambda session: session.starts_at)
        return RenderedSeries(tuple(render(session, phrases) for session in flat), None)
    series = replace(series, revised_at=_last_revision(series, rule_starts[0]))
    in_rule = {rule_start.local for rule_start in rule_starts}
    detached = [session for local, session in series.sessions.items() if local not in in_rule]
    skipped, overrides = [], []
    bounds = zip(
        [None, *rule_starts],
        rule_starts,
        [*rule_starts[1:], _next_rule_start(series)],
        strict=False,
    )
    for before, rule_start, after in bounds:
        if rule_start.session is None:
            skipped.append(rule_start.local)
        elif not _can_be_an_exception(series, before, rule_start, after):
            skipped.append(rule_start.local)
            detached.append(rule_start.session)
        elif not _matches_rule(series, rule_start):
            overrides.append(_override(series, rule_start, rule_start.session, phrases))
    repeating = _repeating(series, rule_starts[0], skipped, phrases)
    detached_events = [
        render(one, phrases) for one in sorted(detached, key=lambda one: one.starts_at)
    ]
    return RenderedSeries((repeating, *overrides, *detached_events), series.tz)


def _rule_starts(series: SeriesEvent) -> list[RuleStart]:
    starts = expand(
        series.rule,
        first_local=series.first_local,
        tz=series.tz,
        after=series.window.since,
        before=series.window.until,
    )
    return [RuleStart(start.local, start.at, series.sessions.get(start.local)) for start in starts]


def _next_rule_start(series: SeriesEvent) -> RuleStart | None:
    """Return the first start after the window, which the repeating event goes on to."""
    starts = expand(
        series.rule,
        first_local=series.first_local,
        tz=series.tz,
        after=series.window.until,
        before=EXPANSION_LIMIT,
    )
    start = next(starts, None)
    return RuleStart(start.local, start.at, None) if start else None


def _meets_gap_or_overlap(series: SeriesEvent) -> bool:
    window = series.window
    meeting = next_gap_or_overlap(
        series.rule,
        first_local=series.first_local,
        tz=series.tz,
        after=window.since,
        before=max(window.until, window.since + CLEAR_PERIOD),
    )
    return meeting is not None


def _matches_rule(series: SeriesEvent, rule_start: RuleStart) -> bool:
    session = rule_start.session
    return (
        session is not None
        and not session.cancelled
        and session.starts_at == rule_start.at
        and session.ends_at - session.starts_at == series.duration
        and session.summary == series.summary
    )


def _can_be_an_exception(
    series: SeriesEvent, before: RuleStart | None, rule_start: RuleStart, after: RuleStart | None
) -> bool:
    """Say whether a session may stay an exception of its series.

    Outlook refuses one that shares a day with its neighbour or has moved past it; an hour that
    comes twice is read both ways.
    """
    tz = series.tz
    start = _actual_start_local(rule_start, tz)
    if start.utcoffset() != start.replace(fold=not start.fold).utcoffset():
        return False
    if start.date() == rule_start.local.date():
        return True
    earlier = [before.local.date(), _actual_start_local(before, tz).date()] if before else []
    later = [after.local.date(), _actual_start_local(after, tz).date()] if after else []
    return all(day < start.date() for day in earlier) and all(day > start.date() for day in later)


def _actual_start_local(rule_start: RuleStart, tz: ZoneInfo) -> datetime:
    """Return when a session starts by its zone's clock, wherever it has been moved."""
    return (rule_start.session.starts_at if rule_start.session else rule_start.at).astimezone(tz)


def _last_revision(series: SeriesEvent, first: RuleStart) -> datetime:
    """Return the one moment that all events of this UID bear: some programs compare the highest."""
    revisions = [series.revised_at, *(one.revised_at for one in series.sessions.values())]
    if first.local > series.first_local:
        revisions.append(series.window.moved_at)
    return max(revisions)


def _repeating(
    series: SeriesEvent, first: RuleStart, skipped: list[datetime], phrases: Phrases
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
    event = event_without_times(agreed, phrases)
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
        before=EXPANSION_LIMIT,
    )
    (last,) = deque(starts, maxlen=1)
    return replace(rule, count=None).text(until=f"{last.at:%Y%m%dT%H%M%SZ}")


def _override(
    series: SeriesEvent, rule_start: RuleStart, session: SessionEvent, phrases: Phrases
) -> bytes:
    """Return one exception, named by the start it replaces in its series' own zone and form."""
    in_rule = replace(session, uid=series.uid, revised_at=series.revised_at)
    event = event_without_times(in_rule, phrases, sequence_base=series.sequence)
    event.add("recurrence-id", rule_start.local.replace(tzinfo=series.tz))
    _add_times(event, session, series.tz)
    return to_bytes(event)


def _add_times(event: Event, session: SessionEvent, tz: ZoneInfo) -> None:
    event.add("dtstart", session.starts_at.astimezone(tz))
    event.add("dtend", session.ends_at.astimezone(tz))
