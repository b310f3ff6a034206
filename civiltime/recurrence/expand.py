"""The starts of the sessions of one series."""

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

_MAX_STEP_DAYS: Final = 12 * 31 + 31  # days between sessions of a rule that meets once a year
_SPANS: Final = tuple(timedelta(days) for days in range(_MAX_STEP_DAYS))


class Start(NamedTuple):
    """The start of one session.

    Attributes:
        local: the naive local time that the rule names, the identity of the session.
        at: the UTC instant. A time inside a gap shifts forward, one inside an overlap is the first
            of the two (RFC 5545, 3.3.5).
    """

    local: datetime
    at: datetime


# The constructor of a named tuple unpacks and packs its fields again: a third of all the time here.
_START: Final = partial(tuple.__new__, Start)


class GapOrOverlap(StrEnum):
    """Why a local time is not unique on the day of a change of clocks: missing, or twice."""

    GAP = "gap"
    OVERLAP = "overlap"


class GapOrOverlapStart(NamedTuple):
    """A session whose local time does not exist or occurs twice."""

    start: Start
    kind: GapOrOverlap


def expand(
    rule: Rule, *, first_local: datetime, tz: ZoneInfo, after: datetime, before: datetime
) -> Iterator[Start]:
    """Return the starts in ``[after, before)``, in order, none after 2099.

    Starts are naive local times in ``tz`` with their UTC instants; ``first_local`` is naive,
    ``after`` and ``before`` are aware. The local time is constant across changes of clocks; a start
    inside a gap shifts forward, one inside an overlap is the first of the two (RFC 5545, 3.3.5).
    The cost does not depend on the distance between the first session and the window.

    Raises:
        FirstDayOffRule: the first session's date is not an occurrence of the rule.
        UnsupportedRule: the first session's date or time cannot begin this rule.
        ValueError: ``after`` or ``before`` is naive, or ``first_local`` is aware.
    """
    series_days = SeriesDays.of(rule, first_local)
    clock = WallClock(transitions(tz), first_local.hour * 3600 + first_local.minute * 60)
    days = series_days.days(clock.first_day_from(after), clock.first_day_from(before) - 1)
    if not days:
        return iter(())
    local = first_local + timedelta(days[0] - series_days.first)
    at = local.replace(tzinfo=UTC) - timedelta(seconds=clock.offset(days[0]))
    steps = _steps(days)
    starts = zip(
        accumulate(steps, initial=local),
        accumulate(clock.in_utc(steps, days), initial=at),
        strict=True,
    )
    return map(_START, starts)


def _steps(days: Sequence[int]) -> list[timedelta]:
    """Return the differences between consecutive days; one fewer than there are days."""
    if isinstance(days, range):
        return [_SPANS[days.step]] * (len(days) - 1)
    return [_SPANS[later - earlier] for earlier, later in pairwise(days)]


def next_gap_or_overlap(
    rule: Rule, *, first_local: datetime, tz: ZoneInfo, after: datetime, before: datetime
) -> GapOrOverlapStart | None:
    """Return the first start in ``[after, before)`` whose local time is missing or occurs twice.

    ``first_local`` is naive, ``after`` and ``before`` are aware.

    Raises:
        UnsupportedRule: as :func:`expand`.
    """
    for start in expand(rule, first_local=first_local, tz=tz, after=after, before=before):
        kind = _gap_or_overlap(start.local, tz)
        if kind is not None:
            return GapOrOverlapStart(start, kind)
    return None


def _gap_or_overlap(local: datetime, tz: ZoneInfo) -> GapOrOverlap | None:
    """Return whether a naive local time is inside a gap or an overlap, None if neither."""
    first, second = (_reading(local, tz, fold) for fold in (0, 1))
    if first == second:
        return None
    return GapOrOverlap.OVERLAP if first < second else GapOrOverlap.GAP


def _reading(local: datetime, tz: ZoneInfo, fold: int) -> datetime:
    """Return the UTC instant of a naive local time by PEP 495 fold."""
    return local.replace(tzinfo=tz, fold=fold).astimezone(UTC)


def ical_text(rule: Rule, *, first_local: datetime, tz: ZoneInfo) -> str:
    """Return the rule's text for iCalendar, with UNTIL as the UTC instant of the last start.

    An UNTIL with the offset of another season would lose the last session. ``first_local`` is
    naive.

    Raises:
        UnsupportedRule: as :func:`expand`.
    """
    series_days = SeriesDays.of(rule, first_local)
    if rule.until_local is None:
        return str(rule)
    local = first_local + timedelta(series_days.last_session() - series_days.first)
    return rule.text(until=f"{resolve_local(local, tz):%Y%m%dT%H%M%SZ}")
