"""When the sessions of one series start."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from scheduler.recurrence.course import Course
from scheduler.recurrence.strands import FIRST_DAY, LAST_DAY
from scheduler.transitions import transitions
from scheduler.zones import resolve_local

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from scheduler.recurrence.rule import Rule

DAY: Final = 86_400
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FAR: Final = 2**62


class Start(NamedTuple):
    """The start of one session.

    Attributes:
        local: the naive wall-clock time that the rule names; the session's identity.
        at: the UTC instant. A wall-clock time inside a gap shifts forward, one inside an
            overlap is the first of the two.
    """

    local: datetime
    at: datetime


class Wrinkle(StrEnum):
    """What is odd about a wall-clock time on the day that clocks change."""

    GAP = "gap"
    OVERLAP = "overlap"


class Meeting(NamedTuple):
    """A session whose wall-clock time does not exist, or comes twice."""

    start: Start
    wrinkle: Wrinkle


def expand(
    rule: Rule, *, first_local: datetime, tz: ZoneInfo, after: datetime, before: datetime
) -> Iterator[Start]:
    """Return the starts in ``[after, before)``, in order; none lies beyond 2099.

    The local hour stays put when clocks change (RFC 5545, 3.3.5). Reaching the first start costs
    the same in any window, and nothing is computed that is not asked for.

    Raises:
        FirstDayOffRule: the rule does not meet on the first session's date.
        UnsupportedRule: the first session's date or time cannot begin this rule.
    """
    course = Course.of(rule, first_local)
    return _starts(course, first_local, tz, after, before)


def _starts(
    course: Course, first_local: datetime, tz: ZoneInfo, after: datetime, before: datetime
) -> Iterator[Start]:
    start, stop = window_days(after, before)
    changes = transitions(tz)
    time_of_day = first_local.hour * 3600 + first_local.minute * 60
    first_day, first_as_utc = course.first, first_local.replace(tzinfo=UTC)
    regime_ends, first_at = -_FAR, first_as_utc
    for day in course.days(start, stop):
        if day >= regime_ends:
            wall = day * DAY + time_of_day
            index = bisect_right(changes.wall_seconds, wall)
            first_at = first_as_utc - timedelta(seconds=changes.offsets[index])
            regime_ends = _first_day_under_next(changes.wall_seconds, index, time_of_day)
        elapsed = timedelta(day - first_day)
        at = first_at + elapsed
        if after <= at < before:
            yield Start(first_local + elapsed, at)


def _first_day_under_next(wall_seconds: list[int], index: int, time_of_day: int) -> int:
    """Return the first day whose session lies past a change of clocks."""
    if index == len(wall_seconds):
        return _FAR
    return -((time_of_day - wall_seconds[index]) // DAY)


def window_days(after: datetime, before: datetime) -> tuple[int, int]:
    """Return the first and the last local day that a window of instants may touch in any zone.

    Raises:
        ValueError: a bound is naive.
    """
    if after.tzinfo is None or before.tzinfo is None:
        raise ValueError("after and before are instants and need a zone")
    return (
        max(FIRST_DAY, (after - _EPOCH).days - 2),
        min(LAST_DAY, (before - _EPOCH).days + 2),
    )


def next_gap_or_overlap(
    rule: Rule, *, first_local: datetime, tz: ZoneInfo, after: datetime, before: datetime
) -> Meeting | None:
    """Return the first start in ``[after, before)`` whose wall-clock time is missing or comes twice.

    Raises:
        UnsupportedRule: as ``expand``.
    """
    for start in expand(rule, first_local=first_local, tz=tz, after=after, before=before):
        wrinkle = _wrinkle(start.local, tz)
        if wrinkle is not None:
            return Meeting(start, wrinkle)
    return None


def _wrinkle(local: datetime, tz: ZoneInfo) -> Wrinkle | None:
    first, second = (_reading(local, tz, fold) for fold in (0, 1))
    if first == second:
        return None
    return Wrinkle.OVERLAP if first < second else Wrinkle.GAP


def _reading(local: datetime, tz: ZoneInfo, fold: int) -> datetime:
    """Return the UTC instant of one of the two readings of a wall-clock time."""
    return local.replace(tzinfo=tz, fold=fold).astimezone(UTC)


def wire_text(rule: Rule, *, first_local: datetime, tz: ZoneInfo) -> str:
    """Return the rule's text for a calendar, where UNTIL is the last start's own UTC instant.

    An UNTIL under another season's offset loses the last session.

    Raises:
        UnsupportedRule: as ``expand``.
    """
    course = Course.of(rule, first_local)
    if rule.until_local is None:
        return str(rule)
    local = first_local + timedelta(course.last_session() - course.first)
    return rule.text(until=f"{resolve_local(local, tz):%Y%m%dT%H%M%SZ}")
