"""Create the sessions of every series for the next 26 weeks."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.db.models import Q

from civiltime import zones
from civiltime.recurrence import Rule, Start, expand
from scheduler.actions.calendar_revisions import lock_group, next_revision, revise_series
from scheduler.actions.recurring_seats import book_recurring_seats
from scheduler.models import Occurrence, Series

if TYPE_CHECKING:
    from collections.abc import Iterator

ROLLING_WINDOW: Final = timedelta(weeks=26)
TOP_UP_MARGIN: Final = timedelta(weeks=1)
LONGEST_RULE: Final = timedelta(days=366 * 520)  # 520 sessions, once a year


def top_up(*, now: datetime) -> int:
    """Fill every series whose window has run short; return how many sessions were created.

    Idempotent. After a month without a tick only future sessions are created.
    """
    short = Q(filled_until=None) | Q(filled_until__lt=now + ROLLING_WINDOW - TOP_UP_MARGIN)
    waiting = Series.objects.filter(short, ended_at=None, group__closed_at=None)
    return sum(fill(series, now=now) for series in waiting.iterator())


@transaction.atomic
def fill(series: Series, *, now: datetime) -> int:
    """Create the sessions of one series up to the end of the rolling window; return how many.

    The series' row is locked: a tick must not continue with a rule that was just ended.
    """
    lock_group(series.group_id)
    locked = Series.objects.select_for_update(of=("self",)).get(pk=series.pk)
    if locked.ended_at is not None:
        return 0
    until = now + ROLLING_WINDOW
    made = Occurrence.objects.bulk_create(
        [occurrence_of(locked, start, now) for start in _starts(locked, now, until)],
        ignore_conflicts=True,
    )
    locked.filled_until = until
    if not made and _is_over(locked, now):
        locked.ended_at = now
    locked.save(update_fields=["filled_until", "ended_at"])
    if made or locked.ended_at:
        revision = next_revision(locked.group_id, now)
        revise_series(locked.pk, revision, raises_sequence=locked.ended_at is not None)
    book_recurring_seats(series=locked, now=now)
    return len(made)


def _starts(series: Series, now: datetime, until: datetime) -> Iterator[Start]:
    return expand(
        Rule.parse(series.rule),
        first_local=series.first_local,
        tz=series.tz,
        after=max(series.filled_until or now, now),
        before=until,
    )


def _is_over(series: Series, now: datetime) -> bool:
    """Whether a rule with a count or an end has no session left, so that the series can end."""
    rule = Rule.parse(series.rule)
    if rule.is_open:
        return False
    to_come = expand(
        rule, first_local=series.first_local, tz=series.tz, after=now, before=now + LONGEST_RULE
    )
    return next(to_come, None) is None


def occurrence_of(series: Series, start: Start, now: datetime) -> Occurrence:
    """Return an unsaved session for a start of the series."""
    return Occurrence(
        group_id=series.group_id,
        series=series,
        original_local=start.local,
        starts_local=start.local,
        tz=series.tz,
        starts_at=start.at,
        ends_at=start.at + timedelta(minutes=series.duration_minutes),
        tz_version=zones.TZ_VERSION,
        created_at=now,
        revised_at=now,
    )
