"""When the sessions of one series start."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import partial
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from civiltime.recurrence.series_days import SeriesDays
from civiltime.recurrence.wall_clock import WallClock
from civiltime.transitions import transitions
from civiltime.zones import resolve_local

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from zoneinfo import ZoneInfo

    from civiltime.recurrence.rule import Rule

_LONGEST_STEP: Final = 12 * 31 + 31  # days between sessions of a rule that meets once a year
_SPANS: Final = tuple(timedelta(days) for days in range(_LONGEST_STEP))


class Start(NamedTuple):
    """The start of one session.

    Attributes:
        local: the naive wall-clock time that the rule names; the session's identity.
        at: the UTC instant. A wall-clock time inside a gap shifts forward, one inside an
            overlap is the first of the two.
    """

    local: datetime
    at: datetime


# A named tuple's own constructor unpacks and packs its fields again, a third of all the work here.
_START: Final = partial(tuple.__new__, Start)


class GapOrOverlap(StrEnum):
    """What is odd about a wall-clock time on the day that clocks change."""

    GAP = "gap"
    OVERLAP = "overlap"


class GapOrOverlapStart(NamedTuple):
    """A session whose wall-clock time does not exist, or comes twice."""

    start: Start
    kind: GapOrOverlap


def expand(
    rule: Rule, *, first_local: datetime, tz: ZoneInfo, after: datetime, before: datetime
) -> Iterator[Start]:
    """Return the starts in ``[after, before)``, in order; none lies beyond 2099.

    The local hour stays put when clocks change; a start inside a DST gap shifts forward, one
    inside an overlap is the first of the two (RFC 5545, 3.3.5). A window far from the first
    session costs no more than one near it.

    Raises:
        FirstDayOffRule: the rule does not meet on the first session's date.
        UnsupportedRule: the first session's date or time cannot begin this rule.
    """
    course = SeriesDays.of(rule, first_local)
    clock = WallClock(transitions(tz), first_local.hour * 3600 + first_local.minute * 60)
    days = course.days(clock.first_day_from(after), clock.first_day_from(before) - 1)
    if not days:
        return iter(())
    local = first_local + timedelta(days[0] - course.first)
    at = local.replace(tzinfo=UTC) - timedelta(seconds=clock.offset(days[0]))
    steps = _steps(days)
    starts = zip(
        accumulate(steps, initial=local),
        accumulate(clock.in_utc(steps, days), initial=at),
        strict=True,
    )
    return map(_START, starts)


def _steps(days: Sequence[int]) -> list[timedelta]:
    """Return how far each day lies from the one before; one fewer than there are days."""
    if isinstance(days, range):
        return [_SPANS[days.step]] * (len(days) - 1)
    return [_SPANS[later - earlier] for earlier, later in pairwise(days)]


def next_gap_or_overlap(
    rule: Rule, *, first_local: datetime, tz: ZoneInfo, after: datetime, before: datetime
) -> GapOrOverlapStart | None:
    """Return the first start in ``[after, before)`` whose wall-clock time is missing or comes twice.

    Raises:
        UnsupportedRule: as ``expand``.
    """
    for start in expand(rule, first_local=first_local, tz=tz, after=after, before=before):
        kind = _wrinkle(start.local, tz)
        if kind is not None:
            return GapOrOverlapStart(start, kind)
    return None


def _wrinkle(local: datetime, tz: ZoneInfo) -> GapOrOverlap | None:
    first, second = (_reading(local, tz, fold) for fold in (0, 1))
    if first == second:
        return None
    return GapOrOverlap.OVERLAP if first < second else GapOrOverlap.GAP


def _reading(local: datetime, tz: ZoneInfo, fold: int) -> datetime:
    """Return the UTC instant of one of the two readings of a wall-clock time."""
    return local.replace(tzinfo=tz, fold=fold).astimezone(UTC)


def ical_text(rule: Rule, *, first_local: datetime, tz: ZoneInfo) -> str:
    """Return the rule's text for a calendar, where UNTIL is the last start's own UTC instant.

    An UNTIL under another season's offset loses the last session.

    Raises:
        UnsupportedRule: as ``expand``.
    """
    course = SeriesDays.of(rule, first_local)
    if rule.until_local is None:
        return str(rule)
    local = first_local + timedelta(course.last_session() - course.first)
    return rule.text(until=f"{resolve_local(local, tz):%Y%m%dT%H%M%SZ}")
